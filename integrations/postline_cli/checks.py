"""What must be so for a demo to have worked. A check says in one line what is not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from postline_cli.quotes import fetch_again
from postline_cli.records import DemoError, Report

if TYPE_CHECKING:
    from postline_cli.answering import Answer
    from postline_cli.desks import Desk
    from postline_cli.questions import Question


def check_triage(report: Report, awaiting: str | None) -> None:
    """See to it that a mail that awaits an answer got one, and that each call was looked at.

    Args:
        report: What was done.
        awaiting: The Message-ID of the mail that should be answered, where it is known.

    Raises:
        DemoError: It is not so.
    """
    conversations = report.outcome.conversations if report.outcome else []
    waiting = [each for each in conversations if each.verdict in ("answered", "awaits an answer")]
    if not report.reply and (waiting or awaiting):
        raise DemoError("the agent sent no answer, although a mail awaits one")
    if report.reply and awaiting and report.reply.in_reply_to != awaiting:
        raise DemoError("the agent answered another mail than the one that awaits an answer")
    noted = {each.call_id for each in report.outcome.phone_calls} if report.outcome else set()
    if report.line and not noted >= {each.id for each in report.line.calls}:
        raise DemoError("the agent did not look at the call")


def check_documents(report: Report) -> None:
    """See to it that everything that is there was read.

    Raises:
        DemoError: Something is missing, or too much.
    """
    passed_on = 2 if report.passed_on else 0  # it is in both mailboxes
    there = {"email": report.imported["imported"] + bool(report.reply) + passed_on}
    if report.line:
        days = {(each.other, each.created_at.date()) for each in report.line.texts}
        there |= {"call": len(report.line.calls), "texts": len(days)}
    if report.documents != there:
        raise DemoError(f"the readers gave {_counted(report.documents)}, and there are {_counted(there)}")


def check_citations(found: Answer, desk: Desk) -> None:
    """Get everything that is cited and look for the quote in it.

    Raises:
        DemoError: The quote is not there, or not at the moment that is named.
        APIError: With status 404 where the message or call itself is not there.
    """
    for quote in found.quotes:
        text = fetch_again(quote, desk)
        if text is None or not quote.stands_in(text):
            raise DemoError(f"a quote does not stand in what it cites, {quote.kind} {quote.reference}")


def check_answer(question: Question, found: Answer) -> None:
    """Compare with the answer that is known.

    Raises:
        DemoError: It is another one, or there is none to a question that was made from the mail.
    """
    if not found.quotes and question.origin != "asked":
        raise DemoError(f"no answer to: {question.text}")
    if question.expected and question.expected not in str(found.quotes[0]):
        raise DemoError(f"a wrong answer to: {question.text}")
    if question.expected and (question.kind, question.about) != (found.quotes[0].kind, found.quotes[0].reference):
        raise DemoError(f"a wrong citation for: {question.text}")


def _counted(kinds: dict[str, int]) -> str:
    return ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items())) or "nothing"
