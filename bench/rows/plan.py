"""What rows are made of. Each is a function that gives the figures of one goal: ratios of medians from one run."""

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from math import ceil
from typing import TypeVar

from bench.measure import Job, Server, latency_ms
from bench.table import Figure

OURS = {"sync": "postline_sync", "async": "postline_async"}


@dataclass(frozen=True)
class Effort:
    """How long to measure."""

    rounds: int
    memory_rounds: int
    """Peak memory is almost the same in every round."""
    reads: int
    """Messages that are read by themselves."""
    messages: int
    """In a mailbox that is read message by message."""
    looped: int
    """How many of them a client reads that takes one after the other."""
    inbox: int
    """Messages in a large inbox that is read by pages."""
    mailbox: int
    """Messages in a large mailbox that is read message by message."""
    complete: bool
    """Whether TLS, every kind of refusal, and clients that no goal is about are measured, too."""


FULL = Effort(
    rounds=5, memory_rounds=5, reads=1000, messages=1000, looped=1000, inbox=10_000, mailbox=10_000, complete=True
)
QUICK = Effort(
    rounds=3, memory_rounds=1, reads=1000, messages=400, looped=50, inbox=10_000, mailbox=4_000, complete=False
)
Row = Callable[[Effort], Iterator[Figure]]
F = TypeVar("F", bound=Callable[..., Iterator[Figure]])
ROWS: dict[str, Row] = {}


def row(*services: str) -> Callable[[F], F]:
    """List a function among the rows under its own name, or once for each service, which it is then given."""

    def listed(function: F) -> F:
        name: str = function.__name__
        if not services:
            ROWS[name] = function
        for service in services:
            ROWS[f"{service}-{name}"] = partial(function, service=service)
        return function

    return listed


def reading(client: str, width: int, count: int, python: str = sys.executable) -> Job:
    """Read single messages; httpx's shared client fails on many threads now and then."""
    fails = width > 1 and not client.endswith(("raw", *OURS.values()))
    return Job("mail.reads", {"client": client, "count": count, "width": width}, may_fail=fails, python=python)


def streaming(client: str, size: int, what: str = "inbox", python: str = sys.executable) -> Job:
    """Read a whole inbox, or all calls, and keep nothing."""
    return Job(f"mail.{what}", {"client": client, "size": size}, python=python)


def bound_ms(server: Server, messages: int, pages: int, width: int) -> float:
    """B: how long latency alone makes a list, and a get for each message, take."""
    return latency_ms(server) * (1 + ceil((messages + pages - 1) / width))
