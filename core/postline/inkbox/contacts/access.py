"""Endpoints of who sees a contact."""

from __future__ import annotations

from postline.errors import ArgumentError
from postline.inkbox._arguments import Id, at, given
from postline.inkbox._record import Items
from postline.inkbox.contacts.types import ContactAccess
from postline.operation import Operation
from postline.resource import C, Resource, endpoint


class AccessToContacts(Resource[C]):
    """Which identities see which contacts."""

    @endpoint
    def list(self, contact_id: Id) -> Operation[list[ContactAccess]]:
        """List who sees a contact."""
        return Operation("GET", at("/contacts/{}/access", contact_id), Items[ContactAccess])

    @endpoint
    def grant(
        self, contact_id: Id, *, identity_id: Id | None = None, wildcard: bool = False
    ) -> Operation[ContactAccess]:
        """Let one identity see a contact; without one, all of them.

        Raises:
            ValueError: Both an identity and the wildcard were given.
            RedundantContactAccessGrantError: All of them do already.
        """
        if wildcard and identity_id is not None:
            raise ArgumentError("Pass either identity_id or wildcard=True, not both.")
        body = given(identity_id=identity_id)
        return Operation("POST", at("/contacts/{}/access", contact_id), ContactAccess, body=body)

    @endpoint
    def revoke(self, contact_id: Id, identity_id: Id) -> Operation[None]:
        """Let one identity no longer see a contact."""
        return Operation("DELETE", at("/contacts/{}/access/{}", contact_id, identity_id), None)
