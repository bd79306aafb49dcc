"""postline's `CommuneClient`."""

from collections.abc import Iterator

from postline import CommuneClient, Gather
from postline.commune import Message, Threads

KEY = "comm_bench"


def construct(url: str) -> CommuneClient:
    return CommuneClient(KEY, base_url=url)


def first(url: str) -> str:
    with construct(url) as client:
        return client.threads.messages("thread-0")[0].content


def reads(url: str, ids: list[str], width: int = 1) -> list[list[Message]]:
    with construct(url) as client:
        if width == 1:
            return [client.threads.messages(thread_id) for thread_id in ids]
        return client.run(Gather([Threads.messages(thread_id) for thread_id in ids], concurrency=width))


def texts(answers: list[list[Message]]) -> Iterator[tuple[str, str]]:
    return ((message.message_id, message.content) for messages in answers for message in messages)


def inbox(url: str, size: int) -> Iterator[tuple[str, str]]:
    from postline.channels.commune import CommuneMail

    with construct(url) as client:
        for message in client.stream(CommuneMail(client, f"inbox-{size}").messages()):
            yield message.message_id or "", message.text or ""
