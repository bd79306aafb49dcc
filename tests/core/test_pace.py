"""The pace of reads under limits that a service keeps to itself, played against models of such services."""

from __future__ import annotations

import heapq
import random
from collections.abc import Callable, Iterator
from itertools import count

import pytest

from postline.config import Settings
from postline.operation import Operation, Sleep
from postline.pace import Pace
from postline.request import Reply
from postline.wire import Wire

Service = Callable[[float], bool]
"""Whether a request that arrives at that time is let through."""


def bucket(per_second: float, saved_up: float) -> Service:
    """Lets through what has trickled in, and at first what was saved up."""
    left, before = saved_up, 0.0

    def allows(now: float) -> bool:
        nonlocal left, before
        left, before = min(saved_up, left + (now - before) * per_second), now
        if left < 1:
            return False
        left -= 1
        return True

    return allows


def window(per_second: int) -> Service:
    """Lets through so many in each second of the clock."""
    used: dict[int, int] = {}

    def allows(now: float) -> bool:
        used[int(now)] = used.get(int(now), 0) + 1
        return used[int(now)] <= per_second

    return allows


def every(n: int) -> Service:
    """Refuses each n-th request, however fast they come."""
    number = count(1)
    return lambda now: next(number) % n != 0


def read(service: Service, requests: int = 1000, width: int = 16, latency: float = 0.02) -> tuple[float, int]:
    """Make requests, `width` at a time, repeating what was refused after a drawn wait; return the time and the refusals."""
    now, refused, drawn, order = 0.0, 0, random.Random(7), count()
    pace = Pace(lambda: now)
    events: list[tuple[float, int, str, float]] = []
    left = iter(range(requests - width))

    def later(seconds: float, what: str, sent_at: float = 0.0) -> None:
        heapq.heappush(events, (now + seconds, next(order), what, sent_at))

    for _ in range(width):
        later(0, "begin")
    while events:
        now, _, what, sent_at = heapq.heappop(events)
        if what == "begin":
            later(pace.wait(), "send")
        elif what == "send":
            later(latency * drawn.uniform(1, 1.05), "accept" if service(now) else "refuse", now)
        else:
            pace.note(sent_at, refused=what == "refuse")
            if what == "refuse":
                refused += 1
                later(drawn.uniform(0, 0.25), "begin")
            elif next(left, None) is not None:
                later(0, "begin")
    return now, refused


@pytest.mark.parametrize("saved_up", [20, 200])
@pytest.mark.parametrize("latency", [0.02, 0.05])
def test_a_limit_is_kept_to_and_used(saved_up: float, latency: float) -> None:
    """Of a thousand reads few are refused, and they take no longer than the limit makes them."""
    seconds, refused = read(bucket(200, saved_up), latency=latency)

    assert seconds < 1.06 * 1000 / 200
    assert refused <= 30


@pytest.mark.parametrize("service", [lambda: bucket(50, 5), lambda: bucket(600, 60), lambda: window(100)])
def test_other_limits_are_found_too(service: Callable[[], Service]) -> None:
    """Low ones, high ones, and those that forget everything each second."""
    _, refused = read(service())

    assert refused <= 120


def test_a_refusal_now_and_then_changes_nothing() -> None:
    """One in a hundred says nothing of a limit."""
    slow, refused = read(every(100))
    fast, _ = read(every(10**9))

    assert refused == 10
    assert slow < 1.25 * fast


def test_refusals_alone_teach_nothing() -> None:
    """Where nothing is let through there is nothing to measure: the calls' own waits are all there is."""
    now = 0.0
    pace = Pace(lambda: now)

    for _ in range(100):
        pace.note(now, refused=True)

    assert pace.wait() == 0


def test_a_limit_that_rises_is_followed() -> None:
    """The pace is no lower than before for good."""
    rates = iter([bucket(100, 10)] * 800 + [bucket(1000, 100)] * 100_000)

    seconds, _ = read(lambda now: next(rates)(now), requests=6000)

    assert seconds < 0.5 * 6000 / 100


def test_idle_time_says_nothing_of_a_limit() -> None:
    """A read now and then, and some refusals at last, do not make the next ones wait for an hour."""
    now = 0.0
    pace = Pace(lambda: now)

    def answer(count: int, seconds: float, *, refused: bool) -> None:
        nonlocal now
        for _ in range(count):
            now += seconds + pace.wait()
            pace.note(now, refused=refused)

    answer(29, 600, refused=False)
    answer(3, 0.01, refused=True)
    pace.wait()
    assert 0 < pace.wait() <= 4

    pace = Pace(lambda: now)
    answer(29, 0.01, refused=False)
    answer(3, 0.01, refused=True)
    answer(50, 0.01, refused=False)
    now += 3600
    answer(20, 0.01, refused=False)
    answer(1, 0.01, refused=True)
    pace.wait()
    assert pace.wait() < 0.5


def test_refusals_for_long_do_not_stop_reads_for_good() -> None:
    """What comes after them is slow, but comes."""
    now = 0.0
    pace = Pace(lambda: now)

    for refused in [*[False] * 29, *[True] * 3, *[False] * 9, *[True] * 600]:
        now += 1
        pace.note(now, refused=refused)

    assert pace.wait() <= 10
    assert pace.wait() <= 11


def drive(wire: Wire, operation: Operation[None], status: int, headers: list[tuple[bytes, bytes]]) -> Iterator[float]:
    """Answer a call once, then well; give its waits."""
    exchange = wire.exchange(operation)
    step, statuses = next(exchange), [status, 200]
    try:
        while True:
            if isinstance(step, Sleep):
                yield step.seconds
                step = next(exchange)
            else:
                step = exchange.send(Reply(statuses.pop(0), headers, b"{}"))
    except StopIteration:
        return


def test_only_reads_are_paced() -> None:
    """A quota of sends says nothing of reading, and a send does not wait for readers."""
    wire = Wire(Settings("https://api.example.com"))
    get, post = Operation("GET", "/v1/a", None), Operation("POST", "/v1/a", None)

    for _ in range(10):
        assert [*drive(wire, get, 200, [])] == []
        assert len([*drive(wire, post, 429, [])]) == 1
    assert [*drive(wire, get, 200, [])] == []
    for _ in range(5):
        [*drive(wire, get, 429, [])]

    assert [*drive(wire, post, 200, [])] == []
    assert [*drive(wire, get, 200, [])] != []
