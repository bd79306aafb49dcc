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
from postline.inkbox._account import Account
from postline.inkbox.exceptions import InkboxAPIError
from postline.inkbox.identities.types import IdentityDetail
from postline.inkbox.vault.opened import canonical, code_of
from postline.inkbox.vault.resource import Vault, opened_by
from postline.inkbox.vault.types import DecryptedVaultSecret, VaultSecret
from postline.inkbox.whoami.types import (
    AUTH_SUBTYPE_API_KEY_AGENT_SCOPED_CLAIMED,
    AUTH_SUBTYPE_API_KEY_AGENT_SCOPED_UNCLAIMED,
)
from postline.operation import Gather, Steps
from postline.resource import C

PARTS: Mapping[str, tuple[Part, ...]] = {
    "login": ("username", "email", "password", "code"),
    "api_key": ("api_key",),
    "key_pair": ("access_key", "secret_key"),
    "ssh_key": ("private_key", "passphrase"),
    "other": ("text",),
}
_AGENTS = frozenset({AUTH_SUBTYPE_API_KEY_AGENT_SCOPED_CLAIMED, AUTH_SUBTYPE_API_KEY_AGENT_SCOPED_UNCLAIMED})


class InkboxCredentials(Generic[C]):
    """What of the vault one Inkbox identity may read, also where the client's key may read more.

    The client, or its twin, must have the vault open for secrets to be read; they are listed without that.

    Args:
        client: An `Inkbox` or an `AsyncInkbox`.
        identity: Its handle, or the identity as it was looked up.
    """

    service = "Inkbox"
    lacks: frozenset[str] = frozenset({"lend"})

    def __init__(self, client: C, identity: str | IdentityDetail) -> None:
        self.client = client
        self._identity = IdentitySource(identity)
        self.handle = self._identity.handle

    def __repr__(self) -> str:
        return f"InkboxCredentials({self.handle!r})"

    def list_credentials(self, *, limit: int = 20) -> Steps[Page[Credential]]:
        """List what the identity may read, by name."""
        check_limit(limit)
        identity = yield from self._identity.detail()
        found = yield from Vault.list_secrets()
        may_read = yield from Gather([_may_read(identity.id, each.id) for each in found])
        own = [_credential(each) for each, may in zip(found, may_read, strict=True) if may]
        own.sort(key=lambda each: (each.name.casefold(), each.id))
        return Page(tuple(own[:limit]), note="there are more than the limit" if len(own) > limit else None)

    def read_secret(self, credential_id: str, part: Part) -> Steps[Secret]:
        """Read a part of a credential; of a code, what makes it when it is used."""
        secret_id = canonical(credential_id)
        opened = opened_by(self.client)
        identity = yield from self._identity.detail()
        if not (yield from _may_read(identity.id, secret_id)):
            raise ArgumentError("there is no such credential, or this identity may not use it")
        secret = yield from opened.get_secret(secret_id)
        return Secret(_value(secret, part), Hidden(_site(secret)))


def _may_read(identity_id: UUID, secret_id: UUID) -> Steps[bool]:
    try:
        rules = yield from Vault.list_access_rules(secret_id)
    except InkboxAPIError as error:
        if error.status_code == 404:
            return False
        # Unverified: whether a key of an identity's own may list rules. It sees no secret but the identity's.
        if error.status_code != 403 or not (yield from _is_an_agents_key()):
            raise
        return True
    return any(rule.identity_id == identity_id for rule in rules)


def _is_an_agents_key() -> Steps[bool]:
    who = yield from Account.whoami()
    return who.auth_subtype in _AGENTS


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
