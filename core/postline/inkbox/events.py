"""Webhooks as events: verify a delivery first (`verify_webhook`), then `parse_webhook` its body."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any, TypeAlias, get_args
from uuid import UUID

from pydantic import ValidationError

from postline.errors import ReplyError
from postline.inkbox._record import record
from postline.inkbox.mail.types import MessageDirection
from postline.inkbox.phone.types import PhoneCallWithRateLimit, TextMessage
from postline.inkbox.webhooks import (
    MailContactBucket,
    MailWebhookEventType,
    TextWebhookEventType,
)
from postline.wire import adapter

__all__ = [
    "EventContact",
    "IncomingCall",
    "MailContact",
    "MailEvent",
    "MailEventData",
    "MailEventMessage",
    "TextEvent",
    "TextEventData",
    "UnknownEvent",
    "WebhookEvent",
    "parse_webhook",
]


@record
class EventContact:
    """A known contact."""

    id: UUID
    name: str


@record
class MailContact:
    """A known contact at one address of a mail."""

    bucket: MailContactBucket
    address: str
    id: UUID
    name: str


@record
class MailEventMessage:
    """A mail without its body; fetch that with `messages.get`."""

    id: UUID
    mailbox_id: UUID
    thread_id: UUID | None = None
    message_id: str | None = None
    from_address: str
    to_addresses: list[str]
    cc_addresses: list[str] | None = None
    bcc_addresses: list[str] | None = None
    subject: str | None = None
    snippet: str | None = None
    direction: MessageDirection
    status: str
    has_attachments: bool
    created_at: datetime | None = None


@record
class MailEventData:
    """What a mail event is about."""

    message: MailEventMessage
    contacts: list[MailContact]


@record
class MailEvent:
    """Something happened to a mail."""

    event_type: MailWebhookEventType
    timestamp: datetime
    data: MailEventData


@record
class TextEventData:
    """What a text event is about."""

    text_message: TextMessage
    """Its `is_read` is false for sent texts too, other than when it is fetched."""
    contact: EventContact | None = None


@record
class TextEvent:
    """Something happened to a text."""

    event_type: TextWebhookEventType
    timestamp: datetime
    data: TextEventData


@record
class IncomingCall(PhoneCallWithRateLimit):
    """A call coming in. Answer the webhook with `{"action": "answer"}` or `{"action": "reject"}`."""

    contact: EventContact | None = None


@record
class UnknownEvent:
    """An event of a type that is not known yet, as it came."""

    event_type: str
    payload: dict[str, Any]


WebhookEvent: TypeAlias = MailEvent | TextEvent | IncomingCall | UnknownEvent

_KINDS: dict[str, type[MailEvent] | type[TextEvent]] = {
    **dict.fromkeys(get_args(MailWebhookEventType), MailEvent),
    **dict.fromkeys(get_args(TextWebhookEventType), TextEvent),
}


def parse_webhook(payload: str | bytes) -> WebhookEvent:
    """Read the body of a delivery, whose signature was checked.

    Raises:
        ReplyError: It is not JSON, or not what Inkbox documents for its type.
    """
    try:
        body = json.loads(payload)
    except (ValueError, RecursionError):
        raise ReplyError("the webhook is not JSON") from None
    if not isinstance(body, dict):
        raise ReplyError("the webhook is not a JSON object")
    event_type = body.get("event_type")
    kind: Any = IncomingCall if event_type is None else _KINDS.get(str(event_type))
    if kind is None:
        return UnknownEvent(event_type=str(event_type), payload=body)
    try:
        event: WebhookEvent = adapter(kind).validate_python(body)
    except ValidationError as error:
        fields = ", ".join(".".join(map(str, line["loc"])) for line in error.errors(include_input=False))
        raise ReplyError(f"the webhook is not a documented {event_type or 'incoming call'}: {fields}") from None
    return event
