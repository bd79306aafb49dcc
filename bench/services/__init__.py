"""The services as the latency server plays them: prepared bytes, and which path is answered with which. No sockets."""

from collections.abc import Callable, Mapping
from typing import Protocol

Query = dict[str, str]
Answer = tuple[int, bytes]
Route = Callable[[list[str], Query], Answer]
"""Given the parts of a path and its query."""


class Service(Protocol):
    """What a service has: answers by path (`*` stands for any part), and what everything read must add up to."""

    @property
    def routes(self) -> Mapping[str, Route]: ...

    def sums(self, of: str, /) -> list[int]: ...


def limit_of(query: Query, default: int, top: int) -> int:
    """The page size: never an error, always within bounds."""
    try:
        limit = int(query.get("limit", default)) or default
    except ValueError:
        return default
    return min(max(limit, 1), top)
