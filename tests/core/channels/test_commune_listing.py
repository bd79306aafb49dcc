"""Reading an inbox of Commune: every message, exactly once, however their times lie."""

from __future__ import annotations

import json
import warnings
from collections import Counter
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from postline.channels import commune as channel
from postline.channels.commune import CommuneMail
from postline.commune import CommuneClient, _scan
from postline.errors import ArgumentError, IncompleteWarning, ReplyError

START = datetime(2026, 1, 1, tzinfo=UTC)
PAGE, MOST = 5, 12


def iso(moment):
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Mailbox:
    """A server with messages at given milliseconds; it lists them as Commune does, up to `MOST` at once."""

    def __init__(self, offsets, most=MOST):
        self.most, self.requests = most, 0
        self.times = {f"m{number}": START + timedelta(milliseconds=offset) for number, offset in enumerate(offsets)}
        self.newest_first = sorted(self.times, key=lambda name: (self.times[name], name), reverse=True)

    def __call__(self, request):
        self.requests += 1
        query = request.url.params
        found = [
            name
            for name in self.newest_first
            if ("after" not in query or iso(self.times[name]) > query["after"])
            and ("before" not in query or iso(self.times[name]) < query["before"])
        ]
        if query["order"] == "asc":
            found.reverse()
        return httpx.Response(
            200, json={"data": [self.message(name) for name in found[: min(int(query["limit"]), self.most)]]}
        )

    def message(self, name):
        number, time = int(name[1:]), iso(self.times[name])
        sender = f"Person {number % 3} <p{number % 3}@shop.example.net>"
        return {
            "message_id": name, "thread_id": f"t{number % 4}", "direction": ("inbound", "outbound")[number % 2], "created_at": time,
            "participants": [{"role": "sender", "identity": sender}], "content": f"Text {number}",
            "metadata": {"created_at": time, "inbox_id": "i1"},
        }  # fmt: skip

    def within(self, since, until):
        """Name the messages from `since` on and before `until`."""
        return {
            name for name, time in self.times.items() if (not since or since <= time) and (not until or time < until)
        }


@pytest.fixture(autouse=True)
def _short_pages(monkeypatch):
    """Make pages short, so that few messages take many of them."""
    monkeypatch.setattr(_scan, "PAGE", PAGE)
    monkeypatch.setattr(_scan, "MOST", MOST)
    monkeypatch.setattr(channel, "MOST", MOST)


def opened(both, mailbox):
    return CommuneMail(both.client(mailbox), "i1")


def names(messages):
    return [message.message_id for message in messages]


def pages(both, mail, **arguments):
    """Read page after page, to the end."""
    found, cursor = [], None
    while True:
        found.append(both.run(mail.client, mail.list_messages(cursor=cursor, **arguments)))
        cursor = found[-1].cursor
        if cursor is None:
            return found


# Messages close together, far apart, and at the same moment; fewer at one moment than the service lists at once.
offsets = st.lists(st.integers(0, 12) | st.integers(0, 5000) | st.integers(0, 10**9), max_size=60).filter(
    lambda times: max(Counter(times).values(), default=0) < MOST
)
moments = st.none() | st.builds(
    lambda milliseconds, microseconds: START + timedelta(milliseconds=milliseconds, microseconds=microseconds),
    st.integers(-2, 15) | st.integers(0, 10**9),
    st.sampled_from([0, 1, 500, 999]),
)


@given(offsets, moments, moments)
def test_a_scan_gives_each_message_once(both, times, since, until):
    """From `since` on and before `until`, to the microsecond, whatever messages share a moment."""
    mailbox = Mailbox(times)
    mail = opened(both, mailbox)

    found = names(both.read(mail.client, mail.messages(since=since, until=until)))

    assert sorted(found) == sorted(mailbox.within(since, until))


@given(offsets)
def test_a_scan_costs_about_a_request_for_each_page(both, times):
    """Windows guessed badly cost more, within a bound."""
    mailbox = Mailbox(times)
    mail = opened(both, mailbox)

    both.read(mail.client, mail.messages())

    assert mailbox.requests <= 4 + 3 * len(times)


@pytest.mark.parametrize("count", [MOST - 1, MOST, MOST + 1, 3 * MOST])
def test_messages_beyond_reach_are_warned_of(both, count):
    """What the service cannot list of one millisecond is missing and said to be; everything else is there."""
    mailbox = Mailbox([7] * count + list(range(0, 30, 2)))
    mail = opened(both, mailbox)

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        found = names(both.read(mail.client, mail.messages()))

    assert len(found) == len(set(found)) == min(count, MOST) + 15
    assert [each.category for each in caught] == [IncompleteWarning] * (count >= MOST)
    assert all("2026-01-01T00:00:00.007Z" in str(each.message) for each in caught)


@given(offsets, moments, moments, st.integers(1, 2 * MOST))
def test_pages_give_each_message_once_newest_first(both, times, since, until, limit):
    """Cursors lose and double nothing, also where a page ends among messages of one moment."""
    mailbox = Mailbox(times)
    mail = opened(both, mailbox)

    read = pages(both, mail, limit=limit, since=since, until=until)

    items = [message for page in read for message in page.items]
    assert sorted(names(items)) == sorted(mailbox.within(since, until))
    assert [item.created_at for item in items] == sorted((item.created_at for item in items), reverse=True)
    assert all(len(page.items) <= limit for page in read)
    assert all(page.note is None for page in read)


@given(offsets, st.integers(1, 7), st.none() | st.sampled_from(["inbound", "outbound"]), st.none() | st.integers(0, 3))
def test_filters_choose_without_losing(both, times, limit, direction, person):
    """Direction and sender (whatever the case) leave out the others only."""
    mailbox = Mailbox(times)
    mail = opened(both, mailbox)
    sender = None if person is None else f"P{person}@Shop.example.net"

    read = pages(both, mail, limit=limit, direction=direction, sender=sender)

    wanted = {
        name
        for name in mailbox.times
        if direction in (None, ("inbound", "outbound")[int(name[1:]) % 2]) and person in (None, int(name[1:]) % 3)
    }
    assert sorted(names(message for page in read for message in page.items)) == sorted(wanted)
    assert all(len(page.items) <= limit for page in read)


@pytest.mark.parametrize("count", [MOST, MOST + 1, 3 * MOST])
@pytest.mark.parametrize("direction", [None, "inbound"])
def test_pages_go_on_below_what_cannot_be_listed(both, count, direction):
    """More messages at one millisecond than the service lists are noted, and older ones follow."""
    mailbox = Mailbox([7] * count + list(range(0, 30, 2)))
    mail = opened(both, mailbox)

    read = pages(both, mail, limit=4, direction=direction)

    found = names(message for page in read for message in page.items)
    assert len(found) == len(set(found))
    older = {name for name, time in mailbox.times.items() if time != START + timedelta(milliseconds=7)}
    assert {name for name in older if direction is None or int(name[1:]) % 2 == 0} <= set(found)
    assert [page.note for page in read if page.note] == [
        f"{MOST} or more messages of 2026-01-01T00:00:00.007Z: Commune lists no more of one millisecond"
    ]


def test_a_large_mailbox_is_read_in_full(both, monkeypatch):
    """With the real sizes: thousands of messages, many of one moment, in about a request for a hundred."""
    monkeypatch.undo()
    times = (
        [137 * (number // 3) for number in range(1500)]
        + [40_000] * 350
        + [10**7 + number * 10_000 for number in range(400)]
    )
    mailbox = Mailbox(times, most=1000)
    mail = opened(both, mailbox)

    found = names(both.read(mail.client, mail.messages()))

    assert sorted(found) == sorted(mailbox.times)
    assert mailbox.requests <= 2.5 * len(times) / 50


@pytest.mark.parametrize("cursor", ["", "x", "1.5e3", "-", "9" * 15, "1.abc"])
def test_a_cursor_of_something_else_is_refused(both, cursor):
    """Nothing is asked with it."""
    mailbox = Mailbox([1])
    mail = opened(both, mailbox)

    with pytest.raises(ArgumentError, match="cursor"):
        both.run(mail.client, mail.list_messages(cursor=cursor))

    assert mailbox.requests == 0


@pytest.mark.parametrize("bound", ["since", "until"])
def test_a_time_without_a_zone_is_refused(both, bound):
    """It could mean any of many moments."""
    mailbox = Mailbox([1])
    mail = opened(both, mailbox)
    naive = {bound: datetime(2026, 1, 1)}  # the point

    with pytest.raises(ArgumentError, match="time zone"):
        both.run(mail.client, mail.list_messages(**naive))
    with pytest.raises(ArgumentError, match="time zone"):
        both.read(mail.client, mail.messages(**naive))

    assert mailbox.requests == 0


def with_times(created_at, other):
    data = Mailbox([0]).message("m0")
    data["created_at"], data["metadata"]["created_at"] = created_at, other
    return CommuneClient(
        "key", transport=httpx.MockTransport(lambda _: httpx.Response(200, content=json.dumps({"data": [data]})))
    )


@pytest.mark.parametrize(
    ("created_at", "other", "moment"),
    [
        ("2026-01-01T00:00:00.123Z", "x", START + timedelta(milliseconds=123)),
        ("2026-01-01T01:00:00.123456+01:00", "x", START + timedelta(milliseconds=123)),
        ("2026-01-01T00:00:00", "x", START),
        ("", "2026-01-01T00:00:00.5Z", START + timedelta(milliseconds=500)),
        ("Thu, 1 Jan 2026", "2026-01-01T00:00:00Z", START),
    ],
)
def test_times_are_read_in_the_forms_that_are_seen(created_at, other, moment):
    """With any offset, without one as UTC, else from the metadata; in whole milliseconds."""
    with with_times(created_at, other) as client:
        page = client.run(CommuneMail(client, "i1").list_messages())

    assert page.items[0].created_at == moment


def test_a_message_without_a_time_is_no_message():
    """It can stand nowhere in a listing by time."""
    with with_times("soon", "later") as client, pytest.raises(ReplyError, match="no time"):
        client.run(CommuneMail(client, "i1").list_messages())
