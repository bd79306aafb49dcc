"""The connections of the client that waits: each is lent to one request at a time. `async_transports` has the event loop's.

Chosen by measurement. httpx's shared pool searches all of its connections for each request, which is quadratic in its width: 32
wide it took 2.8 times the latency bound. A pool of one each costs a sixth of a call, httpx's requests and responses as much again,
and httpcore below them half of what is left. So a connection is a socket of our own (`lines`) between plain records. httpx sends
only where it must (`through`): a caller gave a transport, a proxy applies, or somebody watches httpx's own.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, TypeVar

from postline.config import Settings
from postline.http1 import ExchangeError
from postline.request import Address
from postline.route import Route, is_watched

if TYPE_CHECKING:
    import httpx

    from postline.async_transports import AsyncTransports
    from postline.lines import Line
    from postline.through import Through

B = TypeVar("B", bound="Transports | AsyncTransports")


class Abroad(dict[Address, B]):
    """Connections to addresses other than the service's own, made when a link first names one."""

    def __init__(self, make: Callable[[Address], B]) -> None:
        self._make = make

    def __missing__(self, address: Address) -> B:
        return self.setdefault(address, self._make(address))


class Transports:
    """At most `settings.max_connections` connections to an address, the one used last is lent first.

    While there are idle ones, lending takes no lock: `deque` is safe to share, and a lock costs what contention it meets.
    """

    def __init__(self, settings: Settings, address: Address, transport: httpx.BaseTransport | None) -> None:
        self._settings = settings
        self._route = Route(address)
        self._given = transport is not None
        self._through: Through | None = None
        if transport:
            from postline.through import Through

            self._through = Through(transport)
        self._idle: deque[Line] = deque()
        self._left = settings.max_connections
        self._waiting = 0
        self._returned = threading.Condition()
        self._closed = False

    def through(self) -> Through | None:
        """Return what sends through httpx, where that must be."""
        if self._given or self._route.proxy or is_watched("HTTPTransport", "handle_request"):
            return self._through or self._make_through()
        return None

    def take(self) -> Line | Through:
        """Lend a connection, to be given back."""
        if through := self.through():
            return through
        try:
            return self._idle.pop()
        except IndexError:
            return self._make_or_wait()

    def give(self, transport: Line | Through) -> None:
        """Take a connection back. One through httpx is not lent but shared: it looks after itself."""
        if transport is self._through:
            return
        self._idle.append(transport)  # type: ignore[arg-type]  # there is one `Through` at most
        if self._closed:
            self.close()
        if self._waiting:
            with self._returned:
                self._returned.notify()

    def _make_through(self) -> Through:
        from postline.through import Through

        with self._returned:
            self._through = self._through or Through.over(self._settings, self._route)
            return self._through

    def _make_or_wait(self) -> Line:
        from postline.lines import Line

        deadline = time.monotonic() + self._settings.timeout
        with self._returned:
            if self._left:
                self._left -= 1
                return Line(self._route)
            self._waiting += 1
            try:
                while True:
                    try:
                        return self._idle.pop()
                    except IndexError:
                        if time.monotonic() > deadline:
                            raise pool_timeout() from None
                        self._returned.wait(deadline - time.monotonic())
            finally:
                self._waiting -= 1

    def close(self) -> None:
        """Close idle connections now, and each one lent when it comes back. Who waits for one opens it again."""
        self._closed = True
        if self._through:
            self._through.close()
        closed = []
        with suppress(IndexError):  # also where another thread takes the last one
            while True:
                line = self._idle.pop()
                line.close()
                closed.append(line)
        self._idle.extend(closed)


def pool_timeout() -> ExchangeError:
    """Make the error for a request that no connection came free for."""
    return ExchangeError("PoolTimeout", "all connections are in use")
