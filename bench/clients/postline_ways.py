"""How postline's clients are asked for many things, whatever the things are."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import TYPE_CHECKING, Any, TypeVar

from postline import Gather, Listing

if TYPE_CHECKING:
    from postline import AsyncClient, Client
    from postline.operation import Work

T = TypeVar("T")


def read(
    client: Client[Any], call: Callable[[str], T], build: Callable[[str], Work[T]], ids: list[str], width: int
) -> list[T]:
    """One after the other by the method that users call, or side by side."""
    with client:
        if width == 1:
            return [call(each) for each in ids]
        return client.run(Gather([build(each) for each in ids], concurrency=width))


async def read_async(
    client: AsyncClient[Any],
    call: Callable[[str], Awaitable[T]],
    build: Callable[[str], Work[T]],
    ids: list[str],
    width: int,
) -> list[T]:
    async with client:
        if width == 1:
            return [await call(each) for each in ids]
        return await client.run(Gather([build(each) for each in ids], concurrency=width))


def stream(client: Client[Any], listing: Listing[T]) -> Iterator[T]:
    with client:
        yield from client.stream(listing)


async def stream_async(client: AsyncClient[Any], listing: Listing[T]) -> AsyncIterator[T]:
    async with client:
        async for item in client.stream(listing):
            yield item
