"""The vault: secrets that the service stores and cannot read. What decrypts them is loaded when it is used."""

from postline.inkbox.vault.crypto import (
    VaultKeyMaterial,
    generate_org_encryption_key,
    generate_recovery_code,
    generate_vault_key_material,
)
from postline.inkbox.vault.exceptions import InkboxVaultKeyError
from postline.inkbox.vault.totp import TOTPAlgorithm, TOTPCode, TOTPConfig, generate_totp, parse_totp_uri
from postline.inkbox.vault.types import (
    AccessRule,
    APIKeyPayload,
    DecryptedVaultSecret,
    KeyPairPayload,
    LoginPayload,
    OtherPayload,
    SSHKeyPayload,
    VaultInfo,
    VaultInitializeResult,
    VaultKey,
    VaultKeyType,
    VaultSecret,
    VaultSecretDetail,
    VaultSecretType,
)

__all__ = [
    "APIKeyPayload",
    "AccessRule",
    "DecryptedVaultSecret",
    "InkboxVaultKeyError",
    "KeyPairPayload",
    "LoginPayload",
    "OtherPayload",
    "SSHKeyPayload",
    "TOTPAlgorithm",
    "TOTPCode",
    "TOTPConfig",
    "VaultInfo",
    "VaultInitializeResult",
    "VaultKey",
    "VaultKeyMaterial",
    "VaultKeyType",
    "VaultSecret",
    "VaultSecretDetail",
    "VaultSecretType",
    "generate_org_encryption_key",
    "generate_recovery_code",
    "generate_totp",
    "generate_vault_key_material",
    "parse_totp_uri",
]
