"""The document: a piece of text worth indexing, with a stable id and flat metadata; and how a mail becomes one."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC
from hashlib import sha256
from typing import TYPE_CHECKING, Literal

from postline.documents._characters import tidy, visible
from postline.documents._html import html_to_text
from postline.documents._quotes import new_text

if TYPE_CHECKING:
    from postline.channels import Message

TextMode = Literal["new", "full"]

_FORWARD = re.compile(r"\s*(?:fwd?|wg|tr)\s*:", re.IGNORECASE)
_BOUNCER = re.compile(r"(?:mailer-daemon|postmaster)@", re.IGNORECASE)
_STUB_CHARACTERS = 200


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


def email_document(message: Message, *, service: str, text_mode: TextMode = "new") -> Document:
    """Turn a mail into a document; its attachments are named in the metadata.

    Args:
        message: A message with its body.
        service: The name of the service that holds the inbox; part of the id.
        text_mode: `new` leaves out quoted history and the signature; forwards and bounces stay whole. `full` keeps all.

    Raises:
        ValueError: The message comes from a listing without bodies.
    """
    if message.text is None and message.html is None:
        raise ValueError("The message was listed without its body; get it from its channel first.")
    body = _body(message)
    text = tidy(body) if text_mode == "full" or _is_whole(message) else new_text(body)
    id_ = f"postline:email:{service}:{message.inbox}:{message.id}"
    return Document(id_, text, {key: value for key, value in _facts(message, service) if value != ""})


def _body(message: Message) -> str:
    """Prefer the plain text, unless it is a stub beside a page that says more."""
    text = (message.text or "").strip()
    if not message.html or len(text) >= _STUB_CHARACTERS:
        return text
    page = html_to_text(message.html)
    return page if len(page) > 2 * len(text) else text


def _is_whole(message: Message) -> bool:
    return bool(_FORWARD.match(message.subject) or _BOUNCER.match(message.sender.email))


def _facts(message: Message, service: str) -> Iterable[tuple[str, str | int]]:
    """Name what identifies or filters a mail, and nothing that changes with its handling, such as labels."""
    created_at = message.created_at.astimezone(UTC)
    yield "service", service
    yield "inbox", message.inbox
    yield "message_id", message.id
    yield "rfc_message_id", message.message_id or ""
    yield "in_reply_to", message.in_reply_to or ""
    yield "thread_id", message.thread_id
    yield "direction", message.direction
    yield "subject", _line(message.subject)
    yield "sender", message.sender.email
    yield "sender_name", _line(message.sender.name)
    yield "to", ", ".join(address.email for address in message.to)
    yield "cc", ", ".join(address.email for address in message.cc)
    yield "created_at", created_at.isoformat(timespec="seconds")
    yield "created_at_epoch_seconds", int(created_at.timestamp())
    yield "attachments", ", ".join(filter(None, (_line(attachment.filename) for attachment in message.attachments)))
    yield "attachment_ids", ", ".join(attachment.id for attachment in message.attachments)


def _line(text: str) -> str:
    return " ".join(visible(text).split())
