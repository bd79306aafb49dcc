"""Endpoints of identities, by handle. Users meet them as methods of the client and of `AgentIdentity`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from postline.inkbox._arguments import OMITTED, Id, Omitted, at, given, stated
from postline.inkbox._conflicts import renamed
from postline.inkbox.identities.exceptions import unavailable
from postline.inkbox.identities.types import (
    AgentIdentitySummary,
    IdentityAccess,
    IdentityDetail,
    IdentityMailboxCreateOptions,
    IdentityPhoneNumberCreateOptions,
    IdentityTunnelCreateOptions,
)
from postline.operation import Operation, Steps
from postline.resource import C, Resource, endpoint

# Inside a class whose method is called `list`, the type needs another name.
AccessList = list[IdentityAccess]


class Identities(Resource[C]):
    """The organization's agents."""

    @endpoint
    def create(
        self,
        agent_handle: str,
        *,
        display_name: str | None = None,
        description: str | Omitted | None = OMITTED,
        email_local_part: str | None = None,
        sending_domain: str | Omitted | None = OMITTED,
        tunnel: IdentityTunnelCreateOptions | Mapping[str, Any] | None = None,
        phone_number: IdentityPhoneNumberCreateOptions | Mapping[str, Any] | None = None,
        vault_secret_ids: Id | Sequence[Id] | None = None,
    ) -> Steps[IdentityDetail]:
        """Make an identity with its mailbox and tunnel, all of it or nothing.

        Args:
            agent_handle: 3 to 63 of `a-z`, `0-9` and inner hyphens; one name for all organizations.
            display_name: By default the handle.
            description: For colleagues; outsiders never see it.
            email_local_part: The address before its `@`, on a custom domain; by default the handle.
            sending_domain: A verified domain of the organization; omitted, its default one; `None`, the platform's.
            tunnel: Where TLS ends.
            phone_number: A number to get with it; that costs money.
            vault_secret_ids: Secrets that it may read: ids, or `"*"` for all there are.

        Raises:
            HandleUnavailableError: The handle is taken or reserved.
        """
        mailbox = IdentityMailboxCreateOptions(email_local_part, sending_domain).to_wire()
        body = {
            **stated(agent_handle=agent_handle, display_name=display_name),
            **given(description=description),
            **stated(
                mailbox=mailbox or None,
                tunnel=_wire(tunnel, IdentityTunnelCreateOptions),
                phone_number=_wire(phone_number, IdentityPhoneNumberCreateOptions),
                vault_secret_ids=vault_secret_ids,
            ),
        }
        return renamed(Operation("POST", at("/identities/"), IdentityDetail, body=body), unavailable)

    @endpoint
    def list(self) -> Operation[list[AgentIdentitySummary]]:
        """List the identities that the key may see, newest first."""
        return Operation("GET", at("/identities/"), list[AgentIdentitySummary])

    @endpoint
    def get(self, agent_handle: str) -> Operation[IdentityDetail]:
        """Fetch one identity."""
        return Operation("GET", at("/identities/{}", agent_handle), IdentityDetail)

    @endpoint
    def update(
        self,
        agent_handle: str,
        *,
        new_handle: str | None = None,
        display_name: str | Omitted | None = OMITTED,
        description: str | Omitted | None = OMITTED,
        status: str | None = None,
    ) -> Steps[AgentIdentitySummary]:
        """Change what is given. A new handle renames the tunnel too; the address stays.

        Args:
            agent_handle: The identity.
            new_handle: As in `create`.
            display_name: `None` clears it.
            description: `None` clears it.
            status: `active` or `paused`.

        Raises:
            HandleUnavailableError: The new handle is taken or reserved.
        """
        body = {
            **stated(agent_handle=new_handle),
            **given(display_name=display_name, description=description),
            **stated(status=status),
        }
        where = at("/identities/{}", agent_handle)
        # Repeated, a rename that was done would no longer find the old handle.
        again = new_handle is None
        return renamed(Operation("PATCH", where, AgentIdentitySummary, body=body, repeatable=again), unavailable)

    @endpoint
    def delete(self, agent_handle: str) -> Operation[None]:
        """Delete an identity with its mailbox, tunnel, number and keys, for good."""
        return Operation("DELETE", at("/identities/{}", agent_handle), None)

    @endpoint
    def release_phone_number(self, agent_handle: str) -> Operation[None]:
        """Give an identity's number back, for good."""
        return Operation("DELETE", at("/identities/{}/phone_number", agent_handle), None)

    @endpoint
    def list_access(self, agent_handle: str) -> Operation[AccessList]:
        """List who else sees an identity. For admin keys, as its changes are."""
        return Operation("GET", at("/identities/{}/access", agent_handle), AccessList)

    @endpoint
    def grant_access(self, agent_handle: str, viewer_identity_id: Id | None) -> Operation[IdentityAccess]:
        """Let one other identity see this one; with `None` all of them.

        Raises:
            RedundantContactAccessGrantError: All of them do already.
        """
        body = given(viewer_identity_id=viewer_identity_id)
        return Operation("POST", at("/identities/{}/access", agent_handle), IdentityAccess, body=body)

    @endpoint
    def revoke_access(self, agent_handle: str, viewer_identity_id: Id) -> Operation[None]:
        """Let one other identity no longer see this one."""
        return Operation("DELETE", at("/identities/{}/access/{}", agent_handle, viewer_identity_id), None)


def _wire(options: Any, kind: type[Any]) -> dict[str, Any] | None:
    options = kind(**options) if isinstance(options, Mapping) else options
    wire: dict[str, Any] | None = None if options is None else options.to_wire()
    return wire
