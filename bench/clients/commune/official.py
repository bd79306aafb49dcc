"""The official `commune-mail`, used as its documentation shows; on threads by hand where a width is asked for."""

from collections.abc import Iterator

from commune import CommuneClient, Message

from bench.clients.commune import ids
from bench.clients.side_by_side import side_by_side
from bench.names import KEY

PAGE = 1000


def construct(url: str) -> CommuneClient:
    return CommuneClient(KEY, base_url=url)


def first(client: CommuneClient) -> str:
    with client:
        return next(texts([client.threads.messages("thread-0")]))[1]


def reads(client: CommuneClient, count: int, width: int = 1) -> list[list[Message]]:
    with client:
        return side_by_side(client.threads.messages, ids(count), width)


def texts(answers: list[list[Message]]) -> Iterator[tuple[str, str]]:
    return ((message.message_id, message.content) for messages in answers for message in messages)


def inbox(client: CommuneClient, size: int) -> Iterator[tuple[str, str]]:
    before = None
    with client:
        while page := client.messages.list(inbox_id=f"inbox-{size}", limit=PAGE, before=before):
            yield from texts([page])
            before = page[-1].created_at
