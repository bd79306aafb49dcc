"""The order in which a listing's requests start and its items come out. Decides; performs nothing.

A driver asks `start` for the next request, reports `finish`, and hands out what `take` gives. It may have several workers, on one
thread.
"""

from __future__ import annotations

from collections import deque
from typing import Any, Generic, TypeVar

from postline.operation import Fetch, Listing

T = TypeVar("T")


class Node(Generic[T]):
    """A request of a listing, and once answered what its answer added."""

    __slots__ = ("added", "failure", "fetch", "parts", "started")

    def __init__(self, fetch: Fetch[T]) -> None:
        self.fetch = fetch
        self.started = False
        self.parts: list[T | Fetch[T]] = []
        self.added: deque[T | Node[T]] | None = None
        self.failure: BaseException | None = None

    @property
    def room(self) -> int:
        """How much of a listing's room it takes: the answer of a page is longer than an item's own."""
        return 2 if self.fetch.leads else 1

    def learn(self, answer: Any) -> None:
        """Work out what the answer adds."""
        self.parts = [*self.fetch.then(answer)]


class Traversal(Generic[T]):
    """One reading of a listing.

    Requests that lead to others (pages) start as soon as fewer items' requests wait than there are workers, so that the next
    page is on its way while bodies are; what the reader waits for goes before all. Answers started but not taken are bounded, so
    that a slow reader holds little; a reader who wants everything anyway (`all_at_once`) is not held back.
    """

    def __init__(self, listing: Listing[T], *, all_at_once: bool = False) -> None:
        self._width = listing.concurrency
        # In order, a slow answer (repeated, perhaps) holds up those behind it: some rounds of others may go on meanwhile.
        self._room = float("inf") if all_at_once else self._width * (4.0 if listing.ordered else 2.0)
        self._ordered = listing.ordered
        self._pages: deque[Node[T]] = deque()
        self._leaves: deque[Node[T]] = deque()
        self._running = 0
        self._awaited: Node[T] | None = None
        self._failure: BaseException | None = None
        # Where the reader stands in the tree: the innermost unread part last.
        self._open: list[deque[T | Node[T]]] = [deque(self._queued(fetch) for fetch in listing.start())]

    def start(self) -> Node[T] | None:
        """Return the next request to make; `None` when there is none, or too many answers wait to be taken."""
        if not self.startable:
            return None
        node = self._awaited or (self._pages if self._page_is_next else self._leaves)[0]
        self._queue(node.fetch).remove(node)
        node.started, self._awaited = True, None
        self._running += 1
        self._room -= node.room
        return node

    def finish(self, node: Node[T], failure: BaseException | None = None) -> None:
        """Note that a request was answered and its answer learned, or failed: after a failure nothing new starts."""
        self._running -= 1
        if failure is None:
            parts = [self._queued(each) if isinstance(each, Fetch) else each for each in node.parts]
            node.added = deque(parts if self._ordered else (each for each in parts if not isinstance(each, Node)))
        else:
            node.failure = self._failure = failure
        if not self._ordered:
            self._open.append(deque([node]))

    def take(self) -> list[T]:
        """Return the items that come next and are there; raise a request's failure when its turn comes, or would never come."""
        self._awaited = None
        while self._open:
            part = self._open[-1]
            items: list[Any] = []
            while part and not isinstance(part[0], Node):
                items.append(part.popleft())
            if items:
                return items
            node = part[0] if part else None
            if isinstance(node, Node) and node.failure:
                raise node.failure
            if isinstance(node, Node) and node.added is not None:
                part.popleft()
                self._room += node.room
                self._open.append(node.added)
            elif isinstance(node, Node) and self._ordered:
                self._awaited = None if node.started else node
                break
            else:
                self._open.pop()
        if self._failure and not self._running:
            raise self._failure
        return []

    @property
    def startable(self) -> int:
        """How many requests could start now."""
        if self._failure:
            return 0
        room = max(self._room, 2) if self._awaited else self._room
        waiting = len(self._pages) + len(self._leaves)
        return max(0, int(min(waiting, self._width - self._running, room / 2 if self._pages else room)))

    @property
    def finished(self) -> bool:
        """Whether nothing runs and nothing is left to start."""
        return not self._running and (self._failure is not None or not (self._pages or self._leaves))

    @property
    def _page_is_next(self) -> bool:
        return bool(self._pages) and len(self._leaves) < self._width

    def _queued(self, fetch: Fetch[T]) -> Node[T]:
        node = Node(fetch)
        self._queue(fetch).append(node)
        return node

    def _queue(self, fetch: Fetch[T]) -> deque[Node[T]]:
        return self._pages if fetch.leads else self._leaves
