"""An open vault: its key, and its secrets as they are stored. Builds the work that needs both."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from functools import partial
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID, uuid4

from postline.errors import ArgumentError, PostlineError
from postline.hidden import Hidden, Later
from postline.inkbox._arguments import OMITTED, Id, Omitted, at, given, stated
from postline.inkbox.vault.crypto import sealing
from postline.inkbox.vault.exceptions import (
    CredentialTypeError,
    NoTOTPError,
    SecretTamperedError,
)
from postline.inkbox.vault.payloads import KINDS, LoginPayload, SecretPayload, decoded, encoded
from postline.inkbox.vault.totp import TOTPCode, TOTPConfig, generate_totp, parse_totp_uri
from postline.inkbox.vault.types import DecryptedVaultSecret, VaultSecret, VaultSecretDetail
from postline.operation import Operation, Steps

if TYPE_CHECKING:
    from postline.inkbox.vault._sealing import Key


class Opened:
    """An open vault, apart from any client.

    Args:
        key: What its secrets are sealed with.
        stored: Its secrets, as the service told them.
    """

    def __init__(self, key: Key, stored: Iterable[VaultSecretDetail]) -> None:
        self.key = key
        self._stored = {each.id: each for each in stored}

    def ids(self) -> list[UUID]:
        """Return the ids of the secrets that are known here."""
        return [*self._stored]

    def secrets(self) -> list[DecryptedVaultSecret]:
        """Return the secrets that are known here; each is decrypted when its payload is asked for."""
        return [_readable(each, Later(partial(self._read, each))) for each in [*self._stored.values()]]

    def only(self, ids: Collection[UUID]) -> Opened:
        """Return the vault with some of the secrets only, under the same key."""
        return Opened(self.key, [each for each in [*self._stored.values()] if each.id in ids])

    def get_secret(self, secret_id: Id) -> Steps[DecryptedVaultSecret]:
        """Fetch a secret and decrypt it."""
        stored = yield from _stored(secret_id)
        return _readable(stored, self._read(stored))

    def create_secret(self, name: str, payload: SecretPayload, *, description: str | None = None) -> Steps[VaultSecret]:
        """Encrypt a payload and store it. Which type it is of stays as it is."""
        _check_kind(payload)
        secret_id = uuid4()
        sealed = self._sealed(payload, secret_id)
        body = stated(
            id=secret_id,
            name=name,
            secret_type=str(payload.secret_type),
            encrypted_payload=sealed,
            description=description,
        )
        made: VaultSecret = yield from Operation("POST", at("/vault/secrets"), VaultSecret, body=body)
        yield from self._learn(made, sealed)
        return made

    def update_secret(
        self,
        secret_id: Id,
        *,
        name: str | Omitted | None = OMITTED,
        description: str | Omitted | None = OMITTED,
        payload: SecretPayload | Omitted | None = OMITTED,
    ) -> Steps[VaultSecret]:
        """Change what is given; `None` clears a description. A new payload replaces the old one whole.

        Raises:
            CredentialTypeError: The payload is of another type than the secret; nothing was changed.
        """
        secret_id = canonical(secret_id)
        body = given(name=name, description=description)
        sealed = None
        if payload is not None and not isinstance(payload, Omitted):
            _check_kind(payload)
            old = yield from _stored(secret_id)
            if old.secret_type != payload.secret_type:
                raise CredentialTypeError(
                    f"Cannot update a '{old.secret_type}' secret with a '{payload.secret_type}' payload. "
                    "Delete and recreate instead."
                )
            body["encrypted_payload"] = sealed = self._sealed(payload, secret_id)
        changed: VaultSecret = yield from Operation("PATCH", at("/vault/secrets/{}", secret_id), VaultSecret, body=body)
        yield from self._learn(changed, sealed)
        return changed

    def delete_secret(self, secret_id: Id) -> Steps[None]:
        """Delete a secret, for good."""
        secret_id = canonical(secret_id)
        yield from deleted(secret_id)
        self._stored.pop(secret_id, None)

    def set_totp(self, secret_id: Id, totp: Hidden[TOTPConfig | str]) -> Steps[VaultSecret]:
        """Give a login one-time codes, in place of those that it has."""
        is_made = isinstance(totp.reveal(), TOTPConfig)
        config = cast("TOTPConfig", totp.reveal()) if is_made else parse_totp_uri(cast("str", totp.reveal()))
        return (yield from self._change_totp(secret_id, config, "Cannot set TOTP on"))

    def remove_totp(self, secret_id: Id) -> Steps[VaultSecret]:
        """Take its one-time codes from a login, if it has any."""
        return (yield from self._change_totp(secret_id, None, "Cannot remove TOTP from"))

    def get_totp_code(self, secret_id: Id) -> Steps[TOTPCode]:
        """Fetch a login, and compute its one-time code of this moment."""
        secret = yield from self.get_secret(secret_id)
        return code_of(secret)

    def _change_totp(self, secret_id: Id, totp: TOTPConfig | None, what: str) -> Steps[VaultSecret]:
        secret = yield from self.get_secret(secret_id)
        login = secret.payload
        if not isinstance(login, LoginPayload):
            raise CredentialTypeError(f"{what} a '{secret.secret_type}' secret — only logins have one-time codes.")
        login.totp = totp
        return (yield from self.update_secret(secret_id, payload=login))

    def _learn(self, secret: VaultSecret, sealed: str | None) -> Steps[None]:
        """Keep what is stored now; where it cannot be fetched, what is known of it from writing it."""
        try:
            stored = yield from _stored(secret.id)
        except PostlineError:
            old = self._stored.get(secret.id)
            payload = sealed or (old and old.encrypted_payload)
            if not payload:
                return
            stored = VaultSecretDetail(**vars(secret), encrypted_payload=payload)
        self._stored[stored.id] = stored

    def _sealed(self, payload: SecretPayload, secret_id: UUID) -> str:
        return self.key.seal(encoded(payload), str(secret_id))

    def _read(self, stored: VaultSecretDetail) -> SecretPayload:
        return decoded(stored.secret_type, self._opened(stored))

    def _opened(self, stored: VaultSecretDetail) -> Hidden[bytes]:
        try:
            return self.key.open(stored.encrypted_payload, str(stored.id))
        except SecretTamperedError:
            owner = self._owner(stored)
            if owner is None:
                raise
        raise sealing().WrongOwnerError(f"what is stored as secret {stored.id} was written for secret {owner}")

    def _owner(self, stored: VaultSecretDetail) -> UUID | None:
        """Return the secret of the vault that a payload was written for, if it is another one."""
        for each in self.ids():
            try:
                self.key.open(stored.encrypted_payload, str(each))
            except SecretTamperedError:
                continue
            return each
        return None


def canonical(secret_id: Id) -> UUID:
    """Return an id in the one form that secrets are sealed for.

    Raises:
        ArgumentError: It is none.
    """
    try:
        return secret_id if isinstance(secret_id, UUID) else UUID(secret_id)
    except (ValueError, AttributeError, TypeError) as error:
        raise ArgumentError("the id of a secret is a UUID") from error


def code_of(secret: DecryptedVaultSecret) -> TOTPCode:
    """Compute the one-time code of a login.

    Raises:
        CredentialTypeError: It is no login.
        NoTOTPError: It has no one-time codes.
    """
    login = secret.payload
    if not isinstance(login, LoginPayload):
        raise CredentialTypeError(f"Credential '{secret.id}' is a '{secret.secret_type}' secret, not 'login'")
    if login.totp is None:
        raise NoTOTPError(f"Login '{secret.id}' has no TOTP configured")
    return generate_totp(login.totp)


def deleted(secret_id: Id) -> Operation[None]:
    """Delete a secret."""
    return Operation("DELETE", at("/vault/secrets/{}", canonical(secret_id)), None)


def _check_kind(payload: SecretPayload) -> None:
    if not isinstance(payload, tuple(KINDS.values())):
        raise ArgumentError("a payload is a LoginPayload, SSHKeyPayload, APIKeyPayload, KeyPairPayload or OtherPayload")


def _readable(stored: VaultSecretDetail, payload: SecretPayload | Later[SecretPayload]) -> DecryptedVaultSecret:
    known = {name: value for name, value in vars(stored).items() if name != "encrypted_payload"}
    return DecryptedVaultSecret(**known, payload=cast("Any", payload))


def _stored(secret_id: Id) -> Operation[VaultSecretDetail]:
    return Operation("GET", at("/vault/secrets/{}", canonical(secret_id)), VaultSecretDetail)
