"""Records and enumerations of mail."""

from __future__ import annotations

from dataclasses import field
from datetime import datetime
from enum import StrEnum
from typing import Any, Generic, TypeVar
from uuid import UUID

from postline.inkbox._record import record

__all__ = [
    "ContactRuleStatus",
    "Domain",
    "FilterMode",
    "FilterModeChangeNotice",
    "ForwardMode",
    "MailContactRule",
    "MailRuleAction",
    "MailRuleMatchType",
    "Mailbox",
    "Message",
    "MessageDetail",
    "MessageDirection",
    "Page",
    "SendingDomainStatus",
    "Thread",
    "ThreadDetail",
    "ThreadFolder",
]

T = TypeVar("T")


class MessageDirection(StrEnum):
    """Which way a message went."""

    INBOUND = "inbound"
    OUTBOUND = "outbound"


class ForwardMode(StrEnum):
    """How a forward holds the original: in its body, or as an attached message."""

    INLINE = "inline"
    WRAPPED = "wrapped"


class FilterMode(StrEnum):
    """Whether only allowed correspondents get through, or all but the blocked ones."""

    WHITELIST = "whitelist"
    BLACKLIST = "blacklist"


class ThreadFolder(StrEnum):
    """Where a thread is. Only the service puts one into `blocked`."""

    INBOX = "inbox"
    SPAM = "spam"
    BLOCKED = "blocked"
    ARCHIVE = "archive"


class MailRuleAction(StrEnum):
    """What a mail rule does."""

    ALLOW = "allow"
    BLOCK = "block"


class MailRuleMatchType(StrEnum):
    """What a mail rule is about."""

    EXACT_EMAIL = "exact_email"
    DOMAIN = "domain"


class ContactRuleStatus(StrEnum):
    """Whether a rule is in force."""

    ACTIVE = "active"
    PAUSED = "paused"


class SendingDomainStatus(StrEnum):
    """How far a custom domain is; mail can be sent from a verified one."""

    NOT_STARTED = "not_started"
    AWAITING_OWNERSHIP = "awaiting_ownership"
    PENDING = "pending"
    DNS_INVALID = "dns_invalid"
    VERIFYING = "verifying"
    VERIFIED = "verified"
    FAILED = "failed"
    PENDING_DKIM_ROTATION = "pending_dkim_rotation"
    DEGRADED = "degraded"
    PENDING_DELETION = "pending_deletion"


@record
class FilterModeChangeNotice:
    """What a change of the filter mode left without effect: active rules whose action is the default now."""

    new_filter_mode: FilterMode
    redundant_rule_action: str
    redundant_rule_count: int


@record
class Mailbox:
    """An identity's mailbox."""

    id: UUID
    email_address: str
    webhook_url: str | None = None
    filter_mode: FilterMode = FilterMode.BLACKLIST
    created_at: datetime
    updated_at: datetime
    sending_domain: str | None = None
    """Taken from the address where the service does not say it."""
    agent_identity_id: UUID | None = None
    filter_mode_change_notice: FilterModeChangeNotice | None = None
    """Only in the answer to an update that changed the mode."""

    def __post_init__(self) -> None:
        self.sending_domain = self.sending_domain or self.email_address.partition("@")[2]


@record
class Message:
    """One email, without its body."""

    id: UUID
    mailbox_id: UUID
    thread_id: UUID | None = None
    message_id: str
    """The `Message-ID` header, with its angle brackets; what an answer refers to."""
    from_address: str
    to_addresses: list[str]
    cc_addresses: list[str] | None = None
    subject: str | None = None
    snippet: str | None = None
    direction: MessageDirection
    status: str
    """`queued`, `sent`, `delivered`, `bounced`, `failed`, `received` or `deleted`; perhaps others."""
    is_read: bool
    is_starred: bool
    has_attachments: bool
    created_at: datetime


@record
class MessageDetail(Message):
    """One email with its body."""

    body_text: str | None = None
    body_html: str | None = None
    bcc_addresses: list[str] | None = None
    in_reply_to: str | None = None
    references: list[str] | None = None
    attachment_metadata: list[dict[str, Any]] | None = None
    """Of each attachment, `filename`, `content_type` and `size`."""
    ses_message_id: str | None = None
    updated_at: datetime | None = None


@record
class Thread:
    """A conversation's summary."""

    id: UUID
    mailbox_id: UUID
    subject: str | None = None
    folder: ThreadFolder = ThreadFolder.INBOX
    message_count: int
    last_message_at: datetime
    created_at: datetime


@record
class ThreadDetail(Thread):
    """A conversation with its messages, oldest first."""

    messages: list[Message] = field(default_factory=list)


@record
class Page(Generic[T]):
    """One page of a listing."""

    items: list[T]
    has_more: bool
    next_cursor: str | None = None


@record
class MailContactRule:
    """Whom a mailbox hears from and writes to."""

    id: UUID
    mailbox_id: UUID
    action: MailRuleAction
    match_type: MailRuleMatchType
    match_target: str
    status: ContactRuleStatus = ContactRuleStatus.ACTIVE
    created_at: datetime
    updated_at: datetime


@record
class Domain:
    """A custom domain to send from."""

    id: str
    domain: str
    status: SendingDomainStatus
    is_default: bool
    verified_at: datetime | None = None
