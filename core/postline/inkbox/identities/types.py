"""Records of identities, and what can be asked for when one is made."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from postline.errors import ArgumentError
from postline.inkbox._arguments import OMITTED, Omitted, given, stated
from postline.inkbox._record import record
from postline.inkbox.mail.types import FilterMode, FilterModeChangeNotice, Mailbox
from postline.inkbox.phone.types import PhoneNumber, SmsStatus
from postline.inkbox.tunnels.types import TLSMode, Tunnel

__all__ = [
    "AgentIdentitySummary",
    "FilterMode",
    "FilterModeChangeNotice",
    "IdentityAccess",
    "IdentityDetail",
    "IdentityMailbox",
    "IdentityMailboxCreateOptions",
    "IdentityPhoneNumber",
    "IdentityPhoneNumberCreateOptions",
    "IdentityTunnelCreateOptions",
    "SmsStatus",
    "TLSMode",
    "Tunnel",
]

IdentityMailbox = Mailbox
IdentityPhoneNumber = PhoneNumber


@record
class AgentIdentitySummary:
    """An identity in a list."""

    id: UUID
    organization_id: str
    agent_handle: str
    display_name: str | None = None
    description: str | None = None
    """Never shown to outsiders."""
    email_address: str | None = None
    created_at: datetime
    updated_at: datetime


@record
class IdentityDetail(AgentIdentitySummary):
    """An identity with what belongs to it."""

    mailbox: Mailbox | None = None
    phone_number: PhoneNumber | None = None
    tunnel: Tunnel | None = None


@record
class IdentityAccess:
    """Who sees an identity: one other, or with `viewer_identity_id=None` all of the organization."""

    id: UUID
    target_identity_id: UUID
    viewer_identity_id: UUID | None = None
    created_at: datetime


@record(kw_only=False)
class IdentityMailboxCreateOptions:
    """A mailbox to make. No `sending_domain`: the organization's default; `None`: the platform's."""

    email_local_part: str | None = None
    sending_domain: str | Omitted | None = OMITTED

    def to_wire(self) -> dict[str, Any]:
        """Return it as JSON has it; empty if nothing was asked for."""
        return {**stated(email_local_part=self.email_local_part), **given(sending_domain=self.sending_domain)}


@record(kw_only=False)
class IdentityTunnelCreateOptions:
    """A tunnel to make; where its TLS ends cannot be changed later."""

    tls_mode: TLSMode | str | None = None

    def to_wire(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return stated(tls_mode=self.tls_mode)


@record(kw_only=False)
class IdentityPhoneNumberCreateOptions:
    """A number to get, and what to do when it is called or texted."""

    type: str = "toll_free"
    state: str | None = None
    incoming_call_action: str = "auto_reject"
    client_websocket_url: str | None = None
    incoming_call_webhook_url: str | None = None
    incoming_text_webhook_url: str | None = None

    def to_wire(self) -> dict[str, Any]:
        """Return it as JSON has it.

        Raises:
            ValueError: Parts of it do not go together.
        """
        if self.state is not None and self.type != "local":
            raise ArgumentError("state is only supported for local phone numbers")
        if self.incoming_call_action == "auto_accept" and not self.client_websocket_url:
            raise ArgumentError("client_websocket_url is required for auto_accept")
        if self.incoming_call_action == "webhook" and not self.incoming_call_webhook_url:
            raise ArgumentError("incoming_call_webhook_url is required for webhook")
        return stated(**asdict(self))
