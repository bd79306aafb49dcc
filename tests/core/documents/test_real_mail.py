"""Real mail, from a folder named by `POSTLINE_MAIL`, and the sample that ships: no words are lost on the way."""

import email
import json
import mailbox
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from postline.channels import Address, Message
from postline.documents import email_document, html_to_text, new_text
from postline_sandbox import samples

ROOT = Path(__file__).parents[3]
FOLDER = Path(os.environ.get("POSTLINE_MAIL", ROOT / ".." / "shared" / "mail"))


def read(path: Path) -> Iterator[EmailMessage]:
    """Read an mbox."""
    box = mailbox.mbox(str(path), create=False)
    try:
        yield from (email.message_from_bytes(box.get_bytes(key), policy=policy.default) for key in box.iterkeys())
    finally:
        box.close()


def body(message: EmailMessage, kind: str) -> str:
    """Decode a body of one kind, roughly where its charset is unknown."""
    part = message.get_body((kind,))
    if part is None:
        return ""
    try:
        return str(part.get_content())
    except LookupError:
        return bytes(part.get_payload(decode=True)).decode("latin-1")


def record(message: EmailMessage) -> Message:
    """Make a neutral record of a parsed mail."""
    return Message(
        id=str(message["Message-ID"]).strip(),
        thread_id="t",
        inbox="support@harbor-supply.example.com",
        direction="inbound",
        created_at=datetime(2026, 11, 9, tzinfo=UTC),
        sender=Address(str(message["From"])),
        subject=str(message["Subject"]),
        text=body(message, "plain"),
        html=body(message, "html") or None,
    )


@pytest.mark.parametrize("name", ["default.mbox", "lkml.mbox"])
def test_no_real_mail_with_text_becomes_empty(name: str) -> None:
    """Every mail that says something yields a document that says something, in both modes."""
    if not (FOLDER / name).exists():
        pytest.skip(f"no mail at {FOLDER / name}; set POSTLINE_MAIL")
    records = [record(message) for message in read(FOLDER / name)]

    for mail in records:
        for mode in ("new", "full"):
            document = email_document(mail, service="commune", text_mode=mode)

            assert bool(document.text) == bool((mail.text or "").strip() or mail.html), mail.message_id
    assert len(records) >= 50


def test_real_answers_keep_the_quotes_they_answer() -> None:
    """In mailing-list mail, where people answer below quotes, quotes before an answer stay and nothing of the answer goes."""
    path = FOLDER / "lkml.mbox"
    if not path.exists():
        pytest.skip(f"no mail at {path}; set POSTLINE_MAIL")
    texts = [body(message, "plain") for message in read(path)]
    answers = [text for text in texts if "\n> " in text and "wrote:\n>" in text]

    kept = [new_text(text) for text in answers]

    assert len(answers) > 50
    assert sum("\n> " in text for text in kept) > 0.9 * len(answers)


def test_the_sample_answers_its_questions_from_new_text_alone() -> None:
    """Of all documents of the sample, only the named message holds a question's answer once history is left out."""
    facts = json.loads(samples.questions().read_text(encoding="utf-8"))
    documents = {mail.id: email_document(mail, service="commune") for mail in map(record, read(samples.mailbox()))}

    for item in facts["questions"]:
        holders = [key for key, document in documents.items() if item["answer"] in document.text]

        assert holders == [item["message_id"]], item["question"]


def test_page_and_plain_text_of_the_sample_agree() -> None:
    """Where a mail of the sample says the same in both forms, both give the same new words."""
    pairs = [(body(message, "plain"), body(message, "html")) for message in read(samples.mailbox())]
    replies = [(plain, page) for plain, page in pairs if "gmail_quote" in page]

    assert len(replies) >= 6
    for plain, page in replies:
        assert new_text(html_to_text(page)).split() == new_text(plain).split()


def test_the_hostile_mail_keeps_its_open_orders_and_loses_the_hidden_ones() -> None:
    """Text that only a machine would see never reaches the index."""
    facts = json.loads(samples.questions().read_text(encoding="utf-8"))
    hostile = next(m for m in read(samples.mailbox()) if m["Message-ID"] == facts["hostile"]["message_id"])
    page = html_to_text(body(hostile, "html"))

    assert "ignore all previous instructions" in page
    assert "API key" not in page
    assert "customer list" not in page
    assert "send_email" not in page


def test_a_code_is_readable_in_one_piece() -> None:
    """The zero-width characters inside of the sample's sign-in code are gone, from both forms."""
    mail = next(m for m in read(samples.mailbox()) if m["Subject"] == "Your sign-in code")

    assert "482791" in new_text(body(mail, "plain"))
    assert "482791" in html_to_text(body(mail, "html"))
