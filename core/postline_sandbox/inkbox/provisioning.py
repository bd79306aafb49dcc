"""An identity with its channels, made together or not at all."""

import re
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from postline_sandbox.inkbox import handles
from postline_sandbox.inkbox.call import refuse
from postline_sandbox.inkbox.forms import Form, invalid
from postline_sandbox.inkbox.handles import PLATFORM_DOMAIN, TUNNEL_ZONE
from postline_sandbox.inkbox.mail.tables import MAILBOXES
from postline_sandbox.inkbox.phone import number_orders
from postline_sandbox.inkbox.tables import DOMAINS, IDENTITIES, TUNNELS
from postline_sandbox.inkbox.vault import access as vault_access
from postline_sandbox.web import Json

if TYPE_CHECKING:
    from postline_sandbox.inkbox.service import Inkbox

_LOCAL_PART = re.compile(r"[a-z0-9]+([._+-][a-z0-9]+)*")
_MAX_LOCAL_PART_CHARS = 64


class MailboxWish(Form):
    """Where the mailbox shall live; an omitted domain is the organization's default, null is the platform's."""

    email_local_part: str | None = Field(None, min_length=1, max_length=_MAX_LOCAL_PART_CHARS)
    sending_domain: str | None = None


class TunnelWish(Form):
    """How the tunnel shall end TLS."""

    tls_mode: Literal["edge", "passthrough"] = "edge"


class IdentityWish(Form):
    """What every new identity says of itself."""

    agent_handle: str
    display_name: str | None = Field(None, max_length=255)
    description: str | None = None
    mailbox: MailboxWish | None = None
    tunnel: TunnelWish | None = None
    phone_number: number_orders.NumberWish | None = None
    vault_secret_ids: str | list[str] | None = None


def provision(inkbox: "Inkbox", organization_id: str, wish: IdentityWish) -> Json:
    """Make an identity with its channels and return its row."""
    handle = handles.checked(wish.agent_handle)
    handles.ensure_free(inkbox, handle)
    now = inkbox.clock.iso()
    made = {"created_at": now, "updated_at": now}
    identity = IDENTITIES.insert(
        inkbox.storage,
        {
            "id": inkbox.ids.uuid(),
            "organization_id": organization_id,
            "agent_handle": handle,
            "display_name": wish.display_name or handle,
            "description": wish.description,
            "status": "active",
            **made,
        },
    )
    _make_mailbox(inkbox, identity, wish.mailbox or MailboxWish(), made)
    _make_tunnel(inkbox, identity, (wish.tunnel or TunnelWish()).tls_mode, made)
    if wish.phone_number:
        number_orders.provision(inkbox, identity, wish.phone_number)
    if wish.vault_secret_ids:
        vault_access.grant_new(inkbox, identity, wish.vault_secret_ids)
    return identity


def _make_mailbox(inkbox: "Inkbox", identity: Json, wish: MailboxWish, made: Json) -> None:
    handle, domain = identity["agent_handle"], _domain(inkbox, identity["organization_id"], wish)
    local_part = (wish.email_local_part or handle).lower()
    if domain == PLATFORM_DOMAIN and local_part != handle:
        text = "On the platform domain the local part equals the handle"
        raise invalid(text, "body", "mailbox", "email_local_part")
    if not _LOCAL_PART.fullmatch(local_part):
        raise invalid("Not a local part", "body", "mailbox", "email_local_part")
    address = f"{local_part}@{domain}"
    if MAILBOXES.one(inkbox.storage, email_address=address):
        raise handles.unavailable("mail")
    MAILBOXES.insert(
        inkbox.storage,
        {
            "id": inkbox.ids.uuid(),
            "email_address": address,
            "sending_domain": domain,
            "agent_identity_id": identity["id"],
            "_organization_id": identity["organization_id"],
            **made,
        },
    )


def _domain(inkbox: "Inkbox", organization_id: str, wish: MailboxWish) -> str:
    if "sending_domain" not in wish.model_fields_set:
        default = DOMAINS.one(inkbox.storage, _organization_id=organization_id, is_default=True)
        return default["domain"] if default else PLATFORM_DOMAIN
    if wish.sending_domain is None:
        return PLATFORM_DOMAIN
    name = wish.sending_domain.lower()
    domain = DOMAINS.one(inkbox.storage, _organization_id=organization_id, domain=name)
    if domain is None:
        raise refuse(404, "Sending domain not found")
    if domain["status"] != "verified":
        raise invalid("The sending domain is not verified", "body", "mailbox", "sending_domain")
    return name


def _make_tunnel(inkbox: "Inkbox", identity: Json, tls_mode: str, made: Json) -> None:
    handle = identity["agent_handle"]
    TUNNELS.insert(
        inkbox.storage,
        {
            "id": inkbox.ids.uuid(),
            "organization_id": identity["organization_id"],
            "tunnel_name": handle,
            "tls_mode": tls_mode,
            "status": "active" if tls_mode == "edge" else "awaiting_cert",
            "public_host": f"{handle}.{TUNNEL_ZONE}",
            "zone": TUNNEL_ZONE,
            "_identity_id": identity["id"],
            **made,
        },
    )
