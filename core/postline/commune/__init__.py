"""Commune by its own names: code written for the service's documentation runs when only the import changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from postline import __version__
from postline.commune.client import CommuneClient
from postline.commune.exceptions import (
    AuthenticationError,
    CommuneError,
    NotFoundError,
    PermissionDeniedError,
    PermissionError,  # noqa: A004  # the documented alias
    RateLimitError,
    ValidationError,
    WebhookVerificationError,
)
from postline.commune.resources import (
    Attachments,
    Delivery,
    Domains,
    Inboxes,
    Messages,
    Search,
    Sms,
    Threads,
)
from postline.commune.types import (
    Attachment,
    AttachmentUpload,
    AttachmentUrl,
    ContractModel,
    CreateDomainPayload,
    CreateInboxPayload,
    DeleteResult,
    DeliveryEvent,
    DeliveryMetrics,
    DeliverySuppression,
    Domain,
    DomainDnsRecord,
    DomainVerificationResult,
    Inbox,
    InboxWebhook,
    Message,
    MessageMetadata,
    Participant,
    SearchResult,
    SendMessagePayload,
    SendMessageResult,
    SetInboxWebhookPayload,
    SmsSendResult,
    Thread,
    ThreadList,
    UpdateInboxPayload,
    UploadAttachmentPayload,
)
from postline.commune.webhooks import compute_signature, verify_signature

if TYPE_CHECKING:
    from postline.commune.async_client import AsyncCommuneClient

__all__ = [
    "AsyncCommuneClient",
    "Attachment",
    "AttachmentUpload",
    "AttachmentUrl",
    "Attachments",
    "AuthenticationError",
    "CommuneClient",
    "CommuneError",
    "ContractModel",
    "CreateDomainPayload",
    "CreateInboxPayload",
    "DeleteResult",
    "Delivery",
    "DeliveryEvent",
    "DeliveryMetrics",
    "DeliverySuppression",
    "Domain",
    "DomainDnsRecord",
    "DomainVerificationResult",
    "Domains",
    "Inbox",
    "InboxWebhook",
    "Inboxes",
    "Message",
    "MessageMetadata",
    "Messages",
    "NotFoundError",
    "Participant",
    "PermissionDeniedError",
    "PermissionError",
    "RateLimitError",
    "Search",
    "SearchResult",
    "SendMessagePayload",
    "SendMessageResult",
    "SetInboxWebhookPayload",
    "Sms",
    "SmsSendResult",
    "Thread",
    "ThreadList",
    "Threads",
    "UpdateInboxPayload",
    "UploadAttachmentPayload",
    "ValidationError",
    "WebhookVerificationError",
    "__version__",
    "compute_signature",
    "verify_signature",
]


def __getattr__(name: str) -> Any:
    if name != "AsyncCommuneClient":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from postline.commune.async_client import AsyncCommuneClient  # with asyncio, which takes a while to load

    return AsyncCommuneClient
