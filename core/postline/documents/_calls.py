"""How a phone call becomes a document: who said what, and when."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC
from operator import attrgetter
from typing import TYPE_CHECKING

from postline.documents._document import Document, Fact, known, line, moment

if TYPE_CHECKING:
    from postline.channels import Call, Turn


def call_document(call: Call, *, service: str) -> Document:
    """Turn a call into a document: a line for each turn, with its time from the start of the call and its speaker.

    Speech is kept as it was transcribed: it is a stranger's words, like a mail's text. A call without any gives a sentence that
    says so, so that it can be found all the same.

    Args:
        call: A call with its turns.
        service: The name of the service that holds the number; part of the id.

    Raises:
        ValueError: The call comes from a listing without turns.
    """
    if call.turns is None:
        raise ValueError("The call was listed without its turns; get it from its channel first.")
    said = [_said(turn) for turn in sorted(call.turns, key=attrgetter("start_ms")) if line(turn.text)]
    id_ = f"postline:call:{service}:{call.number}:{call.id}"
    return Document(id_, "\n".join(said) or _silence(call), known(_facts(call, service, len(said))))


def _said(turn: Turn) -> str:
    minutes, seconds = divmod(turn.start_ms // 1000, 60)
    return f"[{minutes:02}:{seconds:02}] {turn.party}: {line(turn.text)}"


def _silence(call: Call) -> str:
    ends = (call.number, call.other) if call.direction == "outbound" else (call.other, call.number)
    time = call.created_at.astimezone(UTC).strftime("%Y-%m-%d at %H:%M UTC")
    return f"Call from {ends[0]} to {ends[1]} on {time}, status {call.status}; nothing that was said is known."


def _facts(call: Call, service: str, turn_count: int) -> Iterable[Fact]:
    yield "service", service
    yield "kind", "call"
    yield "number", call.number
    yield "call_id", call.id
    yield "direction", call.direction
    yield "other", call.other
    yield "status", call.status
    yield "hangup_reason", call.hangup_reason or ""
    yield from moment("created_at", call.created_at)
    yield from moment("started_at", call.started_at)
    yield from moment("ended_at", call.ended_at)
    if call.duration_seconds is not None:
        yield "duration_seconds", round(call.duration_seconds, 3)
    yield "turn_count", turn_count
