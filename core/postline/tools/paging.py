"""Listings for a model: as many items as fit, and a cursor that continues exactly behind the last one shown."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from dataclasses import astuple, dataclass, replace
from hashlib import sha256
from operator import attrgetter
from typing import Any, TypeVar

from postline.channels import Conversation, Hit, Page, Turn
from postline.operation import Steps
from postline.tools.call import Call
from postline.tools.entries import Entry
from postline.tools.result import Result, ToolArgumentError
from postline.tools.showing import MORE_OF_EMAIL, fit, result, room

T = TypeVar("T")

_NAMES: dict[type, Callable[[Any], Any]] = {
    Conversation: attrgetter("other"),
    Hit: attrgetter("thread_id", "message_id"),
    Turn: attrgetter("call_id", "start_ms", "party", "text"),
}
"""What tells an item from the others of its listing, where that is no id."""


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a listing goes on: in the page of a size at the service's cursor, behind the items of it that were shown."""

    size: int
    cursor: str | None = None
    shown: int = 0
    last: str = ""


def listing(
    call: Call,
    noun: str,
    fetch: Callable[[int, str | None], Steps[Page[T]]],
    describe: Callable[[T], Entry],
    *,
    limit: int,
    cursor: str | None,
    onward: str = MORE_OF_EMAIL,
) -> Steps[Result]:
    """Show a page, or as much of it as the budget allows.

    Args:
        call: A cursor is good for calls with the same arguments, `limit` aside.
        noun: What the items are, in the plural; also their name in the data.
        fetch: Gives the page of a size at a cursor of the service.
        describe: Says what to show of an item.
        limit: How many items at most.
        cursor: As a former result gave it.
        onward: What reads on where a text had to be cut.

    Raises:
        ToolArgumentError: The cursor is not one of this listing's; nothing was sent.
    """
    place = _opened(call, cursor) if cursor is not None else _Place(limit)
    page = yield from fetch(place.size, place.cursor)
    items = _unseen(page.items, place)

    def following(count: int) -> str | None:
        if count < len(items):
            shown = len(page.items) - len(items) + count
            return _sealed(call, _Place(place.size, place.cursor, shown, _mark(items[count - 1])))
        return _sealed(call, _Place(place.size, page.cursor)) if page.cursor else None

    longest = max(len(following(count) or "") for count in (1, len(items))) if items else 0
    blocks = fit(map(describe, items[:limit]), room(call, longest), onward=onward)
    where = f" {'in' if '@' in call.owner else 'on'} {call.owner}" if call.owner else ""
    data = {noun: [block.entry for block in blocks]}
    return result(
        f"{counted(len(blocks), noun)}{where}.", blocks, data, left_out=page.note, cursor=following(len(blocks))
    )


def unpaged(search: Callable[[int], Steps[Page[T]]]) -> Callable[[int, str | None], Steps[Page[T]]]:
    """Make a listing of a search that has no second page. A full page says that there may be more."""

    def best(size: int, _: str | None) -> Steps[Page[T]]:
        page = yield from search(size)
        full = len(page.items) >= size
        return replace(page, note=page.note or ("there may be more hits than the limit" if full else None))

    return best


def counted(count: int, noun: str) -> str:
    """Put a number before a noun in the plural."""
    return f"1 {noun.removesuffix('s')}" if count == 1 else f"{count or 'No'} {noun}"


def _unseen(items: Sequence[T], place: _Place) -> Sequence[T]:
    """Drop what was shown. Items may have moved since: the last one shown is searched, and if it is gone, nothing is dropped."""
    marks = [_mark(item) for item in items] if place.last else []
    if marks[place.shown - 1 : place.shown] == [place.last]:
        return items[place.shown :]
    return items[marks.index(place.last) + 1 :] if place.last in marks else items


def _mark(item: Any) -> str:
    identity = _NAMES.get(type(item), attrgetter("id"))
    return sha256(repr(identity(item)).encode()).hexdigest()[:12]


def _sealed(call: Call, place: _Place) -> str:
    content = json.dumps(astuple(place), separators=(",", ":")).encode()
    return urlsafe_b64encode(_seal(call, content) + content).decode().rstrip("=")


def _opened(call: Call, cursor: str) -> _Place:
    try:
        raw = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    except ValueError:
        raw = b""
    if cursor != urlsafe_b64encode(raw).decode().rstrip("=") or raw[:8] != _seal(call, raw[8:]):
        raise ToolArgumentError(
            "The cursor is not from this listing. Pass it unchanged, with the arguments of the call that gave it, or leave it out."
        )
    return _Place(*json.loads(raw[8:]))


def _seal(call: Call, content: bytes) -> bytes:
    """Tie a cursor to its tool, channel and arguments. It finds mistakes; it is no signature, and protects nothing."""
    return sha256(call.digest(besides={"cursor", "limit"}) + content).digest()[:8]
