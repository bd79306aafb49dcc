"""The vault: secrets that the service stores and cannot read."""

from postline.inkbox.vault.exceptions import InkboxVaultKeyError
from postline.inkbox.vault.types import (
    AccessRule,
    VaultInfo,
    VaultKey,
    VaultKeyType,
    VaultSecret,
    VaultSecretDetail,
    VaultSecretType,
)

__all__ = [
    "AccessRule",
    "InkboxVaultKeyError",
    "VaultInfo",
    "VaultKey",
    "VaultKeyType",
    "VaultSecret",
    "VaultSecretDetail",
    "VaultSecretType",
]
