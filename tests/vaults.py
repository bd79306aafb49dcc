"""A vault of the sandbox that is open without a derivation, which is slow. What is sealed in it is sealed for real."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from postline.channels import Channels
from postline.channels.inkbox_people import inkbox_channels
from postline.inkbox._arguments import at
from postline.inkbox._private import PrivateOperation
from postline.inkbox.identities.resource import Identities
from postline.inkbox.vault._sealing import Key
from postline.inkbox.vault.crypto import new_key
from postline.inkbox.vault.opened import Opened
from postline.inkbox.vault.resource import Vault
from postline.inkbox.vault.types import NewVault, VaultSecret
from postline.operation import Steps
from postline.tools import HttpPlace, Lending

SITE = "https://crm.example.com"


def open_vault(client: Any, key: Any = None) -> Steps[None]:
    """Make the organization's vault, and have a client open it with a key that was derived from nothing."""
    keys = [
        {"id": str(UUID(int=n, version=4)), "wrapped_org_encryption_key": "wrapped", "auth_hash": f"{n:064x}"}
        for n in range(5)
    ]
    body = {"vault_key": keys[0], "recovery_keys": keys[1:]}
    yield from PrivateOperation("POST", at("/vault/initialize"), NewVault, body=body)
    client.wire.opened = Opened(key or Key(new_key()), [])


def store(handle: str, name: str) -> Steps[str]:
    """Store a login that is not sealed at all, for an identity, and return its id."""
    body = {"id": str(UUID(int=9, version=4)), "name": name, "secret_type": "login", "encrypted_payload": "unsealed"}
    made: VaultSecret = yield from PrivateOperation("POST", at("/vault/secrets"), VaultSecret, body=body)
    identity = yield from Identities.get(handle)
    yield from Vault.grant_access(made.id, identity.id)
    return str(made.id)


def everything(client: Any, handle: str) -> Steps[Channels]:
    """Return all that an identity has, its credentials to be lent for one site."""
    channels = yield from inkbox_channels(client, handle)
    lending = Lending(channels.credentials)
    HttpPlace(lending, SITE)
    return replace(channels, credentials=lending)
