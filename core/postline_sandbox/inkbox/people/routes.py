"""The operations of contacts and notes."""

from postline_sandbox.inkbox.call import Route, route
from postline_sandbox.inkbox.people import contact_access, contacts, notes, vcards

_CONTACTS = "/api/v1/contacts"
_CONTACT = f"{_CONTACTS}/{{}}"
_NOTES = "/api/v1/notes"
_NOTE = f"{_NOTES}/{{}}"

ROUTES: list[tuple[str, str, Route]] = [
    ("GET", _CONTACTS, route(contacts.list_contacts)),
    ("POST", _CONTACTS, route(contacts.create_contact)),
    ("GET", f"{_CONTACTS}/lookup", route(contacts.look_up)),
    ("POST", f"{_CONTACTS}/import", route(vcards.import_vcards)),
    ("GET", f"{_CONTACT}.vcf", route(vcards.export_vcard)),
    ("GET", _CONTACT, route(contacts.get_contact)),
    ("PATCH", _CONTACT, route(contacts.update_contact)),
    ("DELETE", _CONTACT, route(contacts.delete_contact)),
    ("GET", f"{_CONTACT}/access", route(contact_access.list_access)),
    ("POST", f"{_CONTACT}/access", route(contact_access.grant_access, admin=True)),
    ("DELETE", f"{_CONTACT}/access/{{}}", route(contact_access.revoke_access)),
    ("GET", _NOTES, route(notes.list_notes)),
    ("POST", _NOTES, route(notes.create_note)),
    ("GET", _NOTE, route(notes.get_note)),
    ("PATCH", _NOTE, route(notes.update_note)),
    ("DELETE", _NOTE, route(notes.delete_note)),
    ("GET", f"{_NOTE}/access", route(notes.list_access)),
    ("POST", f"{_NOTE}/access", route(notes.grant_access, admin=True)),
    ("DELETE", f"{_NOTE}/access/{{}}", route(notes.revoke_access)),
]
