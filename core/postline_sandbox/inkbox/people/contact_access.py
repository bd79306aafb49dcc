"""Which agents see a contact: everybody, through one wildcard row, or those that have a row of their own."""

from typing import TYPE_CHECKING

from postline_sandbox.inkbox import identity_rows
from postline_sandbox.inkbox.call import Call, found, refuse
from postline_sandbox.inkbox.forms import Form
from postline_sandbox.inkbox.people import contact_rows
from postline_sandbox.inkbox.people.tables import CONTACT_ACCESS
from postline_sandbox.inkbox.tables import IDENTITIES
from postline_sandbox.web import Json, Reply

if TYPE_CHECKING:
    from postline_sandbox.inkbox.service import Inkbox


class ContactGrant(Form):
    """Who shall see a contact; null is everybody."""

    identity_id: str | None = None


def list_access(call: Call) -> Reply:
    """List who sees a contact."""
    return call.json(CONTACT_ACCESS.many(call.inkbox.storage, {"contact_id": contact_rows.visible(call)["id"]}))


def grant_access(call: Call) -> Reply:
    """Let one more agent, or all of them, see a contact."""
    contact_id, identity_id = contact_rows.visible(call)["id"], call.body(ContactGrant).identity_id
    if identity_id is not None:
        identity_id = _identity(call, identity_id)
    viewers = _viewers(call, contact_id)
    if identity_id in viewers:
        raise refuse(409, "Access already granted")
    if None in viewers:
        detail = "Every identity has access already; revoke the wildcard first"
        raise refuse(409, {"error": "redundant_grant", "detail": detail})
    if identity_id is None:
        CONTACT_ACCESS.delete(call.inkbox.storage, contact_id=contact_id)
    return call.json(_add(call, contact_id, identity_id), 201)


def revoke_access(call: Call) -> Reply:
    """Hide a contact from an agent; where everybody saw it, everybody else still does."""
    contact_id = contact_rows.visible(call)["id"]
    identity_id = own_only(call, call.params[1])
    viewers = _viewers(call, contact_id)
    if None in viewers:
        CONTACT_ACCESS.delete(call.inkbox.storage, contact_id=contact_id)
        where = {"organization_id": call.organization_id, "status": "active", "id IS NOT": identity_id}
        for other in IDENTITIES.many(call.inkbox.storage, where):
            _add(call, contact_id, other["id"])
    elif not CONTACT_ACCESS.delete(call.inkbox.storage, contact_id=contact_id, identity_id=identity_id):
        raise refuse(404, "Access not found")
    return call.gone()


def give(call: Call, contact_id: str, identity_ids: list[str] | None) -> None:
    """Let agents see a new contact: everybody where no list is given, nobody where it is empty."""
    if identity_ids is None:
        _add(call, contact_id, None)
    else:
        for identity_id in dict.fromkeys(_identity(call, one) for one in identity_ids):
            _add(call, contact_id, identity_id)


def forget_identity(inkbox: "Inkbox", identity_id: str) -> None:
    """Take back everything that an identity was granted."""
    CONTACT_ACCESS.delete(inkbox.storage, identity_id=identity_id)


def own_only(call: Call, identity_id: str) -> str:
    """Return an identity's id, refusing agents that name another one than themselves."""
    if call.caller.identity_id not in (None, identity_id.lower()):
        raise refuse(403, "An identity-scoped API key can only revoke its own access")
    return _identity(call, identity_id)


def _identity(call: Call, identity_id: str) -> str:
    identity = found(identity_rows.by_id(call.inkbox, call.organization_id, identity_id), "Identity")
    return str(identity["id"])


def _viewers(call: Call, contact_id: str) -> list[str | None]:
    return [one["identity_id"] for one in CONTACT_ACCESS.many(call.inkbox.storage, {"contact_id": contact_id})]


def _add(call: Call, contact_id: str, identity_id: str | None) -> Json:
    row = {"id": call.inkbox.ids.uuid(), "contact_id": contact_id, "identity_id": identity_id}
    return CONTACT_ACCESS.insert(call.inkbox.storage, {**row, "created_at": call.inkbox.clock.iso()})
