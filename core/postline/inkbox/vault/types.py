"""Records of the vault: as the service keeps them, and as only clients can read them."""

from __future__ import annotations

from dataclasses import field
from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from postline.inkbox._record import null_as, record
from postline.inkbox.vault._masked import Masked
from postline.inkbox.vault.payloads import (
    APIKeyPayload,
    KeyPairPayload,
    LoginPayload,
    OtherPayload,
    SecretPayload,
    SSHKeyPayload,
    VaultSecretType,
)

__all__ = [
    "APIKeyPayload",
    "AccessRule",
    "DecryptedVaultSecret",
    "KeyPairPayload",
    "LoginPayload",
    "OtherPayload",
    "RecoveryKey",
    "SSHKeyPayload",
    "SecretPayload",
    "VaultInfo",
    "VaultInitializeResult",
    "VaultKey",
    "VaultKeyType",
    "VaultSecret",
    "VaultSecretDetail",
    "VaultSecretType",
]


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


class DecryptedVaultSecret(Masked, shown=("id", "name", "secret_type", "created_at", "updated_at", "description")):
    """A secret that can be read: `payload` has what is secret of it, and is decrypted when it is first asked for."""

    id: UUID
    name: str
    secret_type: str
    created_at: datetime
    updated_at: datetime
    payload: SecretPayload
    description: str | None = None


class RecoveryKey(Masked):
    """One of the codes that a vault can be opened and its key be changed with."""

    recovery_code: str


class VaultInitializeResult(Masked, shown=("vault_id", "vault_key_id", "recovery_key_count")):
    """A new vault. Its recovery codes are nowhere else: keep them, each opens the vault and changes its key once."""

    vault_id: UUID
    vault_key_id: UUID
    recovery_key_count: int
    recovery_codes: list[str]

    @property
    def recovery_keys(self) -> list[RecoveryKey]:
        """The recovery codes, each as a record."""
        return [RecoveryKey(code) for code in self.recovery_codes]


@record
class UnlockBundle:
    """What the service gives for a master key's hash: what that opens, and every secret that the caller may read."""

    wrapped_org_encryption_key: str | None = None
    encrypted_secrets: Annotated[list[VaultSecretDetail], null_as(list)] = field(default_factory=list)


@record
class NewVault:
    """What the service says of a vault that was just made."""

    vault_id: UUID
    vault_key_id: UUID
    recovery_key_count: int
