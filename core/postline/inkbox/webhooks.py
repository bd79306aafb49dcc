"""The JSON of webhooks, as typed dicts. `events` reads it into records."""

from __future__ import annotations

from typing import Literal, TypedDict

__all__ = [
    "CallDirectionWire",
    "CallStatusWire",
    "HangupReasonWire",
    "MailContactBucket",
    "MailWebhookData",
    "MailWebhookEventType",
    "MailWebhookMessage",
    "MailWebhookPayload",
    "MessageDirectionWire",
    "MessageStatus",
    "PhoneIncomingCallWebhookPayload",
    "RateLimitInfoWire",
    "SmsDeliveryStatusWire",
    "TextDirectionWire",
    "TextMediaItemWire",
    "TextMessageOriginWire",
    "TextTypeWire",
    "TextWebhookData",
    "TextWebhookEventType",
    "TextWebhookMessage",
    "TextWebhookPayload",
    "WebhookContact",
    "WebhookMailContact",
]

MailWebhookEventType = Literal[
    "message.received",
    "message.sent",
    "message.forwarded",
    "message.delivered",
    "message.bounced",
    "message.failed",
]
MessageDirectionWire = Literal["inbound", "outbound"]
MessageStatus = Literal["queued", "sent", "delivered", "bounced", "failed", "received", "deleted"]
MailContactBucket = Literal["from", "to", "cc", "bcc"]

TextWebhookEventType = Literal[
    "text.received", "text.sent", "text.delivered", "text.delivery_failed", "text.delivery_unconfirmed"
]
TextDirectionWire = Literal["inbound", "outbound"]
TextTypeWire = Literal["sms", "mms"]
TextMessageOriginWire = Literal["user_initiated", "auto_reply"]
SmsDeliveryStatusWire = Literal[
    "queued", "sent", "delivered", "delivery_failed", "delivery_unconfirmed", "sending_failed"
]

CallDirectionWire = Literal["inbound", "outbound"]
CallStatusWire = Literal["initiated", "ringing", "answered", "completed", "failed", "canceled"]
HangupReasonWire = Literal["local", "remote", "max_duration", "voicemail", "rejected"]


class WebhookContact(TypedDict):
    """A known contact."""

    id: str
    name: str


class WebhookMailContact(TypedDict):
    """A known contact at one address of a mail."""

    bucket: MailContactBucket
    address: str
    id: str
    name: str


class MailWebhookMessage(TypedDict):
    """A mail without its body."""

    id: str
    mailbox_id: str
    thread_id: str | None
    message_id: str | None
    from_address: str
    to_addresses: list[str]
    cc_addresses: list[str] | None
    bcc_addresses: list[str] | None
    subject: str | None
    snippet: str | None
    direction: MessageDirectionWire
    status: MessageStatus
    has_attachments: bool
    created_at: str | None


class MailWebhookData(TypedDict):
    """What a mail event is about."""

    message: MailWebhookMessage
    contacts: list[WebhookMailContact]


class MailWebhookPayload(TypedDict):
    """A mail event."""

    event_type: MailWebhookEventType
    timestamp: str
    data: MailWebhookData


class TextMediaItemWire(TypedDict):
    """A picture or file of a text."""

    content_type: str
    size: int
    url: str


class TextWebhookMessage(TypedDict):
    """A text message."""

    id: str
    direction: TextDirectionWire
    local_phone_number: str
    remote_phone_number: str
    text: str | None
    type: TextTypeWire
    media: list[TextMediaItemWire] | None
    is_read: bool
    delivery_status: SmsDeliveryStatusWire | None
    origin: TextMessageOriginWire
    error_code: str | None
    error_detail: str | None
    sent_at: str | None
    delivered_at: str | None
    failed_at: str | None
    created_at: str
    updated_at: str


class TextWebhookData(TypedDict):
    """What a text event is about."""

    text_message: TextWebhookMessage
    contact: WebhookContact | None


class TextWebhookPayload(TypedDict):
    """A text event."""

    event_type: TextWebhookEventType
    timestamp: str
    data: TextWebhookData


class RateLimitInfoWire(TypedDict):
    """What is used and left of the organization's calls."""

    calls_used: int
    calls_remaining: int
    calls_limit: int
    minutes_used: float
    minutes_remaining: float
    minutes_limit: int


class PhoneIncomingCallWebhookPayload(TypedDict):
    """A call coming in. The answer to this webhook decides: `{"action": "answer"}` or `{"action": "reject"}`."""

    id: str
    local_phone_number: str
    remote_phone_number: str
    direction: Literal["inbound"]
    status: CallStatusWire
    client_websocket_url: str | None
    use_inkbox_tts: bool | None
    use_inkbox_stt: bool | None
    hangup_reason: HangupReasonWire | None
    started_at: str | None
    ended_at: str | None
    created_at: str
    updated_at: str
    rate_limit: RateLimitInfoWire | None
    contact: WebhookContact | None
