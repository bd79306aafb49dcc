"""Faults on request: what can go wrong with an answer, which requests it happens to, how often."""

import re
from dataclasses import dataclass
from typing import Literal

FaultKind = Literal[
    "latency",
    "rate_limit",
    "server_error",
    "not_json",
    "dropped_reply",
    "truncated_body",
    "closed_connection",
]


@dataclass
class Fault:
    """One fault and the requests that it matches."""

    fault_id: str
    kind: FaultKind
    service: str | None
    method: str | None
    path: re.Pattern[str]
    times: int | None
    """How many more requests it happens to; None is every one."""
    seconds: float
    """Latency, or the delay that a 429 asks for."""
    status: int

    @property
    def before_work(self) -> bool:
        """Whether the request is refused before the service does anything."""
        return self.kind in {"rate_limit", "server_error", "not_json", "closed_connection"}

    def matches(self, service: str, method: str, path: str) -> bool:
        """Say whether the fault happens to this request."""
        return (
            self.times != 0
            and self.service in {None, service}
            and self.method in {None, method}
            and self.path.search(path) is not None
        )


class Faults:
    """The faults that are set, in the order they were asked for."""

    def __init__(self) -> None:
        self._set: list[Fault] = []
        self.count = 0

    def __bool__(self) -> bool:
        return bool(self._set)

    def add(self, fault: Fault) -> None:
        """Set a fault."""
        self.count += 1
        self._set.append(fault)

    def clear(self) -> int:
        """Take all faults back and return how many there were."""
        count = len(self._set)
        self._set.clear()
        return count

    def take(self, service: str, method: str, path: str) -> Fault | None:
        """Return the first fault that happens to a request, and count it."""
        for fault in self._set:
            if fault.matches(service, method, path):
                if fault.times is not None:
                    fault.times -= 1
                    if not fault.times:
                        self._set.remove(fault)
                return fault
        return None


def not_json() -> bytes:
    """Return the page that a proxy in trouble answers with."""
    return b"<!doctype html><title>Service</title><p>This is not the answer that was asked for.</p>"
