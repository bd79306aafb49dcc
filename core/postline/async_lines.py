"""Single connections of an event loop, each for one request at a time; as `lines` for code that waits."""

from __future__ import annotations

import asyncio
import socket
import sys
import time
from typing import TYPE_CHECKING, cast

from postline.hidden import Hidden
from postline.http1 import Answer, ExchangeError, Reading, encode, read
from postline.lines import SENT_BYTES, failure, is_spent
from postline.request import Reply, Request
from postline.route import Route

if TYPE_CHECKING:
    import ssl


class AsyncLine:
    """One connection; opened anew when the server has closed it or it has been idle for long."""

    def __init__(self, route: Route) -> None:
        self._route = route
        self._pipe: _Pipe | None = None
        self._idle_since = 0.0

    async def send(self, request: Request) -> Reply:
        """Send a request and read its answer. Cancelling it closes the connection.

        Raises:
            ExchangeError: There is none, or not all of it.
        """
        content, reading = Hidden(encode(request)), read(request)
        reusable = False
        try:
            pipe = await self._open(request.timeout)
            answer = await pipe.exchange(content, reading, request.timeout)
            reusable = answer.reusable and not pipe.unsent_bytes
        finally:
            self._idle_since = time.monotonic()
            if not reusable:
                self._abort()
        return answer.reply

    async def _open(self, seconds: float) -> _Pipe:
        if self._pipe and (self._pipe.transport.is_closing() or is_spent(self._pipe.socket, self._idle_since)):
            self._abort()
        if self._pipe is None:
            self._pipe = await self._connect(seconds)
        return self._pipe

    async def _connect(self, seconds: float) -> _Pipe:
        address, context = self._route.address, self._route.context
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(seconds):
                # One address after the other: `happy_eyeballs_delay` can lose an open socket when it is cancelled.
                _, pipe = await loop.create_connection(_Pipe, address.host, address.port, ssl=context)
        except (OSError, UnicodeError) as error:  # the latter of a host that is no name
            raise failure("Connect", error) from error
        return pipe

    def _abort(self) -> None:
        if self._pipe:
            self._pipe.transport.abort()
            self._pipe = None

    async def aclose(self) -> None:
        """Close the connection."""
        self._abort()
        await asyncio.sleep(0)  # the loop closes the socket in its next round


class _Pipe(asyncio.Protocol):
    """Hands what the loop tells of a connection to whoever reads an answer."""

    transport: asyncio.Transport
    _answer: asyncio.Future[Answer]
    _watch: asyncio.TimerHandle
    _heard_at: float
    _unsent_then: int

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._reading: Reading | None = None
        self._rest = memoryview(b"")
        self._piece_bytes = sys.maxsize
        self._paused = False

    @property
    def socket(self) -> socket.socket:
        """The connection's socket, to look at."""
        found: socket.socket = self.transport.get_extra_info("socket")
        return found

    @property
    def unsent_bytes(self) -> int:
        """What is yet to be sent."""
        return len(self._rest) + self.transport.get_write_buffer_size()

    async def exchange(self, content: Hidden[bytes], reading: Reading, seconds: float) -> Answer:
        """Send a request and read its answer."""
        next(reading)
        self._answer, self._reading = self._loop.create_future(), reading
        self._rest = memoryview(content.reveal())
        self._write()
        self._heard_at, self._unsent_then = self._loop.time(), self.unsent_bytes
        self._watch = self._loop.call_later(seconds, self._look, seconds)
        try:
            return await self._answer
        finally:
            self._watch.cancel()
            self._reading = None

    def _write(self) -> None:
        """Give the loop what it takes. With TLS that is not all at once: nobody could tell how much of it is yet to be sent."""
        while self._rest and not self._paused and not self.transport.is_closing():
            piece, self._rest = self._rest[: self._piece_bytes], self._rest[self._piece_bytes :]
            self.transport.write(piece)

    def pause_writing(self) -> None:
        """Hold back."""
        self._paused = True

    def resume_writing(self) -> None:
        """Go on."""
        self._paused = False
        self._write()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        self.transport = cast("asyncio.Transport", transport)
        if transport.get_extra_info("sslcontext"):
            self._piece_bytes = SENT_BYTES
            self.transport.set_write_buffer_limits(SENT_BYTES)  # else it is half a megabyte

    def data_received(self, data: bytes) -> None:
        """Read on; what comes unasked ends the connection."""
        self._heard_at = self._loop.time()
        if self._reading:
            self._read(data)
        else:
            self.transport.abort()

    def eof_received(self) -> None:
        """Read the end; the loop then closes the connection. With TLS the server must have said it, else somebody cut it."""
        if self._reading and not _was_cut(self.transport.get_extra_info("ssl_object")):
            self._read(b"")

    def connection_lost(self, error: Exception | None) -> None:
        """End what is under way."""
        self._fail(failure("Read", error or ConnectionResetError("the connection was closed")))

    def _read(self, data: bytes) -> None:
        assert self._reading
        try:
            self._reading.send(data)
        except StopIteration as stop:
            self._reading = None
            if not self._answer.done():  # by being cancelled
                self._answer.set_result(stop.value)
        except ExchangeError as error:
            self._fail(error)

    def _fail(self, error: ExchangeError) -> None:
        if self._reading and not self._answer.done():
            self._answer.set_exception(error)
        self._reading = None

    def _look(self, seconds: float) -> None:
        """Give up if nothing was heard or sent for so long; else look again when it may be."""
        unsent = self.unsent_bytes
        if unsent < self._unsent_then:
            self._heard_at, self._unsent_then = self._loop.time(), unsent
        left = self._heard_at + seconds - self._loop.time()
        if left > 0:
            self._watch = self._loop.call_later(left, self._look, seconds)
        else:
            self._fail(ExchangeError("WriteTimeout" if unsent else "ReadTimeout"))


def _was_cut(secure: ssl.SSLObject | None) -> bool:
    """Whether more should come: asyncio does not tell that from TLS's own end."""
    if secure:
        try:
            secure.read(1)
        except OSError:
            return True
    return False
