"""What an agent can log in with: told by name, and read by whoever may hand it on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, Protocol

from postline.channels.base import Channel
from postline.channels.records import Page
from postline.hidden import Hidden
from postline.operation import Steps

Part = Literal[
    "username", "email", "password", "code", "api_key", "access_key", "secret_key", "private_key", "passphrase", "text"
]
"""What can be taken from a credential; `code` is a login's one-time code of the moment in which it is used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """Something to log in with, without what is secret of it."""

    id: str
    """Opaque; give it back to the channel that it came from."""
    name: str
    kind: str
    """`login`, `api_key`, `key_pair`, `ssh_key` or `other`."""
    description: str = ""
    parts: tuple[Part, ...] = ()
    """What one of its kind can have; not each has all of it."""


@dataclass(frozen=True, slots=True)
class Secret:
    """A part of a credential."""

    value: Hidden[str]
    site: Hidden[str | None] = field(default_factory=lambda: Hidden(None))
    """The address that the credential was stored for, where it has one."""


class Credentials(Channel, Protocol):
    """What an identity may log in with."""

    def list_credentials(self, *, limit: int = 20) -> Steps[Page[Credential]]:
        """List them, by name, without what is secret of them."""

    def read_secret(self, credential_id: str, part: Part) -> Steps[Secret]:
        """Read a part of one.

        Raises:
            ArgumentError: It has no such part.
        """
