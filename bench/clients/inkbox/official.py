"""The official `inkbox` 0.4.4, used as its documentation shows; all but the calls also by later releases."""

from collections.abc import Iterator

from inkbox import Inkbox  # type: ignore[import-untyped]  # it does not ship its types
from inkbox.mail.types import MessageDetail  # type: ignore[import-untyped]

from bench.clients.inkbox import MAILBOX, ids
from bench.clients.side_by_side import side_by_side
from bench.names import KEY, mailbox_of, uuid_of

PAGE = 200


def construct(url: str) -> Inkbox:
    return Inkbox(KEY, base_url=url)


def first(client: Inkbox) -> str:
    with client:
        return client.messages.get(MAILBOX, uuid_of(0)).body_text or ""


def reads(client: Inkbox, count: int, width: int = 1) -> list[MessageDetail]:
    with client:
        return side_by_side(lambda message_id: client.messages.get(MAILBOX, message_id), ids(count), width)


def texts(answers: list[MessageDetail]) -> Iterator[tuple[str, str]]:
    return ((message.message_id, message.body_text or "") for message in answers)


def inbox(client: Inkbox, size: int) -> Iterator[tuple[str, str]]:
    mailbox = mailbox_of(size)
    with client:
        for message in client.messages.list(mailbox):
            yield from texts([client.messages.get(mailbox, message.id)])


def calls(client: Inkbox, size: int) -> Iterator[tuple[str, str]]:
    number = uuid_of(size)
    with client:
        for offset in range(0, size, PAGE):
            for call in client.calls.list(number, limit=PAGE, offset=offset):
                turns = client.transcripts.list(number, call.id)
                yield str(call.id), "\n".join(turn.text for turn in turns)


def unlock(client: Inkbox, vault_key: str) -> object:
    with client:
        return client.vault.unlock(vault_key)
