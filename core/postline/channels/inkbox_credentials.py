"""`Credentials` on Inkbox: what of its vault an identity may read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Generic
from uuid import UUID

from postline.channels.base import check_limit
from postline.channels.credentials import Credential, Part, Secret
from postline.channels.inkbox_identity import IdentitySource
from postline.channels.records import Page
from postline.errors import ArgumentError
from postline.hidden import Fresh, Hidden
from postline.inkbox.vault.opened import canonical, code_of
from postline.inkbox.vault.resource import Vault, opened_by
from postline.inkbox.vault.types import DecryptedVaultSecret, VaultSecret
from postline.operation import Gather, Steps
from postline.resource import C

PARTS: Mapping[str, tuple[Part, ...]] = {
    "login": ("username", "email", "password", "code"),
    "api_key": ("api_key",),
    "key_pair": ("access_key", "secret_key"),
    "ssh_key": ("private_key", "passphrase"),
    "other": ("text",),
}


class InkboxCredentials(Generic[C]):
    """What of the vault one Inkbox identity may read, also where the client's key may read more.

    The client, or its twin, must have the vault open for secrets to be read; they are listed without that.

    Args:
        client: An `Inkbox` or an `AsyncInkbox`.
        handle: The identity's.
    """

    service = "Inkbox"
    lacks: frozenset[str] = frozenset({"lend"})

    def __init__(self, client: C, handle: str) -> None:
        self.client = client
        self.handle = handle
        self._identity = IdentitySource(handle)

    def __repr__(self) -> str:
        return f"InkboxCredentials({self.handle!r})"

    def list_credentials(self, *, limit: int = 20) -> Steps[Page[Credential]]:
        """List what the identity may read, by name."""
        check_limit(limit)
        found = yield from Vault.list_secrets()
        may_read = yield from Gather([self._may_read(each.id) for each in found])
        own = [_credential(each) for each, may in zip(found, may_read, strict=True) if may]
        own.sort(key=lambda each: (each.name.casefold(), each.id))
        return Page(tuple(own[:limit]), note="there are more than the limit" if len(own) > limit else None)

    def read_secret(self, credential_id: str, part: Part) -> Steps[Secret]:
        """Read a part of a credential; of a code, what makes it when it is used."""
        secret_id = canonical(credential_id)
        opened = opened_by(self.client)
        if not (yield from self._may_read(secret_id)):
            raise ArgumentError("there is no such credential, or this identity may not use it")
        secret = yield from opened.get_secret(secret_id)
        return Secret(_value(secret, part), Hidden(_site(secret)))

    def _may_read(self, secret_id: UUID) -> Steps[bool]:
        identity = yield from self._identity.detail()
        rules = yield from Vault.list_access_rules(secret_id)
        return any(rule.identity_id == identity.id for rule in rules)


def _credential(secret: VaultSecret) -> Credential:
    return Credential(
        id=str(secret.id),
        name=secret.name,
        kind=secret.secret_type,
        description=secret.description or "",
        parts=PARTS.get(secret.secret_type, ()),
    )


def _value(secret: DecryptedVaultSecret, part: Part) -> Hidden[str]:
    if part not in PARTS.get(secret.secret_type, ()):
        raise ArgumentError(f"a credential of kind {secret.secret_type} has no {part}")
    if part == "code":
        code_of(secret)  # raises where there is none
        return Fresh(lambda: code_of(secret).code)
    value: Hidden[str | None] = Hidden(getattr(secret.payload, "data" if part == "text" else part))
    if value.reveal() is None:
        raise ArgumentError(f"this credential has no {part}")
    return Hidden(str(value.reveal()))


def _site(secret: DecryptedVaultSecret) -> str | None:
    return getattr(secret.payload, "url", None) or getattr(secret.payload, "endpoint", None)
