"""Listings that exceed a page or a budget: nothing is lost, nothing comes twice, and a cursor is good for its own listing only."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.core.tools.memory_mail import START, MemoryMail, Run, message

from postline.channels import Attachment, Page, Thread
from postline.errors import ArgumentError
from postline.operation import Steps
from postline.tools import Result, ToolArgumentError, Toolbox


def read_all(toolbox: Toolbox, name: str, **arguments: Any) -> list[Result]:
    results = [toolbox.call(name, arguments)]
    while results[-1].cursor:
        results.append(toolbox.call(name, {**arguments, "cursor": results[-1].cursor}))
        assert len(results) < 500
    return results


def ids(*results: Result) -> list[str]:
    return [entry["untrusted"]["id"] for each in results for entry in each.data["emails"]]


def test_a_cursor_reads_on(run: Run, mail: MemoryMail) -> None:
    """The second page begins where the first ended, and the last says that it is the last."""
    toolbox = Toolbox(mail)

    first = run(toolbox, "list_emails", limit=20)
    second = run(toolbox, "list_emails", limit=20, cursor=first.cursor)

    assert ids(first, second) == [f"m{number}" for number in reversed(range(30))]
    assert (first.complete, second.complete) == (False, True)
    assert f'cursor="{first.cursor}"' in first.text
    assert "cursor" not in second.text


@settings(max_examples=40, deadline=None)
@given(
    sizes=st.lists(st.integers(0, 6_000), max_size=25),
    limit=st.integers(1, 12),
    budget=st.integers(4_000, 9_000),
)
def test_reading_on_gives_everything_once(sizes: list[int], limit: int, budget: int) -> None:
    """However large the emails and small the pages and the budget, following the cursors gives each email once, in order."""
    mail = MemoryMail(message(n, thread_id="t", text="x " * (size // 2)) for n, size in enumerate(sizes))
    toolbox = Toolbox(mail, budget_chars=budget)

    results = read_all(toolbox, "read_thread", thread_id="t", limit=limit)

    assert ids(*results) == [f"m{number}" for number in range(len(sizes))]
    assert all(len(each.text) <= budget for each in results)
    assert results[-1].cursor is None


@settings(max_examples=30, deadline=None)
@given(first=st.integers(1, 9), second=st.integers(1, 9), budget=st.integers(4_000, 6_000))
def test_a_limit_may_change_on_the_way(first: int, second: int, budget: int) -> None:
    """A cursor goes with another limit too, and still nothing is lost or doubled."""
    toolbox = Toolbox(MemoryMail(message(n, snippet="long " * 40) for n in range(20)), budget_chars=budget)
    results = [toolbox.call("list_emails", {"limit": first})]
    while results[-1].cursor:
        results.append(toolbox.call("list_emails", {"limit": second, "cursor": results[-1].cursor}))

    assert ids(*results) == [f"m{number}" for number in reversed(range(20))]
    assert all(len(ids(each)) <= second for each in results[1:])


def test_a_page_that_does_not_fit_goes_on_behind_what_was_shown_though_mail_arrives(run: Run) -> None:
    """New mail between two calls moves the page, but not the place where reading goes on."""
    mail = MemoryMail(message(n, subject="s" * 900) for n in range(10))
    toolbox = Toolbox(mail, budget_chars=4_000)
    first = run(toolbox, "list_emails", limit=10)
    mail.all.append(message(50))

    second = run(toolbox, "list_emails", limit=10, cursor=first.cursor)

    assert 0 < len(ids(first)) < 10
    assert ids(second)[0] == f"m{9 - len(ids(first))}"


def test_a_page_whose_last_item_is_gone_is_shown_again(run: Run) -> None:
    """Where the place to go on was deleted, emails may come twice, but none is lost."""
    mail = MemoryMail(message(n, subject="s" * 900) for n in range(10))
    toolbox = Toolbox(mail, budget_chars=4_000)
    first = run(toolbox, "list_emails", limit=10)
    mail.all = [each for each in mail.all if each.id != ids(first)[-1]]

    second = run(toolbox, "list_emails", limit=10, cursor=first.cursor)

    assert set(ids(first, *[second])) >= {"m9"}
    assert ids(second)[0] == "m9"


def test_an_email_too_long_for_a_result_is_cut_and_can_be_read_on(run: Run) -> None:
    """What a thread cannot show whole, read_email gives from the offset named, to the last character."""
    text = "word " * 4_000
    toolbox = Toolbox(MemoryMail([message(1, text=text), message(4)]), budget_chars=5_000)

    shown = run(toolbox, "read_thread", thread_id="t1")
    part = shown.data["emails"][0]["text_part"]
    pieces = [shown.data["emails"][0]["untrusted"]["text"]]
    while part["to"] < part["of"]:
        piece = run(toolbox, "read_email", message_id="m1", offset=part["to"])
        part = piece.data["email"]["text_part"]
        pieces.append(piece.data["email"]["untrusted"]["text"])
        assert piece.complete == (part["to"] == part["of"])

    assert "".join(pieces) == text.strip()
    assert shown.left_out
    assert "read_email" in shown.left_out
    assert shown.left_out in shown.text
    assert not shown.complete


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("list_threads", {}),
        ("list_emails", {"direction": "inbound"}),
        ("list_emails", {"since": "2026-01-01T00:00:00Z"}),
        ("read_thread", {"thread_id": "t1"}),
    ],
)
def test_a_cursor_of_another_listing_is_refused(mail: MemoryMail, name: str, arguments: dict[str, Any]) -> None:
    """A cursor given to another tool, or with other arguments, is an error before anything is sent."""
    toolbox = Toolbox(mail)
    cursor = toolbox.call("list_emails", {"limit": 5}).cursor
    mail.requests.clear()

    with pytest.raises(ToolArgumentError, match="not from this listing") as caught:
        toolbox.call(name, {**arguments, "cursor": cursor})

    assert isinstance(caught.value, ArgumentError)
    assert mail.requests == []


def test_a_cursor_of_another_inbox_is_refused(mail: MemoryMail) -> None:
    """A cursor is good for the inbox that gave it."""
    other = MemoryMail(mail.all)
    other.inbox = "other@desk.example.com"
    cursor = Toolbox(mail).call("list_emails", {"limit": 5}).cursor

    with pytest.raises(ToolArgumentError, match="not from this listing"):
        Toolbox(other).call("list_emails", {"limit": 5, "cursor": cursor})


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_mangled_cursor_is_refused(data: st.DataObject) -> None:
    """Whatever is changed in a cursor, or made up, is refused before anything is sent."""
    mail = MemoryMail(message(number) for number in range(9))
    toolbox = Toolbox(mail)
    cursor = toolbox.call("list_emails", {"limit": 5}).cursor or ""
    position = data.draw(st.integers(0, len(cursor) - 1))
    mangled = data.draw(
        st.one_of(
            st.text(max_size=30).filter(str.strip),
            st.text("abcXYZ019-_=", min_size=1, max_size=3).map(
                lambda s: cursor[:position] + s + cursor[position + 1 :]
            ),
            st.just(cursor[:position] or "x"),
            st.just(cursor + "="),
        ).filter(lambda each: each != cursor)
    )
    mail.requests.clear()

    with pytest.raises(ToolArgumentError):
        toolbox.call("list_emails", {"limit": 5, "cursor": mangled})

    assert mail.requests == []


def test_what_a_service_cannot_list_is_said(run: Run, mail: MemoryMail) -> None:
    """A page that its service knows to be incomplete does not look complete."""

    class Partial(MemoryMail):
        def list_threads(self, *, limit: int = 20, cursor: str | None = None) -> Steps[Page[Thread]]:
            page = yield from super().list_threads(limit=limit, cursor=cursor)
            return replace(page, note="older threads cannot be listed")

    result = run(Toolbox(Partial(mail.all)), "list_threads")

    assert result.left_out == "Older threads cannot be listed."
    assert not result.complete


def test_an_empty_listing_says_so(run: Run) -> None:
    """Nothing to list is a complete result without a fence."""
    result = run(Toolbox(MemoryMail()), "list_emails")

    assert result.text == "No emails in desk@desk.example.com."
    assert result.complete
    assert result.data == {"emails": []}


def test_facts_beyond_the_budget_are_counted(run: Run) -> None:
    """An email with more attachments than fit says how many lines are missing from the text."""
    files = tuple(Attachment(id=f"a{n}", filename="x" * 200, media_type="image/png") for n in range(100))
    toolbox = Toolbox(MemoryMail([message(1, attachments=files)]), budget_chars=5_000)

    result = run(toolbox, "read_email", message_id="m1")

    assert len(result.text) <= 5_000
    assert result.left_out
    assert "lines of facts did not fit" in result.left_out
    assert len(result.data["email"]["untrusted"]["attachments"]) == 100
    assert START.isoformat()[:10] in str(result.data["email"]["date"])
