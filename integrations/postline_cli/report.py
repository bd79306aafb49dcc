"""What a demo has to say at its end: for a person as text, for a program as JSON."""

from __future__ import annotations

import shutil
import sys
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from postline.tools.rendering import clean, inline

if TYPE_CHECKING:
    from postline_cli.answering import Quote
    from postline_cli.demo import Asked, Report

_SKIPPED_SHOWN = 5
_STYLES = {"answered": "green", "suspicious": "red", "awaits an answer": "yellow"}


def show(report: Report, console: Console) -> None:
    """Write the summary for a person. What strangers wrote is shown without control characters."""
    for title, lines in (
        ("Inbox", _inbox(report)),
        ("Triage", _triage(report)),
        ("Answered", _reply(report)),
        ("Questions", _questions(report)),
        ("Time", [_line(", ".join(f"{name.lower()} {seconds:.1f} s" for name, seconds in report.seconds.items()))]),
        ("Next", _next(report)),
    ):
        _print(Text(title, style="bold"), console)
        for line in lines:
            _print(line, console, indent=2)
        _print(Text(), console)


def _print(text: Text, console: Console, indent: int = 0) -> None:
    """Wrap for a terminal, and for nobody else."""
    if console.is_terminal:
        console.print(Padding(text, (0, 0, 0, indent)))
    else:
        for line in text.split(allow_blank=True):
            console.print(Text(" " * indent * bool(line)) + line, soft_wrap=True)


def _inbox(report: Report) -> Iterator[Text]:
    counts = report.imported
    yield _line(f"{counts['imported']} messages from {report.source} in {report.inbox}, on a local sandbox")
    if counts["updated"]:
        yield _line(f"{counts['updated']} more were copies of these")
    if skipped := counts["skipped"]:
        yield _line(f"{len(skipped)} could not be read and were left out:", "yellow")
        yield from (_line(f"  {each['source']}: {each['reason']}") for each in skipped[:_SKIPPED_SHOWN])


def _triage(report: Report) -> Iterator[Text]:
    if (outcome := report.outcome) is None:
        return
    verdicts = Counter(each.verdict for each in outcome.conversations)
    counted = ", ".join(f"{count} {verdict}" for verdict, count in verdicts.most_common())
    yield _line(
        f"{len(outcome.conversations)} conversations, {outcome.calls} tool calls, {report.model} model: {counted}"
    )
    for each in outcome.conversations:
        if each.verdict != "for information":
            what = inline(f"{each.subject} ({each.sender}): {each.reason}", 200)
            yield Text.assemble((f"{each.verdict}: ", _STYLES.get(each.verdict, "")), what)


def _reply(report: Report) -> Iterator[Text]:
    if (reply := report.reply) is None:
        yield _line("Nothing awaited an answer.")
        return
    to = ", ".join(each.email for each in reply.to)
    yield _line(f"“{inline(reply.subject)}” to {to}; the agent may send one answer, and to the mail's sender only")
    yield _line(f"\n{clean(reply.text or '')}", "dim")


def _questions(report: Report) -> Iterator[Text]:
    partly = f"; by meaning the newest {report.embedded} chunks only" if 0 < report.embedded < report.chunks else ""
    yield _line(f"{report.messages} messages in {report.chunks} chunks, searched {report.search}{partly}")
    for each in report.asked:
        yield _line(f"\n{inline(each.question.text)}", "bold cyan")
        yield from map(_quote, each.answer.quotes)
        if not each.answer.quotes:
            yield _line("Nothing in this mail answers that.", "yellow")
        elif each.question.origin == "made":
            again = "was found again" if each.found_again else "was not found again"
            yield _line(f"(The question was made from a message, which {again}.)", "dim")


def _quote(quote: Quote) -> Text:
    source = f"{quote.sender}, {quote.date[:10]}, {quote.rfc_message_id or quote.message_id}"
    return Text.assemble(f"“{inline(str(quote), 600)}”\n", (f"  {inline(source)}", "dim"))


def _next(report: Report) -> Iterator[Text]:
    command = "postline" if shutil.which("postline") else sys.argv[0]
    if any(each.question.origin == "sample" for each in report.asked):
        yield _line(f"{command} demo --mail PATH    the same on mail of your own, or of any mailing list")
    yield _line(f"{command} demo --ask TEXT     your own questions")
    if report.model == "scripted":
        yield _line(
            f"{command} demo --model NAME   a real model in place of the scripted one; needs its package and key"
        )


def _line(text: str, style: str = "") -> Text:
    return Text(text, style=style)


def as_data(report: Report) -> dict[str, Any]:
    """Return the summary for a program."""
    outcome, reply = report.outcome, report.reply
    return {
        "source": report.source,
        "inbox": report.inbox,
        "imported": report.imported,
        "model": report.model,
        "triage": [each.model_dump() for each in outcome.conversations] if outcome else [],
        "tool_calls": outcome.calls if outcome else 0,
        "reply": {
            "message_id": reply.id,
            "thread_id": reply.thread_id,
            "in_reply_to": reply.in_reply_to,
            "to": [each.email for each in reply.to],
            "subject": reply.subject,
            "text": reply.text,
        }
        if reply
        else None,
        "index": {
            "messages": report.messages,
            "chunks": report.chunks,
            "embedded": report.embedded,
            "search": report.search,
        },
        "answers": [_answer_data(each) for each in report.asked],
        "seconds": report.seconds,
    }


def _answer_data(asked: Asked) -> dict[str, Any]:
    quotes = asked.answer.quotes
    return {
        "question": asked.question.text,
        "origin": asked.question.origin,
        "answer": str(quotes[0]) if quotes else None,
        "citations": [
            {
                "quote": str(each),
                "message_id": each.message_id,
                "rfc_message_id": each.rfc_message_id,
                "subject": each.subject,
                "sender": each.sender,
                "date": each.date,
            }
            for each in quotes
        ],
        "found_again": asked.found_again,
    }
