"""How a vault is made, opened, and given another key: the requests in their order. Derivations are `Offload`s."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from postline.errors import ArgumentError
from postline.hidden import Hidden
from postline.inkbox._arguments import at
from postline.inkbox._private import PrivateOperation
from postline.inkbox.exceptions import InkboxAPIError
from postline.inkbox.vault import crypto
from postline.inkbox.vault.exceptions import (
    SecretUnreadableError,
    VaultError,
    VaultKeyUnwrapError,
    VaultNotInitializedError,
    WrongRecoveryCodeError,
    WrongVaultKeyError,
)
from postline.inkbox.vault.opened import Opened
from postline.inkbox.vault.types import (
    NewVault,
    UnlockBundle,
    VaultInfo,
    VaultInitializeResult,
    VaultKey,
    VaultKeyType,
    VaultSecretDetail,
)
from postline.inkbox.whoami.types import Whoami, WhoamiResponse
from postline.operation import Offload, Operation, Steps

if TYPE_CHECKING:
    from postline.inkbox.vault._sealing import MasterKey

RECOVERY_CODES = 4
_INFO: Operation[VaultInfo] = Operation("GET", at("/vault/info"), VaultInfo)


class Proof(NamedTuple):
    """What a vault key or a recovery code opens."""

    organization_id: str
    auth_hash: Hidden[str]
    org_key: Hidden[bytes]
    secrets: list[VaultSecretDetail]


def info() -> Steps[VaultInfo | None]:
    """Fetch what is in the vault; `None` where there is none."""
    try:
        return (yield from _INFO)
    except InkboxAPIError as error:
        if error.status_code == 404:
            return None
        raise


def list_keys(key_type: str | None = None) -> Operation[list[VaultKey]]:
    """List the vault's keys, or the `primary` or the `recovery` ones."""
    return Operation("GET", at("/vault/keys"), list[VaultKey], {"type": key_type.lower() if key_type else None})


def initialize(vault_key: Hidden[str]) -> Steps[VaultInitializeResult]:
    """Make the vault, with a vault key and recovery codes."""
    crypto.check_vault_key(vault_key)
    crypto.sealing()
    who: WhoamiResponse = yield from Operation("GET", "/api/whoami", Whoami)
    if not who.organization_id:
        raise VaultError("Could not determine organization ID from API key")
    org_key = crypto.new_key()
    key = yield from _material(vault_key, who.organization_id, org_key)
    codes: list[crypto.RecoveryCode] = yield from Offload(partial(_recovery_codes, who.organization_id, org_key))
    body = Hidden({"vault_key": key.to_wire(), "recovery_keys": [each.material.to_wire() for each in codes]})
    made: NewVault = yield from PrivateOperation("POST", at("/vault/initialize"), NewVault, body=body.reveal())
    plain = Hidden([each.code.reveal() for each in codes])
    return VaultInitializeResult(made.vault_id, made.vault_key_id, made.recovery_key_count, plain.reveal())


def unlock(secret: Hidden[str]) -> Steps[Opened]:
    """Open the vault with a vault key or a recovery code; no secret is decrypted yet."""
    proof = yield from _proven(secret, "vault key is correct and has not been deleted")
    return Opened(crypto.sealing().Key(proof.org_key), proof.secrets)


def update(new: Hidden[str], current: Hidden[str | None], recovery_code: Hidden[str | None]) -> Steps[VaultKey]:
    """Replace the vault key, given the one until now or a recovery code; the secrets stay as they are."""
    if (current.reveal() is None) == (recovery_code.reveal() is None):
        raise ArgumentError("Exactly one of current_vault_key or recovery_code must be provided")
    crypto.check_vault_key(new)
    name, secret = ("recovery", recovery_code) if current.reveal() is None else ("current", current)
    proof = yield from _proven(secret, "vault key or recovery code is correct", recovers=name == "recovery")
    key = yield from _material(new, proof.organization_id, proof.org_key)
    body = Hidden({**key.to_wire(), f"{name}_auth_hash": proof.auth_hash.reveal()})
    del body.reveal()["key_type"]
    # Done twice it fails, the proof being used up: it is not repeated.
    return (
        yield from PrivateOperation("PUT", at("/vault/keys/primary"), VaultKey, body=body.reveal(), repeatable=False)
    )


def _proven(secret: Hidden[Any], advice: str, *, recovers: bool = False) -> Steps[Proof]:
    derive = crypto.sealing().derive
    try:
        known = yield from _INFO
    except InkboxAPIError as error:
        if error.status_code == 404:
            raise VaultNotInitializedError("Vault has not been initialized") from error
        raise
    master: MasterKey = yield from Offload(partial(derive, secret, known.organization_id))
    query = Hidden({"auth_hash": master.auth_hash.reveal()})
    bundle: UnlockBundle = yield from PrivateOperation("GET", at("/vault/unlock"), UnlockBundle, query.reveal())
    if bundle.wrapped_org_encryption_key is None:
        kind = WrongRecoveryCodeError if recovers or crypto.is_recovery_code(secret) else WrongVaultKeyError
        raise kind(f"No vault key matched. Check that the {advice}.")
    keys = yield from list_keys()
    org_key = _unwrapped(master, bundle.wrapped_org_encryption_key, keys)
    return Proof(known.organization_id, master.auth_hash, org_key, bundle.encrypted_secrets)


def _unwrapped(master: MasterKey, wrapped: str, keys: Iterable[VaultKey]) -> Hidden[bytes]:
    for key in sorted(keys, key=lambda key: key.key_type != VaultKeyType.PRIMARY):
        try:
            return master.open(wrapped, str(key.id))
        except SecretUnreadableError:
            continue
    raise VaultKeyUnwrapError("Failed to unwrap org encryption key. Check that the vault key is correct.")


def _recovery_codes(organization_id: str, org_key: Hidden[bytes]) -> list[crypto.RecoveryCode]:
    return [crypto.recovery_code(organization_id, org_key) for _ in range(RECOVERY_CODES)]


def _material(vault_key: Hidden[str], organization_id: str, org_key: Hidden[bytes]) -> Offload[crypto.VaultKeyMaterial]:
    return Offload(partial(crypto.wrapped, vault_key, organization_id, org_key, VaultKeyType.PRIMARY))
