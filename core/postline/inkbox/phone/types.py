"""Records and enumerations of telephony. Numbers are E.164 text."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator

from postline.inkbox._record import null_as, record
from postline.inkbox.mail.types import ContactRuleStatus, FilterMode, FilterModeChangeNotice

__all__ = [
    "ContactRuleStatus",
    "FilterMode",
    "FilterModeChangeNotice",
    "PhoneCall",
    "PhoneCallWithRateLimit",
    "PhoneContactRule",
    "PhoneNumber",
    "PhoneRuleAction",
    "PhoneRuleMatchType",
    "PhoneTranscript",
    "RateLimitInfo",
    "SmsDeliveryStatus",
    "SmsOptIn",
    "SmsOptInSource",
    "SmsOptInStatus",
    "SmsStatus",
    "TextConversationSummary",
    "TextMediaItem",
    "TextMessage",
    "TextMessageOrigin",
]


class PhoneRuleAction(StrEnum):
    """What a phone rule does."""

    ALLOW = "allow"
    BLOCK = "block"


class PhoneRuleMatchType(StrEnum):
    """What a phone rule is about."""

    EXACT_NUMBER = "exact_number"


class SmsStatus(StrEnum):
    """Whether a number can send texts; a new local one needs some minutes."""

    PENDING = "pending"
    READY = "ready"
    ASSIGNMENT_FAILED = "assignment_failed"


class SmsDeliveryStatus(StrEnum):
    """What became of a text."""

    QUEUED = "queued"
    SENT = "sent"
    DELIVERED = "delivered"
    DELIVERY_FAILED = "delivery_failed"
    DELIVERY_UNCONFIRMED = "delivery_unconfirmed"
    SENDING_FAILED = "sending_failed"


class TextMessageOrigin(StrEnum):
    """Who wrote a text."""

    USER_INITIATED = "user_initiated"
    AUTO_REPLY = "auto_reply"


class SmsOptInStatus(StrEnum):
    """Whether somebody agreed to get texts."""

    OPTED_IN = "opted_in"
    OPTED_OUT = "opted_out"


class SmsOptInSource(StrEnum):
    """How somebody agreed or refused."""

    SMS = "sms"
    API = "api"


@record
class PhoneNumber:
    """A number of the organization."""

    id: UUID
    number: str
    type: str
    """`local` or `toll_free`; a toll-free one sends no texts."""
    status: str
    sms_status: Annotated[SmsStatus, null_as(lambda: SmsStatus.READY)] = SmsStatus.READY
    incoming_call_action: str
    """`auto_accept`, `auto_reject` or `webhook`."""
    client_websocket_url: str | None = None
    incoming_call_webhook_url: str | None = None
    incoming_text_webhook_url: str | None = None
    filter_mode: FilterMode = FilterMode.BLACKLIST
    created_at: datetime
    updated_at: datetime
    sms_error_code: str | None = None
    sms_error_detail: str | None = None
    sms_ready_at: datetime | None = None
    state: str | None = None
    """Two letters, of a local number."""
    agent_identity_id: UUID | None = None
    filter_mode_change_notice: FilterModeChangeNotice | None = None
    """Only in the answer to an update that changed the mode."""


@record
class PhoneCall:
    """One call."""

    id: UUID
    local_phone_number: str
    remote_phone_number: str
    direction: str
    status: str
    """`initiated`, `ringing`, `answered`, `completed`, `failed` or `canceled`; perhaps others."""
    client_websocket_url: str | None = None
    use_inkbox_tts: bool | None = None
    use_inkbox_stt: bool | None = None
    hangup_reason: str | None = None
    """`local`, `remote`, `max_duration`, `voicemail` or `rejected`; perhaps others."""
    started_at: datetime | None = None
    ended_at: datetime | None = None
    created_at: datetime
    updated_at: datetime
    is_blocked: bool = False


@record
class RateLimitInfo:
    """What is used and left of the organization's calls, within 24 hours."""

    calls_used: int
    calls_remaining: int
    calls_limit: int
    minutes_used: float
    minutes_remaining: float
    minutes_limit: int


@record
class PhoneCallWithRateLimit(PhoneCall):
    """A call just placed."""

    rate_limit: RateLimitInfo | None = None


@record
class PhoneTranscript:
    """What one party said at one point of a call."""

    id: UUID
    call_id: UUID
    seq: int
    """From 0; the order of the call."""
    ts_ms: int
    """Milliseconds from the start of the call."""
    party: str
    """`local`, `remote` or `system`; perhaps others."""
    text: str
    created_at: datetime


@record
class TextMediaItem:
    """A picture or file of a text; whoever has the `url` can read it for an hour."""

    content_type: str
    size: int
    url: str


Remote = Annotated[str, null_as(str)]
"""The other number; empty for a group, which newer services have texts of."""


@record
class TextMessage:
    """One text message."""

    id: UUID
    direction: str
    local_phone_number: str
    remote_phone_number: Remote
    text: str | None = None
    type: str
    """`sms` or `mms`."""
    media: Annotated[list[TextMediaItem] | None, AfterValidator(lambda items: items or None)] = None
    """`None` where there is none, never an empty list."""
    is_read: bool
    created_at: datetime
    updated_at: datetime
    delivery_status: SmsDeliveryStatus | None = None
    """`None` for a text received."""
    origin: Annotated[TextMessageOrigin, null_as(lambda: TextMessageOrigin.USER_INITIATED)] = (
        TextMessageOrigin.USER_INITIATED
    )
    error_code: str | None = None
    error_detail: str | None = None
    sent_at: datetime | None = None
    delivered_at: datetime | None = None
    failed_at: datetime | None = None
    is_blocked: bool = False


@record
class TextConversationSummary:
    """All texts with one remote number, in short."""

    remote_phone_number: Remote
    latest_text: str | None = None
    latest_direction: str
    latest_type: str
    latest_message_at: datetime
    unread_count: int
    total_count: int


@record
class SmsOptIn:
    """Whether a person agreed to get the organization's texts."""

    id: UUID
    organization_id: str
    receiver_number: str
    status: SmsOptInStatus
    source: SmsOptInSource
    opted_in_at: datetime | None = None
    opted_out_at: datetime | None = None
    created_at: datetime
    updated_at: datetime


@record
class PhoneContactRule:
    """Whom a number hears from, calls and writes to."""

    id: UUID
    phone_number_id: UUID
    action: PhoneRuleAction
    match_type: PhoneRuleMatchType
    match_target: str
    status: ContactRuleStatus = ContactRuleStatus.ACTIVE
    created_at: datetime
    updated_at: datetime
