"""Every message of an inbox, exactly once, faster than page after page.

The service lists by time, newest first, without a cursor, and a bound is exclusive: paging by the last message's time loses what
shares that millisecond with it. So a full page keeps only what is surely whole, everything later than its last millisecond, and
the rest of its window is asked for again including that millisecond. How dense the page was tells into how many windows to cut
the rest, which are then read side by side. That costs about a tenth more requests than pages in a row and a fraction of the time.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta

from postline.commune.resources import Messages, Order
from postline.commune.types import Message
from postline.errors import IncompleteWarning, ReplyError
from postline.operation import Fetch, Gather, Listing, Steps, Work

PAGE = 50
WIDTH = 13  # measured: narrower waits for the network; wider, or with larger pages, takes over 25 MB
MOST = 1000  # what the service lists at once
MOST_WINDOWS = 24  # at once: a guess from one page; each window guesses anew
TICK = timedelta(milliseconds=1)  # what the service's times are exact to


def scan(inbox_id: str, after: datetime | None, before: datetime | None) -> Listing[Message]:
    """Describe all messages of an inbox between two exclusive times, in no particular order.

    More than 1,000 messages within one millisecond cannot all be reached; then an `IncompleteWarning` says so.
    The times are whole milliseconds (see `whole`).
    """

    def page(lo: datetime, hi: datetime | None, limit: int = PAGE) -> Fetch[Message]:
        return Fetch(_list(inbox_id, limit, lo, hi), lambda answer: split(answer, lo, hi, limit))

    def split(
        found: list[Message], lo: datetime, hi: datetime | None, limit: int
    ) -> Iterable[Message | Fetch[Message]]:
        if len(found) < limit:
            return found
        last, first = instant(found[-1]), instant(found[0])
        if last == first:
            return instant_only(found, lo, last, limit)
        whole = [message for message in found if instant(message) > last]
        density = len(found) / ((hi or first) - last).total_seconds() if (hi or first) > last else 0.0
        return [*whole, *(page(*window) for window in _windows(lo, last + TICK, density))]

    def instant_only(
        found: list[Message], lo: datetime, moment: datetime, limit: int
    ) -> Iterable[Message | Fetch[Message]]:
        if limit < MOST:
            return [page(moment - TICK, moment + TICK, MOST), page(lo, moment)]
        text = f"{MOST} or more messages of {stamp(moment)}: the service lists no more of one millisecond, the others are missing"
        warnings.warn(text, IncompleteWarning, stacklevel=2)
        return found

    def start(ends: list[list[Message]]) -> Iterable[Message | Fetch[Message]]:
        newest, oldest = ends
        if len(newest) < PAGE or not oldest:
            return newest
        return split(newest, after or instant(oldest[0]) - TICK, before, PAGE)

    def both_ends() -> Steps[list[list[Message]]]:
        newest, oldest = _list(inbox_id, PAGE, after, before), _list(inbox_id, 1, after, before, "asc")
        return iter(Gather([newest, oldest], 2))

    return Listing(lambda: [Fetch(both_ends(), start)], WIDTH, ordered=False)


def _list(
    inbox_id: str, limit: int, lo: datetime | None, hi: datetime | None, order: Order = "desc"
) -> Work[list[Message]]:
    after, before = (stamp(each) if each else None for each in (lo, hi))
    return Messages.list(inbox_id=inbox_id, limit=limit, order=order, after=after, before=before)


def _windows(lo: datetime, hi: datetime, density: float) -> Iterator[tuple[datetime, datetime]]:
    """Cut an open span into windows of a little less than a page each; they overlap nowhere and leave nothing out."""
    expected = density * (hi - lo).total_seconds()
    count = max(1, min(round(expected / PAGE * 1.1), MOST_WINDOWS, int((hi - lo) / TICK) // 2))
    edges = [_floor(lo + (hi - lo) * i / count) for i in range(count)] + [hi]
    edges[0] = lo
    for start, end in zip(reversed(edges[:-1]), reversed(edges[1:]), strict=True):
        # Both bounds are exclusive: the millisecond at an inner edge belongs to the window above it.
        yield (start if start == lo else start - TICK), end


def instant(message: Message) -> datetime:
    """Return a message's time in whole milliseconds, as the service compares it."""
    for text in (message.created_at, message.metadata.created_at):
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            continue
        return _floor(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
    raise ReplyError(f"message {message.message_id} has no time that can be read")


def stamp(moment: datetime) -> str:
    """Write a time as the service stores it; it compares them as text."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def whole(moment: datetime) -> datetime:
    """Return the first whole millisecond that is not before `moment`: comparing with it comes out the same."""
    floor = _floor(moment)
    return floor if floor == moment else floor + TICK


def _floor(moment: datetime) -> datetime:
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)
