"""Which thread a message joins."""

from typing import Any

import pytest

from postline_sandbox import Sandbox
from postline_sandbox.commune.intake import routing_token
from postline_sandbox.commune.sms import thread_id_of
from postline_sandbox.commune.threads import read_cursor, write_cursor

JANE = "Jane <jane@one.example.net>"


@pytest.fixture
def address(http: Any) -> str:
    return str(http.inbox()["address"])


def _deliver(sandbox: Sandbox, address: str, **parts: Any) -> str:
    return str(sandbox.control.deliver(address, JANE, "Hi", "Text", **parts)[0]["thread_id"])


def test_a_send_without_a_thread_starts_one(http: Any, address: str) -> None:
    """Case 1: an API send gets a new `thread_` id."""
    first, second = http.send(), http.send()

    assert first["thread_id"].startswith("thread_")
    assert first["thread_id"] != second["thread_id"]


def test_an_answer_joins_the_thread_that_it_answers(http: Any, sandbox: Sandbox, address: str) -> None:
    """Case 2: In-Reply-To with the Message-ID that went out leads to the send's thread."""
    sent = http.send()
    wire_id = sandbox.control.outbox()[0]["headers"]["Message-ID"]

    assert _deliver(sandbox, address, in_reply_to=wire_id) == sent["thread_id"]


def test_an_answer_may_name_the_message_in_any_form(http: Any, sandbox: Sandbox, address: str) -> None:
    """Case 2: the id from the API leads there too, with or without brackets and host."""
    sent = http.send()

    assert _deliver(sandbox, address, in_reply_to=f"<{sent['id']}@elsewhere.example.net>") == sent["thread_id"]
    assert _deliver(sandbox, address, references=[f"<{sent['id']}>"]) == sent["thread_id"]


def test_the_reply_address_leads_to_the_thread(http: Any, sandbox: Sandbox, address: str) -> None:
    """Case 3: mail to the reply address of a send joins its thread without any header."""
    inbox_id = http.get("/v1/inboxes")["data"][0]["id"]
    sent = http.send(inboxId=inbox_id)
    (reply_to,) = sandbox.control.outbox()[0]["reply_to"]

    assert reply_to.startswith("support+t")
    assert _deliver(sandbox, reply_to) == sent["thread_id"]


def test_a_send_into_a_thread_answers_its_newest_message(http: Any, sandbox: Sandbox, address: str) -> None:
    """Case 4: subject, In-Reply-To and References follow from the thread."""
    sent = http.send()
    first_id = sandbox.control.outbox()[0]["headers"]["Message-ID"]
    _deliver(sandbox, address, in_reply_to=first_id, references=[first_id], message_id="<answer@one.example.net>")

    http.send(thread_id=sent["thread_id"], subject="Hi")
    http.send(thread_id=sent["thread_id"], subject="Re: Hi")

    _, second, third = sandbox.control.outbox()
    assert (second["subject"], third["subject"]) == ("Re: Hi", "Re: Hi")
    assert second["headers"]["In-Reply-To"] == "<answer@one.example.net>"
    assert second["headers"]["References"] == f"{first_id} <answer@one.example.net>"
    assert third["headers"]["In-Reply-To"] == second["headers"]["Message-ID"]


def test_fresh_mail_starts_a_thread_of_its_own_name(sandbox: Sandbox, address: str) -> None:
    """Case 5: without headers the Message-ID is the thread."""
    assert _deliver(sandbox, address, message_id="<m1@x.example.net>") == "<m1@x.example.net>"


def test_the_earliest_known_reference_decides(sandbox: Sandbox, address: str) -> None:
    """Case 6: of several references the one that is stored leads to its thread."""
    _deliver(sandbox, address, message_id="<m1@x.example.net>")

    thread_id = _deliver(sandbox, address, references=["<m1@x.example.net>", "<m2@x.example.net>"])

    assert thread_id == "<m1@x.example.net>"


def test_unknown_references_name_the_thread(sandbox: Sandbox, address: str) -> None:
    """Case 7: the first unknown reference, else In-Reply-To, becomes the thread."""
    assert _deliver(sandbox, address, references=["<u1@y.example.net>", "<u2@y.example.net>"]) == "<u1@y.example.net>"
    assert _deliver(sandbox, address, in_reply_to="<u3@y.example.net>") == "<u3@y.example.net>"


def test_a_reply_address_beats_the_headers(http: Any, sandbox: Sandbox, address: str) -> None:
    """Case 8: a known token wins over In-Reply-To."""
    inbox_id = http.get("/v1/inboxes")["data"][0]["id"]
    _deliver(sandbox, address, message_id="<m1@x.example.net>")
    sent = http.send(inboxId=inbox_id)
    (reply_to,) = sandbox.control.outbox()[0]["reply_to"]

    assert _deliver(sandbox, reply_to, in_reply_to="<m1@x.example.net>") == sent["thread_id"]


def test_an_unknown_token_means_nothing(sandbox: Sandbox, address: str) -> None:
    """A tag that looks like a token but is none delivers to the inbox, by the headers."""
    tagged = address.replace("@", "+t0123456789ab@")

    assert _deliver(sandbox, tagged, message_id="<m1@x.example.net>") == "<m1@x.example.net>"


def test_mail_that_comes_again_changes_in_place(http: Any, sandbox: Sandbox, address: str) -> None:
    """The same Message-ID is one message: new text, same id, thread and time."""
    _deliver(sandbox, address, message_id="<m1@x.example.net>")
    before = http.messages("<m1@x.example.net>")[0]
    sandbox.control.advance(60)

    (report,) = sandbox.control.deliver(address, JANE, "Hi", "Corrected", message_id="<m1@x.example.net>")

    (after,) = http.messages("<m1@x.example.net>")
    assert report["new"] is False
    assert after["content"] == "Corrected"
    assert [after[name] for name in ("_id", "thread_id", "created_at")] == [
        before[name] for name in ("_id", "thread_id", "created_at")
    ]


def test_organizations_do_not_share_threads(http: Any, sandbox: Sandbox, address: str) -> None:
    """Another organization's mail with the same references stays another thread's."""
    other = sandbox.control.make_organization("Other")
    headers = {"authorization": f"Bearer {other['api_key']}"}
    http.post("/v1/inboxes", headers=headers, local_part="other")
    sent = http.send()
    wire_id = sandbox.control.outbox()[0]["headers"]["Message-ID"]

    thread_id = _deliver(sandbox, "other@commune-sandbox.example.com", in_reply_to=wire_id)

    assert thread_id == wire_id != sent["thread_id"]


def test_mail_between_two_inboxes_arrives(http: Any, sandbox: Sandbox) -> None:
    """A send to an address kept here is delivered there as mail, and the answer finds its way back."""
    support, sales = http.inbox(), http.inbox("sales")
    sent = http.send(to=sales["address"], inboxId=support["id"], text="Over to you")

    (arrived,) = http.get("/v1/messages", inbox_id=sales["id"])["data"]

    assert (arrived["direction"], arrived["content"]) == ("inbound", "Over to you")
    assert arrived["thread_id"] == arrived["message_id"]
    http.send(to=support["address"], inboxId=sales["id"], thread_id=arrived["thread_id"], text="Thanks")
    first, answer = http.get("/v1/messages", inbox_id=support["id"], order="asc")["data"]
    assert (first["direction"], answer["direction"]) == ("outbound", "inbound")
    assert answer["thread_id"] == sent["thread_id"]


@pytest.mark.parametrize(
    ("position", "cursor"),
    [
        (
            ("2026-02-12T00:00:00.000Z", "thread_1"),
            "eyJsYXN0X21lc3NhZ2VfYXQiOiIyMDI2LTAyLTEyVDAwOjAwOjAwLjAwMFoiLCJpZCI6InRocmVhZF8xIn0",
        ),
        (
            ("2026-02-12T09:30:00.123Z", "<CAx1@mail.example.com>"),
            "eyJsYXN0X21lc3NhZ2VfYXQiOiIyMDI2LTAyLTEyVDA5OjMwOjAwLjEyM1oiLCJpZCI6IjxDQXgxQG1haWwuZXhhbXBsZS5jb20-In0",
        ),
    ],
)
def test_cursors_are_written_as_the_service_writes_them(position: tuple[str, str], cursor: str) -> None:
    """Cursor vectors, both ways."""
    assert write_cursor(*position) == cursor
    assert read_cursor(cursor) == position


@pytest.mark.parametrize("cursor", ["", "?", "bm90IGpzb24", "W10", "e30", "eyJpZCI6MX0", "Ü"])
def test_a_cursor_that_makes_no_sense_is_none(cursor: str) -> None:
    """What cannot be read as a position is no position."""
    assert read_cursor(cursor) is None


def test_derived_ids_are_the_services() -> None:
    """Routing tokens and SMS threads come out of the documented formulas."""
    assert routing_token("thread-secret", "thread_1") == "t99abc0b4818a"
    assert routing_token("thread-secret", "<CAx1@mail.example.com>") == "t87838ef93134"
    assert thread_id_of("org_1", "pn_1", "+15551234567") == "d524224fe8f299dc6d29fb2c824a8757"
