"""The Inkbox client's methods about contacts and notes."""

from __future__ import annotations

from typing import Any

from tests.cassetting.scenario import done, scenario
from tests.cassetting.stage import HANDLE, IDA, JANE

from postline.inkbox import ContactEmail, ContactPhone

CARD = "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Tom Berg\r\nEMAIL:tom@harbor.example.com\r\nEND:VCARD\r\n"


@scenario("inkbox")
async def client_contacts(client: Any) -> Any:
    jane = await done(
        client.contacts.create(
            given_name="Jane",
            family_name="Doe",
            company_name="Pump Shop",
            emails=[ContactEmail("work", JANE)],
            phones=[ContactPhone("work", IDA)],
        )
    )
    changed = await done(client.contacts.update(jane.id, job_title="Plumber", notes=None))
    fetched = await done(client.contacts.get(jane.id))
    listed = await done(client.contacts.list(q="jane", limit=5))
    looked_up = await done(client.contacts.lookup(email=JANE))
    by_number = await done(client.contacts.lookup(phone_contains="0123"))
    imported = await done(client.contacts.vcards.import_vcards(CARD))
    exported = await done(client.contacts.vcards.export_vcard(jane.id))
    await done(client.contacts.delete(jane.id))

    assert changed == fetched
    assert listed == looked_up == by_number == [fetched]
    assert "Jane" in exported
    return jane, fetched, imported, exported


@scenario("inkbox")
async def client_contact_access(client: Any) -> Any:
    support = await done(client.get_identity(HANDLE))
    jane = await done(client.contacts.create(preferred_name="Jane", access_identity_ids=[]))
    granted = await done(client.contacts.access.grant(jane.id, identity_id=support.id))
    listed = await done(client.contacts.access.list(jane.id))
    await done(client.contacts.access.revoke(jane.id, support.id))

    assert [each.id for each in listed] == [granted.id]
    return granted, listed


@scenario("inkbox")
async def client_notes(client: Any) -> Any:
    support = await done(client.get_identity(HANDLE))
    note = await done(client.notes.create(title="Cranes", body="The second one is being painted."))
    changed = await done(client.notes.update(note.id, title=None))
    fetched = await done(client.notes.get(note.id))
    listed = await done(client.notes.list(q="painted", order="recent"))
    granted = await done(client.notes.access.grant(note.id, identity_id=support.id))
    access = await done(client.notes.access.list(note.id))
    await done(client.notes.access.revoke(note.id, support.id))
    await done(client.notes.delete(note.id))

    assert changed == fetched
    assert listed == [fetched]
    assert granted in access
    return note, fetched, access
