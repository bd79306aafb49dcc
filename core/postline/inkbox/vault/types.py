"""Records of the vault, as the service keeps them: it holds secrets that only clients can read."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from postline.inkbox._record import record

__all__ = ["AccessRule", "VaultInfo", "VaultKey", "VaultKeyType", "VaultSecret", "VaultSecretDetail", "VaultSecretType"]


class VaultSecretType(StrEnum):
    """What a secret is for."""

    API_KEY = "api_key"
    KEY_PAIR = "key_pair"
    LOGIN = "login"
    SSH_KEY = "ssh_key"
    OTHER = "other"


class VaultKeyType(StrEnum):
    """What a vault key is for: every day, or once."""

    PRIMARY = "primary"
    RECOVERY = "recovery"


@record
class VaultInfo:
    """What is in the organization's vault."""

    id: UUID
    organization_id: str
    created_at: datetime
    updated_at: datetime
    key_count: int
    secret_count: int
    recovery_key_count: int


@record
class VaultKey:
    """A key of the vault; what it unlocks is not in it."""

    id: UUID
    key_type: str
    created_by: str | None = None
    created_at: datetime
    updated_at: datetime


@record
class VaultSecret:
    """A secret, without what is secret of it."""

    id: UUID
    name: str
    secret_type: str
    created_at: datetime
    updated_at: datetime
    description: str | None = None


@record
class VaultSecretDetail(VaultSecret):
    """A secret as it is stored."""

    encrypted_payload: str
    """Base64."""


@record
class AccessRule:
    """That an identity may read a secret."""

    id: UUID
    vault_secret_id: UUID
    identity_id: UUID
    created_at: datetime
