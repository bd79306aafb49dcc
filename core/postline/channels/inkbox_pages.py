"""Pages of what Inkbox lists by offset, and of its unread texts, which reading on must not skip once some were marked read."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TypeVar, cast
from uuid import UUID

from postline.channels.base import check_limit
from postline.channels.records import Page
from postline.errors import ArgumentError
from postline.inkbox.phone.types import PhoneCall, TextMessage
from postline.operation import Listing, Operation, Steps, Work

T = TypeVar("T")
U = TypeVar("U")
Dated = TypeVar("Dated", PhoneCall, TextMessage)

MOST = 200  # that the service lists at once
_OFFSET = re.compile(r"[0-9]{1,9}")
_NOT_OURS = "that cursor is not one of this listing's: give back the cursor as it came"


def place(limit: int, cursor: str | None) -> tuple[int, int]:
    """Return how many items a page can have, one more being asked for, and where it begins.

    Raises:
        ArgumentError: The limit is below 1, or the cursor is not a number of items.
    """
    check_limit(limit)
    if cursor is not None and not _OFFSET.fullmatch(cursor):
        raise ArgumentError(_NOT_OURS)
    return min(limit, MOST - 1), int(cursor or 0)


def page(found: list[T], size: int, start: int, convert: Callable[[T], U]) -> Page[U]:
    """Make a page of a list that was asked for one item more than fits."""
    return Page(tuple(map(convert, found[:size])), str(start + size) if len(found) > size else None)


def everything(fetch: Callable[[int], Work[list[Dated]]], since: datetime | None) -> Listing[Dated]:
    """Describe all that a list by offset holds. What arrives meanwhile moves items on: those are not told twice."""
    seen: set[UUID] = set()
    start = 0

    def items(found: list[Dated]) -> Iterable[Dated]:
        fresh = [each for each in found if each.id not in seen]
        seen.update(each.id for each in fresh)
        return [each for each in fresh if since is None or each.created_at >= since]

    def following(found: list[Dated]) -> Operation[list[Dated]] | None:
        nonlocal start
        start += len(found)
        ended = len(found) < MOST or (since is not None and found[-1].created_at < since)
        return None if ended else cast("Operation[list[Dated]]", fetch(start))

    return Listing.paged(cast("Operation[list[Dated]]", fetch(0)), items, following)


def unread(fetch: Callable[[int], Work[list[TextMessage]]], limit: int, cursor: str | None) -> Steps[Page[TextMessage]]:
    """Take the next unread texts by time and not by place: one that was marked read meanwhile no longer has a place.

    Args:
        fetch: Lists up to `MOST` unread texts from an offset on, newest first.
        limit: How many to take at most.
        cursor: The time of the last one taken, and the ids of those of that time that were.
    """
    check_limit(limit)
    before, shown = _moment(cursor)
    older: list[TextMessage] = []
    start, is_last = 0, False
    while len(older) <= limit and not is_last:
        found = yield from fetch(start)
        older += [each for each in found if not before or (each.created_at <= before and str(each.id) not in shown)]
        start, is_last = start + len(found), len(found) < MOST
    taken = older[:limit]
    if len(older) <= limit:
        return Page(tuple(taken))
    last = taken[-1].created_at
    alike = {str(each.id) for each in taken if each.created_at == last} | (shown if last == before else set())
    return Page(tuple(taken), "/".join([last.isoformat(), *sorted(alike)]))


def _moment(cursor: str | None) -> tuple[datetime | None, set[str]]:
    if cursor is None:
        return None, set()
    time, *shown = cursor.split("/")
    try:
        before = datetime.fromisoformat(time)
    except ValueError as error:
        raise ArgumentError(_NOT_OURS) from error
    if before.tzinfo is None:
        raise ArgumentError(_NOT_OURS)
    return before, set(shown)
