"""The toolbox itself: what is in it, and what a call through it promises."""

from __future__ import annotations

import asyncio
import inspect
import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, cast

import pytest
from tests.core.tools.memory_mail import MemoryMail, Run

import postline.tools
from postline.channels import Channels, Mail, Phone
from postline.errors import ArgumentError
from postline.operation import Steps
from postline.tools import CATALOGUE, Call, Proceed, Result, Toolbox, ToolError, tool


@tool(effect="read", scope="phone:read")
def look_at_phone(phone: Phone) -> Steps[Result]:
    """Tell the agent's number."""
    yield from ()
    return Result(str(phone.number))


@tool(effect="write", scope="messages:write", needs="forward_message")
def pass_on(mail: Mail) -> Steps[Result]:
    """Forward something."""
    yield from ()
    return Result("")


def test_a_toolbox_lists_its_tools(mail: MemoryMail) -> None:
    """Tools are found by order and by name; a wrong name is an error that lists the right ones."""
    toolbox = Toolbox(mail)

    assert [each.name for each in toolbox] == [
        each.name for each in CATALOGUE if each.effect == "read" and each.channel == "mail"
    ]
    assert list(toolbox.tools) == list(toolbox)
    assert len(toolbox) == 6
    assert toolbox["read_email"].name == "read_email"
    assert repr(toolbox).startswith("Toolbox(list_emails, ")
    with pytest.raises(KeyError, match="no tool 'read_mail' in this toolbox, which has list_emails, "):
        toolbox["read_mail"]


def test_a_tool_without_its_channel_is_absent(mail: MemoryMail) -> None:
    """A mail-only toolbox has no phone tools, and one without mail no mail tools."""

    class Number(MemoryMail):
        number = "+15550100"

    numbers = Channels(phone=cast("Phone", Number()))

    assert "look_at_phone" not in Toolbox(mail, tools=[*CATALOGUE, look_at_phone])
    assert {each.channel for each in Toolbox(numbers, tools=[*CATALOGUE, look_at_phone])} == {"phone"}
    assert Toolbox(numbers, tools=[look_at_phone]).call("look_at_phone").text == "+15550100"


def test_a_tool_that_the_service_has_nothing_for_is_absent(mail: MemoryMail) -> None:
    """What the channel lacks is not offered."""
    assert "pass_on" not in Toolbox(mail, allow={"write"}, tools=[pass_on])
    mail.lacks = frozenset()
    assert "pass_on" in Toolbox(mail, allow={"write"}, tools=[pass_on])


@pytest.mark.parametrize(
    "wrong",
    [{"budget_chars": 3_999}, {"folder": "/no/such/folder"}, {"allow": "send"}],
    ids=lambda wrong: next(iter(wrong)),
)
def test_a_wrong_set_up_is_found_at_once(mail: MemoryMail, wrong: dict[str, Any]) -> None:
    """A budget too small, a folder that is none, and effects given as one string are errors of construction."""
    with pytest.raises(ArgumentError, match=next(iter(wrong))):
        Toolbox(mail, **wrong)


def test_a_folder_may_be_given_as_text(mail: MemoryMail, tmp_path: Path) -> None:
    """A path is taken as a string too."""
    assert len(Toolbox(mail, folder=str(tmp_path))) == 6


def test_data_can_be_sent_as_json(run: Run, mail: MemoryMail) -> None:
    """Structured data holds nothing that JSON lacks."""
    result = run(Toolbox(mail), "list_emails")

    assert json.loads(json.dumps(result.data)) == result.data


def test_a_result_keeps_text_out_of_its_repr(run: Run, mail: MemoryMail) -> None:
    """A logged result shows no mail."""
    assert "Text of" not in repr(run(Toolbox(mail), "read_email", message_id="m1"))


async def test_a_sync_call_works_in_a_running_loop(mail: MemoryMail) -> None:
    """A notebook, whose event loop always runs, can use the plain call."""
    assert Toolbox(mail).call("list_emails").data["emails"]


async def test_a_channel_of_either_kind_serves_both_calls(mail: MemoryMail) -> None:
    """Whether the operator made a sync or an async client, both calls work."""
    mail.client = mail.client.aio

    assert Toolbox(mail).call("list_emails").data == (await Toolbox(mail).acall("list_emails")).data


def test_calls_may_be_made_side_by_side(mail: MemoryMail) -> None:
    """A toolbox can be shared between threads and between tasks."""
    toolbox = Toolbox(mail)
    with ThreadPoolExecutor(8) as pool:
        texts = list(pool.map(lambda n: toolbox.call("read_email", {"message_id": f"m{n}"}).data, range(30)))

    async def all_at_once() -> list[Result]:
        return await asyncio.gather(*(toolbox.acall("read_email", {"message_id": f"m{n}"}) for n in range(30)))

    assert [each.data for each in asyncio.run(all_at_once())] == texts


def test_what_was_not_raised_on_purpose_is_masked(run: Run, mail: MemoryMail) -> None:
    """An unexpected exception is named by its class alone, in the failure's text."""

    @tool(effect="read", scope="messages:read")
    def broken(mail: Mail) -> Steps[Result]:
        """Break."""
        yield from ()
        raise ZeroDivisionError("private words")

    with pytest.raises(ToolError) as caught:
        run(Toolbox(mail, tools=[broken]), "broken")

    assert (
        caught.value.text
        == "Error: broken failed unexpectedly (ZeroDivisionError). Trying the same call again will not help."
    )
    assert isinstance(caught.value.__cause__, ZeroDivisionError)


def test_a_policy_that_breaks_is_a_failure(run: Run, mail: MemoryMail) -> None:
    """Whatever a policy raises, the call fails as calls fail, and does not happen."""

    def broken(call: Call, proceed: Proceed) -> Steps[Result]:
        raise RuntimeError("private words")

    with pytest.raises(ToolError, match=r"failed unexpectedly \(RuntimeError\)"):
        run(Toolbox(mail).under(broken), "list_emails")

    assert mail.requests == []


def test_a_closed_client_is_a_failure(mail: MemoryMail) -> None:
    """A toolbox whose client was closed says so."""
    cast("Any", mail.client).close()

    with pytest.raises(ToolError, match="closed"):
        Toolbox(mail).call("list_emails")


async def test_cancelling_a_call_is_not_a_failure(mail: MemoryMail) -> None:
    """Cancellation passes through as itself."""

    @tool(effect="read", scope="messages:read")
    def slow(mail: Mail) -> Steps[Result]:
        """Wait."""
        from postline.operation import Sleep

        yield from Sleep(60)
        return Result("")

    task = asyncio.create_task(Toolbox(mail, tools=[slow]).acall("slow"))
    await asyncio.sleep(0)
    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task


def test_public_names_are_what_is_listed() -> None:
    """Every name in `__all__` exists, and everything public is in it."""
    names = {
        name for name, value in vars(postline.tools).items() if not name.startswith("_") and not inspect.ismodule(value)
    }

    assert names == set(postline.tools.__all__)


def test_an_effect_that_does_not_exist_is_refused(mail: MemoryMail) -> None:
    """A misspelled effect is an error that names the right ones, and not a toolbox that only reads."""
    with pytest.raises(ArgumentError, match="no effect sned; there are read, write, send, spend, secret"):
        Toolbox(mail, allow={"sned"})  # type: ignore[arg-type]  # the mistake under test


@pytest.mark.parametrize("given", [object(), iter(()), "support@example.com"], ids=lambda given: type(given).__name__)
def test_what_is_no_channel_is_refused(given: Any) -> None:
    """A client, an address or work that was not run yet are easily taken for one."""
    with pytest.raises(ArgumentError, match="neither `Channels` nor a channel"):
        Toolbox(given)
