"""The driver for code that waits, and what it shares with the one for `await` (`async_client`).

These two, with the connections that they use, are the only place with sockets, sleeps and `await`. What a request and its answer
mean is decided in `wire`, what a listing asks next in `traversal`. Here it is only done; side by side behind the waiting client's
back, on an event loop (`ahead`).
"""

from __future__ import annotations

import inspect
import os
import time
from collections.abc import Generator, Iterator
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Self, TypeVar, cast, overload

from postline.errors import ArgumentError, ClosedError
from postline.operation import Listing, Offload, Operation, Sleep, Work
from postline.request import Reply, Request
from postline.transports import Abroad, Transports
from postline.traversal import Node, Traversal
from postline.wire import Wire

if TYPE_CHECKING:
    import httpx

    from postline.ahead import Behind
    from postline.async_client import AsyncClient

T = TypeVar("T")
W = TypeVar("W", bound=Wire)

_PARENTS: list[Any] = []
"""What a fork has of its parent's event loops. It is kept, as clearing it away would take from the parent what they share."""


class Driver(Generic[W]):
    """What both drivers are made of: a wire, and a twin of the other kind over the same wire."""

    is_async: ClassVar[bool]
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


class Client(Driver[W]):
    """Runs work and waits for it. Safe to share between threads, and inside a running event loop (a notebook).

    Args:
        wire: The service to speak to.
        transport: Sends every request instead of this client's own connections; it must be safe to share between threads.
    """

    is_async = False
    _made_behind: Behind | None = None

    def __init__(self, wire: W, transport: httpx.BaseTransport | None = None) -> None:
        self._set_up(wire, transport)

    def _set_up(self, wire: W, transport: httpx.BaseTransport | None = None) -> None:
        self.wire = wire
        make = partial(Transports, wire.settings, transport=transport)
        self._home, self._abroad = make(wire.address), Abroad(make)

    @property
    def sync(self) -> Self:
        """This client."""
        return self

    @property
    def aio(self) -> AsyncClient[W]:
        """The client for `await` with the same settings; it has connections of its own."""
        from postline.async_client import AsyncClient

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
        """Read a listing lazily. Up to `listing.concurrency` requests run ahead; leaving the loop stops them."""
        self._check_open()
        return self._items(Traversal(listing), listing.concurrency)

    def _perform(self, work: Any) -> Any:
        match work:
            case Operation():
                return self._exchange(work)
            case Generator():
                return self._flow(work)
            case Listing():
                return list(self._items(Traversal(work, all_at_once=True), work.concurrency))
            case Sleep():
                return time.sleep(work.seconds)
            case Offload():
                return plain(work.function())
        raise ArgumentError(f"cannot run a {type(work).__name__}: expected an operation, a listing, or a flow of them")

    def _flow(self, steps: Generator[Any, Any, T]) -> T:
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
                    reply = self._send(step)
                except Exception as error:  # noqa: BLE001  # what it means is for the wire to say
                    step = exchange.throw(error)
                else:
                    step = exchange.send(reply)
        except StopIteration as stop:
            return cast("T", stop.value)

    def transports(self, request: Request) -> Transports:
        """Return the connections to where a request goes."""
        return self._home if request.address is self.wire.address else self._abroad[request.address]

    def _send(self, request: Request) -> Reply:
        transports = self.transports(request)
        transport = transports.take()
        try:
            return transport.send(request)
        finally:
            transports.give(transport)

    @property
    def _behind(self) -> Behind:
        if self._made_behind and self._made_behind.process_id != os.getpid():
            _PARENTS.append(self._made_behind)
            self._made_behind = None
        if self._made_behind is None:
            from postline.ahead import Behind  # with asyncio, which takes a while to load

            self._made_behind = Behind(self)
        return self._made_behind

    def _items(self, traversal: Traversal[T], width: int) -> Iterator[T]:
        if width > 1:
            from postline.ahead import Ahead

            self._check_open()
            yield from Ahead(self._behind, traversal, width).items()
            return
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
        except BaseException as error:  # noqa: BLE001  # raised where the listing is read
            return error
        return None

    def close(self) -> None:
        """Close the connections; a request under way ends first. Closing twice does nothing. The twin is not closed."""
        self._closed = True
        if self._made_behind:
            self._behind.shut()
            self._made_behind = None
        for each in (self._home, *self._abroad.values()):
            each.close()

    def __enter__(self) -> Self:
        self._check_open()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def fresh(steps: Generator[Any, Any, T]) -> closing[Generator[Any, Any, T]]:
    """Return a flow to be closed at the end; refuse one that has run."""
    if inspect.getgeneratorstate(steps) == inspect.GEN_CLOSED:
        raise ArgumentError("a flow runs once, and this one has; make it anew")
    return closing(steps)


def plain(result: Any) -> Any:
    """Return what a function of the caller's gave, unless it has to be awaited."""
    if not inspect.isawaitable(result):
        return result
    if inspect.iscoroutine(result):
        result.close()
    raise ArgumentError("an async callback needs the async client: await the call, or give a plain function")
