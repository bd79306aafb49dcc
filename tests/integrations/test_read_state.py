"""Reading for an index leaves mail as unread as it was, where the service marks it read when its body is fetched."""

from __future__ import annotations

import asyncio
import warnings
from collections.abc import Callable
from contextlib import aclosing
from typing import Any

import httpx
import pytest

from langchain_postline import InboxLoader
from llama_index.readers.postline import InboxReader
from postline.channels.inkbox import InkboxMail
from postline.config import Retry
from postline.errors import IncompleteWarning
from postline.inkbox import Inkbox
from postline_sandbox import Sandbox

WAYS: dict[str, Callable[[Any], list[Any]]] = {
    "langchain": lambda mail: InboxLoader(mail).load(),
    "langchain async": lambda mail: asyncio.run(_closed(mail, InboxLoader(mail).aload())),
    "llama-index": lambda mail: InboxReader(mail=mail).load_data(),
    "llama-index async": lambda mail: asyncio.run(_closed(mail, InboxReader(mail=mail).aload_data())),
}


async def _closed(mail: Any, work: Any) -> Any:
    try:
        return await work
    finally:
        await mail.client.aio.close()


@pytest.fixture(params=WAYS)
def read(request: pytest.FixtureRequest) -> Callable[[Any], list[Any]]:
    """Read a mailbox for an index, in each way there is."""
    return WAYS[request.param]


class Counting(httpx.HTTPTransport):
    """Speaks to the sandbox, and keeps the methods of what was asked."""

    def __init__(self) -> None:
        super().__init__()
        self.methods: list[str] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.methods.append(request.method)
        return super().handle_request(request)


@pytest.fixture
def desk(sandbox: Sandbox, desk: Any) -> Any:
    """The service marks mail read that is fetched; one of the two mails was read before."""
    sandbox.control.mark_fetched_mail_read()
    first = desk.mail.client.run(desk.mail.list_messages()).items[-1]
    desk.mail.client.run(desk.mail.mark_messages_read((first.id,)))
    return desk


def states(desk: Any) -> list[bool | None]:
    return [each.is_read for each in desk.mail.client.run(desk.mail.list_messages()).items]


def test_the_service_marks_what_is_fetched(desk: Any) -> None:
    """Without this, nothing would have to be put back, and the tests below would show nothing."""
    newest = desk.mail.client.run(desk.mail.list_messages()).items[0]

    desk.mail.client.run(desk.mail.get_message(newest.id))

    assert states(desk) == [True, True]


def test_what_was_unread_is_unread_again(desk: Any, read: Callable[[Any], list[Any]]) -> None:
    """And what was read stays read; all texts are there."""
    documents = read(desk.mail)

    assert len(documents) == 2
    assert states(desk) == [False, True]


def test_putting_back_costs_a_request_for_each_unread_mail(desk: Any, sandbox: Sandbox) -> None:
    """None for mail that was read before, and none where the service does not mark."""
    transport = Counting()
    address = desk.mail.client.run(desk.mail.list_messages()).items[0].inbox

    with Inkbox(sandbox.inkbox.api_key, base_url=sandbox.inkbox.base_url, transport=transport) as client:
        InboxLoader(InkboxMail(client, address)).load()
        marking = transport.methods.copy()
        sandbox.control.mark_fetched_mail_read(False)
        InboxLoader(InkboxMail(client, address)).load()

    assert sorted(marking) == ["GET", "GET", "GET", "PATCH"]
    assert sorted(transport.methods[len(marking) :]) == ["GET", "GET", "GET"]


def test_what_cannot_be_put_back_is_told(desk: Any, sandbox: Sandbox, read: Callable[[Any], list[Any]]) -> None:
    """A warning names the message, by its id alone; the documents come all the same."""
    sandbox.control.fault("server_error", method="PATCH", times=None)
    unread = desk.mail.client.run(desk.mail.list_messages()).items[0].id

    with pytest.warns(IncompleteWarning) as caught:
        documents = read(desk.mail)

    assert len(documents) == 2
    assert [str(each.message) for each in caught] == [
        f"message {unread} was unread and may be marked read now: InkboxAPIError"
    ]
    assert states(desk) == [True, True]


@pytest.mark.parametrize("taken", [1, 2])
async def test_leaving_early_loses_nothing_silently(desk: Any, sandbox: Sandbox, taken: int) -> None:
    """What was on its way when a loop in the event loop ended is unread again, or told of."""
    address = desk.mail.client.run(desk.mail.list_messages()).items[0].inbox
    for number in range(40):
        sandbox.control.deliver(address, "jane@shop.example.net", f"No. {number}", "Text")

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        async with aclosing(InboxReader(mail=desk.mail).alazy_load_data()) as documents:  # type: ignore[type-var]  # a generator
            for _ in range(taken):
                await anext(documents)
    await desk.mail.client.aio.close()

    lost = [each.id for each in desk.mail.client.run(desk.mail.list_messages(limit=100)).items[:-1] if each.is_read]
    told = " ".join(str(each.message) for each in caught)
    assert [each for each in lost if each not in told] == []


def test_the_state_may_be_left_as_the_service_makes_it(desk: Any, sandbox: Sandbox) -> None:
    """Whoever does not mind saves the requests."""
    transport = Counting()
    with Inkbox(
        sandbox.inkbox.api_key, base_url=sandbox.inkbox.base_url, transport=transport, retry=Retry(attempts=1)
    ) as client:
        address = desk.mail.client.run(desk.mail.list_messages()).items[0].inbox
        InboxLoader(InkboxMail(client, address, keep_unread=False)).load()

    assert "PATCH" not in transport.methods
    assert states(desk) == [True, True]
