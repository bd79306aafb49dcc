"""What a demo has to say at its end, for a program: plain data, as JSON has it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from postline.channels import Message
    from postline_cli.quotes import Quote
    from postline_cli.records import Asked, Line, Report
    from postline_cli.triage import Outcome

_SOURCE = {
    "email": ("message_id", "rfc_message_id", "subject"),
    "call": ("call_id", "number", "other", "direction"),
    "texts": ("number", "other"),
}
"""What names the source of a quote, by kind."""


def as_data(report: Report) -> dict[str, Any]:
    """Return the summary for a program."""
    outcome = report.outcome
    return {
        "service": report.service.value,
        "source": report.source,
        "inbox": report.inbox,
        "imported": report.imported,
        "line": _line(report.line, outcome) if report.line else None,
        "passed_on": report.passed_on,
        "model": report.model,
        "triage": [each.model_dump() for each in outcome.conversations] if outcome else [],
        "tool_calls": outcome.calls if outcome else 0,
        "reply": _reply(report.reply) if report.reply else None,
        "index": {
            "messages": report.documents.get("email", 0),
            "calls": report.documents.get("call", 0),
            "days_of_texts": report.documents.get("texts", 0),
            "chunks": report.chunks,
            "embedded": report.embedded,
            "search": report.search,
        },
        "answers": [_answer(each) for each in report.asked],
        "seconds": report.seconds,
    }


def _line(line: Line, outcome: Outcome | None) -> dict[str, Any]:
    notes = {each.call_id: each.note for each in outcome.phone_calls} if outcome else {}
    calls = [
        {
            "call_id": each.id,
            "other": each.other,
            "date": each.created_at.isoformat(),
            "duration_seconds": each.duration_seconds,
            "turns": len(each.turns or ()),
            "note": notes.get(each.id),
        }
        for each in line.calls
    ]
    texts = [
        {"text_id": each.id, "other": each.other, "date": each.created_at.isoformat(), "text": each.text}
        for each in line.texts
    ]
    return {"handle": line.handle, "email": line.email, "number": line.number, "calls": calls, "texts": texts}


def _reply(reply: Message) -> dict[str, Any]:
    return {
        "message_id": reply.id,
        "thread_id": reply.thread_id,
        "in_reply_to": reply.in_reply_to,
        "to": [each.email for each in reply.to],
        "subject": reply.subject,
        "text": reply.text,
    }


def _answer(asked: Asked) -> dict[str, Any]:
    quotes = asked.answer.quotes
    return {
        "question": asked.question.text,
        "origin": asked.question.origin,
        "answer": str(quotes[0]) if quotes else None,
        "citations": [_citation(each) for each in quotes],
        "found_again": asked.found_again,
    }


def _citation(quote: Quote) -> dict[str, Any]:
    named = {each: quote.source.get(each, "") for each in _SOURCE[quote.kind]}
    author = {"sender": quote.author} if quote.kind == "email" else {"at": quote.at}
    return {"kind": quote.kind, "quote": str(quote), **named, **author, "date": quote.date}
