"""What type checkers make of the public names; checked, never run."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Coroutine, Generator, Iterator
from typing import Any, assert_type

from postline import AsyncClient, Client, Gather, Inkbox, Listing, Operation, Toolbox, inkbox_channels
from postline.channels import Channels, Credentials, Mail, Message, Page, Secret
from postline.channels.commune import CommuneMail
from postline.commune import AsyncCommuneClient, CommuneClient, Domain, SendMessageResult, ThreadList, Threads
from postline.commune import Message as CommuneMessage
from postline.operation import Steps
from postline.resource import C, Resource, endpoint, listing
from postline.tools import HttpPlace, Lending


class Things(Resource[C]):
    @endpoint
    def get(self, thing_id: str, *, full: bool = False) -> Operation[int]:
        return Operation("GET", "/", int)

    @endpoint
    def flow(self) -> Steps[str]:
        count = yield from Operation[int]("GET", "/", int)
        return str(assert_type(count, int))

    @listing
    def all(self) -> Listing[bytes]:
        return Listing(list)


def on_the_class() -> None:
    assert_type(Things.all(), Listing[bytes])
    assert_type(Threads.list(inbox_id="i"), Operation[ThreadList] | Generator[Any, Any, ThreadList])
    assert_type(Threads.messages("t"), Operation[list[CommuneMessage]] | Generator[Any, Any, list[CommuneMessage]])


def waiting(client: CommuneClient, things: Things[Client[Any]]) -> None:
    assert_type(client.domains.list(), list[Domain])
    assert_type(client.threads.list(inbox_id="i"), ThreadList)
    assert_type(client.threads.messages("t"), list[CommuneMessage])
    assert_type(client.messages.send(to="a@b.example", subject="S"), SendMessageResult)
    assert_type(client.inboxes.remove("d", "i"), bool)
    assert_type(client.aio, AsyncCommuneClient)
    assert_type(things.get("a", full=True), int)
    assert_type(things.flow(), str)
    assert_type(things.all(), Iterator[bytes])


async def awaiting(client: AsyncCommuneClient, things: Things[AsyncClient[Any]]) -> None:
    assert_type(await client.domains.list(), list[Domain])
    assert_type(await client.threads.list(inbox_id="i"), ThreadList)
    coroutine: Coroutine[Any, Any, list[CommuneMessage]] = client.threads.messages("t")
    await coroutine
    assert_type(client.sync, CommuneClient)
    assert_type(await things.get("a"), int)
    assert_type(things.all(), AsyncIterator[bytes])


def work(client: CommuneClient) -> None:
    assert_type(client.run(Operation[int]("GET", "/", int)), int)
    assert_type(client.run(Threads.list()), ThreadList)
    assert_type(client.run(Gather([Operation[int]("GET", "/", int)])), list[int])
    assert_type(client.stream(Things.all()), Iterator[bytes])
    assert_type(client.stream(Things.all().map(len)), Iterator[int])
    assert_type(client.stream(Things.all().expand(lambda each: Operation[int]("GET", "/", int))), Iterator[int])


async def awaited_work(client: AsyncCommuneClient) -> None:
    assert_type(await client.run(Threads.list()), ThreadList)
    assert_type(await client.run(Things.all()), list[bytes])
    assert_type(client.stream(Things.all()), AsyncGenerator[bytes, None])


def channel(client: CommuneClient) -> None:
    mail = CommuneMail(client, "support@mail.example.com")
    protocol: Mail = mail
    assert_type(mail.client, CommuneClient)
    assert_type(client.run(mail.list_messages(limit=3)), Page[Message])
    assert_type(client.run(protocol.get_message("m")), Message)
    assert_type(client.stream(mail.messages()), Iterator[Message])


def lending(client: Inkbox) -> None:
    own = client.run(inkbox_channels(client, "desk"))
    lending = Lending(own.credentials)
    lends: Credentials = lending
    assert_type(Toolbox(Channels(credentials=lends)), Toolbox)
    assert_type(HttpPlace(lending, "https://crm.example.com").destination, str)
    assert_type(client.run(lending.read_secret("x", "password")), Secret)


def wrong(client: CommuneClient, things: Things[Client[Any]]) -> None:
    client.threads.messages()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]  # an argument is missing
    client.messages.send(to="a", subject="s", body="b")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]  # not one
    things.get(7)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # an id is text


_: Callable[[], None] = on_the_class
