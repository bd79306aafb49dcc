"""Identities as rows and as the records that the operations show, and which of them a caller sees."""

from typing import TYPE_CHECKING

from postline_sandbox.inkbox.call import Call, refuse
from postline_sandbox.inkbox.handles import normalize
from postline_sandbox.inkbox.mail.tables import MAILBOXES
from postline_sandbox.inkbox.phone import number_rows
from postline_sandbox.inkbox.table import public
from postline_sandbox.inkbox.tables import IDENTITIES, IDENTITY_ACCESS, TUNNELS
from postline_sandbox.web import Json

if TYPE_CHECKING:
    from postline_sandbox.inkbox.service import Inkbox


def by_id(inkbox: "Inkbox", organization_id: str, identity_id: str) -> Json | None:
    """Return an organization's identity, or None."""
    return IDENTITIES.one(inkbox.storage, id=identity_id.lower(), organization_id=organization_id)


def visible(call: Call, handle: str) -> Json:
    """Return the identity of a handle; 404 where the caller does not see it."""
    identity = IDENTITIES.one(call.inkbox.storage, agent_handle=normalize(handle), organization_id=call.organization_id)
    if identity is None or not _sees(call, identity["id"]):
        raise refuse(404, "Identity not found")
    return identity


def owned(call: Call, handle: str) -> Json:
    """Return the identity of a handle that the caller may change: an administrator any, an agent its own."""
    identity = visible(call, handle)
    if not call.caller.is_admin and call.caller.identity_id != identity["id"]:
        raise refuse(403, "An identity-scoped API key can only change its own identity")
    return identity


def all_visible(call: Call) -> list[Json]:
    """Return the identities that the caller sees, newest first."""
    where = {"organization_id": call.organization_id}
    identities = IDENTITIES.many(call.inkbox.storage, where, order="rowid DESC")
    return [one for one in identities if _sees(call, one["id"])]


def summary(inkbox: "Inkbox", identity: Json) -> Json:
    """Return an identity as lists show it."""
    mailbox = MAILBOXES.one(inkbox.storage, agent_identity_id=identity["id"])
    return {**public(identity), "email_address": mailbox and mailbox["email_address"]}


def detail(inkbox: "Inkbox", identity: Json) -> Json:
    """Return an identity with its channels."""
    mailbox = MAILBOXES.one(inkbox.storage, agent_identity_id=identity["id"])
    tunnel = TUNNELS.one(inkbox.storage, _identity_id=identity["id"])
    return {
        **summary(inkbox, identity),
        "mailbox": mailbox and {**public(mailbox), "filter_mode_change_notice": None},
        "phone_number": number_rows.of_identity(inkbox, identity["id"]),
        "tunnel": tunnel and public(tunnel),
    }


def _sees(call: Call, identity_id: str) -> bool:
    if call.caller.is_admin or call.caller.identity_id == identity_id:
        return True
    rows = IDENTITY_ACCESS.many(call.inkbox.storage, {"target_identity_id": identity_id})
    return any(row["viewer_identity_id"] in (None, call.caller.identity_id) for row in rows)
