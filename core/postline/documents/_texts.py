"""How text messages become documents: one for each conversation and day.

A single text ("yes, tomorrow") means little by itself, and a whole conversation would have to be embedded anew with each text, for
years. A day reads like one exchange, and is done when it is over. Days are UTC's.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from postline.documents._document import Document, Fact, known, line, moment

if TYPE_CHECKING:
    from postline.channels import Text


def text_documents(texts: Iterable[Text], *, service: str) -> list[Document]:
    """Turn texts into documents, one for each conversation and UTC day: a line for each text, with its time and its side.

    A document is the same each time only if all texts of its day are given: what a later text adds changes its hash, not its id.

    Args:
        texts: As a channel lists them, newest first.
        service: The name of the service that holds the number; part of the ids.

    Returns:
        The documents, that of the newest text first.
    """
    days: dict[tuple[str, str, date], list[Text]] = {}
    for text in texts:
        days.setdefault((text.number, text.other, _utc(text.created_at).date()), []).append(text)
    return [_document(day, found[::-1], service) for (_, _, day), found in days.items()]


def _document(day: date, texts: Sequence[Text], service: str) -> Document:
    first = texts[0]
    id_ = f"postline:texts:{service}:{first.number}:{first.other}:{day}"
    return Document(id_, "\n".join(map(_written, texts)), known(_facts(texts, service)))


def _written(text: Text) -> str:
    side = "agent" if text.direction == "outbound" else "other"
    parts = [line(text.text), *(f"({line(each)})" for each in text.media_types)]
    return f"[{_utc(text.created_at):%H:%M}] {side}: {' '.join(filter(None, parts))}"


def _facts(texts: Sequence[Text], service: str) -> Iterable[Fact]:
    """Name what identifies or filters the texts, and nothing that changes with their handling."""
    yield "service", service
    yield "kind", "texts"
    yield "number", texts[0].number
    yield "other", texts[0].other
    yield from moment("created_at", texts[0].created_at)
    yield from moment("last_text_at", texts[-1].created_at)
    yield "text_count", len(texts)


def _utc(time: datetime) -> datetime:
    return time.astimezone(UTC)
