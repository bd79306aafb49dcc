"""What is secret of a secret, for each of the five types, and the JSON that it is sealed as."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import field
from enum import StrEnum
from typing import Any, ClassVar

from postline.errors import ArgumentError
from postline.hidden import Hidden
from postline.inkbox.vault._masked import Masked
from postline.inkbox.vault.exceptions import SecretFieldError, SecretFormatError
from postline.inkbox.vault.totp import TOTPConfig

__all__ = [
    "APIKeyPayload",
    "KeyPairPayload",
    "LoginPayload",
    "OtherPayload",
    "SSHKeyPayload",
    "SecretPayload",
    "VaultSecretType",
]


class VaultSecretType(StrEnum):
    """What a secret is for."""

    API_KEY = "api_key"
    KEY_PAIR = "key_pair"
    LOGIN = "login"
    OTHER = "other"
    SSH_KEY = "ssh_key"


class SecretPayload(Masked):
    """What all payloads are: printed masked, read by attribute, changed by assignment."""

    secret_type: ClassVar[VaultSecretType]
    needed: ClassVar[tuple[str, ...]]


class LoginPayload(SecretPayload):
    """A login at a site."""

    secret_type = VaultSecretType.LOGIN
    needed = ("password",)
    password: str
    username: str | None = None
    email: str | None = None
    url: str | None = None
    totp: TOTPConfig | None = None
    notes: str | None = field(default=None, kw_only=True)


class SSHKeyPayload(SecretPayload):
    """A key for SSH."""

    secret_type = VaultSecretType.SSH_KEY
    needed = ("private_key",)
    private_key: str
    public_key: str | None = None
    fingerprint: str | None = None
    passphrase: str | None = None
    notes: str | None = field(default=None, kw_only=True)


class APIKeyPayload(SecretPayload):
    """A key of one part."""

    secret_type = VaultSecretType.API_KEY
    needed = ("api_key",)
    api_key: str
    endpoint: str | None = None
    notes: str | None = field(default=None, kw_only=True)

    @property
    def access_key(self) -> str:
        """Another name of `api_key`."""
        return self.api_key


class KeyPairPayload(SecretPayload):
    """A key of two parts."""

    secret_type = VaultSecretType.KEY_PAIR
    needed = ("access_key", "secret_key")
    access_key: str
    secret_key: str
    endpoint: str | None = None
    notes: str | None = field(default=None, kw_only=True)


class OtherPayload(SecretPayload):
    """Any text."""

    secret_type = VaultSecretType.OTHER
    needed = ("data",)
    data: str
    notes: str | None = field(default=None, kw_only=True)


KINDS: dict[str, type[SecretPayload]] = {
    kind.secret_type: kind for kind in (LoginPayload, SSHKeyPayload, APIKeyPayload, KeyPairPayload, OtherPayload)
}


def encoded(payload: SecretPayload) -> Hidden[bytes]:
    """Write a payload as JSON, as every client of the service does.

    Raises:
        ArgumentError: One of its values is not text, or no code can be made from what should give one-time codes.
    """
    every = Hidden({name: getattr(payload, name) for name in ("notes", *payload._fields)})
    values = _stated(every)
    if wrong := _not_text(every, payload.needed) or _not_text(values):
        raise ArgumentError(f"{wrong} of a {payload.secret_type} secret must be text")
    if "totp" in values.reveal():
        values.reveal()["totp"] = _stated_totp(values.reveal().pop("totp"))
    return Hidden(json.dumps(values.reveal(), separators=(",", ":")).encode())


def decoded(secret_type: str, plain: Hidden[bytes]) -> SecretPayload:
    """Read a payload.

    Raises:
        SecretFormatError: It is not one of its type.
        SecretFieldError: It lacks a field.
    """
    kind = KINDS.get(secret_type)
    if kind is None:
        raise SecretFormatError(f"secrets of type {secret_type!r} are not known")
    found = _object(plain)
    if found is None:
        raise SecretFormatError(f"the {secret_type} secret is not a JSON object")
    values = _stated(found, kind._fields)
    for name in kind.needed:
        if name not in values.reveal():
            raise SecretFieldError(f"the {secret_type} secret has no {name}")
    if wrong := _not_text(values):
        raise SecretFormatError(f"{wrong} of the {secret_type} secret is not text")
    if "totp" in values.reveal():
        values.reveal()["totp"] = _read_totp(Hidden(values.reveal()["totp"]))
    return kind(**values.reveal())


def _stated_totp(totp: TOTPConfig) -> dict[str, Any]:
    if not isinstance(totp, TOTPConfig):
        raise ArgumentError("totp of a login must be a TOTPConfig")
    values = _stated(Hidden(TOTPConfig(**totp.reveal()).reveal()))
    if wrong := _not_text(values, ("issuer", "account_name")):
        raise ArgumentError(f"{wrong} of a TOTPConfig must be text")
    return values.reveal()


def _read_totp(given: Hidden[Any]) -> TOTPConfig:
    if not isinstance(given.reveal(), dict):
        raise SecretFormatError("totp of the login secret is not a JSON object")
    values = _stated(given, TOTPConfig._fields)
    if "secret" not in values.reveal():
        raise SecretFieldError("totp of the login secret has no secret")
    if wrong := _not_text(values, ("issuer", "account_name")):
        raise SecretFormatError(f"{wrong} of the login secret's totp is not text")
    try:
        return TOTPConfig(**values.reveal())
    except ArgumentError as error:
        raise SecretFormatError(f"totp of the login secret: {error}") from error


def _object(plain: Hidden[bytes]) -> Hidden[dict[str, Any]] | None:
    try:
        value = json.loads(plain.reveal())
    except (ValueError, RecursionError):  # whose text and traceback have the secret in them
        return None
    return Hidden(value) if isinstance(value, dict) else None


def _stated(values: Hidden[dict[str, Any]], known: Collection[str] | None = None) -> Hidden[dict[str, Any]]:
    """Return what is not null, in the same order."""
    wanted = values.reveal().keys() if known is None else known
    return Hidden({name: value for name, value in values.reveal().items() if value is not None and name in wanted})


def _not_text(values: Hidden[dict[str, Any]], names: Collection[str] | None = None) -> str | None:
    """Return the name of the first value that should be text and is not."""
    found = (
        name
        for name, value in values.reveal().items()
        if name != "totp" and (names is None or name in names) and not isinstance(value, str)
    )
    return next(found, None)
