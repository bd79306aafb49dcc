"""The two drivers: with `transports`, the only place with sockets, sleeps and `await`.

What a request and its answer mean is decided in `wire`, what a listing asks next in `traversal`. Here it is only done: on threads
by `Client`, in tasks by `AsyncClient`.
"""

from __future__ import annotations

import asyncio
import inspect
import time
from collections.abc import AsyncGenerator, Generator, Iterator
from contextlib import aclosing, closing
from functools import partial
from typing import Any, Generic, Self, TypeVar, cast, overload

import httpx

from postline.crew import Crew
from postline.errors import ArgumentError, ClosedError
from postline.operation import Listing, Offload, Operation, Sleep, Work
from postline.transports import Abroad, AsyncTransports, Transports
from postline.traversal import Node, Traversal
from postline.wire import Wire, is_absolute, too_large

T = TypeVar("T")
W = TypeVar("W", bound=Wire)


class _Base(Generic[W]):
    """What both drivers are made of: a wire, and a twin of the other kind over the same wire."""

    wire: W
    _closed = False
    _twin: Any = None

    @classmethod
    def over(cls, wire: W) -> Self:
        """Make a client over a wire that is set up already, past a service's own constructor."""
        client = cls.__new__(cls)
        client._set_up(wire)
        return client

    def _set_up(self, wire: W, transport: Any = None) -> None:
        """Take a wire, and the connections of each driver's own kind."""

    def _other(self, kind: type[Any]) -> Any:
        if self._twin is None:
            self._twin = kind.over(self.wire)
            self._twin._twin = self
        return self._twin

    def _check_open(self) -> None:
        if self._closed:
            raise ClosedError(f"this {type(self).__name__} is closed; make a new one")

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.wire.settings.base_url!r})"


class Client(_Base[W]):
    """Runs work and waits for it. Safe to share between threads, and inside a running event loop (a notebook).

    Args:
        wire: The service to speak to.
        transport: Sends every request instead of this client's own connections; it must be safe to share between threads.
    """

    def __init__(self, wire: W, transport: httpx.BaseTransport | None = None) -> None:
        self._set_up(wire, transport)

    def _set_up(self, wire: W, transport: httpx.BaseTransport | None = None) -> None:
        self.wire = wire
        make = partial(Transports, wire.settings, transport=transport)
        self._home, self._abroad = make(wire.settings.base_url), Abroad(make)

    @property
    def sync(self) -> Self:
        """This client."""
        return self

    @property
    def aio(self) -> AsyncClient[W]:
        """The client for `await` with the same settings; it has connections of its own."""
        return cast("AsyncClient[W]", self._other(AsyncClient))

    @overload
    def run(self, work: Listing[T]) -> list[T]: ...
    @overload
    def run(self, work: Work[T]) -> T: ...
    def run(self, work: Any) -> Any:
        """Do the work and return its result; of a listing, the list of all its items."""
        self._check_open()
        return self._perform(work)

    def stream(self, listing: Listing[T]) -> Iterator[T]:
        """Read a listing lazily. Up to `listing.concurrency` requests run ahead on threads; leaving the loop stops them."""
        self._check_open()
        return self._items(Traversal(listing), listing.concurrency)

    def _perform(self, work: Any) -> Any:
        match work:
            case Operation():
                return self._exchange(work)
            case Generator():
                return self._flow(work)
            case Listing():
                return list(self._items(Traversal(work, all_at_once=True), work.concurrency, lazy=False))
            case Sleep():
                return time.sleep(work.seconds)
            case Offload():
                return _plain(work.function())
        raise ArgumentError(f"cannot run a {type(work).__name__}: expected an operation, a listing, or a flow of them")

    def _flow(self, steps: Generator[Any, Any, T]) -> T:
        outcome: Any = None
        failure: Exception | None = None
        with _fresh(steps):
            while True:
                try:
                    step = steps.throw(failure) if failure else steps.send(outcome)
                except StopIteration as stop:
                    return cast("T", stop.value)
                outcome, failure = None, None
                try:
                    outcome = self._perform(step)
                except Exception as error:  # noqa: BLE001  # handed to the flow, which may handle it
                    failure = error

    def _exchange(self, operation: Operation[T]) -> T:
        exchange = self.wire.exchange(operation)
        step = next(exchange)
        try:
            while True:
                if isinstance(step, Sleep):
                    time.sleep(step.seconds)
                    step = next(exchange)
                    continue
                try:
                    response = self._send(step, operation)
                except httpx.RequestError as error:
                    step = exchange.throw(error)
                else:
                    step = exchange.send(response)
        except StopIteration as stop:
            return cast("T", stop.value)

    def _send(self, request: httpx.Request, operation: Operation[Any]) -> httpx.Response:
        transports = self._abroad.of(request) if is_absolute(operation) else self._home
        transport = transports.take()
        try:
            response = transport.handle_request(request)
            with closing(response):
                if operation.limit_bytes is None:
                    response.read()
                    return response
                content = bytearray()
                for chunk in response.iter_bytes():
                    content += chunk
                    if len(content) > operation.limit_bytes:
                        if response.is_success:
                            raise too_large(operation)
                        break  # of an error, the beginning is enough
                return _whole(response, content)
        finally:
            transports.give(transport)

    def _items(self, traversal: Traversal[T], width: int, *, lazy: bool = True) -> Iterator[T]:
        if width > 1:
            return Crew(self._answer, traversal, width, lazy).items()
        return self._items_one_by_one(traversal)

    def _items_one_by_one(self, traversal: Traversal[T]) -> Iterator[T]:
        while True:
            if items := traversal.take():
                yield from items
            elif node := traversal.start():
                traversal.finish(node, self._answer(node))
            else:
                return

    def _answer(self, node: Node[Any]) -> BaseException | None:
        try:
            node.learn(self._perform(node.fetch.work))
        except BaseException as error:  # noqa: BLE001  # raised where the listing is read, which waits for this thread
            return error
        return None

    def close(self) -> None:
        """Close the connections; a request under way ends first. Closing twice does nothing. The twin is not closed."""
        self._closed = True
        for each in (self._home, *self._abroad.values()):
            each.close()

    def __enter__(self) -> Self:
        self._check_open()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class AsyncClient(_Base[W]):
    """Runs work in the running event loop. Cancelling a call cancels its request.

    Args:
        wire: The service to speak to.
        transport: Sends every request instead of this client's own connections.
    """

    def __init__(self, wire: W, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._set_up(wire, transport)

    def _set_up(self, wire: W, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self.wire = wire
        make = partial(AsyncTransports, wire.settings, transport=transport)
        self._home, self._abroad = make(wire.settings.base_url), Abroad(make)

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
                if inspect.iscoroutinefunction(work.function):
                    return await work.function()
                result = await asyncio.to_thread(work.function)
                return await result if inspect.isawaitable(result) else result
        raise ArgumentError(f"cannot run a {type(work).__name__}: expected an operation, a listing, or a flow of them")

    async def _flow(self, steps: Generator[Any, Any, T]) -> T:
        outcome: Any = None
        failure: Exception | None = None
        with _fresh(steps):
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
                    response = await self._send(step, operation)
                except httpx.RequestError as error:
                    step = exchange.throw(error)
                else:
                    step = exchange.send(response)
        except StopIteration as stop:
            return cast("T", stop.value)

    async def _send(self, request: httpx.Request, operation: Operation[Any]) -> httpx.Response:
        transports = self._abroad.of(request) if is_absolute(operation) else self._home
        transport = await transports.take()
        try:
            response = await transport.handle_async_request(request)
            async with aclosing(response):
                if operation.limit_bytes is None:
                    await response.aread()
                    return response
                content = bytearray()
                async for chunk in response.aiter_bytes():
                    content += chunk
                    if len(content) > operation.limit_bytes:
                        if response.is_success:
                            raise too_large(operation)
                        break  # of an error, the beginning is enough
                return _whole(response, content)
        finally:
            await transports.give(transport)

    async def _items(self, traversal: Traversal[T], width: int) -> AsyncGenerator[T]:
        workers: set[asyncio.Task[None]] = set()
        news = asyncio.Event()

        async def toil() -> None:
            while node := traversal.start():
                traversal.finish(node, await self._answer(node))
                employ()
                news.set()
            workers.discard(
                cast("asyncio.Task[None]", asyncio.current_task())
            )  # now: a callback would come late for `employ`

        def employ() -> None:
            for _ in range(min(traversal.startable, width - len(workers))):
                workers.add(asyncio.create_task(toil()))

        try:
            while True:
                news.clear()
                items = traversal.take()
                employ()
                for item in items:
                    yield item
                if not items:
                    if traversal.finished:
                        return
                    await news.wait()
        finally:
            for worker in workers:
                worker.cancel()
            await asyncio.gather(*workers, return_exceptions=True)

    async def _answer(self, node: Node[Any]) -> BaseException | None:
        try:
            node.learn(await self._perform(node.fetch.work))
        except (Exception, asyncio.CancelledError) as error:
            if (
                isinstance(error, asyncio.CancelledError)
                and cast("asyncio.Task[None]", asyncio.current_task()).cancelling()
            ):
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


def _fresh(steps: Generator[Any, Any, T]) -> closing[Generator[Any, Any, T]]:
    if inspect.getgeneratorstate(steps) == inspect.GEN_CLOSED:
        raise ArgumentError("a flow runs once, and this one has; make it anew")
    return closing(steps)


def _plain(result: Any) -> Any:
    if not inspect.isawaitable(result):
        return result
    if inspect.iscoroutine(result):
        result.close()
    raise ArgumentError("an async callback needs the async client: await the call, or give a plain function")


def _whole(response: httpx.Response, content: bytes | bytearray) -> httpx.Response:
    """Return the response with the content that was read from it in pieces, decoded already."""
    headers = [(k, v) for k, v in response.headers.multi_items() if k not in {"content-encoding", "content-length"}]
    return httpx.Response(response.status_code, headers=headers, content=bytes(content), request=None)
