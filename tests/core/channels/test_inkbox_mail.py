"""The mail channel on Inkbox, against the sandbox: through both clients."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from tests.core.tools.desks import InkboxDesk, at_inkbox
from tests.core.tools.line import Connect, connect

from postline.channels import Address, Draft
from postline.channels.inkbox import PAGE, InkboxMail
from postline.errors import APIError, ArgumentError, TooLargeError
from postline_sandbox import Sandbox

__all__ = ["connect"]

FILE = {"filename": "Räport 1/2?.txt", "content": b"hello", "mime_type": "text/plain"}
JANE = Address("jane@shop.example.net")


@pytest.fixture
def desk(both: Any, sandbox: Sandbox, connect: Connect) -> InkboxDesk:
    return at_inkbox(both, sandbox, connect)


@pytest.fixture
def run(both: Any, desk: InkboxDesk) -> Any:
    return lambda work: both.run(desk.client, work)


def test_a_mailbox_is_found_by_its_address_or_its_handle(run: Any, desk: InkboxDesk) -> None:
    """The handle is looked up once; the address needs no look-up."""
    desk.deliver()

    for name in (desk.address, "desk", "@desk"):
        mail = InkboxMail(desk.client, name)
        [message] = run(mail.list_messages()).items
        assert (message.inbox, mail.inbox) == (desk.address, desk.address)
    assert repr(InkboxMail(desk.client, "desk")) == "InkboxMail('desk')"


def test_a_message_is_translated_whole(run: Any, desk: InkboxDesk) -> None:
    """People, subject, bodies, ids, files and states come through; a listing has no bodies."""
    more = {"cc": ["x@y.example.net"], "attachments": [FILE], "message_id": "<m1@s.example.net>"}
    desk.deliver("Order", "Where is it?", html="<p>Where?</p>", **more)

    [listed] = run(desk.mail.list_messages()).items
    full = run(desk.mail.get_message(listed.id))

    assert (listed.text, listed.html, listed.attachments, listed.is_read) == (None, None, (), False)
    assert listed.snippet.startswith("Where is it?")
    assert (full.sender.email, [each.email for each in full.to]) == ("jane@shop.example.net", [desk.address])
    assert [each.email for each in full.cc] == ["x@y.example.net"]
    assert (full.subject, full.text.strip(), full.html.strip()) == ("Order", "Where is it?", "<p>Where?</p>")
    assert (full.direction, full.message_id, full.delivery_status) == ("inbound", "<m1@s.example.net>", "received")
    [file] = full.attachments
    assert (file.filename, file.media_type, file.size_bytes) == (FILE["filename"], "text/plain", 5)
    assert abs(full.created_at - datetime.now(UTC)) < timedelta(minutes=1)
    assert "Where" not in repr(full)


def test_a_file_is_fetched_through_its_link(run: Any, desk: InkboxDesk) -> None:
    """Its facts come from its message, whatever its name; a longer one than allowed is refused."""
    desk.deliver(attachments=[FILE])
    [listed] = run(desk.mail.list_messages()).items
    [file] = run(desk.mail.get_message(listed.id)).attachments

    assert run(desk.mail.get_attachment(file.id)) == file
    assert run(desk.mail.download_attachment(file.id, limit_bytes=5)) == b"hello"
    with pytest.raises(TooLargeError):
        run(desk.mail.download_attachment(file.id, limit_bytes=4))
    with pytest.raises(APIError, match="no such attachment"):
        run(desk.mail.get_attachment(f"{listed.id}/other.txt"))
    for wrong in ("", "x", f"{listed.id}/", "/a.txt"):
        with pytest.raises(ArgumentError, match="an attachment"):
            run(desk.mail.get_attachment(wrong))


def test_listing_can_be_narrowed(run: Any, desk: InkboxDesk) -> None:
    """By direction, sender and time; what is far behind is found over several pages, and sought no further than asked."""
    for number in range(3):
        desk.deliver(f"Mail {number}", sender=f"writer{number}@home.example.net")
        desk.sandbox.control.advance(1)
    run(desk.mail.send_message(Draft(to=(JANE,), subject="Out", text="t"), idempotency_key="k"))
    everything = run(desk.mail.list_messages()).items
    at = everything[2].created_at

    def subjects(**wanted: Any) -> list[str]:
        return [each.subject for each in run(desk.mail.list_messages(**wanted)).items]

    assert subjects(direction="inbound") == ["Mail 2", "Mail 1", "Mail 0"]
    assert subjects(sender="WRITER0@home.example.net", limit=1) == ["Mail 0"]
    assert subjects(since=at) == ["Out", "Mail 2", "Mail 1"]
    assert subjects(until=at) == ["Mail 0"]
    assert subjects(since=at, limit=3) == ["Out", "Mail 2", "Mail 1"]
    far = run(desk.mail.list_messages(since=datetime.now(UTC) + timedelta(days=1), limit=1))
    assert (far.items, far.cursor) == ((), None)
    with pytest.raises(ArgumentError, match="time zone"):
        run(desk.mail.list_messages(since=datetime(2026, 1, 1)))  # that it is naive is the point


def test_a_sender_far_back_is_found_by_reading_on(run: Any, desk: InkboxDesk) -> None:
    """Ten pages are looked through at a time; an empty page with a cursor says that there is more to look through."""
    desk.deliver("Needle", sender="needle@home.example.net")
    for number in range(11):
        desk.deliver(f"Mail {number}")

    first = run(desk.mail.list_messages(sender="needle@home.example.net", limit=1))
    second = run(desk.mail.list_messages(sender="needle@home.example.net", limit=1, cursor=first.cursor))

    assert first.items == ()
    assert [each.subject for each in second.items] == ["Needle"]


def test_a_thread_is_listed_and_read_in_pages(run: Any, desk: InkboxDesk) -> None:
    """Oldest first, with bodies; a cursor that is none is refused."""
    thread_id = desk.deliver("Plan", "Text 0", message_id="<m0@s.example.net>")
    for number in range(1, 4):
        desk.deliver("Re: Plan", f"Text {number}", in_reply_to="<m0@s.example.net>")
    desk.deliver("Other")

    newest, plan = run(desk.mail.list_threads()).items
    [only] = (page := run(desk.mail.list_threads(limit=1))).items
    first = run(desk.mail.list_thread_messages(thread_id, limit=3))
    rest = run(desk.mail.list_thread_messages(thread_id, limit=3, cursor=first.cursor))

    assert (newest.subject, plan.id, plan.message_count) == ("Other", thread_id, 4)
    assert (only.id, page.cursor is not None) == (newest.id, True)
    assert [each.text.strip() for each in (*first.items, *rest.items)] == [f"Text {number}" for number in range(4)]
    assert rest.cursor is None
    for wrong in ({"cursor": "x"}, {"limit": 0}):
        with pytest.raises(ArgumentError):
            run(desk.mail.list_thread_messages(thread_id, **wrong))


def test_search_names_the_message(run: Any, desk: InkboxDesk) -> None:
    """A hit leads to its message and its thread."""
    thread_id = desk.deliver("Plan", "The zebra plan")
    desk.deliver("Other")

    [hit] = run(desk.mail.search_messages("zebra")).items

    assert (hit.thread_id, hit.subject) == (thread_id, "Plan")
    assert run(desk.mail.get_message(hit.message_id)).text.strip() == "The zebra plan"


def test_an_answer_goes_into_its_thread(run: Any, desk: InkboxDesk) -> None:
    """Also to an older message of it."""
    thread_id = desk.deliver("Plan", message_id="<m0@s.example.net>")
    desk.deliver("Re: Plan", in_reply_to="<m0@s.example.net>")
    older = run(desk.mail.list_thread_messages(thread_id)).items[0]

    sent = run(
        desk.mail.send_message(Draft(to=(JANE,), subject="Re: Plan", text="Fine.", answers=older), idempotency_key="k")
    )

    assert (sent.thread_id, sent.note) == (thread_id, None)
    assert run(desk.mail.get_message(sent.id)).in_reply_to == "<m0@s.example.net>"


def test_messages_are_marked_read(run: Any, desk: InkboxDesk) -> None:
    """All that are named; a starred one says so."""
    for number in range(3):
        desk.deliver(f"Mail {number}")
    ids = [each.id for each in run(desk.mail.list_messages()).items]

    assert run(desk.mail.mark_messages_read(tuple(ids[:2]))) == 2
    assert [each.is_read for each in run(desk.mail.list_messages()).items] == [True, True, False]
    with pytest.raises(APIError):
        run(desk.mail.mark_messages_read((str(uuid4()),)))


def test_a_starred_message_says_so(run: Any, both: Any, desk: InkboxDesk) -> None:
    """As a label."""
    desk.deliver()
    [message] = run(desk.mail.list_messages()).items
    both.do(lambda: desk.client.messages.star(desk.address, message.id))

    assert run(desk.mail.get_message(message.id)).labels == ("starred",)


def test_an_unknown_mailbox_is_an_error(run: Any, desk: InkboxDesk) -> None:
    """A misspelt handle never reads as an empty mailbox."""
    with pytest.raises(APIError) as caught:
        run(InkboxMail(desk.client, "dusk").list_messages())
    assert caught.value.status_code == 404


def test_an_identity_whose_mailbox_is_gone_is_told_of(run: Any, desk: InkboxDesk) -> None:
    """Nothing is asked for then."""
    detail = run(InkboxMail(desk.client, "desk")._identity.detail())
    detail.mailbox = None
    mail = InkboxMail(desk.client, "desk")
    mail._identity.known = detail

    with pytest.raises(ArgumentError, match="desk has no mailbox"):
        run(mail.list_messages())


def test_all_mail_is_streamed_with_bodies(both: Any, desk: InkboxDesk) -> None:
    """Over several pages, newest first, between two times; the same listing can be streamed again."""
    count = PAGE + 3
    for number in range(count):
        desk.deliver(f"Mail {number}", f"Text {number}")
        desk.sandbox.control.advance(1)
    listing = desk.mail.messages()

    for _ in range(2):
        found = both.read(desk.client, listing)
        assert [each.text.strip() for each in found] == [f"Text {number}" for number in reversed(range(count))]
    between = desk.mail.messages(since=found[3].created_at, until=found[0].created_at)
    assert [each.id for each in both.read(desk.client, between)] == [each.id for each in found[1:4]]
    with pytest.raises(ArgumentError, match="time zone"):
        desk.mail.messages(until=datetime(2026, 1, 1))  # that it is naive is the point
