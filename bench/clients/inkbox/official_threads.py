"""The official `inkbox` on threads by hand: a mailbox 16 wide, as a careful person writes it."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

from inkbox import Inkbox  # type: ignore[import-untyped]  # it does not ship its types
from inkbox.mail.types import Message, MessageDetail  # type: ignore[import-untyped]

from bench.clients.inkbox.official import construct, texts
from bench.names import mailbox_of

__all__ = ["construct", "inbox"]


def inbox(client: Inkbox, size: int) -> Iterator[tuple[str, str]]:
    mailbox = mailbox_of(size)

    def whole(message: Message) -> MessageDetail:
        return client.messages.get(mailbox, message.id)

    with client, ThreadPoolExecutor(16) as pool:
        for message in pool.map(whole, client.messages.list(mailbox, page_size=100)):
            yield from texts([message])
