"""postline's `AsyncInkbox`."""

from collections.abc import AsyncIterator
from functools import partial

from bench.clients import postline_ways
from bench.clients.inkbox import MAILBOX, ids
from bench.clients.inkbox.postline_sync import texts
from bench.names import KEY, mailbox_of
from postline import AsyncInkbox
from postline.inkbox.mail.messages import Messages
from postline.inkbox.mail.types import MessageDetail

__all__ = ["calls", "construct", "inbox", "reads", "texts", "unlock"]


def construct(url: str) -> AsyncInkbox:
    return AsyncInkbox(KEY, base_url=url)


async def reads(client: AsyncInkbox, count: int, width: int = 1) -> list[MessageDetail]:
    call, build = partial(client.messages.get, MAILBOX), partial(Messages.get, MAILBOX)
    return await postline_ways.read_async(client, call, build, ids(count), width)


async def inbox(client: AsyncInkbox, size: int) -> AsyncIterator[tuple[str, str]]:
    from postline import InkboxMail

    async for message in postline_ways.stream_async(client, InkboxMail(client, mailbox_of(size)).messages()):
        yield message.message_id or "", message.text or ""


async def calls(client: AsyncInkbox, size: int) -> AsyncIterator[tuple[str, str]]:
    from postline.channels.inkbox_phone import InkboxPhone

    async for call in postline_ways.stream_async(client, InkboxPhone(client, f"agent-{size}").calls()):
        yield call.id, "\n".join(turn.text for turn in call.turns or ())


async def unlock(client: AsyncInkbox, vault_key: str) -> object:
    async with client:
        return await client.vault.unlock(vault_key)
