"""The official `commune-mail`, used as its documentation shows; on threads by hand where a width is asked for."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

from commune import CommuneClient, Message

KEY = "comm_bench"
PAGE = 1000


def construct(url: str) -> CommuneClient:
    return CommuneClient(KEY, base_url=url)


def first(url: str) -> str:
    with construct(url) as client:
        return next(iter(texts([client.threads.messages("thread-0")])))[1]


def reads(url: str, ids: list[str], width: int = 1) -> list[list[Message]]:
    with construct(url) as client:
        if width == 1:
            return [client.threads.messages(thread_id) for thread_id in ids]
        with ThreadPoolExecutor(width) as pool:
            return list(pool.map(client.threads.messages, ids))


def texts(answers: list[list[Message]]) -> Iterator[tuple[str, str]]:
    return ((message.message_id, message.content) for messages in answers for message in messages)


def inbox(url: str, size: int) -> Iterator[tuple[str, str]]:
    before = None
    with construct(url) as client:
        while page := client.messages.list(inbox_id=f"inbox-{size}", limit=PAGE, before=before):
            yield from texts([page])
            before = page[-1].created_at
