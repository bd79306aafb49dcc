"""The sample mailbox that ships with the sandbox: whole, varied, and able to answer its own questions."""

import email
import json
import mailbox
import re
from datetime import date, timedelta
from email import policy
from email.message import EmailMessage
from typing import Any

import pytest

from postline_sandbox import samples

INBOX = "support@harbor-supply.example.com"
EXAMPLE_HOST = re.compile(r"(?:^|\.)example\.(?:com|net|org)$")


@pytest.fixture(scope="module")
def messages() -> dict[str, EmailMessage]:
    """The sample's messages by Message-ID, in the file's order."""
    box = mailbox.mbox(str(samples.mailbox()), create=False)
    parsed = [email.message_from_bytes(box.get_bytes(key), policy=policy.default) for key in box.iterkeys()]
    box.close()
    return {str(message["Message-ID"]): message for message in parsed}


@pytest.fixture(scope="module")
def facts() -> dict[str, Any]:
    """The questions file."""
    found: dict[str, Any] = json.loads(samples.questions().read_text(encoding="utf-8"))
    return found


def words(message: EmailMessage) -> str:
    """The message's readable body without quoted lines, on one line."""
    body = message.get_body(("plain", "html"))
    lines = str(body.get_content()).splitlines() if body else []
    own = [line for line in lines if not line.startswith(">")]
    return " ".join(" ".join(own).split())


def threads(messages: dict[str, EmailMessage]) -> int:
    """Count the conversations by their oldest ancestor."""
    return len({(re.findall(r"<[^>]+>", str(m["References"] or "")) or [key])[0] for key, m in messages.items()})


def test_the_sample_is_big_enough_to_be_interesting(messages: dict[str, EmailMessage]) -> None:
    """The sample holds at least 44 messages in at least 14 conversations, with mail in both directions."""
    outbound = [m for m in messages.values() if INBOX in str(m["From"])]

    assert len(messages) >= 44
    assert threads(messages) >= 14
    assert len(outbound) >= 15


def test_every_message_parses_without_defects(messages: dict[str, EmailMessage]) -> None:
    """No part of any message is malformed and every text part decodes by its declared charset."""
    for message in messages.values():
        for part in message.walk():
            assert not part.defects
            if part.get_content_maintype() == "text":
                assert "\ufffd" not in part.get_content()


def test_every_message_belongs_to_the_inbox(messages: dict[str, EmailMessage]) -> None:
    """Each message is to the sample's inbox or from it, so that an importer can bind it to another one."""
    assert all(INBOX in f"{m['From']} {m['To']}" for m in messages.values())


def test_replies_refer_to_messages_of_the_sample(messages: dict[str, EmailMessage]) -> None:
    """Every In-Reply-To and every reference names an earlier message of the file."""
    for key, message in messages.items():
        chain = re.findall(r"<[^>]+>", f"{message['References'] or ''} {message['In-Reply-To'] or ''}")

        assert all(messages[parent]["Date"].datetime <= message["Date"].datetime for parent in chain), key


def test_the_mail_is_in_order_and_covers_november(messages: dict[str, EmailMessage]) -> None:
    """Messages come in the order of their dates, over about three weeks of November 2026."""
    moments = [message["Date"].datetime for message in messages.values()]

    assert moments == sorted(moments)
    assert timedelta(days=14) <= moments[-1] - moments[0] <= timedelta(days=24)
    assert date(2026, 11, 1) <= moments[0].date() <= moments[-1].date() <= date(2026, 11, 30)


def test_the_sample_shows_what_real_mail_looks_like(messages: dict[str, EmailMessage]) -> None:
    """HTML alone, alternatives, attachments of several kinds, a bounce, a nested message and odd charsets occur."""
    types = {part.get_content_type() for m in messages.values() for part in m.walk()}
    charsets = {part.get_content_charset() for m in messages.values() for part in m.walk()}
    names = {part.get_filename() or "" for m in messages.values() for part in m.walk()}

    assert {"text/html", "multipart/alternative", "multipart/report", "message/rfc822", "text/calendar"} <= types
    assert {"application/pdf", "text/csv"} <= types
    assert {"iso-8859-1", "iso-2022-jp", "windows-1252", "utf-8"} <= charsets
    assert any(not name.isascii() for name in names)
    assert any("フランジボルト" in str(m["Subject"]) for m in messages.values())
    assert any("\u200b" in words(m) for m in messages.values())


def test_only_example_names_and_numbers_occur(messages: dict[str, EmailMessage]) -> None:
    """Every host is an example host and every phone number lies in the range kept for fiction."""
    text = samples.mailbox().read_text(encoding="latin-1")
    text += "".join(
        part.get_content() for m in messages.values() for part in m.walk() if part.get_content_maintype() == "text"
    )
    hosts = set(re.findall(r"(?:@|https?://)([\w.-]+\.\w+)", text.replace("=\n", "")))
    numbers = re.findall(r"\(\d{3}\) (\d{3}-\d{4})", text)

    assert hosts
    assert all(EXAMPLE_HOST.search(host) for host in hosts)
    assert numbers
    assert all(re.fullmatch(r"555-01\d\d", number) for number in numbers)


def test_each_question_has_exactly_one_answering_message(
    messages: dict[str, EmailMessage], facts: dict[str, Any]
) -> None:
    """The answer stands in the new text of the named message and nowhere else."""
    assert len(facts["questions"]) >= 5

    for item in facts["questions"]:
        holders = [key for key, message in messages.items() if item["answer"] in words(message)]

        assert holders == [item["message_id"]], item["question"]


def test_the_open_question_is_the_newest_message_and_can_be_settled(
    messages: dict[str, EmailMessage], facts: dict[str, Any]
) -> None:
    """The customer's open question came last, nobody answered it, and its facts are in the mailbox."""
    wanted = facts["needs_answer"]

    assert list(messages)[-1] == wanted["message_id"]
    assert wanted["sender"] in str(messages[wanted["message_id"]]["From"])
    assert all(fact["message_id"] in messages for fact in wanted["facts"])


def test_the_hostile_message_orders_agents_about_in_the_open_and_in_hiding(
    messages: dict[str, EmailMessage], facts: dict[str, Any]
) -> None:
    """The hostile message carries its orders in the plain text and others in hidden HTML."""
    message = messages[facts["hostile"]["message_id"]]
    plain, html = (message.get_body((kind,)) for kind in ("plain", "html"))

    assert plain is not None
    assert html is not None
    assert "ignore all previous instructions" in plain.get_content()
    assert "display:none" in html.get_content()


def test_the_bounce_names_the_mail_that_failed(messages: dict[str, EmailMessage], facts: dict[str, Any]) -> None:
    """The bounce is a delivery report that carries the status and the original message."""
    bounce = messages[facts["bounce"]["message_id"]]
    parts = {part.get_content_type(): part for part in bounce.iter_parts()}

    assert bounce.get_content_type() == "multipart/report"
    assert list(parts) == ["text/plain", "message/delivery-status", "message/rfc822"]
    assert parts["message/rfc822"].get_content()["Message-ID"] == bounce["In-Reply-To"]


def test_the_invoice_is_a_real_pdf(messages: dict[str, EmailMessage]) -> None:
    """Each PDF starts and ends as a PDF does and its cross-reference table points at its objects."""
    files = [p.get_content() for m in messages.values() for p in m.walk() if p.get_content_type() == "application/pdf"]

    assert files
    for data in files:
        table = int(data.rsplit(b"startxref\n", 1)[1].split()[0])
        offsets = [int(entry) for entry in re.findall(rb"(\d{10}) 00000 n", data[table:])]

        assert data.startswith(b"%PDF-1.4")
        assert data[table:].startswith(b"xref")
        assert all(re.match(rb"%d 0 obj" % number, data[at:]) for number, at in enumerate(offsets, 1))
