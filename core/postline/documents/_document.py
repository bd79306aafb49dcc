"""The document: a piece of text worth indexing, with a stable id and flat metadata."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256

from postline.documents._characters import visible

Fact = tuple[str, str | int | float]


@dataclass(frozen=True, slots=True)
class Document:
    """Text to index. Equal content gives an equal `content_hash`, whenever and wherever it was read."""

    id: str
    text: str = field(repr=False)
    metadata: Mapping[str, str | int | float] = field(repr=False, hash=False)
    """Flat and in a fixed order; what is absent has no key."""

    @property
    def content_hash(self) -> str:
        """The SHA-256 of text and metadata, in hexadecimal: unequal means index it again."""
        return sha256(json.dumps([self.text, *self.metadata.items()]).encode()).hexdigest()


def known(facts: Iterable[Fact]) -> dict[str, str | int | float]:
    """Collect facts in their order, without the empty ones."""
    return {name: value for name, value in facts if value != ""}


def moment(name: str, time: datetime | None) -> Iterator[Fact]:
    """Name a time twice: for people, and as a number to filter and sort by."""
    if time is not None:
        time = time.astimezone(UTC)
        yield name, time.isoformat(timespec="seconds")
        yield f"{name}_epoch_seconds", int(time.timestamp())


def line(text: str) -> str:
    """Put what somebody else wrote or said on one line, where it can pass for nothing but itself."""
    return " ".join(visible(text).split())
