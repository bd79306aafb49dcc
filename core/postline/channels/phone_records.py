"""The neutral records of calls, texts and people: frozen, with opaque ids and aware UTC times.

A `repr` shows no words that were said and no full phone number.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from postline.channels.records import Direction

Party = Literal["agent", "caller", "system"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """Something said in a call."""

    party: Party
    """The agent's side of the line, the other side (whoever called whom), or the service itself."""
    start_ms: int
    """From the start of the call."""
    text: str = field(repr=False)
    call_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One phone call."""

    id: str
    """Opaque; give it back to the channel that it came from."""
    direction: Direction
    number: str = field(repr=False)
    """The agent's own, E.164."""
    other: str = field(repr=False)
    """The other side's, E.164."""
    status: str
    created_at: datetime
    started_at: datetime | None = None
    ended_at: datetime | None = None
    hangup_reason: str | None = None
    turns: tuple[Turn, ...] | None = field(default=None, repr=False)
    """In order; `None` where a listing does not load them."""

    @property
    def duration_seconds(self) -> float | None:
        """How long it was answered; `None` where it was not, or still is."""
        if self.started_at is None or self.ended_at is None:
            return None
        return (self.ended_at - self.started_at).total_seconds()


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedCall:
    """What the service said of a call that it is placing."""

    call: Call
    note: str | None = None
    """What is left of the operator's allowance, in a sentence, where the service tells."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """One text message, received or sent."""

    id: str
    """Opaque; give it back to the channel that it came from."""
    direction: Direction
    number: str = field(repr=False)
    """The agent's own, E.164."""
    other: str = field(repr=False)
    """The other side's, E.164."""
    text: str = field(repr=False)
    created_at: datetime
    is_read: bool | None = None
    delivery_status: str | None = None
    media_types: tuple[str, ...] = ()
    """The types of the pictures and files that came with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """The texts with one other number, as far as a listing tells them."""

    other: str = field(repr=False)
    """The other side's number, E.164; it names the conversation."""
    last_message_at: datetime
    last_direction: Direction
    snippet: str = field(default="", repr=False)
    unread_count: int = 0
    message_count: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """Whether somebody may be texted."""

    number: str = field(repr=False)
    status: Literal["opted_in", "opted_out", "unknown"]
    since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """Somebody in the address book."""

    id: str
    """Opaque; give it back to the channel that it came from."""
    name: str = ""
    company: str = ""
    job_title: str = ""
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = field(default=(), repr=False)
    """E.164."""
    notes: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who the agent is to the outside."""

    service: str
    handle: str | None = None
    name: str | None = None
    description: str | None = None
    email: str | None = None
    phone: str | None = field(default=None, repr=False)
    can_text: bool | None = None
