"""postline's `AsyncCommuneClient`."""

from collections.abc import AsyncIterator

from bench.clients.postline_sync import KEY, texts
from postline import AsyncCommuneClient, Gather
from postline.commune import Message, Threads

__all__ = ["inbox", "reads", "texts"]


async def reads(url: str, ids: list[str], width: int = 1) -> list[list[Message]]:
    async with AsyncCommuneClient(KEY, base_url=url) as client:
        if width == 1:
            return [await client.threads.messages(thread_id) for thread_id in ids]
        return await client.run(Gather([Threads.messages(thread_id) for thread_id in ids], concurrency=width))


async def inbox(url: str, size: int) -> AsyncIterator[tuple[str, str]]:
    from postline.channels.commune import CommuneMail

    async with AsyncCommuneClient(KEY, base_url=url) as client:
        async for message in client.stream(CommuneMail(client, f"inbox-{size}").messages()):
            yield message.message_id or "", message.text or ""
