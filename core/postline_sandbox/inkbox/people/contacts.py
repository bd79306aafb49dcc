"""Contacts: listed, looked up, made, changed, deleted."""

from typing import Any, Literal

from pydantic import Field

from postline_sandbox.inkbox.call import Call
from postline_sandbox.inkbox.e164 import normalized
from postline_sandbox.inkbox.forms import Form, Page, invalid
from postline_sandbox.inkbox.people import contact_access, contact_rows
from postline_sandbox.inkbox.people.contact_forms import ContactFields, NewContact
from postline_sandbox.web import Json, Reply

_ORDERS = {"name": "preferred_name COLLATE NOCASE, rowid", "recent": "_changed DESC"}
_POINT = "id IN (SELECT contact_id FROM inkbox_contact_points WHERE kind = '{}' AND {})"
_LOOKUPS = {
    "email": _POINT.format("email", "value = ?"),
    "email_contains": _POINT.format("email", "instr(value, ?)"),
    "email_domain": _POINT.format("email", "substr(value, instr(value, '@') + 1) = ?"),
    "phone": _POINT.format("phone", "value = ?"),
    "phone_contains": _POINT.format("phone", "instr(value, ?)"),
}


class ContactQuery(Page):
    """The query of a list of contacts."""

    q: str | None = Field(None, max_length=100)
    order: Literal["name", "recent"] = "name"


class Lookup(Form):
    """What a contact is looked up by: exactly one of them."""

    email: str | None = None
    email_contains: str | None = None
    email_domain: str | None = None
    phone: str | None = None
    phone_contains: str | None = None


def list_contacts(call: Call) -> Reply:
    """List the contacts that the caller sees."""
    query = call.query(ContactQuery)
    conditions = [("instr(_words, ?)", query.q.lower())] if query.q else []
    return _answer(call, contact_rows.SIGHT.search(call, conditions, _ORDERS[query.order], query))


def look_up(call: Call) -> Reply:
    """Find contacts by an address or a number."""
    given = call.query(Lookup).given()
    if len(given) != 1:
        raise invalid(f"Exactly one of {', '.join(_LOOKUPS)} is needed", "query")
    ((name, value),) = given.items()
    condition = (_LOOKUPS[name], _spelled(name, value))
    return _answer(call, contact_rows.SIGHT.search(call, [condition], _ORDERS["name"], Page(limit=200, offset=0)))


def get_contact(call: Call) -> Reply:
    """Return one contact."""
    return call.json(contact_rows.shown(call.inkbox, contact_rows.visible(call)))


def create_contact(call: Call) -> Reply:
    """Make a contact."""
    return call.json(create(call, call.body(NewContact)), 201)


def create(call: Call, form: NewContact) -> Json:
    """Make a contact from what was read of it, and return its record."""
    contact = contact_rows.make(call.inkbox, call.organization_id, form.fields())
    contact_access.give(call, contact["id"], form.access_identity_ids)
    return contact_rows.shown(call.inkbox, contact)


def update_contact(call: Call) -> Reply:
    """Replace the fields that are given; null and an empty list clear."""
    contact, changes = contact_rows.visible(call), call.body(ContactFields).fields()
    if changes:
        contact = contact_rows.change(call.inkbox, contact, changes)
    return call.json(contact_rows.shown(call.inkbox, contact))


def delete_contact(call: Call) -> Reply:
    """Delete a contact."""
    contact_rows.remove(call.inkbox, contact_rows.visible(call)["id"])
    return call.gone()


def _answer(call: Call, contacts: list[Json]) -> Reply:
    return call.json([contact_rows.shown(call.inkbox, one) for one in contacts])


def _spelled(name: str, value: str) -> Any:
    if name == "phone":
        return normalized(value) or value
    return value.strip().lower().removeprefix("@") if name == "email_domain" else value.strip().lower()
