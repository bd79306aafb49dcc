"""An Inkbox identity, looked up once, and everything it has as channels."""

from __future__ import annotations

from postline.inkbox.identities.resource import Identities
from postline.inkbox.identities.types import IdentityDetail
from postline.operation import Steps


class IdentitySource:
    """The identity of a handle, or of an address whose local part is the handle; fetched when it is first needed."""

    def __init__(self, name: str) -> None:
        self.handle = name.lstrip("@").partition("@")[0]
        self._detail: IdentityDetail | None = None

    def detail(self) -> Steps[IdentityDetail]:
        """Return the identity with its mailbox and number, as it was when first asked for."""
        if self._detail is None:
            self._detail = yield from Identities.get(self.handle)
        return self._detail
