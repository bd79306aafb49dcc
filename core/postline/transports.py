"""Connections: each has a transport of its own and is lent to one request at a time.

Chosen by measurement. httpx's shared pool searches all of its connections for each request, which is quadratic in its width: 32
wide it took 2.8 times the latency bound. A pool of one still costs a sixth of the request, so each transport here gets a single
connection in place of its pool. The transport stays httpx's own, so what replaces its `handle_request` (vcrpy does) sees everything.
"""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass
from weakref import WeakKeyDictionary

import httpcore
import httpx

from postline.config import Settings

A = TypeVar("A", bound="httpx.HTTPTransport | httpx.AsyncHTTPTransport")
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
        transport._pool = self._connection(self._context)  # were it named otherwise one day, httpx's own pool would be used
        return transport


class Transports:
    """The threaded client's connections: at most `settings.max_connections`, the one used last is lent first."""

    def __init__(self, settings: Settings, address: str, transport: httpx.BaseTransport | None) -> None:
        self._make = _Factory(httpx.HTTPTransport, _OneConnection, address)
        self._shared = transport
        self._idle: deque[httpx.BaseTransport] = deque()
        self._free = threading.BoundedSemaphore(settings.max_connections)
        self._timeout = settings.timeout
        self._closed = False

    @contextmanager
    def lent(self) -> Iterator[httpx.BaseTransport]:
        """Lend a connection; a given transport is shared instead, and looks after itself."""
        if self._shared:
            yield self._shared
            return
        if not self._free.acquire(timeout=self._timeout):
            raise httpx.PoolTimeout("all connections are in use")
        try:
            transport = self._idle.pop() if self._idle else self._make()
            try:
                yield transport
            finally:
                self._idle.append(transport)
                if self._closed:
                    self.close()
        finally:
            self._free.release()

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

    free: asyncio.Semaphore
    idle: deque[httpx.AsyncBaseTransport] = field(default_factory=deque)


class AsyncTransports:
    """The async client's connections, as `Transports`, apart for each event loop."""

    def __init__(self, settings: Settings, address: str, transport: httpx.AsyncBaseTransport | None) -> None:
        self._make = _Factory(httpx.AsyncHTTPTransport, _OneAsyncConnection, address)
        self._shared = transport
        self._settings = settings
        self._shares: WeakKeyDictionary[asyncio.AbstractEventLoop, _LoopShare] = WeakKeyDictionary()
        self._closed = False

    @asynccontextmanager
    async def lent(self) -> AsyncIterator[httpx.AsyncBaseTransport]:
        """Lend a connection; a given transport is shared instead, and looks after itself."""
        if self._shared:
            yield self._shared
            return
        share = self._share()
        try:
            async with asyncio.timeout(self._settings.timeout if share.free.locked() else None):
                await share.free.acquire()
        except TimeoutError:
            raise httpx.PoolTimeout("all connections are in use") from None
        try:
            transport = share.idle.pop() if share.idle else self._make()
            try:
                yield transport
            finally:
                share.idle.append(transport)
                if self._closed:
                    await self.aclose()
        finally:
            share.free.release()

    def _share(self) -> _LoopShare:
        loop = asyncio.get_running_loop()
        if (share := self._shares.get(loop)) is None:
            share = self._shares[loop] = _LoopShare(asyncio.Semaphore(self._settings.max_connections))
        return share

    async def aclose(self) -> None:
        """Close this event loop's idle connections now, and each one lent when it comes back."""
        self._closed = True
        if self._shared:
            await self._shared.aclose()
        idle = self._share().idle
        while idle:
            await idle.pop().aclose()
