"""The driver for `await`. Apart from the one that waits (`client`), as asyncio takes a while to load."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import aclosing
from functools import partial
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast, overload

from postline.async_transports import AsyncTransports
from postline.client import Client, Driver, W, fresh
from postline.errors import ArgumentError
from postline.operation import Listing, Offload, Operation, Sleep, Work
from postline.request import Reply, Request
from postline.transports import Abroad
from postline.traversal import Node, Traversal

if TYPE_CHECKING:
    import httpx

T = TypeVar("T")


class AsyncClient(Driver[W]):
    """Runs work in the running event loop. Cancelling a call cancels its request.

    Args:
        wire: The service to speak to.
        transport: Sends every request instead of this client's own connections.
    """

    is_async = True

    def __init__(self, wire: W, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._set_up(wire, transport)

    def _set_up(self, wire: W, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self.wire = wire
        make = partial(AsyncTransports, wire.settings, transport=transport)
        self._home, self._abroad = make(wire.address), Abroad(make)

    @property
    def aio(self) -> Self:
        """This client."""
        return self

    @property
    def sync(self) -> Client[W]:
        """The client that waits, with the same settings; it has connections of its own."""
        return cast("Client[W]", self._other(Client))

    @overload
    async def run(self, work: Listing[T]) -> list[T]: ...
    @overload
    async def run(self, work: Work[T]) -> T: ...
    async def run(self, work: Any) -> Any:
        """Do the work and return its result; of a listing, the list of all its items."""
        self._check_open()
        return await self._perform(work)

    def stream(self, listing: Listing[T]) -> AsyncGenerator[T, None]:
        """Read a listing lazily. Up to `listing.concurrency` requests run ahead in tasks; closing the iterator cancels them."""
        self._check_open()
        return self._items(Traversal(listing), listing.concurrency)

    async def _perform(self, work: Any) -> Any:
        match work:
            case Operation():
                return await self._exchange(work)
            case Generator():
                return await self._flow(work)
            case Listing():
                async with aclosing(self._items(Traversal(work, all_at_once=True), work.concurrency)) as items:
                    return [item async for item in items]
            case Sleep():
                return await asyncio.sleep(work.seconds)
            case Offload():
                return await self._call(work.function)
        raise ArgumentError(f"cannot run a {type(work).__name__}: expected an operation, a listing, or a flow of them")

    async def _flow(self, steps: Generator[Any, Any, T]) -> T:
        outcome: Any = None
        failure: Exception | None = None
        with fresh(steps):
            while True:
                try:
                    step = steps.throw(failure) if failure else steps.send(outcome)
                except StopIteration as stop:
                    return cast("T", stop.value)
                outcome, failure = None, None
                try:
                    outcome = await self._perform(step)
                except Exception as error:  # noqa: BLE001  # handed to the flow, which may handle it
                    failure = error

    async def _exchange(self, operation: Operation[T]) -> T:
        exchange = self.wire.exchange(operation)
        step = next(exchange)
        try:
            while True:
                if isinstance(step, Sleep):
                    await asyncio.sleep(step.seconds)
                    step = next(exchange)
                    continue
                try:
                    reply = await self._send(step)
                except Exception as error:  # noqa: BLE001  # what it means is for the wire to say
                    step = exchange.throw(error)
                else:
                    step = exchange.send(reply)
        except StopIteration as stop:
            return cast("T", stop.value)

    async def _send(self, request: Request) -> Reply:
        transports = self._home if request.address is self.wire.address else self._abroad[request.address]
        transport = await transports.take()
        try:
            return await transport.send(request)
        finally:
            await transports.give(transport)

    async def _call(self, function: Callable[[], Any]) -> Any:
        if inspect.iscoroutinefunction(function):
            return await function()
        result = await asyncio.to_thread(function)
        return await result if inspect.isawaitable(result) else result

    async def _items(self, traversal: Traversal[T], width: int) -> AsyncGenerator[T]:
        async with aclosing(self.batches(traversal, width)) as batches:
            async for batch in batches:
                for item in batch:
                    yield item

    async def batches(self, traversal: Traversal[T], width: int) -> AsyncGenerator[list[T]]:
        """Read a listing; give what is there each time that it is asked, at least one item."""
        workers: set[asyncio.Task[None]] = set()
        news = asyncio.Event()

        async def toil() -> None:
            while node := traversal.start():
                traversal.finish(node, await self._answer(node))
                employ()
                news.set()
            workers.discard(_task())  # now: a callback would come late for `employ`

        def employ() -> None:
            for _ in range(min(traversal.startable, width - len(workers))):
                workers.add(asyncio.create_task(toil()))

        try:
            while True:
                news.clear()
                items = traversal.take()
                employ()
                if items:
                    yield items
                elif traversal.finished:
                    return
                else:
                    await news.wait()
        finally:
            for worker in workers:
                worker.cancel()
            await asyncio.gather(*workers, return_exceptions=True)

    async def _answer(self, node: Node[Any]) -> BaseException | None:
        try:
            node.learn(await self._perform(node.fetch.work))
        # Only clearing away a loop that was left in the middle does that.
        except GeneratorExit:  # pragma: no cover
            raise
        except BaseException as error:
            if isinstance(error, asyncio.CancelledError) and _task().cancelling():
                raise
            return error  # raised where the listing is read, which waits for this task
        return None

    async def close(self) -> None:
        """Close this event loop's connections; a request under way ends first. Closing twice does nothing."""
        self._closed = True
        for each in (self._home, *self._abroad.values()):
            await each.aclose()

    async def __aenter__(self) -> Self:
        self._check_open()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()


def _task() -> asyncio.Task[Any]:
    return cast("asyncio.Task[Any]", asyncio.current_task())
