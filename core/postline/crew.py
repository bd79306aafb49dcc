"""The threads of the client that waits: they make a listing's requests while its reader reads."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

from postline.traversal import Node, Traversal

T = TypeVar("T")


class Crew(Generic[T]):
    """Up to `width` threads around one traversal. `answer` makes a request, and never raises.

    A reader who is not lazy is woken once, at the end.
    """

    def __init__(
        self,
        answer: Callable[[Node[T]], BaseException | None],
        traversal: Traversal[T],
        width: int,
        lazy: bool,
    ) -> None:
        self._answer = answer
        self._traversal = traversal
        self._width = width
        self._lazy = lazy
        self._threads = 0
        self._idle = 0
        self._stopped = False
        lock = threading.Lock()
        self._work = threading.Condition(lock)
        self._news = threading.Condition(lock)

    def items(self) -> Iterator[T]:
        """Give the items as they come; threads start with the first one asked for, and end with the iterator."""
        try:
            while True:
                with self._news:
                    while not (items := self._traversal.take()):
                        if self._traversal.finished:
                            return
                        self._employ()
                        self._news.wait()
                    self._employ()
                yield from items
        finally:
            with self._work:
                self._stopped = True
                self._work.notify_all()

    def _employ(self) -> None:
        wanted = self._traversal.startable
        self._work.notify(wanted)
        for _ in range(min(wanted - self._idle, self._width - self._threads)):
            self._threads += 1
            threading.Thread(target=self._toil, name="postline", daemon=True).start()

    def _toil(self) -> None:
        with self._work:
            while not self._stopped and not self._traversal.finished:
                if node := self._traversal.start():
                    self._work.release()
                    failure = self._answer(node)
                    self._work.acquire()
                    self._traversal.finish(node, failure)
                    if self._traversal.startable > 1:
                        self._employ()
                    if self._lazy or self._traversal.finished:
                        self._news.notify()
                else:
                    self._idle += 1
                    self._work.wait()
                    self._idle -= 1
            self._work.notify_all()
