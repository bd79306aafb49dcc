"""G1: reading all of a mailbox and of a phone's calls on Inkbox, where each takes a request of its own."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from math import ceil

from bench.measure import Medians, interleaved, latency_ms, serving
from bench.peers import absent, officials
from bench.rows.plan import OURS, Effort, bound_ms, row, streaming
from bench.table import Figure

WIDTH = 16
PAGE = 50  # of the official client, unless it is told otherwise
CALLS = 200


@row("inkbox")
def mailbox(effort: Effort, service: str) -> Iterator[Figure]:
    """A mailbox with its bodies, typed, against the latency bound B and against the official loop."""
    size, looped = effort.messages, effort.looped
    jobs = {name: streaming(f"{service}.{client}", size) for name, client in ({"raw": "raw"} | OURS).items()}
    loops = {}
    for name, python in officials(service).items():
        loops[name] = streaming(f"{service}.official", looped, python=python)
        if effort.complete:
            threads = streaming(f"{service}.official_threads", size, python=python)
            jobs[f"{name} + threads"] = replace(threads, may_fail=True)
    what = f"{service}: mailbox of {size:,} at 50 ms"
    with serving(service, size=size, latency_ms=50) as server:
        bound = bound_ms(server, size, size // 100, WIDTH)
        seen = interleaved(jobs | loops, server, effort.rounds)
    yield from _bounded(what, seen, jobs, bound)
    for loop in loops:
        for name in OURS:
            times = _scaled(seen(loop, "wall_ms"), looped, size, PAGE) / seen(name, "wall_ms")
            yield Figure("G1", f"{what}: {loop} loop{_shown(looped, size)} / {name}", times, 14, at_least=True)
    if effort.complete:
        with serving(service, size=size, latency_ms=50, tls=True) as server:
            bound = bound_ms(server, size, size // 100, WIDTH)
            seen = interleaved(jobs, server, effort.rounds)
        yield from _bounded(f"{what}, TLS", seen, jobs, bound)
    yield from absent("G1", service)


def _bounded(what: str, seen: Medians, jobs: Iterable[str], bound: float) -> Iterator[Figure]:
    for name in jobs:
        if name in seen.reports:
            yield Figure("G1", f"{what}: {name} / B", seen(name, "wall_ms") / bound, 1.08 if name in OURS else None)


@row("inkbox")
def calls(effort: Effort, service: str) -> Iterator[Figure]:
    """What was said in 200 calls, of a phone number that is looked up by its owner's handle, which takes a request more."""
    looped = min(CALLS, effort.looped)
    jobs = {name: streaming(f"{service}.{client}", CALLS, "calls") for name, client in OURS.items()}
    loops = {
        name: streaming(f"{service}.{'official' if name == 'official' else 'official_later'}", looped, "calls", python)
        for name, python in officials(service).items()
    }
    with serving(service, calls=CALLS, size=1, latency_ms=50) as server:
        bound = bound_ms(server, CALLS, 1, WIDTH) + latency_ms(server)
        seen = interleaved(jobs | loops, server, effort.rounds)
    what = f"{service}: transcripts of {CALLS} calls at 50 ms"
    for name in jobs:
        yield Figure("G1", f"{what}: {name} / (look-up + B)", seen(name, "wall_ms") / bound, 1.12)
    for loop in loops:
        for name in OURS:
            times = _scaled(seen(loop, "wall_ms"), looped, CALLS, CALLS) / seen(name, "wall_ms")
            yield Figure("G1", f"{what}: {loop} loop{_shown(looped, CALLS)} / {name}", times)
    yield from absent("G1", service)


def _scaled(wall_ms: float, looped: int, size: int, page: int) -> float:
    """How long a loop takes for `size` that took so long for `looped`, by the requests that each takes."""
    return wall_ms * (size + ceil(size / page)) / (looped + ceil(looped / page))


def _shown(looped: int, size: int) -> str:
    return "" if looped == size else f", scaled from {looped}"
