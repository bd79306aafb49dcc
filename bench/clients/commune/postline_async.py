"""postline's `AsyncCommuneClient`."""

from collections.abc import AsyncIterator

from bench.clients import postline_ways
from bench.clients.commune import ids
from bench.clients.commune.postline_sync import texts
from bench.names import KEY
from postline import AsyncCommuneClient
from postline.commune import Message, Threads

__all__ = ["construct", "inbox", "reads", "texts"]


def construct(url: str) -> AsyncCommuneClient:
    return AsyncCommuneClient(KEY, base_url=url)


async def reads(client: AsyncCommuneClient, count: int, width: int = 1) -> list[list[Message]]:
    return await postline_ways.read_async(client, client.threads.messages, Threads.messages, ids(count), width)


async def inbox(client: AsyncCommuneClient, size: int) -> AsyncIterator[tuple[str, str]]:
    from postline.channels.commune import CommuneMail

    async for message in postline_ways.stream_async(client, CommuneMail(client, f"inbox-{size}").messages()):
        yield message.message_id or "", message.text or ""
