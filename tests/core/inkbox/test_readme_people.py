"""What the service documents about contacts and notes, done by both clients on the sandbox."""

from datetime import date
from typing import Any

import pytest
from tests.cassetting.scenario import done
from tests.core.inkbox.conftest import Connect, refusal

from postline.inkbox import (
    ContactAddress,
    ContactCustomField,
    ContactDate,
    ContactEmail,
    ContactPhone,
    ContactWebsite,
    RedundantContactAccessGrantError,
)

JANE: dict[str, Any] = {
    "preferred_name": "Jane Doe",
    "given_name": "Jane",
    "family_name": "Doe",
    "company_name": "Shop & Co",
    "job_title": "Owner",
    "birthday": date(1985, 4, 12),
    "notes": "Likes long\nnotes; and commas",
    "emails": [ContactEmail("work", "jane@shop.example.net", is_primary=True)],
    "phones": [ContactPhone("mobile", "+15125550101")],
    "websites": [ContactWebsite("blog", "https://jane.example.net/")],
    "dates": [ContactDate("met", date(2020, 2, 29))],
    "addresses": [ContactAddress("home", "1 Main St", "Austin", "TX", "78701", "US")],
    "custom_fields": [ContactCustomField("Shoe size", "42")],
}


def held(contact: Any) -> dict[str, Any]:
    """Return what a contact holds of what Jane has."""
    return {name: getattr(contact, name) for name in JANE}


@pytest.fixture
async def agent(inkbox: Any, connect: Connect, alpha: Any) -> Any:
    """A client with a key that is confined to alpha."""
    return connect((await done(inkbox.api_keys.create(label="alpha's", scoped_identity_id=alpha.id))).api_key)


# contacts


async def test_a_contact_is_made_read_changed_and_deleted(inkbox: Any) -> None:
    """With entries of every kind; a list is replaced whole, `None` clears, the rest stays."""
    made = await done(inkbox.contacts.create(**JANE))
    fetched = await done(inkbox.contacts.get(made.id))

    changed = await done(
        inkbox.contacts.update(made.id, job_title=None, emails=[{"value": "j@x.example.net"}], phones=[])
    )

    assert held(made) == held(fetched) == JANE
    assert held(changed) == {**JANE, "job_title": None, "emails": [ContactEmail(None, "j@x.example.net")], "phones": []}
    await done(inkbox.contacts.delete(made.id))
    assert (await refusal(lambda: inkbox.contacts.get(made.id))).status_code == 404


async def test_contacts_are_listed_searched_and_looked_up(inkbox: Any) -> None:
    """By name or by the latest change; by an address or a number, or by a part of one."""
    jane = await done(inkbox.contacts.create(**JANE))
    adam = await done(inkbox.contacts.create(company_name="Adam's", emails=[{"value": "adam@shop.example.net"}]))
    await done(inkbox.contacts.update(jane.id, name_prefix="Dr."))
    contacts = inkbox.contacts

    by_name, recent = await done(contacts.list(order="name")), await done(contacts.list(order="recent", limit=1))

    assert [one.id for one in by_name] == [adam.id, jane.id]
    assert [one.id for one in recent] == [jane.id]
    assert [one.id for one in await done(contacts.list(q="OWNER"))] == [jane.id]
    for query in ({"email": "Jane@shop.example.net"}, {"phone": "+15125550101"}, {"phone_contains": "550101"}):
        assert [one.id for one in await done(contacts.lookup(**query))] == [jane.id]
    for query in ({"email_contains": "@shop"}, {"email_domain": "shop.example.net"}):
        assert {one.id for one in await done(contacts.lookup(**query))} == {adam.id, jane.id}


async def test_who_sees_a_contact_is_chosen(inkbox: Any, agent: Any, alpha: Any, bravo: Any) -> None:
    """Everybody by default; nobody, or some; what an agent may not see is not there for it."""
    access = inkbox.contacts.access
    everybodys = await done(inkbox.contacts.create(preferred_name="A"))
    nobodys = await done(inkbox.contacts.create(preferred_name="B", access_identity_ids=[]))
    bravos = await done(inkbox.contacts.create(preferred_name="C", access_identity_ids=[bravo.id]))
    before = await done(agent.contacts.list())

    granted = await done(access.grant(bravos.id, identity_id=alpha.id))
    await done(access.grant(nobodys.id, wildcard=True))
    await done(access.revoke(everybodys.id, alpha.id))

    assert [one.preferred_name for one in before] == ["A"]
    assert (granted.contact_id, granted.identity_id) == (bravos.id, alpha.id)
    assert [one.preferred_name for one in await done(agent.contacts.list())] == ["B", "C"]
    assert [one.identity_id for one in await done(access.list(everybodys.id))] == [bravo.id]
    await refusal(lambda: access.grant(nobodys.id, identity_id=alpha.id), RedundantContactAccessGrantError)


@pytest.mark.parametrize("spelled", [str, str.encode])
async def test_contacts_go_out_and_in_as_vcards(inkbox: Any, spelled: Any) -> None:
    """Every field survives; a card that is none is told of, and does not stop the others."""
    made = await done(inkbox.contacts.create(**JANE))
    card = await done(inkbox.contacts.vcards.export_vcard(made.id))
    nameless = "BEGIN:VCARD\r\nVERSION:4.0\r\nNOTE:x\r\nEND:VCARD\r\n"

    result = await done(inkbox.contacts.vcards.import_vcards(spelled(nameless + card)))

    assert card.startswith("BEGIN:VCARD\r\n")
    assert (result.created_count, result.error_count) == (1, 1)
    assert [(one.index, one.status) for one in result.results] == [(0, "error"), (1, "created")]
    (copy,) = result.created_ids
    assert held(await done(inkbox.contacts.get(copy))) == JANE
    assert result.errors == result.results[:1]


# notes


async def test_a_note_is_written_changed_and_deleted(inkbox: Any) -> None:
    """`None` clears its title; its text stays."""
    made = await done(inkbox.notes.create(body="Call Jane", title="To do"))

    changed = await done(inkbox.notes.update(made.id, body="Call Jane on Monday"))
    cleared = await done(inkbox.notes.update(made.id, title=None))

    assert (made.title, made.body) == ("To do", "Call Jane")
    assert (changed.title, changed.body) == ("To do", "Call Jane on Monday")
    assert (cleared.title, cleared.body) == (None, "Call Jane on Monday")
    assert await done(inkbox.notes.get(made.id)) == cleared
    await done(inkbox.notes.delete(made.id))
    assert await done(inkbox.notes.list()) == []


async def test_notes_are_searched_and_shown_to_identities(inkbox: Any, agent: Any, alpha: Any) -> None:
    """An agent has its own, and those that it was given."""
    notes = inkbox.notes
    given, kept = await done(notes.create(body="Pump")), await done(notes.create(body="Valve"))
    own = await done(agent.notes.create(body="Pump too"))
    before = await done(agent.notes.list())

    granted = await done(notes.access.grant(given.id, identity_id=alpha.id))

    assert [one.id for one in before] == [own.id]
    assert (granted.note_id, granted.identity_id) == (given.id, alpha.id)
    assert {one.id for one in await done(agent.notes.list())} == {own.id, given.id}
    assert [one.id for one in await done(notes.list(q="pump", order="created"))] == [own.id, given.id]
    assert kept.id not in [one.id for one in await done(notes.list(identity_id=alpha.id))]
    assert await done(notes.access.list(given.id)) == [granted]
    await done(notes.access.revoke(given.id, alpha.id))
    assert (await refusal(lambda: agent.notes.get(given.id))).status_code == 404
