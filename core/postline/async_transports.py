"""The async client's connections, as `transports`, apart for each event loop."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from postline.async_lines import AsyncLine
from postline.config import Settings
from postline.request import Address
from postline.route import Route, is_watched
from postline.transports import pool_timeout

if TYPE_CHECKING:
    import httpx

    from postline.through import AsyncThrough


@dataclass
class _LoopShare:
    """What one event loop has open: a connection cannot move to another loop."""

    left: int
    through: AsyncThrough | None
    idle: deque[AsyncLine] = field(default_factory=deque)
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
    """At most `settings.max_connections` connections of each event loop to an address, the one used last is lent first."""

    def __init__(self, settings: Settings, address: Address, transport: httpx.AsyncBaseTransport | None) -> None:
        self._settings = settings
        self._route = Route(address)
        self._given: AsyncThrough | None = None
        if transport:
            from postline.through import AsyncThrough

            self._given = AsyncThrough(transport)
        self._shares: WeakKeyDictionary[asyncio.AbstractEventLoop, _LoopShare] = WeakKeyDictionary()
        self._closed = False

    async def take(self) -> AsyncLine | AsyncThrough:
        """Lend a connection, to be given back."""
        share = self._share()
        if self._given or self._route.proxy or is_watched("AsyncHTTPTransport", "handle_async_request"):
            return share.through or self._make_through(share)
        if not share.idle and not share.left:
            try:
                async with asyncio.timeout(self._settings.timeout):
                    await share.turn()
            except TimeoutError:
                raise pool_timeout() from None
        if share.idle:
            return share.idle.pop()
        share.left -= 1
        return AsyncLine(self._route)

    async def give(self, transport: AsyncLine | AsyncThrough) -> None:
        """Take a connection back. One through httpx is not lent but shared: it looks after itself."""
        if not isinstance(transport, AsyncLine):
            return
        share = self._share()
        share.idle.append(transport)
        share.wake()
        if self._closed:
            await transport.aclose()

    def _make_through(self, share: _LoopShare) -> AsyncThrough:
        from postline.through import AsyncThrough

        share.through = AsyncThrough.over(self._settings, self._route)
        return share.through

    def _share(self) -> _LoopShare:
        loop = asyncio.get_running_loop()
        if (share := self._shares.get(loop)) is None:
            share = self._shares[loop] = _LoopShare(self._settings.max_connections, self._given)
        return share

    async def aclose(self) -> None:
        """Close this event loop's idle connections now, and each one lent when it comes back. Who waits for one opens it again."""
        self._closed = True
        share = self._share()
        if share.through:
            await share.through.aclose()
        for line in [*share.idle]:
            await line.aclose()
