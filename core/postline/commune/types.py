"""Commune's records, field by field as documented: mutable, extra fields kept, timestamps as strings."""

from __future__ import annotations

from collections.abc import ItemsView, KeysView, ValuesView
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

__all__ = [
    "Attachment",
    "AttachmentUpload",
    "AttachmentUrl",
    "ContractModel",
    "CreateDomainPayload",
    "CreateInboxPayload",
    "DeleteResult",
    "DeliveryEvent",
    "DeliveryMetrics",
    "DeliverySuppression",
    "Domain",
    "DomainDnsRecord",
    "DomainVerificationResult",
    "DomainWebhook",
    "Inbox",
    "InboxWebhook",
    "Message",
    "MessageMetadata",
    "Participant",
    "SearchResult",
    "SendMessagePayload",
    "SendMessageResult",
    "SetInboxWebhookPayload",
    "SmsSendResult",
    "Thread",
    "ThreadList",
    "UpdateInboxPayload",
    "UploadAttachmentPayload",
]

_SHOWN = frozenset({"id", "subject", "status", "name", "local_part", "address", "direction", "size", "has_more"})


class ContractModel(BaseModel):
    """Base of all records: keeps fields it does not know, and reads like a dict by Python field names.

    Its `repr` shows ids, subjects and statuses only; `model_dump()` has everything.
    """

    model_config = ConfigDict(populate_by_name=True, extra="allow", hide_input_in_errors=True, defer_build=True)

    def __getitem__(self, key: str) -> Any:
        return self.model_dump()[key]

    def get(self, key: str, default: Any = None) -> Any:
        """Return a field by its Python name, or `default` if there is no such field."""
        return self.model_dump().get(key, default)

    def keys(self) -> KeysView[str]:
        """Return the field names."""
        return self.model_dump().keys()

    def values(self) -> ValuesView[Any]:
        """Return the field values, nested records as dicts."""
        return self.model_dump().values()

    def items(self) -> ItemsView[str, Any]:
        """Return names and values, nested records as dicts."""
        return self.model_dump().items()

    def __repr_args__(self) -> Any:
        return [
            (name, value)
            for name, value in self.__dict__.items()
            if value is not None and (name in _SHOWN or name.endswith("_id")) and not isinstance(value, BaseModel)
        ]

    __str__ = BaseModel.__repr__


class DomainDnsRecord(ContractModel):
    """A DNS record to publish for a domain."""

    record: str | None = None
    type: str | None = None
    name: str | None = None
    value: str | None = None
    status: str | None = None
    ttl: str | int | None = None
    priority: int | None = None


class DomainWebhook(ContractModel):
    """A webhook of a whole domain."""

    id: str | None = None
    endpoint: str | None = None
    events: list[str] | None = None
    secret: str | None = None


class DomainVerificationResult(ContractModel):
    """What a domain's check found."""

    id: str | None = None
    status: str | None = None


class InboxWebhook(ContractModel):
    """Where an inbox's mail is announced."""

    endpoint: str | None = None
    events: list[str] | None = None
    secret: str | None = None


class Inbox(ContractModel):
    """An address that receives mail."""

    id: str
    local_part: str = Field("", alias="localPart")
    address: str | None = None
    display_name: str | None = Field(None, alias="displayName")
    agent: dict[str, Any] | None = None
    webhook: InboxWebhook | str | None = None
    extraction_schema: dict[str, Any] | None = Field(None, alias="extractionSchema")
    created_at: str | None = Field(None, alias="createdAt")
    status: str | None = None
    domain_id: str | None = None
    domain_name: str | None = None


class Domain(ContractModel):
    """A mail domain."""

    id: str
    name: str | None = None
    status: str | None = None
    region: str | None = None
    records: list[DomainDnsRecord] | None = None
    created_at: str | None = Field(None, alias="createdAt")
    inboxes: list[Inbox] | None = None


class DeleteResult(ContractModel):
    """Whether something was removed."""

    ok: bool = False


class Thread(ContractModel):
    """A conversation's summary."""

    thread_id: str
    last_message_at: str
    subject: str | None = None
    first_message_at: str | None = None
    snippet: str | None = None
    inbox_id: str | None = None
    domain_id: str | None = None
    last_direction: Literal["inbound", "outbound"] | None = None
    message_count: int = 0
    has_attachments: bool = False


class ThreadList(ContractModel):
    """One page of threads."""

    data: list[Thread] = []
    next_cursor: str | None = None
    has_more: bool = False


class Participant(ContractModel):
    """Somebody on a message; `identity` is an address, possibly with a name before it."""

    role: Literal["sender", "to", "cc", "bcc", "mentioned", "participant"]
    identity: str


class MessageMetadata(ContractModel):
    """What the service knows of a message beside its text."""

    created_at: str
    subject: str | None = None
    in_reply_to: str | None = None
    references: list[str] | None = None
    domain_id: str | None = None
    inbox_id: str | None = None
    inbox_address: str | None = None
    message_id: str | None = None
    is_private: bool | None = None
    provider: str | None = None
    extracted_data: dict[str, Any] | None = None
    spam_score: float | None = None
    spam_action: str | None = None
    spam_flagged: bool | None = None
    delivery_status: str | None = None
    prompt_injection_checked: bool | None = None
    prompt_injection_detected: bool | None = None
    prompt_injection_risk: str | None = None
    prompt_injection_score: float | None = None
    prompt_injection_signals: str | None = None


class Message(ContractModel):
    """One email."""

    id: str | None = Field(None, alias="_id")
    channel: Literal["email"] = "email"
    message_id: str
    thread_id: str
    direction: Literal["inbound", "outbound"]
    participants: list[Participant] = []
    content: str = ""
    content_html: str | None = None
    attachments: list[str] = []
    created_at: str = ""
    metadata: MessageMetadata


class Attachment(ContractModel):
    """The facts of a stored file."""

    attachment_id: str
    message_id: str | None = None
    filename: str
    mime_type: str
    size: int
    source: str | None = None
    storage_type: str | None = None


class AttachmentUpload(ContractModel):
    """A file just stored."""

    attachment_id: str
    filename: str
    mime_type: str
    size: int
    storage_type: str | None = None


class AttachmentUrl(ContractModel):
    """A signed link to a file: whoever has it can read the file until it expires."""

    url: str
    expires_in: int = Field(0, alias="expiresIn")
    filename: str
    mime_type: str = Field("", alias="mimeType")
    size: int = 0


class SendMessageResult(ContractModel):
    """What the service said of a mail that it took."""

    id: str | None = None
    message_id: str | None = None
    thread_id: str | None = None
    status: str | None = None


class SendMessagePayload(ContractModel):
    """The body of a send."""

    to: str | list[str]
    subject: str
    html: str | None = None
    text: str | None = None
    cc: list[str] | None = None
    bcc: list[str] | None = None
    reply_to: str | list[str] | None = None
    thread_id: str | None = None
    domain_id: str | None = Field(None, alias="domainId")
    inbox_id: str | None = Field(None, alias="inboxId")
    attachments: list[str] | None = None
    headers: dict[str, str] | None = None
    from_address: str | None = Field(None, alias="from")


class CreateDomainPayload(ContractModel):
    """The body of a domain's creation."""

    name: str
    region: str | None = None


class CreateInboxPayload(ContractModel):
    """The body of an inbox's creation."""

    local_part: str
    domain_id: str | None = None
    name: str | None = None
    webhook: dict[str, Any] | None = None


class UpdateInboxPayload(ContractModel):
    """The body of an inbox's change."""

    local_part: str | None = None
    webhook: dict[str, Any] | None = None
    status: str | None = None


class SetInboxWebhookPayload(ContractModel):
    """The webhook to set."""

    endpoint: str
    events: list[str] | None = None


class UploadAttachmentPayload(ContractModel):
    """The body of an upload."""

    content: str
    filename: str
    mime_type: str


class SearchResult(ContractModel):
    """A thread that a search found."""

    thread_id: str | None = None
    subject: str | None = None
    snippet: str | None = None
    message_count: int | None = None
    last_activity: str | None = None


class SmsSendResult(ContractModel):
    """What the service said of a text that it took."""

    message_id: str | None = None
    message_sid: str | None = None
    status: str | None = None
    credits_charged: int | None = None


def _rate(value: Any) -> Any:
    """Read the percentages that the live service writes as text: `"75.0%"`, and `"N/A"` for none."""
    if value == "N/A":
        return None
    return value.removesuffix("%") if isinstance(value, str) else value


def _period(value: Any) -> Any:
    return f"{value['days']}d" if isinstance(value, dict) and "days" in value else value


Rate = Annotated[float | None, BeforeValidator(_rate)]


class DeliveryMetrics(ContractModel):
    """Counts and rates (0 to 100) over a period."""

    sent: int | None = None
    delivered: int | None = None
    bounced: int | None = None
    complained: int | None = None
    failed: int | None = None
    delivery_rate: Rate = None
    bounce_rate: Rate = None
    complaint_rate: Rate = None
    period: Annotated[str | None, BeforeValidator(_period)] = None


class DeliverySuppression(ContractModel):
    """An address that mail is no longer sent to."""

    email: str | None = None
    reason: str | None = None
    suppressed_at: str | None = None


class DeliveryEvent(ContractModel):
    """Something that happened to a sent mail."""

    event_id: str | None = None
    message_id: str | None = None
    event_type: str | None = None
    recipient: str | None = None
    timestamp: str | None = None
    detail: str | None = None


def _thread_page(value: Any) -> Any:
    if isinstance(value, list):
        return {"data": value}
    if isinstance(value, dict) and "data" in value:
        return value
    raise PydanticCustomError("thread_list", "Input should be a list of threads or an object with `data`")


Removed = Annotated[bool, BeforeValidator(lambda value: bool(value.get("ok")) if isinstance(value, dict) else True)]
ThreadPage = Annotated[ThreadList, BeforeValidator(_thread_page)]
"""The whole envelope of a page of threads, or the bare list that some versions sent; never anything read as an empty one."""
