"""Records of API keys."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from postline.inkbox._record import record

__all__ = ["ApiKey", "ApiKeyStatus", "CreatedApiKey"]


class ApiKeyStatus(StrEnum):
    """Whether a key works."""

    ACTIVE = "active"
    REVOKED = "revoked"


@record(frozen=True)
class ApiKey:
    """A key, without its secret."""

    id: str
    organization_id: str
    created_by: str
    creator_type: str
    scoped_identity_id: UUID | None = None
    """The identity that the key acts for; `None` for an admin key."""
    label: str
    description: str | None = None
    status: ApiKeyStatus
    last4: str
    display_prefix: str
    last_used_at: datetime | None = None
    expires_at: datetime | None = None
    revoked_at: datetime | None = None
    created_at: datetime
    updated_at: datetime


@record(frozen=True)
class CreatedApiKey:
    """A key just made; `api_key` is told this once."""

    api_key: str
    record: ApiKey
