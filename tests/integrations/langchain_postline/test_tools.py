"""A toolbox's tools in LangChain's hands."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from langchain_core.messages import ToolMessage
from langchain_core.tools import BaseTool, ToolException
from langchain_core.utils.function_calling import convert_to_openai_tool
from tests.integrations.conftest import Desk
from tests.vaults import everything, open_vault

from langchain_postline import PostlineToolkit
from postline import functions
from postline.tools import CATALOGUE, Tool, Toolbox, allow_recipients
from postline_sandbox import Sandbox

Invoke = Callable[..., Coroutine[Any, Any, ToolMessage]]

NAMES = [tool.name for tool in CATALOGUE]


@pytest.fixture
def tools(mail: Any) -> dict[str, BaseTool]:
    """All tools over the twin's inbox, by name."""
    return _by_name(Toolbox(mail, allow={"send"}))


@pytest.fixture
def whole(desk: Desk) -> Toolbox:
    """The whole catalogue, over an identity that has everything."""
    client = desk.mail.client
    client.run(open_vault(client))
    return Toolbox(client.run(everything(client, "support")), allow={"send", "write", "spend", "secret"})


@pytest.fixture(params=["sync", "async"])
def invoke(request: pytest.FixtureRequest) -> Invoke:
    """Make a call as an agent would, one way and the other."""

    async def call(tool: BaseTool, **arguments: Any) -> ToolMessage:
        request_ = {"type": "tool_call", "id": "call-1", "name": tool.name, "args": arguments}
        found = tool.invoke(request_) if request.param == "sync" else await tool.ainvoke(request_)
        assert isinstance(found, ToolMessage)
        return found

    return call


def _by_name(toolbox: Toolbox) -> dict[str, BaseTool]:
    return {tool.name: tool for tool in PostlineToolkit(toolbox=toolbox).get_tools()}


def test_a_toolkit_offers_what_its_toolbox_allows(mail: Any) -> None:
    """A toolbox that only reads gives no tool that sends."""
    reading = _by_name(Toolbox(mail))
    sending = _by_name(Toolbox(mail, allow={"send"}))

    assert list(sending) == [name for name in NAMES if name in sending]
    assert set(sending) - set(reading) == {"send_email", "reply_to_email"}
    assert sending["send_email"].metadata == {"effect": "send", "scope": "messages:write"}


@pytest.mark.parametrize("name", NAMES)
def test_a_model_sees_the_tool_as_it_was_declared(whole: Toolbox, name: str) -> None:
    """LangChain's form of a tool says what the project's own export says; it only spells optional arguments as nullable."""
    exported = {each["function"]["name"]: each for each in functions.export(whole, "openai")}

    converted = convert_to_openai_tool(_by_name(whole)[name])

    converted["function"]["parameters"] = _without_nulls(converted["function"]["parameters"])
    assert converted == exported[name]


@pytest.mark.parametrize("name", NAMES)
def test_in_strict_mode_every_argument_is_required_and_no_other_allowed(whole: Toolbox, name: str) -> None:
    """What may be left out can then be null."""
    parameters = convert_to_openai_tool(_by_name(whole)[name], strict=True)["function"]["parameters"]

    assert parameters.get("required", []) == list(parameters["properties"])
    assert parameters["additionalProperties"] is False
    for argument, schema in parameters["properties"].items():
        optional = _declared(name).args_model.model_fields[argument].default is None
        assert optional == ({"type": "null"} in schema.get("anyOf", []))


async def test_a_null_means_left_out(tools: dict[str, BaseTool], invoke: Invoke) -> None:
    """A model that fills in nulls, as strict schemas force it to, gets what it would get without them."""
    nulls = dict.fromkeys(["cursor", "direction", "sender", "since", "until", "limit"])

    message = await invoke(tools["list_emails"], **nulls)

    assert message.status == "success"
    assert len(message.artifact["data"]["emails"]) == 3


async def test_a_result_has_text_for_the_model_and_data_for_the_program(
    tools: dict[str, BaseTool], invoke: Invoke
) -> None:
    """The content is the fenced text, the artifact the same as data, with what was left out and where to read on."""
    first = await invoke(tools["list_emails"], limit=2)
    rest = await invoke(tools["list_emails"], limit=2, cursor=first.artifact["cursor"])

    assert (first.status, first.name, first.tool_call_id) == ("success", "list_emails", "call-1")
    assert "<<untrusted " in first.content
    assert "Now it pours." in first.content
    assert [each["untrusted"]["subject"] for each in first.artifact["data"]["emails"]] == [
        "Re: A leaking pump",
        "Opening hours",
    ]
    assert (first.artifact["complete"], rest.artifact["complete"]) == (False, True)
    assert [each["untrusted"]["subject"] for each in rest.artifact["data"]["emails"]] == ["A leaking pump"]


async def test_a_mail_goes_out_once(tools: dict[str, BaseTool], invoke: Invoke, sandbox: Sandbox) -> None:
    """An answer reaches the one who wrote, and the model is told who that was."""
    found = await invoke(tools["search_emails"], query="Sunday")
    thread = found.artifact["data"]["hits"][0]["untrusted"]["thread_id"]
    email = (await invoke(tools["read_thread"], thread_id=thread)).artifact["data"]["emails"][0]

    message = await invoke(tools["reply_to_email"], message_id=email["untrusted"]["id"], text="No, on Monday.")

    (sent,) = sandbox.control.outbox()
    assert message.status == "success"
    assert "ann@farm.example.org" in message.content
    assert (sent["to"], sent["subject"]) == (["ann@farm.example.org"], "Re: Opening hours")


@pytest.mark.parametrize(
    ("name", "arguments", "complaint"),
    [
        ("list_emails", {"limit": 0}, "limit: "),
        ("list_emails", {"limits": 5}, "list_emails has no such argument"),
        ("list_emails", {"cursor": "made up"}, "cursor"),
        ("send_email", {"subject": "Hi", "text": "Hi"}, "to: "),
        ("send_email", {"to": [], "subject": "Hi", "text": "Hi"}, "to: "),
        ("send_email", {"to": ["jane at shop"], "subject": "Hi", "text": "Hi"}, "to.0: "),
        ("read_email", {"message_id": ""}, "message_id: "),
        ("read_email", {"message_id": "no-such-message"}, "No such thread"),
    ],
)
async def test_a_failure_is_a_failure(
    tools: dict[str, BaseTool], invoke: Invoke, sandbox: Sandbox, name: str, arguments: dict[str, Any], complaint: str
) -> None:
    """The message has the status of an error and says whether to try again; nothing was sent."""
    message = await invoke(tools[name], **arguments)

    assert message.status == "error"
    assert message.artifact is None
    assert complaint in message.content
    assert message.content.endswith("Trying the same call again will not help.")
    assert sandbox.control.outbox() == []


async def test_a_passing_failure_says_that_trying_again_can_help(
    tools: dict[str, BaseTool], invoke: Invoke, sandbox: Sandbox
) -> None:
    """A service that is down is an error, never an empty inbox."""
    sandbox.control.fault("server_error", times=None)

    message = await invoke(tools["list_threads"])

    assert message.status == "error"
    assert message.content.endswith("Trying the same call again can help later.")


async def test_a_program_can_have_exceptions_instead(tools: dict[str, BaseTool], invoke: Invoke) -> None:
    """Without LangChain's handling of tool errors, a failure is raised."""
    tools["read_email"].handle_tool_error = False

    with pytest.raises(ToolException, match="No such thread"):
        await invoke(tools["read_email"], message_id="no-such-message")


async def test_no_policy_is_passed_by(mail: Any, invoke: Invoke, sandbox: Sandbox) -> None:
    """What the toolbox refuses, the tool refuses."""
    tools = _by_name(allow_recipients(Toolbox(mail, allow={"send"}), ["*@shop.example.net"]))

    refused = await invoke(tools["send_email"], to=["eve@elsewhere.example.org"], subject="Hi", text="Hi")
    allowed = await invoke(tools["send_email"], to=["jane@shop.example.net"], subject="Hi", text="Hi")

    assert (refused.status, allowed.status) == ("error", "success")
    assert [each["to"] for each in sandbox.control.outbox()] == [["jane@shop.example.net"]]


async def test_awaiting_a_tool_needs_no_thread(tools: dict[str, BaseTool], mail: Any, invoke: Invoke) -> None:
    """The async form runs on the async client: it works where the one that waits is closed."""
    await tools["list_threads"].ainvoke({})
    mail.client.close()

    awaited = await tools["list_threads"].ainvoke({"limit": 1})
    waited = tools["list_threads"].invoke({"limit": 1})

    assert "A leaking pump" in awaited
    assert "closed" in waited


async def test_a_tool_can_go_by_another_name(tools: dict[str, BaseTool], invoke: Invoke) -> None:
    """As it must where an agent works two inboxes."""
    tool = tools["list_threads"].model_copy(update={"name": "list_sales_threads"})

    message = await invoke(tool, limit=1)

    assert (message.name, message.status) == ("list_sales_threads", "success")
    assert convert_to_openai_tool(tool)["function"]["name"] == "list_sales_threads"


def test_neither_tool_nor_toolkit_shows_the_key(mail: Any, sandbox: Sandbox) -> None:
    """No repr and no dump leads to the client."""
    toolkit = PostlineToolkit(toolbox=Toolbox(mail))
    tool = toolkit.get_tools()[0]

    shown = f"{toolkit!r} {toolkit} {tool!r} {tool} {toolkit.model_dump()} {tool.model_dump()} {tool.__dict__}"

    assert sandbox.commune.api_key not in shown
    assert "CommuneClient" not in shown


def _declared(name: str) -> Tool:
    return next(tool for tool in CATALOGUE if tool.name == name)


def _without_nulls(schema: dict[str, Any]) -> dict[str, Any]:
    """Fold "this or null, null by default" into "this"."""
    folded = {**schema, "properties": {}} if "properties" in schema else dict(schema)
    for name, each in schema.get("properties", {}).items():
        folded["properties"][name] = _without_nulls(each)
    options = [each for each in schema.get("anyOf", []) if each != {"type": "null"}]
    if len(options) == 1:
        del folded["anyOf"], folded["default"]
        folded |= options[0]
    return folded
