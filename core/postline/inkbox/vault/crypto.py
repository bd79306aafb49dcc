"""What a vault's keys are made of. The cryptography itself is loaded when it is used: it is the extra `vault`."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from types import ModuleType
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID, uuid4

from postline.errors import ArgumentError
from postline.hidden import Hidden
from postline.inkbox.exceptions import InkboxVaultKeyError
from postline.inkbox.vault._masked import Masked
from postline.inkbox.vault.types import VaultKeyType

if TYPE_CHECKING:
    from postline.inkbox.vault._sealing import MasterKey

__all__ = [
    "VaultKeyMaterial",
    "generate_org_encryption_key",
    "generate_recovery_code",
    "generate_vault_key_material",
]

_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
_RECOVERY_CODE = re.compile(f"[{_ALPHABET}]{{4}}(-[{_ALPHABET}]{{4}}){{7}}")
_RULES: Mapping[str, str] = {
    r"(?s).{16}": "be at least 16 characters",
    "[A-Z]": "contain at least one uppercase letter",
    "[a-z]": "contain at least one lowercase letter",
    "[0-9]": "contain at least one digit",
    "[^A-Za-z0-9]": "contain at least one special character",
}
"""What is found in a strong vault key, and what one must do that lacks it."""


class VaultKeyMaterial(Masked, shown=("id", "key_type")):
    """What the service keeps of a vault key or recovery code."""

    id: UUID
    wrapped_org_encryption_key: str
    auth_hash: str
    key_type: VaultKeyType

    def to_wire(self) -> dict[str, str]:
        """Return it as JSON has it."""
        return {
            "id": str(self.id),
            "wrapped_org_encryption_key": self.wrapped_org_encryption_key,
            "auth_hash": self.auth_hash,
            "key_type": str(self.key_type),
        }


class RecoveryCode(NamedTuple):
    """A recovery code, and what the service keeps of it."""

    code: Hidden[str]
    material: VaultKeyMaterial


def sealing() -> ModuleType:
    """Load the cryptography, as late as possible.

    Raises:
        ImportError: It is not installed.
    """
    try:
        from postline.inkbox.vault import _sealing
    except ImportError as error:
        raise ImportError("the vault needs more packages: pip install 'postline[vault]'", name=error.name) from error
    return _sealing


def check_vault_key(vault_key: Hidden[str]) -> None:
    """Refuse a new vault key that is too weak.

    Raises:
        InkboxVaultKeyError: It is.
    """
    if not isinstance(vault_key.reveal(), str):
        raise ArgumentError("a vault key must be text")
    for found, what in _RULES.items():
        if not re.search(found, vault_key.reveal()):
            raise InkboxVaultKeyError(f"Vault key must {what}")


def is_recovery_code(secret: Hidden[str]) -> bool:
    """Whether it has the form of a recovery code."""
    return _RECOVERY_CODE.fullmatch(secret.reveal()) is not None


def new_key() -> Hidden[bytes]:
    """Make a key for an organization's secrets."""
    return Hidden(secrets.token_bytes(32))


def wrapped(
    secret: Hidden[str], organization_id: str, org_key: Hidden[bytes], key_type: VaultKeyType
) -> VaultKeyMaterial:
    """Wrap an organization's key, so that a vault key or recovery code gets at it. As slow as a derivation."""
    master: MasterKey = sealing().derive(secret, organization_id)
    key_id = uuid4()
    return VaultKeyMaterial(key_id, master.seal(org_key, str(key_id)), master.auth_hash.reveal(), key_type)


def recovery_code(organization_id: str, org_key: Hidden[bytes]) -> RecoveryCode:
    """Make a recovery code. As slow as a derivation."""
    groups = ("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(8))
    code = Hidden("-".join(groups))
    return RecoveryCode(code, wrapped(code, organization_id, org_key, VaultKeyType.RECOVERY))


def generate_org_encryption_key() -> bytes:
    """Make a key for an organization's secrets: 32 random bytes."""
    return new_key().reveal()


def generate_vault_key_material(
    vault_key: str, organization_id: str, org_encryption_key: bytes, *, key_type: VaultKeyType = VaultKeyType.PRIMARY
) -> VaultKeyMaterial:
    """Wrap an organization's key for a new vault key. Takes a third of a second and 64 MiB, on purpose.

    Raises:
        InkboxVaultKeyError: The vault key is too weak.
    """
    hidden, org_key = Hidden(vault_key), Hidden(org_encryption_key)
    del vault_key, org_encryption_key
    check_vault_key(hidden)
    return wrapped(hidden, organization_id, org_key, key_type)


def generate_recovery_code(organization_id: str, org_encryption_key: bytes) -> tuple[str, VaultKeyMaterial]:
    """Make a recovery code, and what the service keeps of it. As slow as a vault key's material."""
    org_key = Hidden(org_encryption_key)
    del org_encryption_key
    made = recovery_code(organization_id, org_key)
    return made.code.reveal(), made.material
