"""How a mail becomes a document."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Literal

from postline.documents._characters import tidy
from postline.documents._document import Document, Fact, known, line, moment
from postline.documents._html import html_to_text
from postline.documents._quotes import new_text

if TYPE_CHECKING:
    from postline.channels import Message

TextMode = Literal["new", "full"]

_FORWARD = re.compile(r"\s*(?:fwd?|wg|tr)\s*:", re.IGNORECASE)
_BOUNCER = re.compile(r"(?:mailer-daemon|postmaster)@", re.IGNORECASE)
_STUB_CHARACTERS = 200


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
    return Document(id_, text, known(_facts(message, service)))


def _body(message: Message) -> str:
    """Prefer the plain text, unless it is a stub beside a page that says more."""
    text = (message.text or "").strip()
    if not message.html or len(text) >= _STUB_CHARACTERS:
        return text
    page = html_to_text(message.html)
    return page if len(page) > 2 * len(text) else text


def _is_whole(message: Message) -> bool:
    return bool(_FORWARD.match(message.subject) or _BOUNCER.match(message.sender.email))


def _facts(message: Message, service: str) -> Iterable[Fact]:
    """Name what identifies or filters a mail, and nothing that changes with its handling, such as labels."""
    yield "service", service
    yield "kind", "email"
    yield "inbox", message.inbox
    yield "message_id", message.id
    yield "rfc_message_id", message.message_id or ""
    yield "in_reply_to", message.in_reply_to or ""
    yield "thread_id", message.thread_id
    yield "direction", message.direction
    yield "subject", line(message.subject)
    yield "sender", message.sender.email
    yield "sender_name", line(message.sender.name)
    yield "to", ", ".join(address.email for address in message.to)
    yield "cc", ", ".join(address.email for address in message.cc)
    yield from moment("created_at", message.created_at)
    yield "attachments", ", ".join(filter(None, (line(attachment.filename) for attachment in message.attachments)))
    yield "attachment_ids", ", ".join(attachment.id for attachment in message.attachments)
