"""What a demo has to say at its end, for a person."""

from __future__ import annotations

import shutil
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from postline.tools.rendering import clean, inline

if TYPE_CHECKING:
    from postline.channels import Call
    from postline_cli.quotes import Quote
    from postline_cli.records import Report

_SKIPPED_SHOWN = 5
_KINDS = {"email": "message", "call": "call", "texts": "text conversation"}
_STYLES = {"answered": "green", "suspicious": "red", "awaits an answer": "yellow"}


def show(report: Report, console: Console) -> None:
    """Write the summary for a person. What strangers wrote is shown without control characters."""
    for title, lines in (
        ("Inbox", _inbox(report)),
        ("Phone line", _phone(report)),
        ("Triage", _triage(report)),
        ("Answered", _reply(report)),
        ("Questions", _questions(report)),
        ("Time", [_line(", ".join(f"{name.lower()} {seconds:.1f} s" for name, seconds in report.seconds.items()))]),
        ("Next", _next(report)),
    ):
        if shown := list(lines):
            _print(Text(title, style="bold"), console)
            for line in shown:
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


def _phone(report: Report) -> Iterator[Text]:
    if (line := report.line) is None:
        return
    counted = _counted({"call": len(line.calls), "text": len(line.texts)})
    yield _line(f"{line.number} and {line.email} of {line.handle}, on Inkbox: {counted} of the sample")
    notes = {each.call_id: each.note for each in report.outcome.phone_calls} if report.outcome else {}
    for call in line.calls:
        what = f"from {call.other}, {_clock(call)}, {len(call.turns or ())} turns: {notes.get(call.id, '')}"
        yield Text.assemble(("call: ", "green"), inline(what, 200))
    for text in reversed(line.texts):
        yield Text.assemble(("text: ", "green"), inline(f"from {text.other}: {text.text}", 200))
    if report.passed_on:
        yield _line(inline(f"“{report.passed_on}” went from the inbox to {line.email}", 200))


def _counted(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {what}" + "s" * (count != 1) for what, count in counts.items() if count)


def _clock(call: Call) -> str:
    minutes, seconds = divmod(round(call.duration_seconds or 0), 60)
    return f"{minutes}:{seconds:02} minutes"


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
    counted = _counted({_KINDS[kind]: count for kind, count in report.documents.items()})
    yield _line(f"{counted} in {report.chunks} chunks, searched {report.search}{partly}")
    for each in report.asked:
        yield _line(f"\n{inline(each.question.text)}", "bold cyan")
        yield from map(_quote, each.answer.quotes)
        if not each.answer.quotes:
            yield _line("Nothing here answers that.", "yellow")
        elif each.question.origin == "made":
            again = "was found again" if each.found_again else "was not found again"
            yield _line(f"(The question was made from a message, which {again}.)", "dim")


def _quote(quote: Quote) -> Text:
    date = quote.date[:10]
    moment = f"{date} at {quote.at}" if quote.at else date
    source = {
        "email": f"{quote.author}, {date}, {quote.reference}",
        "call": f"call with {quote.author}, {moment} of it, {quote.reference}",
        "texts": f"texts with {quote.author}, {moment}",
    }[quote.kind]
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
