"""An Inkbox identity, looked up once, and everything it has as channels."""

from __future__ import annotations

from postline.errors import ArgumentError
from postline.inkbox.identities.resource import Identities
from postline.inkbox.identities.types import IdentityDetail
from postline.operation import Steps


class IdentitySource:
    """The identity of a handle, or of an address whose local part is the handle, fetched when it is first needed; or one known."""

    def __init__(self, identity: str | IdentityDetail) -> None:
        if not identity:
            raise ArgumentError("name the identity by its handle")
        self.known = None if isinstance(identity, str) else identity
        self.handle = identity.lstrip("@").partition("@")[0] if isinstance(identity, str) else identity.agent_handle

    def detail(self) -> Steps[IdentityDetail]:
        """Return the identity with its mailbox and number, as it was when first asked for."""
        if self.known is None:
            self.known = yield from Identities.get(self.handle)
        return self.known
