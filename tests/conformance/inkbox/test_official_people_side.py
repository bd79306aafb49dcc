"""The official package does everything with people against the sandbox: contacts, vCards, notes, and who sees them."""

import json
from datetime import date
from typing import Any

import httpx
import inkbox
import pytest
from inkbox import (
    AgentIdentity,
    Contact,
    ContactAddress,
    ContactCustomField,
    ContactDate,
    ContactEmail,
    ContactPhone,
    ContactWebsite,
    Inkbox,
)
from tests.conformance.inkbox.conftest import Connect, Receiver, refusal
from tests.conformance.inkbox.phones import ABSENT, places

from postline_sandbox import Sandbox

FIELDS: dict[str, Any] = {
    "preferred_name": "Jane; the boss, really",
    "name_prefix": "Dr.",
    "given_name": "Jane",
    "middle_name": "M.",
    "family_name": "Größe",
    "name_suffix": "Jr.",
    "company_name": "Shop & Co",
    "job_title": "Owner",
    "notes": "Likes\nlong \\ notes " + "é" * 80,
    "birthday": date(1985, 4, 12),
}
LISTS: dict[str, Any] = {
    "emails": [ContactEmail("work", "Jane@shop.example.net", True), ContactEmail(None, "j@x.example.net")],
    "phones": [ContactPhone("mobile", "+15125550101", True), ContactPhone("Ferien", "+15125550102")],
    "websites": [ContactWebsite("blog", "https://jane.example.net/?a=1,2;3")],
    "dates": [ContactDate("met", date(2020, 2, 29))],
    "addresses": [ContactAddress("home", "1 Main St; rear", "Austin", "TX", "78701", "US")],
    "custom_fields": [ContactCustomField("Shoe size", "42, wide")],
}


@pytest.fixture
def second_agent(official: Inkbox, bravo: AgentIdentity, connect: Connect) -> Inkbox:
    """The official client with a key that is confined to bravo."""
    return connect(official.api_keys.create(label="bravo's", scoped_identity_id=bravo.id).api_key)


def names(contacts: list[Contact]) -> list[str | None]:
    return [one.preferred_name for one in contacts]


def held(contact: Contact) -> dict[str, Any]:
    """Return what a contact holds, whatever its id and times."""
    return {name: getattr(contact, name) for name in (*FIELDS, *LISTS)}


# contacts


def test_every_field_of_a_contact_comes_back(official: Inkbox) -> None:
    """As it was given, in order, from create, get and list."""
    made = official.contacts.create(**FIELDS, **LISTS)

    assert held(made) == {**FIELDS, **LISTS}
    assert (made.status, made.organization_id) == ("active", official.whoami().organization_id)
    assert official.contacts.get(made.id) == made
    assert official.contacts.list() == [made]


def test_an_update_replaces_what_it_names(official: Inkbox) -> None:
    """A list is replaced whole; null and an empty list clear; the rest stays."""
    made = official.contacts.create(**FIELDS, **LISTS)

    changed = official.contacts.update(made.id, job_title=None, emails=[], phones=None, websites=LISTS["websites"] * 2)

    kept = {**FIELDS, **LISTS, "job_title": None, "emails": [], "phones": [], "websites": LISTS["websites"] * 2}
    assert held(changed) == kept
    assert official.contacts.update(made.id) == changed == official.contacts.get(made.id)
    official.contacts.delete(made.id)
    assert refusal(lambda: official.contacts.get(made.id)).status_code == 404
    assert official.contacts.lookup(phone="+15125550101") == []


def test_a_contact_has_a_name(official: Inkbox) -> None:
    """One is made from what there is; without any the service refuses, in an update too."""
    create = official.contacts.create
    assert create(given_name="Jane", family_name="Doe").preferred_name == "Jane Doe"
    only = create(company_name="Shop & Co")
    assert only.preferred_name == "Shop & Co"

    assert refusal(lambda: create(job_title="Owner")).status_code == 400
    assert refusal(lambda: official.contacts.update(only.id, company_name=None, preferred_name=None)).status_code == 400
    assert official.contacts.get(only.id).company_name == "Shop & Co"


@pytest.mark.parametrize(
    ("wrong", "place"),
    [
        ({"given_name": "x" * 129}, "body.given_name"),
        ({"name_prefix": "x" * 33}, "body.name_prefix"),
        ({"birthday": "someday"}, "body.birthday"),
        ({"emails": [{"value": "nobody"}]}, "body.emails.0.value"),
        ({"emails": [{"value": "A@x.example.net"}, {"value": "a@X.example.net"}]}, "body.emails"),
        ({"phones": [{"value_e164": "12"}]}, "body.phones.0.value_e164"),
        ({"phones": [{"value_e164": f"+1512555010{n}", "is_primary": True} for n in range(2)]}, "body.phones"),
        ({"addresses": [{}] * 11}, "body.addresses"),
        ({"websites": [{"label": "x"}]}, "body.websites.0.url"),
        ({"custom_fields": [{"label": "x"}]}, "body.custom_fields.0.value"),
    ],
)
def test_a_contact_that_does_not_fit_is_422(official: Inkbox, wrong: dict[str, Any], place: str) -> None:
    """The error names the field, and nothing is kept."""
    assert place in places(lambda: official.contacts.create(preferred_name="Jane", **wrong))
    assert official.contacts.list() == []


def test_contacts_are_listed_and_searched(official: Inkbox) -> None:
    """By name or by the latest change; a search looks into names, company, title and notes."""
    create = official.contacts.create
    zoe, anna = create(preferred_name="Zoë Ärmel"), create(preferred_name="anna", notes="Knows Bob")
    create(preferred_name="Mia", company_name="Bobs Burgers")
    official.contacts.update(zoe.id, job_title="Plumber")

    assert names(official.contacts.list()) == ["anna", "Mia", "Zoë Ärmel"]
    assert names(official.contacts.list(order="recent")) == ["Zoë Ärmel", "Mia", "anna"]
    assert names(official.contacts.list(q="BOB")) == ["anna", "Mia"]
    assert names(official.contacts.list(q="ärmel")) == names(official.contacts.list(q="plumb")) == ["Zoë Ärmel"]
    assert official.contacts.list(limit=1, offset=0) == [anna]
    assert official.contacts.list(q="%") == []
    assert places(lambda: official.contacts.list(q="x" * 101)) == ["query.q"]
    assert places(lambda: official.contacts.list(limit=201)) == ["query.limit"]


def test_contacts_are_looked_up(official: Inkbox, sandbox: Sandbox) -> None:
    """By exact or partial address or number, or by domain; by one thing at a time."""
    official.contacts.create(preferred_name="Jane", emails=LISTS["emails"], phones=LISTS["phones"])
    official.contacts.create(preferred_name="Ann", emails=[{"value": "ann@SHOP.example.net"}])
    lookup = official.contacts.lookup

    assert names(lookup(email="JANE@shop.example.net")) == ["Jane"]
    assert names(lookup(email_contains="shop")) == names(lookup(email_domain="Shop.example.net")) == ["Ann", "Jane"]
    assert names(lookup(phone="+1 (512) 555-0101")) == names(lookup(phone_contains="5550102")) == ["Jane"]
    assert lookup(email_domain="hop.example.net") == lookup(email="shop.example.net") == []
    with pytest.raises(ValueError, match="exactly one"):
        lookup()
    url, key = f"{sandbox.inkbox.base_url}/api/v1/contacts/lookup", {"x-api-key": sandbox.inkbox.api_key}
    both = httpx.get(url, params={"email": "a", "phone": "b"}, headers=key, trust_env=False)
    assert both.status_code == 422


def test_everybody_sees_a_contact_until_that_is_narrowed(
    official: Inkbox, agent: Inkbox, second_agent: Inkbox, alpha: AgentIdentity, bravo: AgentIdentity
) -> None:
    """Under a wildcard a grant is redundant; revoking one leaves all others; a grant to all replaces them."""
    access, contact = official.contacts.access, official.contacts.create(preferred_name="Jane")
    assert [one.identity_id for one in contact.access] == [None]
    redundant = refusal(lambda: access.grant(contact.id, identity_id=alpha.id), inkbox.RedundantContactAccessGrantError)
    assert isinstance(redundant, inkbox.RedundantContactAccessGrantError)
    assert redundant.detail_message
    assert refusal(lambda: access.grant(contact.id, wildcard=True)).detail == "Access already granted"

    access.revoke(contact.id, alpha.id)

    assert [one.identity_id for one in access.list(contact.id)] == [bravo.id]
    assert refusal(lambda: agent.contacts.get(contact.id)).status_code == 404
    assert agent.contacts.list() == []
    assert names(second_agent.contacts.list()) == ["Jane"]
    granted = access.grant(contact.id, identity_id=alpha.id)
    assert (granted.contact_id, granted.identity_id) == (contact.id, alpha.id)
    assert refusal(lambda: access.grant(contact.id, identity_id=alpha.id)).detail == "Access already granted"
    assert agent.contacts.get(contact.id).preferred_name == "Jane"
    assert access.grant(contact.id, wildcard=True).identity_id is None
    assert len(access.list(contact.id)) == 1


def test_who_sees_a_contact_is_chosen_at_its_making(
    official: Inkbox, agent: Inkbox, alpha: AgentIdentity, bravo: AgentIdentity
) -> None:
    """Nobody, some, or by null everybody; unknown identities are 404."""
    create = official.contacts.create
    create(preferred_name="Hidden", access_identity_ids=[])
    create(preferred_name="Own", access_identity_ids=[alpha.id])
    create(preferred_name="Others", access_identity_ids=[str(bravo.id)])
    create(preferred_name="All", access_identity_ids=None)

    assert names(agent.contacts.list()) == ["All", "Own"]
    assert len(official.contacts.list()) == 4
    assert refusal(lambda: create(preferred_name="X", access_identity_ids=[ABSENT])).status_code == 404
    assert len(official.contacts.list()) == 4


def test_agents_do_not_grant_and_revoke_only_their_own(
    official: Inkbox, agent: Inkbox, alpha: AgentIdentity, bravo: AgentIdentity
) -> None:
    """Once revoked, the contact is gone for the agent; unknown grants are 404; a deleted identity's grants go."""
    contact = agent.contacts.create(preferred_name="Jane", access_identity_ids=[alpha.id, bravo.id])
    access = agent.contacts.access

    assert refusal(lambda: access.grant(contact.id, wildcard=True)).status_code == 403
    assert refusal(lambda: access.revoke(contact.id, bravo.id)).status_code == 403
    access.revoke(contact.id, alpha.id)
    assert refusal(lambda: access.list(contact.id)).status_code == 404
    assert refusal(lambda: official.contacts.access.revoke(contact.id, alpha.id)).status_code == 404
    assert refusal(lambda: official.contacts.access.revoke(contact.id, ABSENT)).status_code == 404
    assert refusal(lambda: official.contacts.access.grant(contact.id, identity_id=ABSENT)).status_code == 404
    bravo.delete()
    assert official.contacts.access.list(contact.id) == []


def test_events_name_the_contacts_that_an_agent_knows(
    official: Inkbox, sandbox: Sandbox, receiver: Receiver, alpha: AgentIdentity, bravo: AgentIdentity
) -> None:
    """Mail, texts and calls; a contact that the agent does not see is nobody."""
    known = official.contacts.create(preferred_name="Jane", emails=LISTS["emails"], phones=LISTS["phones"][:1])
    official.contacts.create(preferred_name="Secret", phones=LISTS["phones"][1:], access_identity_ids=[bravo.id])
    number = alpha.provision_phone_number(type="local")
    url, box = receiver.url, str(alpha.email_address)
    actions = {"incoming_call_action": "webhook", "incoming_call_webhook_url": url, "incoming_text_webhook_url": url}
    official.phone_numbers.update(number.id, **actions)
    official.mailboxes.update(box, webhook_url=url)

    sandbox.control.deliver(box, "jane@SHOP.example.net", "Hi", "T", cc=["x@x.example.net", "j@x.example.net"])
    for outside in ("+15125550101", "+15125550102"):
        sandbox.control.text_in(number.number, outside, "Hi")
        sandbox.control.settle()
    sandbox.control.ring(number.number, "+15125550101")

    bodies = [json.loads(body) for _, body in receiver.received]
    jane = {"id": str(known.id), "name": "Jane"}
    (mail,) = [one["data"]["contacts"] for one in bodies if one.get("event_type") == "message.received"]
    assert mail == [
        {"bucket": "from", "address": "jane@shop.example.net", **jane},
        {"bucket": "cc", "address": "j@x.example.net", **jane},
    ]
    assert [one["data"]["contact"] for one in bodies if one.get("event_type") == "text.received"] == [jane, None]
    assert bodies[-1]["contact"] == jane


# vCards


def test_a_contact_goes_out_as_a_vcard_and_comes_back(official: Inkbox, sandbox: Sandbox) -> None:
    """Every field survives, labels and special characters included; lines are short and end as they must."""
    made = official.contacts.create(**FIELDS, **LISTS)

    card = official.contacts.vcards.export_vcard(made.id)

    official.contacts.delete(made.id)
    (imported,) = official.contacts.vcards.import_vcards(card).results
    assert imported.contact is not None
    assert held(imported.contact) == {**FIELDS, **LISTS}
    assert [one.identity_id for one in imported.contact.access] == [None]
    assert card.startswith("BEGIN:VCARD\r\nVERSION:4.0\r\n")
    assert max(len(line.encode()) for line in card.split("\r\n")) <= 75
    url, key = f"{sandbox.inkbox.base_url}/api/v1/contacts/{imported.contact.id}.vcf", sandbox.inkbox.api_key
    raw = httpx.get(url, headers={"x-api-key": key}, trust_env=False)
    assert raw.headers["content-type"] == "text/vcard; charset=utf-8"
    assert raw.headers["content-disposition"].startswith("attachment")
    assert refusal(lambda: official.contacts.vcards.export_vcard(ABSENT)).status_code == 404


def test_cards_of_other_programs_are_read(official: Inkbox) -> None:
    """Version 3.0, folded lines, groups, types, telephone URIs, a byte order mark."""
    card = (
        "\ufeffBEGIN:VCARD\nVERSION:3.0\nN:Doe;Jane;;;\nFN:Jane Doe\nORG:Shop;Back office\nBDAY:1985-04-12T00:00:00Z\n"
        "item1.EMAIL;type=INTERNET;type=pref:jane@shop.example.net\nitem1.X-ABLabel:_$!<Work>!$_\n"
        'EMAIL;TYPE="home,pref":j@x.example.net\nTEL;VALUE=uri;TYPE=cell:tel:+1-512-555-0101;ext=5\n'
        "TEL;HOME:(512) 555-0102\nADR;TYPE=home:;;1 Main\n  St;Austin;TX;78701;US\nANNIVERSARY:20100601\n"
        "NOTE:One\\, two\\nthree\nBDAY:--0412\nX-UNKNOWN;X=y:z\nEND:VCARD\n"
    )

    (result,) = official.contacts.vcards.import_vcards(card, content_type="text/x-vcard; charset=utf-8").results

    contact = result.contact
    assert contact is not None
    assert (contact.preferred_name, contact.family_name, contact.company_name) == ("Jane Doe", "Doe", "Shop")
    assert (contact.birthday, contact.notes) == (date(1985, 4, 12), "One, two\nthree")
    assert contact.emails == [
        ContactEmail("work", "jane@shop.example.net", True),
        ContactEmail("home", "j@x.example.net", False),
    ]
    assert contact.phones == [ContactPhone("cell", "+15125550101"), ContactPhone("home", "+15125550102")]
    assert contact.addresses == [ContactAddress("home", "1 Main St", "Austin", "TX", "78701", "US")]
    assert contact.dates == [ContactDate("anniversary", date(2010, 6, 1))]


def test_what_is_wrong_with_one_card_does_not_stop_the_others(official: Inkbox) -> None:
    """Each has a result of its own, in order."""
    good = "BEGIN:VCARD\nFN:Jane\nEND:VCARD\n"
    nameless, unfit = "BEGIN:VCARD\nNOTE:x\nEND:VCARD\n", "BEGIN:VCARD\nFN:X\nEMAIL:nobody\nEND:VCARD\n"
    endless, garbled = "BEGIN:VCARD\nFN:X\n", "BEGIN:VCARD\nFN\nEND:VCARD\n"

    result = official.contacts.vcards.import_vcards(good + nameless + unfit + endless + garbled + good)

    assert (result.created_count, result.error_count) == (2, 4)
    assert [one.status for one in result.results] == ["created", *["error"] * 4, "created"]
    assert [one.index for one in result.errors] == [1, 2, 3, 4]
    assert "emails.0.value" in str(result.errors[1].error)
    assert len(official.contacts.list()) == len(result.created_ids) == 2


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b"\xff\xfe", "text/vcard", 400),
        (b"BEGIN:VCARD\nEND:VCARD", "text/plain", 415),
        (b"no card here", "text/vcard", 422),
        (b" " * (5 * 1024 * 1024 + 1), "text/vcard", 413),
        (b"BEGIN:VCARD\nEND:VCARD\n" * 1001, "text/vcard", 413),
    ],
    ids=["not UTF-8", "not a vCard", "no card", "too long", "too many"],
)
def test_an_import_that_cannot_be_read_is_refused(official: Inkbox, content: bytes, kind: str, status: int) -> None:
    """With the status that says why."""
    error = refusal(lambda: official.contacts.vcards.import_vcards(content, content_type=kind))

    assert error.status_code == status


# notes


def test_notes_are_made_changed_listed_and_deleted(official: Inkbox) -> None:
    """By the latest change or by age; null clears the title and nothing clears the body."""
    notes = official.notes
    first, second = notes.create(body="Pump drips", title="Repair"), notes.create(body="Hose")

    changed = notes.update(first.id, title=None)

    assert (first.title, changed.title, changed.body, changed.status) == ("Repair", None, "Pump drips", "active")
    assert notes.update(first.id) == changed == notes.get(first.id)
    assert [one.id for one in notes.list()] == [first.id, second.id]
    assert [one.id for one in notes.list(order="created")] == [second.id, first.id]
    assert [one.id for one in notes.list(q="pUmP")] == [first.id]
    assert [one.id for one in notes.list(limit=1, offset=1)] == [second.id]
    assert places(lambda: notes.update(first.id, body=None)) == ["body.body"]
    assert places(lambda: notes.create(body="")) == ["body.body"]
    assert places(lambda: notes.create(body="x", title="x" * 256)) == ["body.title"]
    assert places(lambda: notes.create(body="x" * 100_001)) == ["body.body"]
    assert places(lambda: notes.list(q="x" * 201)) == ["query.q"]
    notes.delete(first.id)
    assert refusal(lambda: notes.get(first.id)).status_code == 404


def test_a_note_of_an_agent_is_its_own_and_one_of_an_administrator_is_granted(
    official: Inkbox, agent: Inkbox, second_agent: Inkbox, alpha: AgentIdentity, bravo: AgentIdentity
) -> None:
    """Other agents see neither until they are granted it; grants end when they are revoked or the identity goes."""
    own, given = agent.notes.create(body="Own"), official.notes.create(body="Given")
    assert (own.created_by, [one.identity_id for one in own.access]) == (str(alpha.id), [alpha.id])
    assert given.access == []
    assert [one.body for one in agent.notes.list()] == ["Own"]
    assert refusal(lambda: agent.notes.get(given.id)).status_code == 404

    granted = official.notes.access.grant(given.id, identity_id=bravo.id)

    assert (granted.note_id, granted.identity_id) == (given.id, bravo.id)
    assert [one.body for one in second_agent.notes.list()] == ["Given"]
    assert [one.id for one in official.notes.list(identity_id=bravo.id)] == [given.id]
    assert agent.notes.list(identity_id=bravo.id) == []
    assert official.notes.access.list(given.id) == [granted]
    assert refusal(lambda: official.notes.access.grant(given.id, identity_id=bravo.id)).status_code == 409
    assert refusal(lambda: official.notes.access.grant(given.id, identity_id=ABSENT)).status_code == 404
    assert refusal(lambda: second_agent.notes.access.grant(given.id, identity_id=alpha.id)).status_code == 403
    assert refusal(lambda: agent.notes.access.revoke(own.id, bravo.id)).status_code == 403
    assert refusal(lambda: official.notes.access.revoke(given.id, alpha.id)).status_code == 404
    second_agent.notes.access.revoke(given.id, bravo.id)
    assert second_agent.notes.list() == []
    alpha.delete()
    assert official.notes.get(own.id).access == []


def test_notes_take_nothing_else(official: Inkbox, sandbox: Sandbox) -> None:
    """Unknown fields and a null identity are 422."""
    note, key = official.notes.create(body="x"), {"x-api-key": sandbox.inkbox.api_key}
    url = f"{sandbox.inkbox.base_url}/api/v1/notes"

    unknown = httpx.post(url, json={"body": "x", "color": "red"}, headers=key, trust_env=False)
    nobody = httpx.post(f"{url}/{note.id}/access", json={"identity_id": None}, headers=key, trust_env=False)

    assert (unknown.status_code, nobody.status_code) == (422, 422)
