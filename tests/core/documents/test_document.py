"""A mail as a document: stable, flat, and with the text that is worth indexing."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from postline.channels import Address, Attachment, Message
from postline.documents import email_document

MESSAGE = Message(
    id="msg_1",
    thread_id="thread_1",
    inbox="support@harbor.example.com",
    direction="inbound",
    created_at=datetime(2026, 11, 9, 9, 12, 5, 250_000, tzinfo=UTC),
    sender=Address("ida@pilots.example.com", "Ida\u200b Solheim"),
    to=(Address("support@harbor.example.com"), Address("tom@harbor.example.com", "Tom")),
    subject=" The\r\n pump ",
    text="It works.\n\n--\nIda\n\nOn Nov 8, 2026 Tom wrote:\n> Does it work?",
    attachments=(
        Attachment(id="a1", filename="one.pdf", media_type="application/pdf"),
        Attachment(id="a2", filename="two.csv", media_type="text/csv", size_bytes=7),
    ),
    message_id="<m1@pilots.example.com>",
    labels=("new",),
    is_read=False,
)
FACTS = {
    "service": "commune",
    "kind": "email",
    "inbox": "support@harbor.example.com",
    "message_id": "msg_1",
    "rfc_message_id": "<m1@pilots.example.com>",
    "thread_id": "thread_1",
    "direction": "inbound",
    "subject": "The pump",
    "sender": "ida@pilots.example.com",
    "sender_name": "Ida Solheim",
    "to": "support@harbor.example.com, tom@harbor.example.com",
    "created_at": "2026-11-09T09:12:05+00:00",
    "created_at_epoch_seconds": 1794215525,
    "attachments": "one.pdf, two.csv",
    "attachment_ids": "a1, a2",
}


def test_a_document_has_a_stable_id_the_new_text_and_flat_facts() -> None:
    """The id names service, inbox and message; facts keep their order; what is absent has no key."""
    document = email_document(MESSAGE, service="commune")

    assert document.id == "postline:email:commune:support@harbor.example.com:msg_1"
    assert document.text == "It works."
    assert list(document.metadata.items()) == list(FACTS.items())


def test_full_text_keeps_history_and_signature() -> None:
    """The full mode cleans the text and takes nothing away."""
    document = email_document(MESSAGE, service="commune", text_mode="full")

    assert document.text == MESSAGE.text


def test_handling_a_mail_does_not_change_its_document() -> None:
    """Reading or labelling a mail, or another time zone for the same instant, leaves the content hash alone."""
    handled = replace(
        MESSAGE, labels=(), is_read=True, created_at=MESSAGE.created_at.astimezone(timezone(timedelta(hours=9)))
    )

    before, after = (email_document(mail, service="commune") for mail in (MESSAGE, handled))

    assert after == before
    assert after.content_hash == before.content_hash


@pytest.mark.parametrize(
    "change", [{"text": "It leaks."}, {"subject": "The pipe"}, {"in_reply_to": "<m0@x.example.com>"}]
)
def test_another_content_gives_another_hash(change: dict[str, Any]) -> None:
    """Text and facts both count."""
    changed = email_document(replace(MESSAGE, **change), service="commune")

    assert changed.content_hash != email_document(MESSAGE, service="commune").content_hash


def test_a_document_shows_neither_text_nor_facts_and_can_be_a_key() -> None:
    """The representation is the id alone; equal documents are one key."""
    document = email_document(MESSAGE, service="commune")

    assert repr(document) == "Document(id='postline:email:commune:support@harbor.example.com:msg_1')"
    assert len({document, email_document(MESSAGE, service="commune")}) == 1


@pytest.mark.parametrize(
    ("text", "html", "expected"),
    [
        ("", "<p>page</p>", "page"),
        (None, "<p>page</p>", "page"),
        (
            "Open in a browser.",
            "<h1>Winter covers</h1><p>" + "Air them. " * 5 + "</p>",
            "Winter covers\n\n" + "Air them. " * 4 + "Air them.",
        ),
        ("Short and complete.", "<p>Short and complete.</p>", "Short and complete."),
        ("long " * 60, "<p>page</p>" * 200, ("long " * 60).strip()),
        ("", "", ""),
        ("", "<p hidden>page</p>", ""),
    ],
)
def test_the_page_is_read_where_the_plain_text_says_less(text: str | None, html: str, expected: str) -> None:
    """Plain text is preferred unless it is missing or only points to the page."""
    assert email_document(replace(MESSAGE, text=text, html=html), service="commune").text == expected


@pytest.mark.parametrize(
    "change",
    [
        {"subject": "FW: pump"},
        {"subject": "WG: pump"},
        {"sender": Address("MAILER-DAEMON@mx.example.com")},
    ],
)
def test_forwards_and_bounces_stay_whole(change: dict[str, Any]) -> None:
    """A forward known by its subject and a bounce known by its sender keep all of their text."""
    text = "See below.\n\nFrom: Ida\nSent: Monday\nTo: Tom\n\n> old"

    assert email_document(replace(MESSAGE, text=text, **change), service="commune").text == text


def test_a_mail_without_its_body_is_refused() -> None:
    """A message from a listing without bodies never becomes an empty document."""
    with pytest.raises(ValueError, match="without its body"):
        email_document(replace(MESSAGE, text=None), service="commune")
