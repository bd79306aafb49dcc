"""The address book and the account on Inkbox, against the sandbox: through both clients."""

from __future__ import annotations

from typing import Any

import pytest
from tests.core.tools.line import JANE, Line, connect, line

from postline.channels import Contact
from postline.channels.inkbox_people import InkboxAccount, InkboxContacts
from postline.errors import APIError

__all__ = ["connect", "line"]


@pytest.fixture
def contacts(line: Line) -> InkboxContacts[Any]:
    return InkboxContacts(line.client)


def test_a_change_adds_and_replaces(line: Line, contacts: InkboxContacts[Any]) -> None:
    """What is there keeps its place; addresses and numbers are added once; texts are replaced; what is empty stays."""
    saved = line.do(
        contacts.save_contact(Contact(id="", name="Jane", company="Shop", emails=("jane@shop.example.net",)))
    )

    changed = line.do(
        contacts.save_contact(
            Contact(
                id=saved.id, job_title="Owner", emails=("JANE@shop.example.net", "roe@shop.example.net"), phones=(JANE,)
            )
        )
    )
    again = line.do(contacts.save_contact(Contact(id=saved.id, notes="Likes pumps.")))

    assert (changed.name, changed.company, changed.job_title) == ("Jane", "Shop", "Owner")
    assert changed.emails == ("jane@shop.example.net", "roe@shop.example.net")
    assert (again.emails, again.phones, again.notes) == (changed.emails, (JANE,), "Likes pumps.")
    assert JANE not in repr(again)


def test_a_name_is_put_together_where_there_is_no_other(both: Any, line: Line, contacts: InkboxContacts[Any]) -> None:
    """Given and family name, with what is between."""
    both.do(
        lambda: line.client.contacts.create(given_name="Jane", middle_name="X", family_name="Roe", preferred_name="J")
    )
    [found] = line.do(contacts.find_contacts("Roe")).items
    assert found.name == "J"

    both.do(lambda: line.client.contacts.update(found.id, preferred_name=None))
    [unnamed] = line.do(contacts.find_contacts("Roe")).items

    assert unnamed.name in {"Jane X Roe", "Jane Roe"}


def test_people_are_found_once(line: Line, contacts: InkboxContacts[Any]) -> None:
    """Whether by words or by address, a person found both ways is one."""
    line.do(contacts.save_contact(Contact(id="", name="jane@shop.example.net", emails=("jane@shop.example.net",))))

    page = line.do(contacts.find_contacts("jane@shop"))

    assert (len(page.items), page.note) == (1, None)


def test_somebody_unknown_cannot_be_changed(line: Line, contacts: InkboxContacts[Any]) -> None:
    """Nothing is added instead."""
    with pytest.raises(APIError) as caught:
        line.do(contacts.save_contact(Contact(id="00000000-0000-4000-8000-000000000000", name="Jane")))

    assert caught.value.status_code == 404
    assert line.do(contacts.find_contacts("Jane")).items == ()


def test_channels_say_whose_they_are(line: Line, contacts: InkboxContacts[Any]) -> None:
    """In their repr, without a number."""
    assert [repr(each) for each in (contacts, InkboxAccount(line.client, "desk"))] == [
        "InkboxContacts()",
        "InkboxAccount('desk')",
    ]
