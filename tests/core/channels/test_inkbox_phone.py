"""The phone and text channels on Inkbox, against the sandbox: through both clients."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from tests.core.tools.line import JANE, JOHN, Connect, Line, connect, line
from tests.core.tools.memory_mail import message

from postline.channels import Consent
from postline.channels.inkbox_pages import MOST
from postline.channels.inkbox_phone import InkboxPhone, InkboxTexts
from postline.errors import APIError, ArgumentError
from postline.inkbox.exceptions import InkboxAPIError

__all__ = ["connect", "line", "message"]

NOT_OURS = "not one of this listing's"


@pytest.fixture
def phone(line: Line) -> InkboxPhone[Any]:
    return InkboxPhone(line.client, "desk")


@pytest.fixture
def texts(line: Line) -> InkboxTexts[Any]:
    return InkboxTexts(line.client, "@desk")


def test_a_call_is_translated_whole(line: Line, phone: InkboxPhone[Any]) -> None:
    """Direction, numbers, times and turns come through; a record's repr shows neither words nor numbers."""
    call_id = line.talk(("remote", "Hello", 0), ("local", "Hi", 900), ("system", "beep", 1_000))

    call = line.do(phone.get_call(call_id))

    assert (call.id, call.direction, call.number, call.other) == (call_id, "inbound", line.number, JANE)
    assert (call.status, call.hangup_reason) == ("completed", "remote")
    assert [(turn.party, turn.text, turn.start_ms) for turn in call.turns] == [
        ("caller", "Hello", 0),
        ("agent", "Hi", 900),
        ("system", "beep", 1_000),
    ]
    assert {turn.call_id for turn in call.turns} == {call_id}
    assert call.duration_seconds == (call.ended_at - call.started_at).total_seconds()
    assert abs(call.created_at - datetime.now(UTC)) < timedelta(minutes=1)
    assert "Hello" not in repr(call)
    assert JANE not in repr(call)


def test_the_number_is_known_once_it_was_looked_up(line: Line, phone: InkboxPhone[Any]) -> None:
    """It is asked for once, and a channel made of what was found knows it at once."""
    assert phone.number is None
    line.do(phone.list_calls())
    assert phone.number == line.number

    found = line._both.do(lambda: line.client.get_identity("desk"))
    assert (repr(phone), phone.handle) == ("InkboxPhone('desk')", found.agent_handle)
    assert line.channels.texts is not None
    assert line.channels.texts.number == line.number


def test_calls_are_streamed_with_their_turns(both: Any, line: Line, phone: InkboxPhone[Any]) -> None:
    """Newest first, each with its turns, from a time on; the same listing can be streamed again."""
    ids = []
    for number in range(3):
        line.control.advance(1)
        ids.append(line.talk(("remote", f"Call {number}", 0)))
    listing = phone.calls()

    for _ in range(2):
        found = both.read(line.client, listing)
        assert [each.id for each in found] == ids[::-1]
        assert [each.turns[0].text for each in found] == ["Call 2", "Call 1", "Call 0"]
    since = found[1].created_at
    assert [each.id for each in both.read(line.client, phone.calls(since=since))] == ids[:0:-1]
    assert both.read(line.client, phone.calls(since=datetime.now(UTC) + timedelta(days=1))) == []
    with pytest.raises(ArgumentError, match="time zone"):
        phone.calls(since=datetime(2026, 1, 1))  # that it is naive is the point


def test_a_text_is_translated_whole(both: Any, line: Line, texts: InkboxTexts[Any]) -> None:
    """Its kind of pictures, its state and its delivery come through."""
    line.agree(JANE)
    sent = line.do(texts.send_text(JANE, "Hi"))
    line.control.text_in(line.number, JANE, "See", media=[{"content_type": "image/png", "content": b"x"}])

    received, delivered, *_ = both.read(line.client, texts.texts())

    assert (sent.direction, sent.other, sent.text, sent.delivery_status) == ("outbound", JANE, "Hi", "queued")
    assert (delivered.id, delivered.delivery_status) == (sent.id, "delivered")
    assert (received.media_types, received.is_read, received.delivery_status) == (("image/png",), False, None)
    assert "See" not in repr(received)


def test_what_the_rules_block_stays_out(
    both: Any, line: Line, phone: InkboxPhone[Any], texts: InkboxTexts[Any]
) -> None:
    """An operator's key would see blocked calls and texts; a channel shows what the agent may see."""
    line.block(JOHN)
    blocked = line.control.ring(line.number, JOHN)
    line.write("Let me in", JOHN)
    line.write("Hello")

    conversations = line.do(texts.list_conversations()).items

    assert line.do(phone.list_calls()).items == ()
    assert both.read(line.client, phone.calls()) == []
    assert [each.text for each in line.do(texts.list_texts()).items] == ["Hello"]
    assert [each.text for each in line.do(texts.list_texts(unread_only=True)).items] == ["Hello"]
    assert [each.text for each in both.read(line.client, texts.texts())] == ["Hello"]
    assert [each.other for each in conversations] == [JANE]
    assert line.do(texts.list_conversation_texts(JOHN)).items == ()
    with pytest.raises(APIError) as caught:
        line.do(phone.get_call(blocked["id"]))
    assert caught.value.status_code == 404


def test_texts_are_marked_read(line: Line, texts: InkboxTexts[Any]) -> None:
    """All that are named; an unknown one is an error."""
    ids = tuple(line.write(f"Text {number}") for number in range(3))

    assert line.do(texts.mark_texts_read(ids[:2])) == 2
    assert [each.id for each in line.do(texts.list_texts(unread_only=True)).items] == [ids[2]]
    with pytest.raises(APIError):
        line.do(texts.mark_texts_read(("00000000-0000-4000-8000-000000000000",)))


def test_consent_is_for_keys_of_the_organization(
    both: Any, line: Line, connect: Connect, texts: InkboxTexts[Any]
) -> None:
    """What is not known is told as unknown; what the key may not ask is an error."""
    line.agree(JANE)
    agent = InkboxTexts(connect(line.control.issue_inkbox_key("desk")), "desk")

    agreed, unknown = (line.do(texts.check_consent(each)) for each in (JANE, JOHN))

    assert (agreed.status, agreed.number) == ("opted_in", JANE)
    assert agreed.since is not None
    assert unknown == Consent(number=JOHN, status="unknown")
    with pytest.raises(InkboxAPIError) as caught:
        both.run(agent.client, agent.check_consent(JANE))
    assert caught.value.status_code == 403


def test_an_identity_without_a_number_is_told_of(both: Any, line: Line) -> None:
    """Before anything is sent for it."""
    both.do(lambda: line.client.create_identity("mute"))
    phone = InkboxPhone(line.client, "mute")

    with pytest.raises(ArgumentError, match="mute has no phone number"):
        line.do(phone.place_call(JANE))
    assert phone.number is None
    with pytest.raises(ArgumentError, match="handle"):
        InkboxPhone(line.client, "")


@pytest.mark.parametrize("cursor", ["", "x", "-1", "1.5", "²", "9" * 10])
def test_a_cursor_that_is_none_is_refused(
    line: Line, phone: InkboxPhone[Any], texts: InkboxTexts[Any], cursor: str
) -> None:
    """In every listing, and a page of nothing too."""
    for work in (
        phone.list_calls(cursor=cursor),
        texts.list_texts(cursor=cursor),
        texts.list_conversations(cursor=cursor),
        texts.list_conversation_texts(JANE, cursor=cursor),
        texts.list_texts(cursor=cursor, unread_only=True),
        texts.list_texts(cursor="2026-01-01T00:00:00", unread_only=True),
    ):
        with pytest.raises(ArgumentError, match=NOT_OURS):
            line.do(work)
    for work in (phone.list_calls(limit=0), texts.list_texts(limit=0, unread_only=True)):
        with pytest.raises(ArgumentError, match="limit"):
            line.do(work)


def test_a_page_may_be_as_long_as_the_service_lists(line: Line, phone: InkboxPhone[Any]) -> None:
    """A limit above that is cut to it, and the cursor reads on."""
    line.talk()

    assert len(line.do(phone.list_calls(limit=10_000)).items) == 1


IDENTITY = {
    "id": "00000000-0000-4000-8000-000000000001", "organization_id": "o", "agent_handle": "desk", "status": "active",
    "created_at": "2026-01-01T00:00:00Z", "updated_at": "2026-01-01T00:00:00Z",
    "phone_number": {
        "id": "00000000-0000-4000-8000-000000000002", "number": "+12125550150", "type": "local", "status": "active",
        "incoming_call_action": "auto_reject", "created_at": "2026-01-01T00:00:00Z", "updated_at": "2026-01-01T00:00:00Z",
    },
}  # fmt: skip


def text(number: int, minute: int | None = None, **more: Any) -> dict[str, Any]:
    """A text as the service writes it; the higher its number, the newer."""
    hours, minutes = divmod(number if minute is None else minute, 60)
    time = f"2026-01-01T{hours:02}:{minutes:02}:00Z"
    return {
        "id": f"00000000-0000-4000-8000-{number:012}", "direction": "inbound", "local_phone_number": "+12125550150",
        "remote_phone_number": JANE, "text": f"Text {number}", "type": "sms", "is_read": False,
        "created_at": time, "updated_at": time, **more,
    }  # fmt: skip


class Service:
    """A number with texts, newest first, as the service lists them by offset."""

    def __init__(self, stored: list[dict[str, Any]]) -> None:
        self.stored = stored
        self.lists = 0
        self.arriving: list[dict[str, Any]] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if "/identities/" in request.url.path:
            return httpx.Response(200, json=IDENTITY)
        query = request.url.params
        assert int(query["limit"]) <= MOST
        found = [each for each in self.stored if query.get("is_read") != "false" or not each["is_read"]]
        start = int(query["offset"])
        self.lists += 1
        page = found[start : start + int(query["limit"])]
        self.stored[:0], self.arriving = self.arriving, []
        return httpx.Response(200, json=page)


def served(connect: Connect, service: Service) -> InkboxTexts[Any]:
    client = connect(base_url="https://inkbox.example.com", transport=httpx.MockTransport(service))
    return InkboxTexts(client, "desk")


def test_what_arrives_while_reading_is_not_told_twice(both: Any, connect: Connect) -> None:
    """New texts push the others on into the next page."""
    service = Service([text(number) for number in reversed(range(MOST + 50))])
    service.arriving = [text(number) for number in (1002, 1001, 1000)]
    texts = served(connect, service)

    found = both.read(texts.client, texts.texts())

    assert [each.text for each in found] == [f"Text {number}" for number in reversed(range(MOST + 50))]
    assert service.lists == 2


def test_reading_stops_at_its_time(both: Any, connect: Connect) -> None:
    """No page is asked for behind it."""
    service = Service([text(number) for number in reversed(range(3 * MOST))])
    texts = served(connect, service)

    found = both.read(texts.client, texts.texts(since=datetime(2026, 1, 1, 9, 50, tzinfo=UTC)))

    assert len(found) == 3 * MOST - 590
    assert service.lists == 1


@pytest.mark.parametrize("limit", [1, 2, 3, 7])
def test_unread_texts_of_one_time_are_each_told_once(both: Any, connect: Connect, limit: int) -> None:
    """However many came in the same moment, and whether or not they are marked read on the way."""
    service = Service([text(number, minute=number // 4) for number in reversed(range(12))])
    texts = served(connect, service)
    cursor, seen = None, []

    while True:
        page = both.run(texts.client, texts.list_texts(limit=limit, cursor=cursor, unread_only=True))
        seen += [each.text for each in page.items]
        for each in service.stored[::2]:
            each["is_read"] |= each["text"] in seen
        cursor = page.cursor
        if cursor is None:
            break

    assert seen == [f"Text {number}" for number in reversed(range(12))]


def test_many_unread_texts_are_sought_page_by_page(both: Any, connect: Connect) -> None:
    """Where those told already fill a page of the service, the next one is asked for."""
    service = Service([text(number) for number in reversed(range(MOST + 5))])
    texts = served(connect, service)

    first = both.run(texts.client, texts.list_texts(limit=MOST - 1, unread_only=True))
    rest = both.run(texts.client, texts.list_texts(limit=50, cursor=first.cursor, unread_only=True))

    assert [each.text for each in rest.items] == [f"Text {number}" for number in reversed(range(6))]
    assert rest.cursor is None
