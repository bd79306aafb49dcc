"""Another path to the payloads, which the service's own guide names."""

from postline.inkbox.vault.types import (
    APIKeyPayload,
    DecryptedVaultSecret,
    KeyPairPayload,
    LoginPayload,
    OtherPayload,
    SSHKeyPayload,
    VaultSecretType,
)

__all__ = [
    "APIKeyPayload",
    "DecryptedVaultSecret",
    "KeyPairPayload",
    "LoginPayload",
    "OtherPayload",
    "SSHKeyPayload",
    "VaultSecretType",
]
