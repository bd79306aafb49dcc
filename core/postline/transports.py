"""Connections: each has a transport of its own and is lent to one request at a time.

httpx's shared pool searches all of its connections for each request, which is quadratic in its width (32 wide it took 2.8 times
the latency bound; this takes 1.0), and its client costs as much again per request as the transport below it.
"""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Generic, TypeVar
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass
from weakref import WeakKeyDictionary

import httpx

from postline.config import Settings

A = TypeVar("A")


class _Factory(Generic[A]):
    """Makes transports for one address. Proxies and certificates come from the environment, as with httpx itself."""

    def __init__(self, kind: Callable[..., A], address: str) -> None:
        self._kind: Callable[..., A] = kind
        self._address = urlsplit(address)

    def __call__(self) -> A:
        return self._kind(**self._options)

    @cached_property
    def _options(self) -> dict[str, Any]:
        scheme, host = self._address.scheme, self._address.hostname or ""
        proxies = {} if proxy_bypass(host) else getproxies()
        return {
            # Loading the certificates takes longer than many requests: once, and not for plain HTTP.
            "verify": httpx.create_ssl_context() if scheme == "https" else False,
            "proxy": proxies.get(scheme) or proxies.get("all"),
            "limits": httpx.Limits(max_connections=1, max_keepalive_connections=1, keepalive_expiry=30.0),
        }


class Transports:
    """The threaded client's connections: at most `settings.max_connections`, the one used last is lent first."""

    def __init__(self, settings: Settings, address: str, transport: httpx.BaseTransport | None) -> None:
        self._make = _Factory(httpx.HTTPTransport, address)
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
        self._make = _Factory(httpx.AsyncHTTPTransport, address)
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
