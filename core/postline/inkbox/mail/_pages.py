"""Reading a mailbox page after page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from postline.errors import ReplyError
from postline.inkbox.mail.types import Page
from postline.operation import Listing, Operation

T = TypeVar("T")


def page(where: str, kind: type[T], query: Mapping[str, Any], cursor: str | None = None) -> Operation[Page[T]]:
    """Fetch one page; the filters are sent with each."""
    limit, *filters = query.items()
    return Operation("GET", where, Page[kind], dict([limit, ("cursor", cursor), *filters]))  # type: ignore[valid-type]


def pages(where: str, kind: type[T], query: dict[str, Any], keep: Callable[[T], bool] = lambda _: True) -> Listing[T]:
    """Describe everything that a cursor leads to."""

    def following(answer: Page[T]) -> Operation[Page[T]] | None:
        if not answer.has_more:
            return None
        if answer.next_cursor is None:
            raise ReplyError(f"GET {where}: there is more, but no cursor that leads to it")
        return page(where, kind, query, answer.next_cursor)

    return Listing.paged(
        page(where, kind, query), lambda answer: [item for item in answer.items if keep(item)], following
    )
