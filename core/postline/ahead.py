"""How the client that waits has several requests under way: on an event loop, on a thread that runs while a listing is read.

Chosen by measurement. A thread for each request took almost twice the CPU time, and ten megabytes more for a mailbox, as threads
do not share what the allocator keeps.
"""

from __future__ import annotations

import asyncio
import os
import sys
import threading
import weakref
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import Any, Generic, TypeVar

from postline.async_client import AsyncClient
from postline.client import Client, plain
from postline.errors import ArgumentError
from postline.request import Reply, Request
from postline.traversal import Traversal
from postline.wire import Wire

T = TypeVar("T")


class Loop:
    """An event loop that runs while somebody is in a `with` of it. What is open on it stays so in between."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._users = 0
        self._closed = False
        # Who forgets to close a client is told of open connections, not of this.
        weakref.finalize(self, _close, self._loop, os.getpid())

    def __enter__(self) -> None:
        with self._lock:
            if not self._users:
                thread = threading.Thread(target=self._run, args=[self._thread], name="postline", daemon=True)
                thread.start()
                self._thread = thread
            self._users += 1

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._users -= 1
            if not self._users:
                self._loop.call_soon_threadsafe(self._loop.stop)

    def _run(self, before: threading.Thread | None) -> None:
        if before:
            before.join()
        self._loop.run_forever()
        with self._lock:
            if self._closed and not self._users and self._thread is threading.current_thread():
                self._loop.close()

    def wait(self, work: Coroutine[Any, Any, T]) -> T:
        """Do something on the loop and wait for it.

        Raises:
            ArgumentError: This is the loop's own thread: it would wait for itself.
        """
        if self._is_here:
            work.close()
            raise ArgumentError("a listing cannot be read where another one's answers are converted; use `expand`")
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def end(self, work: Coroutine[Any, Any, None]) -> None:
        """As `wait`; but on the loop's own thread, where an iterator may be cleared away, it is only begun.

        When the interpreter ends, that thread is gone, and nothing is done.
        """
        # Seen from outside of the process only.
        if sys.is_finalizing():  # pragma: no cover
            work.close()
        elif self._is_here:
            self._loop.create_task(work)
        else:
            self.wait(work)

    @property
    def _is_here(self) -> bool:
        return threading.current_thread() is self._thread

    def close(self) -> None:
        """Let nobody in any more; the last one who leaves closes it."""
        with self._lock:
            self._closed, left = True, self._thread if not self._users else None
        if left:
            left.join()
            _close(self._loop, os.getpid())


def _close(loop: asyncio.AbstractEventLoop, process_id: int) -> None:
    if process_id == os.getpid() and not loop.is_running():
        loop.close()


class Behind(AsyncClient[Wire]):
    """Makes a waiting client's requests side by side. What must go through that client's httpx goes there, on threads.

    Args:
        client: The one that waits.
    """

    def __init__(self, client: Client[Any]) -> None:
        super().__init__(client.wire)
        self._client = client
        self.loop = Loop()
        self.process_id = os.getpid()

    @cached_property
    def _threads(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(self.wire.settings.max_connections, "postline")

    async def _send(self, request: Request) -> Reply:
        if through := self._client.transports(request).through():
            return await asyncio.get_running_loop().run_in_executor(self._threads, through.send, request)
        return await super()._send(request)

    async def _call(self, function: Callable[[], Any]) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._threads, lambda: plain(function()))

    def shut(self) -> None:
        """Close the connections; a listing under way ends first."""
        with self.loop:
            self.loop.wait(self.close())
        self.loop.close()
        if "_threads" in vars(self):
            self._threads.shutdown(wait=False)


class Ahead(Generic[T]):
    """One reading of a listing, with up to `width` requests under way."""

    def __init__(self, behind: Behind, traversal: Traversal[T], width: int) -> None:
        self._loop = behind.loop
        self._batches = behind.batches(traversal, width)
        self._reading: asyncio.Task[Any] | None = None
        self._ended_by: BaseException | None = None

    def items(self) -> Iterator[T]:
        """Give the items as they come. The first one asked for starts requests; leaving the iterator ends them."""
        with self._loop:
            try:
                while batch := self._loop.wait(self._next()):
                    yield from batch
                if self._ended_by:
                    raise self._ended_by
            finally:
                self._loop.end(self._end())

    async def _next(self) -> list[T]:
        self._reading = asyncio.current_task()
        batch: list[T] = []
        try:
            batch = await anext(self._batches, batch)
        except (SystemExit, KeyboardInterrupt) as error:  # of a callback: it ends the reader, not the loop
            self._ended_by = error
        self._reading = None
        return batch

    async def _end(self) -> None:
        if self._reading:  # the reader was interrupted
            self._reading.cancel()
            await asyncio.gather(self._reading, return_exceptions=True)
        await self._batches.aclose()
