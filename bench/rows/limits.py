"""G7: what a service's refusals cost. A reading that is not complete has failed."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from bench.measure import Job, interleaved, serving
from bench.rows.plan import OURS, Effort, bound_ms, reading, row, streaming
from bench.table import Figure

WIDTH = 16
SAID = {
    "none": "no Retry-After",
    "exact": "Retry-After to the moment",
    "whole": "Retry-After in whole seconds",
}


@row("commune", "inkbox")
def refusals(effort: Effort, service: str) -> Iterator[Figure]:
    """One answer in a hundred is a 429; a whole second's wait is more than B leaves room for, so that it has no goal."""
    size = effort.messages
    for hint, said in _hints(effort):
        with serving(service, size=size, per_thread=1, latency_ms=50, fail_every=100, retry_after=hint) as server:
            bound = bound_ms(server, size, _pages(service, size), WIDTH)
            seen = interleaved(_all(service, size), server, effort.rounds)
        for name in OURS:
            what = f"{service}: {size:,} messages at 50 ms, 1 % refused, {said}: {name}"
            yield Figure("G7", f"{what}, failed", seen.failed[name], 0, "")
            if name in seen.reports:
                yield Figure("G7", f"{what} / B", seen(name, "wall_ms") / bound, None if hint == "whole" else 1.12)


@row("commune", "inkbox")
def rate(effort: Effort, service: str) -> Iterator[Figure]:
    """A limit of 200 requests a second, which 16 at 50 ms exceed."""
    size, rps = effort.reads, 200
    requests = size + _pages(service, size)
    for hint, said in _hints(effort):
        with serving(service, size=size, per_thread=1, latency_ms=50, rps=rps, retry_after=hint) as server:
            seen = interleaved(_all(service, size), server, effort.rounds)
        for name in OURS:
            what = f"{service}: {size:,} messages under {rps} requests a second, {said}: {name}"
            yield Figure("G7", f"{what}, failed", seen.failed[name], 0, "")
            if name in seen.reports:
                refused = seen.count(name, "refused")
                yield Figure("G7", f"{what} / N/rate", seen(name, "wall_ms") / 1000 / (requests / rps), 1.06)
                yield Figure("G7", f"{what}, rejected", 100 * refused / (requests + refused), 3, "%")


def _hints(effort: Effort) -> list[tuple[str, str]]:
    return [*SAID.items()] if effort.complete else [*SAID.items()][:1]


def _pages(service: str, size: int) -> int:
    return size // 100 if service == "inkbox" else 0


def _all(service: str, size: int) -> dict[str, Job]:
    """All of a mailbox. Commune's inbox comes in pages, few of which are ever refused: there, as many single reads."""
    made = partial(streaming, size=size) if service == "inkbox" else partial(reading, width=WIDTH, count=size)
    return {name: replace(made(f"{service}.{client}"), may_fail=True) for name, client in OURS.items()}
