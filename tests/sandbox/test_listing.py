"""Pages, orders, filters and search."""

from datetime import UTC, datetime
from typing import Any

import pytest

from postline_sandbox import Sandbox

NOON = datetime(2026, 2, 12, 12, 0, tzinfo=UTC)


@pytest.fixture
def still(sandbox: Sandbox, http: Any) -> Any:
    """An inbox whose 25 threads all have the same time."""
    inbox = http.inbox()
    date = "Thu, 12 Feb 2026 12:00:00 +0000"
    mails = [
        f"From: p{n}@one.example.net\nMessage-ID: <m{n}@x.example.net>\nDate: {date}\n\nText {n}\n" for n in range(25)
    ]
    for mail in mails:
        sandbox.control.deliver(inbox["address"], raw=mail)
    return inbox


@pytest.mark.parametrize("order", ["asc", "desc", "sideways"])
@pytest.mark.parametrize("limit", [1, 7, 25, 100])
def test_pages_of_threads_are_complete_under_equal_times(http: Any, order: str, limit: int) -> None:
    """Every thread comes exactly once, in the order of time and id, however the pages are cut."""
    with Sandbox(now=NOON) as sandbox:
        plain = type(http)(sandbox)
        with plain.client:
            inbox = plain.inbox()
            names = [f"<m{number}@x.example.net>" for number in range(25)]
            for name in names:
                sandbox.control.deliver(inbox["address"], "a@one.example.net", "S", "T", message_id=name)
            found: list[str] = []
            cursor, pages = "", 0

            while cursor is not None:
                page = plain.get("/v1/threads", inbox_id=inbox["id"], order=order, limit=limit, cursor=cursor)
                found += [one["thread_id"] for one in page["data"]]
                cursor, pages = page["next_cursor"], pages + 1
                assert page["has_more"] is (cursor is not None)

    assert found == sorted(names, reverse=order == "desc")
    assert pages == -(-25 // limit)


@pytest.mark.parametrize(
    ("limit", "count"), [("", 20), ("0", 20), ("abc", 20), ("-5", 1), ("2.9", 2), ("1000", 25), ("1e400", 20)]
)
def test_a_limit_is_never_an_error(http: Any, still: Any, limit: str, count: int) -> None:
    """Limits are read leniently and kept in their range."""
    assert len(http.get("/v1/threads", inbox_id=still["id"], limit=limit)["data"]) == count


def test_a_cursor_that_makes_no_sense_shows_the_first_page(http: Any, still: Any) -> None:
    """A broken cursor is ignored."""
    first = http.get("/v1/threads", inbox_id=still["id"])

    assert http.get("/v1/threads", inbox_id=still["id"], cursor="%%%") == first


def test_a_thread_shows_its_newest_message(http: Any, sandbox: Sandbox) -> None:
    """Subject, snippet, direction and times come from the right messages."""
    inbox = http.inbox()
    sandbox.control.deliver(inbox["address"], "a@one.example.net", "Old", "Old text", message_id="<m1@x.example.net>")
    first = http.messages("<m1@x.example.net>")[0]["created_at"]
    sandbox.control.advance(10)
    http.send(thread_id="<m1@x.example.net>", inboxId=inbox["id"], subject="New", text="n" * 300)

    (thread,) = http.get("/v1/threads", inbox_id=inbox["id"])["data"]

    assert (thread["subject"], thread["snippet"], thread["last_direction"]) == ("Re: New", "n" * 200, "outbound")
    assert (thread["message_count"], thread["first_message_at"]) == (2, first)
    assert thread["last_message_at"] > first


def test_inbox_and_domain_filter_together(http: Any, sandbox: Sandbox) -> None:
    """An inbox of another domain than the one named has no threads there."""
    domain = http.post("/v1/domains", name="own.customer.example.com")["data"]
    inbox, other = http.inbox(), http.inbox(domain_id=domain["id"])
    for address in (inbox["address"], other["address"]):
        sandbox.control.deliver(address, "a@one.example.net", "S", "T")

    def count(**filters: str) -> tuple[int, int]:
        return len(http.get("/v1/threads", **filters)["data"]), len(http.get("/v1/messages", **filters)["data"])

    assert count(inbox_id=inbox["id"], domain_id=inbox["domain_id"]) == (1, 1)
    assert count(inbox_id=inbox["id"], domain_id=domain["id"]) == (0, 0)
    assert count(domain_id=domain["id"]) == (1, 1)


def test_before_and_after_compare_instants(http: Any, sandbox: Sandbox) -> None:
    """Offsets and missing fractions do not matter, the bounds are exclusive, garbage is ignored."""
    with Sandbox(now=NOON) as frozen:
        plain = type(http)(frozen)
        with plain.client:
            inbox = plain.inbox()
            for number in range(3):
                frozen.control.deliver(inbox["address"], "a@one.example.net", str(number), "T")
                frozen.control.advance(0.5)

            def subjects(**times: str) -> list[str]:
                found = plain.get("/v1/messages", inbox_id=inbox["id"], order="asc", **times)["data"]
                return [one["metadata"]["subject"] for one in found]

            assert subjects(after="2026-02-12T12:00:00Z") == ["1", "2"]
            assert subjects(before="2026-02-12T13:00:00.500+01:00") == ["0"]
            assert subjects(after="2026-02-12T12:00:00.000Z", before="2026-02-12T12:00:01Z") == ["1"]
            assert subjects(after="yesterday") == ["0", "1", "2"]


def test_removing_an_inbox_removes_its_mail(http: Any, sandbox: Sandbox, still: Any) -> None:
    """Messages, threads, and what search finds go with the inbox."""
    answer = http.client.delete(f"/v1/domains/{still['domain_id']}/inboxes/{still['id']}")

    assert answer.json() == {"data": {"ok": True}}
    assert http.get("/v1/threads", domain_id=still["domain_id"])["data"] == []
    assert http.get("/v1/messages", domain_id=still["domain_id"])["data"] == []
    assert http.get("/v1/search/threads", q="Text", domain_id=still["domain_id"])["data"] == []


@pytest.mark.parametrize(
    ("query", "subjects"),
    [
        ("pump", ["Pump", "Both"]),
        ("PUMPS", ["Pump", "Both"]),
        ("pump gasket", ["Both"]),
        ("gask", ["Both"]),
        ("ann@one.example.net", ["Pump"]),
        ('"unbalanced OR (', []),
        ("größe", ["Both"]),
        ("nothing-of-the-kind", []),
        ("***", []),
    ],
)
def test_search_ranks_by_the_words_found(http: Any, sandbox: Sandbox, query: str, subjects: list[str]) -> None:
    """Whole words, their forms and beginnings, senders and any script are found; syntax is just text."""
    address = http.inbox()["address"]
    sandbox.control.deliver(address, "bob@two.example.net", "Both", "A gasket for the pump, in each Größe")
    sandbox.control.advance(1)
    sandbox.control.deliver(address, "Ann <ann@one.example.net>", "Pump", "It leaks")
    domain_id = http.get("/v1/inboxes")["data"][0]["domain_id"]

    found = http.get("/v1/search/threads", q=query, domain_id=domain_id)["data"]

    assert [one["subject"] for one in found] == subjects
    assert all(0 < one["score"] <= 1 for one in found)
