"""Connections: each has a transport of its own and is lent to one request at a time.

Chosen by measurement. httpx's shared pool searches all of its connections for each request, which is quadratic in its width: 32
wide it took 2.8 times the latency bound. A pool of one still costs a sixth of the request, so each transport here gets a single
connection in place of its pool. The transport stays httpx's own: what replaces its `handle_request` (vcrpy does) sees it all.
"""

from __future__ import annotations

import asyncio
import ssl
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass
from weakref import WeakKeyDictionary

import httpcore
import httpx

from postline.config import Settings

A = TypeVar("A", bound="httpx.HTTPTransport | httpx.AsyncHTTPTransport")
B = TypeVar("B", bound="Transports | AsyncTransports")
KEEPALIVE_SECONDS = 30.0


class _OneConnection:
    """A pool of one, for a transport that is never used by two requests at once."""

    def __init__(self, context: ssl.SSLContext) -> None:
        self._context = context
        self._connection: httpcore.HTTPConnection | None = None

    def handle_request(self, request: httpcore.Request) -> httpcore.Response:
        connection = self._connection
        if connection and _is_spent(connection, request):
            connection.close()
            connection = None
        if connection is None:
            origin = request.url.origin
            connection = httpcore.HTTPConnection(origin, self._context, keepalive_expiry=KEEPALIVE_SECONDS)
            self._connection = connection
        return connection.handle_request(request)

    def close(self) -> None:
        if self._connection:
            self._connection.close()


class _OneAsyncConnection:
    """`_OneConnection` for the event loop."""

    def __init__(self, context: ssl.SSLContext) -> None:
        self._context = context
        self._connection: httpcore.AsyncHTTPConnection | None = None

    async def handle_async_request(self, request: httpcore.Request) -> httpcore.Response:
        connection = self._connection
        if connection and _is_spent(connection, request):
            await connection.aclose()
            connection = None
        if connection is None:
            origin = request.url.origin
            connection = httpcore.AsyncHTTPConnection(origin, self._context, keepalive_expiry=KEEPALIVE_SECONDS)
            self._connection = connection
        return await connection.handle_async_request(request)

    async def aclose(self) -> None:
        if self._connection:
            await self._connection.aclose()


def _is_spent(connection: httpcore.HTTPConnection | httpcore.AsyncHTTPConnection, request: httpcore.Request) -> bool:
    return connection.is_closed() or connection.has_expired() or not connection.can_handle_request(request.url.origin)


class _Factory(Generic[A]):
    """Makes transports for one address. Proxies and certificates come from the environment, as with httpx itself."""

    def __init__(self, kind: type[A], connection: Callable[[ssl.SSLContext], Any], address: str) -> None:
        self._kind: type[A] = kind
        self._connection = connection
        self._address = urlsplit(address)
        self._context: ssl.SSLContext | None = None

    def __call__(self) -> A:
        scheme, host = self._address.scheme, self._address.hostname or ""
        if self._context is None:
            # Loading the certificates takes longer than many requests: once, and not for plain HTTP.
            secure = scheme == "https"
            self._context = httpx.create_ssl_context() if secure else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        proxies = {} if proxy_bypass(host) else getproxies()
        if proxy := proxies.get(scheme) or proxies.get("all"):
            limits = httpx.Limits(max_connections=1, keepalive_expiry=KEEPALIVE_SECONDS)
            return self._kind(verify=self._context, proxy=proxy, limits=limits)
        transport = self._kind(verify=self._context)
        # Were it named otherwise one day, httpx's own pool would be used.
        transport._pool = self._connection(self._context)
        return transport


class Abroad(dict[str, B]):
    """Connections to addresses other than the service's own, made when a link first names one."""

    def __init__(self, make: Callable[[str], B]) -> None:
        self._make = make

    def __missing__(self, address: str) -> B:
        return self.setdefault(address, self._make(address))

    def of(self, request: httpx.Request) -> B:
        """Return the connections to where a request goes."""
        return self[f"{request.url.scheme}://{request.url.netloc.decode()}"]


class Transports:
    """The threaded client's connections: at most `settings.max_connections`, the one used last is lent first.

    While there are idle ones, lending takes no lock: `deque` is safe to share, and a lock costs what contention it meets.
    """

    def __init__(self, settings: Settings, address: str, transport: httpx.BaseTransport | None) -> None:
        self._make = _Factory(httpx.HTTPTransport, _OneConnection, address)
        self._shared = transport
        self._idle: deque[httpx.BaseTransport] = deque()
        self._left = settings.max_connections
        self._timeout = settings.timeout
        self._waiting = 0
        self._returned = threading.Condition()
        self._closed = False

    def take(self) -> httpx.BaseTransport:
        """Lend a connection, to be given back. A transport given by the caller is shared instead, and looks after itself."""
        if self._shared:
            return self._shared
        try:
            return self._idle.pop()
        except IndexError:
            return self._make_or_wait()

    def give(self, transport: httpx.BaseTransport) -> None:
        """Take a connection back."""
        if transport is self._shared:
            return
        self._idle.append(transport)
        if self._waiting:
            with self._returned:
                self._returned.notify()
        if self._closed:
            self.close()

    def _make_or_wait(self) -> httpx.BaseTransport:
        deadline = time.monotonic() + self._timeout
        with self._returned:
            if self._left:
                transport = self._make()
                self._left -= 1
                return transport
            self._waiting += 1
            try:
                while True:
                    try:
                        return self._idle.pop()
                    except IndexError:
                        if not self._returned.wait(deadline - time.monotonic()):
                            raise httpx.PoolTimeout("all connections are in use") from None
            finally:
                self._waiting -= 1

    def close(self) -> None:
        """Close idle connections now, and each one lent when it comes back."""
        self._closed = True
        if self._shared:
            self._shared.close()
        while self._idle:
            self._idle.pop().close()


@dataclass
class _LoopShare:
    """What one event loop has open: a connection cannot move to another loop."""

    left: int
    idle: deque[httpx.AsyncBaseTransport] = field(default_factory=deque)
    waiting: deque[asyncio.Future[None]] = field(default_factory=deque)

    async def turn(self) -> None:
        """Wait until a connection is idle."""
        while not self.idle:
            turn = asyncio.get_running_loop().create_future()
            self.waiting.append(turn)
            try:
                await turn
            except asyncio.CancelledError:
                if not turn.cancelled():
                    self.wake()  # it came too late for this one
                raise

    def wake(self) -> None:
        """Tell the first who waits and has not given up."""
        while self.waiting:
            turn = self.waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                return


class AsyncTransports:
    """The async client's connections, as `Transports`, apart for each event loop."""

    def __init__(self, settings: Settings, address: str, transport: httpx.AsyncBaseTransport | None) -> None:
        self._make = _Factory(httpx.AsyncHTTPTransport, _OneAsyncConnection, address)
        self._shared = transport
        self._settings = settings
        self._shares: WeakKeyDictionary[asyncio.AbstractEventLoop, _LoopShare] = WeakKeyDictionary()
        self._closed = False

    async def take(self) -> httpx.AsyncBaseTransport:
        """Lend a connection, to be given back. A transport given by the caller is shared instead, and looks after itself."""
        if self._shared:
            return self._shared
        share = self._share()
        if not share.idle and not share.left:
            try:
                async with asyncio.timeout(self._settings.timeout):
                    await share.turn()
            except TimeoutError:
                raise httpx.PoolTimeout("all connections are in use") from None
        if share.idle:
            return share.idle.pop()
        transport = self._make()
        share.left -= 1
        return transport

    async def give(self, transport: httpx.AsyncBaseTransport) -> None:
        """Take a connection back."""
        if transport is self._shared:
            return
        share = self._share()
        share.idle.append(transport)
        share.wake()
        if self._closed:
            await self.aclose()

    def _share(self) -> _LoopShare:
        loop = asyncio.get_running_loop()
        if (share := self._shares.get(loop)) is None:
            share = self._shares[loop] = _LoopShare(self._settings.max_connections)
        return share

    async def aclose(self) -> None:
        """Close this event loop's idle connections now, and each one lent when it comes back."""
        self._closed = True
        if self._shared:
            await self._shared.aclose()
        idle = self._share().idle
        while idle:
            await idle.pop().aclose()
