"""What a client is set up with, read once, at construction."""

from __future__ import annotations

import os
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Retry:
    """How patiently a call is repeated. All of it is per call; `Retry(attempts=1)` never repeats anything."""

    attempts: int = 5
    """How often a request is sent at most, the first time included."""
    base_seconds: float = 0.1
    """The n-th wait is drawn evenly between 0 and `base_seconds * 2**n` (full jitter), unless the service names one."""
    cap_seconds: float = 30.0
    """The longest single wait. A service that asks for a longer one is not waited for: the error carries the delay."""
    budget_seconds: float = 60.0
    """The longest wait in total."""

    def __post_init__(self) -> None:
        if self.attempts < 1 or min(self.base_seconds, self.cap_seconds, self.budget_seconds) < 0:
            raise ValueError("a Retry needs at least one attempt, and no negative seconds")


@dataclass(frozen=True, slots=True)
class Settings:
    """Where a service is and how to talk to it, apart from credentials."""

    base_url: str
    timeout: float = 30.0
    """Seconds, each for connecting, for sending, for receiving, and for a free connection."""
    retry: Retry = Retry()
    max_connections: int = 100


def from_environment(value: str | None, name: str, default: str = "") -> str:
    """Return `value`, else what the environment variable holds now, else `default`; an empty string counts as not given."""
    return value or os.environ.get(name) or default
