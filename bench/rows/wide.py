"""G2 and G3: many single reads, their time and their CPU time."""

from collections.abc import Iterator
from math import ceil

from bench.measure import Server, interleaved, latency_ms, serving
from bench.peers import absent, officials
from bench.rows.plan import OURS, Effort, reading, row
from bench.table import Figure

WIDTH = 32


@row("commune", "inkbox")
def wide(effort: Effort, service: str) -> Iterator[Figure]:
    """G2: reads 32 wide at 20 ms, against the latency bound B."""
    cases = (("", 0, False), (", 100 ms to connect", 100, False), (", TLS", 0, True))
    for label, extra_ms, tls in cases if effort.complete else cases[:2]:
        with serving(service, size=1000, per_thread=1, latency_ms=20, connect_ms=extra_ms, tls=tls) as server:
            yield from _wide(label, extra_ms, server, effort)
    yield from absent("G2", service)


def _wide(label: str, extra_ms: float, server: Server, effort: Effort) -> Iterator[Figure]:
    service, count = server.service, effort.reads
    jobs = {name: reading(f"{service}.{client}", WIDTH, count) for name, client in ({"raw": "raw"} | OURS).items()}
    if effort.complete:
        jobs["bare httpx + threads"] = reading(f"{service}.bare", WIDTH, count)
        for name, python in officials(service).items():
            jobs[f"{name} + threads"] = reading(f"{service}.official", WIDTH, count, python)
    bound = latency_ms(server) * ceil(count / WIDTH) + extra_ms
    seen = interleaved(jobs, server, effort.rounds)
    for name in seen.reports:
        goal = 1.15 if name in OURS else None
        what = f"{service}: {count:,} reads 32 wide at 20 ms{label}: {name} / B"
        yield Figure("G2", what, seen(name, "wall_ms") / bound, goal)
    for name in OURS:
        yield Figure("G2", f"{service}: 32 wide{label}: {name}, most connections", seen(name, "connections"), 32, "")


@row("commune", "inkbox")
def cpu(effort: Effort, service: str) -> Iterator[Figure]:
    """G3: CPU time of reads 16 wide against the official loop, and of one call after the other."""
    yield from _cpu("", False, effort, service)
    if effort.complete:
        yield from _cpu(" over TLS", True, effort, service)
    yield from absent("G3", service)


def _cpu(label: str, tls: bool, effort: Effort, service: str) -> Iterator[Figure]:
    count = effort.reads
    loops = {name: reading(f"{service}.official", 1, count, python) for name, python in officials(service).items()}
    calls = {"one at a time": reading(f"{service}.{OURS['sync']}", 1, count)}
    wide = {name: reading(f"{service}.{client}", 16, count) for name, client in OURS.items()}
    if effort.complete:
        calls["bare httpx"] = reading(f"{service}.bare", 1, count)
        wide["raw"] = reading(f"{service}.raw", 16, count)
    with serving(service, size=1000, per_thread=1, latency_ms=1, tls=tls) as server:
        seen = interleaved(loops | calls | wide, server, effort.rounds)
    for loop in loops:
        for name in wide:
            what = f"{service}: CPU of {count:,} reads 16 wide{label}: {name} / {loop} loop"
            yield Figure("G3", what, seen.ratio(name, loop, "cpu_ms"), 0.68 if name in OURS else None)
        for name in calls:
            what = f"{service}: CPU of one call{label}: {name} / {loop} call"
            yield Figure("G3", what, seen.ratio(name, loop, "cpu_ms"), 0.65 if name == "one at a time" else None)
