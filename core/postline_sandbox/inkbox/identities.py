"""Identities: made with their channels, shown, renamed, deleted with everything that hangs on them."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field

from postline_sandbox.inkbox import accounts, handles, identity_access, identity_rows
from postline_sandbox.inkbox.call import Call
from postline_sandbox.inkbox.forms import Form
from postline_sandbox.inkbox.mail.store import forget_identity as forget_mailbox
from postline_sandbox.inkbox.people import contact_access, notes
from postline_sandbox.inkbox.phone.number_rows import release_of as release_number
from postline_sandbox.inkbox.provisioning import IdentityWish, provision
from postline_sandbox.inkbox.tables import IDENTITIES, SIGNUPS, TUNNELS
from postline_sandbox.inkbox.vault import access as vault_access
from postline_sandbox.web import Reply

if TYPE_CHECKING:
    from postline_sandbox.inkbox.service import Inkbox


class IdentityChange(Form):
    """What can change of an identity."""

    agent_handle: str = ""
    display_name: str | None = Field(None, max_length=255)
    description: str | None = None
    status: Literal["active", "paused"] = "active"


ON_DELETE: tuple[Callable[["Inkbox", str], Any], ...] = (
    forget_mailbox,
    release_number,
    identity_access.forget_identity,
    contact_access.forget_identity,
    notes.forget_identity,
    vault_access.forget_identity,
    accounts.revoke_keys_of,
)
"""What else ends with an identity; each is given its id."""


def create_identity(call: Call) -> Reply:
    """Make an identity and all its channels, or nothing."""
    identity = provision(call.inkbox, call.organization_id, call.body(IdentityWish))
    return call.json(identity_rows.detail(call.inkbox, identity), 201)


def list_identities(call: Call) -> Reply:
    """List the identities that the caller sees, newest first."""
    return call.json([identity_rows.summary(call.inkbox, one) for one in identity_rows.all_visible(call)])


def get_identity(call: Call) -> Reply:
    """Return an identity with its channels."""
    return call.json(identity_rows.detail(call.inkbox, identity_rows.visible(call, call.params[0])))


def update_identity(call: Call) -> Reply:
    """Change an identity; a new handle moves its tunnel, never its address."""
    identity, changes = identity_rows.owned(call, call.params[0]), call.body(IdentityChange).given()
    if changes:
        changes["updated_at"] = call.inkbox.clock.iso()
    if "agent_handle" in changes:
        changes["agent_handle"] = handle = handles.checked(changes["agent_handle"])
        handles.ensure_free(call.inkbox, handle, own_identity_id=identity["id"])
        moved = {"tunnel_name": handle, "public_host": f"{handle}.{handles.TUNNEL_ZONE}"}
        TUNNELS.update(
            call.inkbox.storage, {"_identity_id": identity["id"]}, {**moved, "updated_at": changes["updated_at"]}
        )
    IDENTITIES.update(call.inkbox.storage, {"id": identity["id"]}, changes)
    return call.json(identity_rows.summary(call.inkbox, {**identity, **changes}))


def delete_identity(call: Call) -> Reply:
    """Delete an identity, its channels, and the keys made for it."""
    identity_id = identity_rows.visible(call, call.params[0])["id"]
    for forget in ON_DELETE:
        forget(call.inkbox, identity_id)
    TUNNELS.delete(call.inkbox.storage, _identity_id=identity_id)
    SIGNUPS.delete(call.inkbox.storage, identity_id=identity_id)
    IDENTITIES.delete(call.inkbox.storage, id=identity_id)
    return call.gone()
