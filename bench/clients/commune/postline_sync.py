"""postline's `CommuneClient`."""

from collections.abc import Iterator

from bench.clients import postline_ways
from bench.clients.commune import ids
from bench.names import KEY
from postline import CommuneClient
from postline.commune import Message, Threads


def construct(url: str) -> CommuneClient:
    return CommuneClient(KEY, base_url=url)


def first(client: CommuneClient) -> str:
    with client:
        return client.threads.messages("thread-0")[0].content


def reads(client: CommuneClient, count: int, width: int = 1) -> list[list[Message]]:
    return postline_ways.read(client, client.threads.messages, Threads.messages, ids(count), width)


def texts(answers: list[list[Message]]) -> Iterator[tuple[str, str]]:
    return ((message.message_id, message.content) for messages in answers for message in messages)


def inbox(client: CommuneClient, size: int) -> Iterator[tuple[str, str]]:
    from postline.channels.commune import CommuneMail

    for message in postline_ways.stream(client, CommuneMail(client, f"inbox-{size}").messages()):
        yield message.message_id or "", message.text or ""
