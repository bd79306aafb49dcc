"""The vault: what can be done without its key, and opening it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID
from weakref import WeakSet

from postline.hidden import Hidden
from postline.inkbox._arguments import Id, at, given
from postline.inkbox._private import PrivateOperation, private
from postline.inkbox.vault import keys
from postline.inkbox.vault.exceptions import VaultLockedError
from postline.inkbox.vault.opened import Opened, canonical, deleted
from postline.inkbox.vault.types import AccessRule, VaultInfo, VaultInitializeResult, VaultKey, VaultSecret
from postline.inkbox.vault.unlocked import UnlockedVault
from postline.operation import Gather, Operation, Steps
from postline.resource import C, Resource, endpoint


class Vault(Resource[C]):
    """The organization's vault of secrets.

    A client and its twin have it open together. It is locked when the one that opened it is closed.
    """

    def __init__(self, client: C) -> None:
        super().__init__(client)
        self._own: WeakSet[Any] = WeakSet()

    @property
    def unlocked(self) -> UnlockedVault[C] | None:
        """The open vault; `None` while it is locked."""
        opened = _open(self._client)
        return UnlockedVault(self._client, opened) if opened else None

    @endpoint
    def info(self) -> Steps[VaultInfo | None]:
        """Fetch what is in the vault; `None` where there is none."""
        return keys.info()

    @private
    def initialize(self, vault_key: str) -> Steps[VaultInitializeResult]:
        """Make the vault. It is not opened by that. Its recovery codes are told this once: keep them.

        Raises:
            InkboxVaultKeyError: The key has under 16 characters, or lacks an upper-case letter, a lower-case one, a digit or
                another character (of ASCII); nothing was sent.
        """
        return keys.initialize(Hidden(vault_key))

    @private
    def unlock(self, vault_key: str, *, identity_id: Id | None = None) -> Steps[UnlockedVault[C]]:
        """Open the vault. Secrets are decrypted when they are asked for, not before.

        Args:
            vault_key: The vault key or a recovery code.
            identity_id: Leaves in the result only what this identity may read; `unlocked` has everything.

        Raises:
            WrongVaultKeyError: No key of the vault answers to it.
            VaultNotInitializedError: There is no vault.
            VaultKeyUnwrapError: What it should open does not open.
        """
        return self._unlocking(Hidden(vault_key), identity_id)

    def _unlocking(self, secret: Hidden[str], identity_id: Id | None = None) -> Steps[UnlockedVault[C]]:
        opened = yield from keys.unlock(secret)
        if identity_id is not None:
            readable = yield from _readable(opened.ids(), canonical(identity_id))
        self._own.add(opened.key)
        self._client.wire.opened = opened
        return UnlockedVault(self._client, opened if identity_id is None else opened.only(readable))

    def lock(self) -> None:
        """Forget the key, here and in the twin. What was decrypted stays with whoever has it."""
        if opened := _open(self._client):
            opened.key.drop()
        self._forget()

    def _forget(self) -> None:
        for key in self._own:
            key.drop()

    @private
    def update_key(
        self, new_vault_key: str, *, current_vault_key: str | None = None, recovery_code: str | None = None
    ) -> Steps[VaultKey]:
        """Replace the vault key. The secrets stay as they are, and an open vault stays open.

        Args:
            new_vault_key: As strong as `initialize` wants it.
            current_vault_key: The vault key until now; this or a recovery code is needed.
            recovery_code: One of the codes of `initialize`; it is used up.

        Raises:
            InkboxVaultKeyError: The new key is too weak; nothing was sent.
            WrongVaultKeyError: No key of the vault answers to the other; nothing was changed.
        """
        return keys.update(Hidden(new_vault_key), Hidden(current_vault_key), Hidden(recovery_code))

    @endpoint
    def list_keys(self, *, key_type: str | None = None) -> Operation[list[VaultKey]]:
        """List the vault's keys, or the `primary` or the `recovery` ones."""
        return keys.list_keys(key_type)

    @private
    def delete_key(self, auth_hash: str) -> Operation[None]:
        """Delete a key of the vault, for good."""
        return PrivateOperation("DELETE", at("/vault/keys/{}", auth_hash), None)

    @endpoint
    def list_secrets(self, *, secret_type: str | None = None) -> Operation[list[VaultSecret]]:
        """List the secrets that the key may see, without what is secret of them."""
        return Operation("GET", at("/vault/secrets"), list[VaultSecret], {"secret_type": secret_type})

    @endpoint
    def delete_secret(self, secret_id: Id) -> Operation[None]:
        """Delete a secret, for good."""
        return deleted(secret_id)

    @endpoint
    def list_access_rules(self, secret_id: Id) -> Operation[list[AccessRule]]:
        """List the identities that may read a secret."""
        return _rules(canonical(secret_id))

    @endpoint
    def grant_access(self, secret_id: Id, identity_id: Id) -> Operation[AccessRule]:
        """Let an identity read a secret."""
        body = given(identity_id=canonical(identity_id))
        return Operation("POST", at("/vault/secrets/{}/access", canonical(secret_id)), AccessRule, body=body)

    @endpoint
    def revoke_access(self, secret_id: Id, identity_id: Id) -> Operation[None]:
        """Let an identity no longer read a secret."""
        where = at("/vault/secrets/{}/access/{}", canonical(secret_id), canonical(identity_id))
        return Operation("DELETE", where, None)


def is_open(client: Any) -> bool:
    """Whether a client, or its twin, has the vault open."""
    return _open(client) is not None


def opened_by(client: Any) -> Opened:
    """Return the vault that a client has open.

    Raises:
        VaultLockedError: It has none.
    """
    opened = _open(client)
    if opened is None:
        raise VaultLockedError
    return opened


def _open(client: Any) -> Opened | None:
    opened: Opened | None = client.wire.opened
    return opened if opened and not opened.key.dropped else None


def _rules(secret_id: UUID) -> Operation[list[AccessRule]]:
    return Operation("GET", at("/vault/secrets/{}/access", secret_id), list[AccessRule])


def _readable(secret_ids: Iterable[UUID], identity_id: UUID) -> Steps[set[UUID]]:
    """Return the secrets that an identity may read, asking of each."""
    rules = yield from Gather([_rules(secret_id) for secret_id in secret_ids])
    return {rule.vault_secret_id for each in rules for rule in each if rule.identity_id == identity_id}
