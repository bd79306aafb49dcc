"""How fast a service lets itself be read, learned from its refusals (429). Decides; neither sleeps nor sends.

Waiting and repeating alone keeps running into a limit: of a thousand reads, some hundreds are refused. A refusal now and then
changes nothing here. When several come among few answers, requests are spaced out. A limit is then measured from one refusal to a
later one: at both moments everything allowed was used up, so what was answered between them is just what is allowed. Between
refusals the pace slowly rises, since a limit can, too.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from itertools import pairwise
from math import exp

_LOOKED_AT = 32  # answers
_TOO_MANY = 3  # refusals among them
_ENOUGH = 8  # accepted answers to measure a limit by
_MOST = 400  # after as many a measurement starts anew
_CAUTION = 0.25  # of the speed at which the limit was met, which what had been saved up made seem higher than it is
_IDLE_SECONDS = 1.0  # a longer time without a request, and without a refusal before it, says nothing of a limit
_LEAST = 1.0  # a second: below that, the calls' own waits do
_LONGEST_SECONDS = 10.0  # of a pause after refusals
_RISE, _FIRST_RISE = (
    600,
    25,
)  # accepted answers after which the pace is e times as high, once it was measured and before


class Pace:
    """The pace of one client's reads. Safe to share between threads.

    Args:
        clock: Seconds that only go forward.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock = clock
        self._lock = threading.Lock()
        self._latest: deque[tuple[float, bool]] = deque(maxlen=_LOOKED_AT)
        self._per_second = 0.0
        """What is allowed, as far as that is known; 0 while no limit was met."""
        self._measured = False
        self._next_at = self._measured_from = self._changed_at = 0.0
        self._accepted = self._unrefused = self._refused_in_a_row = 0

    def wait(self) -> float:
        """Give the next request its turn; return the seconds until then."""
        if not self._per_second:
            return 0.0
        with self._lock:
            now = self.clock()
            turn = max(now, self._next_at)
            idle = now - self._next_at
            if idle > _IDLE_SECONDS and not self._refused_in_a_row:
                self._measured_from = min(now, self._measured_from + idle)
            risen = exp(min(self._unrefused / (_RISE if self._measured else _FIRST_RISE), 2.5) ** 2)
            self._next_at = turn + 1 / (self._per_second * risen)
            return turn - now

    def note(self, sent_at: float, *, refused: bool) -> None:
        """Learn from an answer to a request that was sent at that time."""
        now = self.clock()
        if not self._per_second:
            self._latest.append((now, refused))
            if not refused:
                return
        with self._lock:
            if not self._per_second:
                self._begin(now)
            elif refused:
                self._adapt(now, sent_at)
            else:
                self._accepted += 1
                self._unrefused += 1
                self._refused_in_a_row = 0

    def _begin(self, now: float) -> None:
        latest = [*self._latest]
        accepted = sum(not refused for _, refused in latest)
        if len(latest) - accepted >= _TOO_MANY and accepted >= _ENOUGH:
            busy = sum(min(after - before, _IDLE_SECONDS) for (before, _), (after, _) in pairwise(latest))
            self._per_second = max(_CAUTION * accepted / max(busy, 0.02), _LEAST)
            self._measured_from = self._changed_at = self._next_at = now

    def _adapt(self, now: float, sent_at: float) -> None:
        self._refused_in_a_row += 1
        if self._refused_in_a_row > 1:  # all is used up for a while
            pause = min(self._refused_in_a_row / self._per_second, _LONGEST_SECONDS)
            self._next_at = max(self._next_at, now + pause)
        if self._accepted >= _ENOUGH:
            self._per_second = max(self._accepted / max(now - self._measured_from, 0.001), _LEAST)
            self._measured = True
            if self._accepted >= _MOST:
                self._accepted, self._measured_from = 0, now
        if sent_at >= self._changed_at:  # else it says nothing of the present pace
            self._unrefused, self._changed_at = 0, now
