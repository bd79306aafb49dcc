"""What all channels have: who runs their work, and what their service cannot do."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from postline.errors import ArgumentError

if TYPE_CHECKING:
    from postline.async_client import AsyncClient
    from postline.client import Client


class Channel(Protocol):
    """One identity's way to one kind of message. Methods describe the work; a client's `run` or `stream` does it."""

    @property
    def client(self) -> Client[Any] | AsyncClient[Any]:
        """Who runs the work."""

    @property
    def service(self) -> str:
        """The service's name, for messages to people."""

    @property
    def lacks(self) -> frozenset[str]:
        """The names of the methods that the service has nothing for; calling one raises `CapabilityError`."""


def check_times(**times: datetime | None) -> None:
    """Refuse times without a zone: read as local time, they would find other messages on other machines.

    Raises:
        ArgumentError: A time is naive.
    """
    for name, time in times.items():
        if time is not None and time.tzinfo is None:
            raise ArgumentError(f"{name} needs a time zone: datetime(..., tzinfo=timezone.utc), say")


def check_limit(limit: int) -> None:
    """Refuse a page of nothing: its cursor would lead nowhere.

    Raises:
        ArgumentError: The limit is below 1.
    """
    if limit < 1:
        raise ArgumentError(f"limit must be at least 1; got {limit}")
