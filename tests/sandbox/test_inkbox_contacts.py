"""vCards as the sandbox reads and writes them, whoever asks."""

import contextlib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from postline_sandbox.inkbox.people import vcard
from postline_sandbox.inkbox.people.contact_forms import ContactFields

# Ends of lines are told apart nowhere, and blanks at both ends mean nothing.
PLAIN = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r"), max_size=90).map(str.strip)
WORDS = PLAIN.filter(bool)
LABEL = st.none() | WORDS
CONTACTS = st.fixed_dictionaries(
    {
        "preferred_name": WORDS,
        **dict.fromkeys(("given_name", "family_name", "company_name", "job_title", "notes"), LABEL),
        **dict.fromkeys(("middle_name", "name_prefix", "name_suffix"), LABEL),
        "birthday": st.none() | st.dates().map(str),
        "emails": st.lists(st.fixed_dictionaries({"label": LABEL, "value": WORDS, "is_primary": st.just(False)})),
        "phones": st.lists(
            st.fixed_dictionaries({"label": LABEL, "value_e164": st.just("+15125550101"), "is_primary": st.just(False)})
        ),
        "websites": st.lists(st.fixed_dictionaries({"label": LABEL, "url": WORDS})),
        "dates": st.lists(st.fixed_dictionaries({"label": LABEL, "date": st.dates().map(str)})),
        "addresses": st.lists(
            st.fixed_dictionaries(
                {"label": LABEL, **dict.fromkeys(("street", "city", "region", "postal", "country"), LABEL)}
            )
        ),
        "custom_fields": st.lists(st.fixed_dictionaries({"label": WORDS, "value": PLAIN})),
    }
)


def read(text: str) -> dict[str, Any]:
    """Return the fields of the only card of a text."""
    (lines,) = vcard.cards(text)
    return vcard.read(lines)


@settings(max_examples=60, deadline=None)
@given(CONTACTS)
def test_a_card_says_what_the_contact_said(contact: dict[str, Any]) -> None:
    """Whatever the fields hold, reading what was written gives them back, and no line is too long."""
    text = vcard.write({**contact, "id": "7c3d"})

    fields = read(text)

    assert max(len(line.encode()) for line in text.split("\r\n")) <= 75
    for name, value in contact.items():
        found = fields.get(name) or []
        if name == "addresses":
            found = [{key: part for key, part in one.items() if key} for one in found]
        assert (found or None) == (value or None), name


@settings(max_examples=100, deadline=None)
@given(st.text())
def test_nothing_that_calls_itself_a_card_breaks_the_reader(body: str) -> None:
    """It is read, or refused as malformed."""
    for lines in vcard.cards(f"BEGIN:VCARD\n{body}\nEND:VCARD"):
        with contextlib.suppress(vcard.MalformedCardError):
            assert vcard.read(lines).keys() <= ContactFields.model_fields.keys()


@pytest.mark.parametrize(
    ("line", "fields"),
    [
        ("FN;CHARSET=UTF-8:Jane", {"preferred_name": "Jane"}),
        ("N:Doe;Jane", {"family_name": "Doe", "given_name": "Jane"}),
        ("ORG:Shop\\; Co;Desk", {"company_name": "Shop; Co"}),
        ("NOTE:a\\\\nb", {"notes": "a\\nb"}),
        ("BDAY;VALUE=date:19850412", {"birthday": "1985-04-12"}),
        ("BDAY:--0412", {}),
        ("X-ANYTHING;A=B:c", {}),
        ("ADR:;;1 Main;Austin", {"addresses": [{"label": None, "": None, "street": "1 Main", "city": "Austin"}]}),
        ("URL;TYPE=work:https://a.example.com", {"websites": [{"label": "work", "url": "https://a.example.com"}]}),
        (
            'EMAIL;TYPE="work";TYPE=pref:a@x.example.net',
            {"emails": [{"label": "work", "value": "a@x.example.net", "is_primary": True}]},
        ),
        (
            "TEL;PREF=1;TYPE=voice,cell:tel:+15125550101;ext=7",
            {"phones": [{"label": "cell", "value_e164": "tel:+15125550101", "is_primary": True}]},
        ),
    ],
)
def test_lines_of_many_makes_are_read(line: str, fields: dict[str, Any]) -> None:
    """Parameters, escapes, missing parts, dates in both spellings."""
    assert read(f"BEGIN:VCARD\r\nVERSION:4.0\r\n{line}\r\nEND:VCARD\r\n") | {} == fields


def test_a_field_that_was_not_given_is_not_kept() -> None:
    """An omitted list stays as it is; one that is null is emptied."""
    assert ContactFields.model_validate({"emails": None, "given_name": None}).fields() == {
        "emails": [],
        "given_name": None,
    }
