"""`Credentials`: what an identity can log in with, by id and by type."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias, TypeVar

from postline.errors import ArgumentError
from postline.inkbox._arguments import Id
from postline.inkbox.vault.exceptions import CredentialNotFoundError, CredentialTypeError
from postline.inkbox.vault.opened import canonical, code_of
from postline.inkbox.vault.payloads import (
    APIKeyPayload,
    KeyPairPayload,
    LoginPayload,
    SecretPayload,
    SSHKeyPayload,
    VaultSecretType,
)
from postline.inkbox.vault.totp import TOTPCode
from postline.inkbox.vault.types import DecryptedVaultSecret

__all__ = ["Credentials"]

P = TypeVar("P", bound=SecretPayload)
Secrets: TypeAlias = list[DecryptedVaultSecret]


class Credentials:
    """The secrets of an open vault. Nothing here asks the service; a secret is decrypted when its payload is asked for."""

    def __init__(self, secrets: Iterable[DecryptedVaultSecret]) -> None:
        self._secrets = {secret.id: secret for secret in secrets}

    def __len__(self) -> int:
        return len(self._secrets)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({len(self)} secrets)"

    def list(self) -> Secrets:
        """Return all of them."""
        return [*self._secrets.values()]

    def list_logins(self) -> Secrets:
        """Return the logins."""
        return self._of(VaultSecretType.LOGIN)

    def list_api_keys(self) -> Secrets:
        """Return the keys of one part."""
        return self._of(VaultSecretType.API_KEY)

    def list_key_pairs(self) -> Secrets:
        """Return the keys of two parts."""
        return self._of(VaultSecretType.KEY_PAIR)

    def list_ssh_keys(self) -> Secrets:
        """Return the keys for SSH."""
        return self._of(VaultSecretType.SSH_KEY)

    def get(self, secret_id: Id) -> DecryptedVaultSecret:
        """Return a secret of any type.

        Raises:
            CredentialNotFoundError: There is none with this id; also a `KeyError`.
        """
        try:
            secret = self._secrets.get(canonical(secret_id))
        except ArgumentError as error:
            raise CredentialNotFoundError("No credential has that id: ids are UUIDs") from error
        if secret is None:
            raise CredentialNotFoundError(f"No credential with id '{secret_id}' is accessible to this identity")
        return secret

    def get_login(self, secret_id: Id) -> LoginPayload:
        """Return what is in a login; see `get`.

        Raises:
            CredentialTypeError: The secret is of another type; also a `TypeError`. So do the next three.
        """
        return self._payload(secret_id, LoginPayload)

    def get_api_key(self, secret_id: Id) -> APIKeyPayload:
        """Return what is in a key of one part; see `get_login`."""
        return self._payload(secret_id, APIKeyPayload)

    def get_key_pair(self, secret_id: Id) -> KeyPairPayload:
        """Return what is in a key of two parts; see `get_login`."""
        return self._payload(secret_id, KeyPairPayload)

    def get_ssh_key(self, secret_id: Id) -> SSHKeyPayload:
        """Return what is in a key for SSH; see `get_login`."""
        return self._payload(secret_id, SSHKeyPayload)

    def get_totp_code(self, secret_id: Id) -> TOTPCode:
        """Compute a login's one-time code of this moment; see `get_login`.

        Raises:
            NoTOTPError: It has none; also a `ValueError`.
        """
        return code_of(self.get(secret_id))

    def _of(self, kind: VaultSecretType) -> Secrets:
        return [secret for secret in self._secrets.values() if secret.secret_type == kind]

    def _payload(self, secret_id: Id, kind: type[P]) -> P:
        secret = self.get(secret_id)
        if secret.secret_type != kind.secret_type:
            raise CredentialTypeError(
                f"Credential '{secret.id}' is a '{secret.secret_type}' secret, not '{kind.secret_type}'"
            )
        payload = secret.payload
        assert isinstance(payload, kind)
        return payload
