"""The neutral records: frozen, with opaque ids, aware UTC times, and a `repr` that never shows a body."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from email.utils import quote
from typing import Generic, Literal, TypeVar

T = TypeVar("T")

Direction = Literal["inbound", "outbound"]


@dataclass(frozen=True, slots=True)
class Address:
    """An email address and the name written beside it (by its owner: not to be trusted)."""

    email: str
    name: str = ""

    def __str__(self) -> str:
        """Return it as a header has it: a name that could pass for more than a name is quoted."""
        name = " ".join(self.name.split())
        if not name.replace(" ", "").replace("-", "").isalnum():
            name = name and f'"{quote(name)}"'
        return f"{name} <{self.email}>" if name else self.email


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file of a message, without its content."""

    id: str
    """Opaque; give it back to the channel that it came from."""
    filename: str = ""
    """As its sender wrote it; empty, like the rest, where a listing tells only that there is a file."""
    media_type: str = ""
    size_bytes: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One email, received or sent."""

    id: str
    """Opaque; give it back to the channel that it came from."""
    thread_id: str
    inbox: str
    """The address of the inbox that holds it."""
    direction: Direction
    created_at: datetime
    sender: Address
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    bcc: tuple[Address, ...] = ()
    reply_to: tuple[Address, ...] = ()
    """Where the sender wants answers; empty means at the sender's own address."""
    subject: str = ""
    snippet: str = field(default="", repr=False)
    text: str | None = field(default=None, repr=False)
    """The plain text, possibly empty beside `html`; `None` where a listing did not load it: get the message then."""
    html: str | None = field(default=None, repr=False)
    attachments: tuple[Attachment, ...] = ()
    message_id: str | None = None
    """The Message-ID that mail programs thread by, where the service tells it; else the service's own id."""
    in_reply_to: str | None = None
    references: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    is_read: bool | None = None
    """`None` where the service keeps no read state."""
    delivery_status: str | None = None
    warnings: tuple[str, ...] = ()
    """What the service's own screening said of it, such as `spam` or `prompt-injection: high`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """A conversation, as far as a listing tells it."""

    id: str
    subject: str = ""
    last_message_at: datetime
    first_message_at: datetime | None = None
    message_count: int = 0
    last_direction: Direction | None = None
    has_attachments: bool | None = None
    snippet: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """Where a search found something."""

    thread_id: str
    message_id: str | None = None
    """Opaque id of the message (`Message.id`), where the service names one; else read the thread."""
    subject: str = ""
    snippet: str = field(default="", repr=False)
    created_at: datetime | None = None
    score: float | None = None


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page of a listing."""

    items: tuple[T, ...]
    cursor: str | None = None
    """Where to read on; `None` on the last page."""
    note: str | None = None
    """What the service has but cannot list, in a sentence; `None` where nothing is missing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An email to send. Recipients are named in full here, also for an answer, so that a policy sees them all."""

    to: tuple[Address, ...]
    cc: tuple[Address, ...] = ()
    bcc: tuple[Address, ...] = ()
    subject: str
    text: str = field(default="", repr=False)
    html: str | None = field(default=None, repr=False)
    answers: Message | None = None
    """The message that it answers; it then goes into that message's thread."""
    forwards: Message | None = None
    """The message that it passes on, with its files; `text` goes above it."""

    @property
    def recipients(self) -> tuple[Address, ...]:
        """Everybody who gets it."""
        return (*self.to, *self.cc, *self.bcc)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What the service said of a mail that it took."""

    id: str
    """Opaque id of the sent message (`Message.id`)."""
    thread_id: str | None = None
    status: str | None = None
    note: str | None = None
    """What came out otherwise than asked, in a sentence: say, that the service answers the newest message only."""
