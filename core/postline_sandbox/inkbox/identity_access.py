"""Which other agents see an identity: everybody, through one wildcard row, or those that have a row of their own."""

from typing import TYPE_CHECKING

from postline_sandbox.inkbox import identity_rows
from postline_sandbox.inkbox.call import Call, found, refuse
from postline_sandbox.inkbox.forms import Form, invalid
from postline_sandbox.inkbox.tables import IDENTITY_ACCESS
from postline_sandbox.web import Reply

if TYPE_CHECKING:
    from postline_sandbox.inkbox.service import Inkbox


class Grant(Form):
    """Who shall see an identity; null is everybody."""

    viewer_identity_id: str | None = None


def list_access(call: Call) -> Reply:
    """List who sees an identity."""
    identity = identity_rows.visible(call, call.params[0])
    return call.json(IDENTITY_ACCESS.many(call.inkbox.storage, {"target_identity_id": identity["id"]}))


def grant_access(call: Call) -> Reply:
    """Let one more agent, or all of them, see an identity."""
    storage = call.inkbox.storage
    target_id = identity_rows.visible(call, call.params[0])["id"]
    viewer_id = call.body(Grant).viewer_identity_id
    viewer_id = viewer_id and viewer_id.lower()
    _check_grant(call, target_id, viewer_id)
    if viewer_id is None:
        IDENTITY_ACCESS.delete(storage, target_identity_id=target_id)
    row = {"id": call.inkbox.ids.uuid(), "target_identity_id": target_id, "viewer_identity_id": viewer_id}
    return call.json(IDENTITY_ACCESS.insert(storage, {**row, "created_at": call.inkbox.clock.iso()}), 201)


def revoke_access(call: Call) -> Reply:
    """Take one agent's row away."""
    target_id = identity_rows.visible(call, call.params[0])["id"]
    viewer_id = call.params[1].lower()
    gone = IDENTITY_ACCESS.delete(call.inkbox.storage, target_identity_id=target_id, viewer_identity_id=viewer_id)
    found(gone or None, "Access rule")
    return call.gone()


def forget_identity(inkbox: "Inkbox", identity_id: str) -> None:
    """Delete an identity's rows, on either side."""
    IDENTITY_ACCESS.delete(inkbox.storage, target_identity_id=identity_id)
    IDENTITY_ACCESS.delete(inkbox.storage, viewer_identity_id=identity_id)


def _check_grant(call: Call, target_id: str, viewer_id: str | None) -> None:
    if viewer_id == target_id:
        raise invalid("An identity sees itself", "body", "viewer_identity_id")
    if viewer_id is not None:
        found(identity_rows.by_id(call.inkbox, call.organization_id, viewer_id), "Viewer identity")
    rows = IDENTITY_ACCESS.many(call.inkbox.storage, {"target_identity_id": target_id})
    viewers = [row["viewer_identity_id"] for row in rows]
    if viewer_id in viewers:
        raise refuse(409, "Access already granted")
    if None in viewers:
        detail = "Every identity has access already; revoke the wildcard first"
        raise refuse(409, {"error": "redundant_grant", "detail": detail})
