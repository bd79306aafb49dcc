"""Contacts as rows and as the records that the operations show."""

from typing import TYPE_CHECKING

from postline_sandbox.inkbox.call import Call, found, refuse
from postline_sandbox.inkbox.people.contact_forms import LISTS, name_of
from postline_sandbox.inkbox.people.sight import Sight, change_number
from postline_sandbox.inkbox.people.tables import CONTACT_ACCESS, CONTACT_POINTS, CONTACTS
from postline_sandbox.inkbox.table import public
from postline_sandbox.web import Json

if TYPE_CHECKING:
    from postline_sandbox.inkbox.service import Inkbox

SIGHT = Sight(CONTACTS, CONTACT_ACCESS, "contact_id")
_SEARCHED = ("preferred_name", "given_name", "family_name", "company_name", "job_title", "notes")
_EMPTY: Json = {name: [] if name in LISTS else None for name in CONTACTS.columns}


def visible(call: Call) -> Json:
    """Return the contact that a path names; 404 where the caller does not see it."""
    return found(SIGHT.find(call, call.params[0]), "Contact")


def shown(inkbox: "Inkbox", contact: Json) -> Json:
    """Return a contact with who sees it."""
    return {**public(contact), "access": CONTACT_ACCESS.many(inkbox.storage, {"contact_id": contact["id"]})}


def make(inkbox: "Inkbox", organization_id: str, fields: Json) -> Json:
    """Add a contact that nobody sees yet and return its row."""
    now = inkbox.clock.iso()
    made = {"id": inkbox.ids.uuid(), "organization_id": organization_id, "status": "active", "created_at": now}
    contact = _complete(inkbox, {**_EMPTY, **made, **fields})
    CONTACTS.insert(inkbox.storage, contact)
    _index(inkbox, contact)
    return contact


def change(inkbox: "Inkbox", contact: Json, fields: Json) -> Json:
    """Replace fields of a contact and return its row."""
    changed = _complete(inkbox, {**contact, **fields})
    CONTACTS.update(inkbox.storage, {"id": contact["id"]}, changed)
    _index(inkbox, changed)
    return changed


def remove(inkbox: "Inkbox", contact_id: str) -> None:
    """Delete a contact and who saw it."""
    for table in (CONTACT_ACCESS, CONTACT_POINTS):
        table.delete(inkbox.storage, contact_id=contact_id)
    CONTACTS.delete(inkbox.storage, id=contact_id)


def _complete(inkbox: "Inkbox", contact: Json) -> Json:
    name = name_of(contact)
    if name is None:
        raise refuse(400, "A contact needs a name: a preferred, given or family name, or a company")
    own = {"preferred_name": name, "updated_at": inkbox.clock.iso(), "_changed": change_number(inkbox, CONTACTS)}
    words = "\n".join(str({**contact, **own}[one] or "") for one in _SEARCHED)
    return {**contact, **own, "_words": words.lower()}


def _index(inkbox: "Inkbox", contact: Json) -> None:
    CONTACT_POINTS.delete(inkbox.storage, contact_id=contact["id"])
    points = [("email", one["value"].lower()) for one in contact["emails"]]
    points += [("phone", one["value_e164"]) for one in contact["phones"]]
    for kind, value in points:
        CONTACT_POINTS.insert(inkbox.storage, {"contact_id": contact["id"], "kind": kind, "value": value})
