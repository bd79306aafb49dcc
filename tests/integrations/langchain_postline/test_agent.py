"""A real agent of LangChain's works an inbox with the tools; only what the model says is scripted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from langchain.agents import create_agent
from langchain.agents.middleware import HumanInTheLoopMiddleware
from langchain_core.messages import AIMessage, BaseMessage, ToolMessage
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.types import Command
from tests.integrations.langchain_postline.scripted import ScriptedModel, calls

from langchain_postline import PostlineToolkit
from postline.tools import Toolbox, allow_recipients, approve
from postline_sandbox import Sandbox

ASK = {"messages": [("user", "Answer whoever has a leaking pump.")]}


def found_thread(messages: Sequence[BaseMessage]) -> AIMessage:
    """Read the thread that the search found."""
    hit = _artifact(messages)["hits"][0]
    return calls(read_thread={"thread_id": hit["untrusted"]["thread_id"]})


def answer_newest(messages: Sequence[BaseMessage]) -> AIMessage:
    """Answer the last email of the thread."""
    newest = _artifact(messages)["emails"][-1]
    return calls(reply_to_email={"message_id": newest["untrusted"]["id"], "text": "A plumber is coming."})


def _artifact(messages: Sequence[BaseMessage]) -> Any:
    assert isinstance(messages[-1], ToolMessage)
    return messages[-1].artifact["data"]


def triage() -> ScriptedModel:
    """Search, read, answer, report."""
    return ScriptedModel(
        script=[calls(search_emails={"query": "leaking pump"}), found_thread, answer_newest, "Answered Jane."]
    )


def sends(to: str) -> ScriptedModel:
    """Write to one address, then report."""
    return ScriptedModel(script=[calls(send_email={"to": [to], "subject": "Hello", "text": "Hello"}), "Done."])


@pytest.fixture
def toolbox(mail: Any) -> Toolbox:
    """Tools that read and send, at one shop only."""
    return allow_recipients(Toolbox(mail, allow={"send"}), ["*@shop.example.net"])


def agent(model: ScriptedModel, toolbox: Toolbox, **options: Any) -> Any:
    """Make an agent as a user would."""
    return create_agent(model, PostlineToolkit(toolbox=toolbox).get_tools(), **options)


def outcomes(messages: Sequence[BaseMessage]) -> list[tuple[str, str]]:
    """List the tools that ran, and how it went."""
    return [(each.name or "", each.status) for each in messages if isinstance(each, ToolMessage)]


@pytest.mark.parametrize("kind", ["invoke", "ainvoke", "stream", "astream"])
async def test_an_agent_searches_reads_and_answers(toolbox: Toolbox, sandbox: Sandbox, kind: str) -> None:
    """The same work, run at once and streamed, sync and async, sends one answer in the thread."""
    model = triage()
    runner = agent(model, toolbox)

    match kind:
        case "invoke":
            messages = runner.invoke(ASK)["messages"]
        case "ainvoke":
            messages = (await runner.ainvoke(ASK))["messages"]
        case "stream":
            messages = _collected(list(runner.stream(ASK, stream_mode=["updates", "messages"])))
        case _:
            messages = _collected([each async for each in runner.astream(ASK, stream_mode=["updates", "messages"])])

    (sent,) = sandbox.control.outbox()
    assert outcomes(messages) == [
        ("search_emails", "success"),
        ("read_thread", "success"),
        ("reply_to_email", "success"),
    ]
    assert messages[-1].text == "Answered Jane."
    assert model.offered == [tool.name for tool in toolbox]
    assert (sent["to"], sent["subject"]) == (["jane@shop.example.net"], "Re: A leaking pump")
    assert sent["thread_id"] == "<pump-1@shop.example.net>"


async def test_a_run_goes_on_after_a_tool_failed(toolbox: Toolbox, sandbox: Sandbox) -> None:
    """The model reads what went wrong as an error, and may try something else."""
    model = ScriptedModel(
        script=[
            calls(send_email={"to": ["eve@elsewhere.example.org"], "subject": "Hi", "text": "Hi"}),
            calls(read_email={"message_id": "made up"}, list_emails={"limit": 1000}),
            "I could not.",
        ]
    )

    messages = (await agent(model, toolbox).ainvoke(ASK))["messages"]

    assert outcomes(messages) == [("send_email", "error"), ("read_email", "error"), ("list_emails", "error")]
    assert messages[-1].text == "I could not."
    assert sandbox.control.outbox() == []


@pytest.mark.parametrize(
    ("decision", "status", "sent_to"),
    [
        ({"type": "approve"}, "success", ["jane@shop.example.net"]),
        ({"type": "reject", "message": "Not today."}, "error", None),
        ({"type": "edit", "edited_action": "ann@shop.example.net"}, "success", ["ann@shop.example.net"]),
        ({"type": "edit", "edited_action": "eve@elsewhere.example.org"}, "error", None),
    ],
)
async def test_a_persons_decision_holds_and_an_edit_goes_through_policy_again(
    toolbox: Toolbox, sandbox: Sandbox, decision: dict[str, Any], status: str, sent_to: list[str] | None
) -> None:
    """LangChain's middleware asks before a send; what a person changes there is judged like what the model wrote."""
    gate = HumanInTheLoopMiddleware(interrupt_on={"send_email": {"allowed_decisions": ["approve", "edit", "reject"]}})
    runner = agent(sends("jane@shop.example.net"), toolbox, middleware=[gate], checkpointer=InMemorySaver())
    thread = {"configurable": {"thread_id": "1"}}
    if "edited_action" in decision:
        arguments = {"to": [decision["edited_action"]], "subject": "Hello", "text": "Hello"}
        decision = {**decision, "edited_action": {"name": "send_email", "args": arguments}}

    asked = await runner.ainvoke(ASK, thread)
    before = sandbox.control.outbox()
    messages = (await runner.ainvoke(Command(resume={"decisions": [decision]}), thread))["messages"]

    (interrupt,) = asked["__interrupt__"]
    assert interrupt.value["action_requests"][0]["name"] == "send_email"
    assert before == []
    assert outcomes(messages) == [("send_email", status)]
    assert [each["to"] for each in sandbox.control.outbox()] == ([sent_to] if sent_to else [])


async def test_the_toolboxs_own_approval_is_asked_in_an_agent(mail: Any, sandbox: Sandbox) -> None:
    """`approve` sees the mail as it would go out, and its refusal reaches the model."""
    asked: list[Any] = []

    async def refuse(request: Any) -> bool:
        asked.append(request)
        return False

    toolbox = approve(Toolbox(mail, allow={"send"}), refuse)

    messages = (await agent(triage(), toolbox).ainvoke(ASK))["messages"]

    assert outcomes(messages)[-1] == ("reply_to_email", "error")
    assert [each.email for each in asked[0].draft.to] == ["jane@shop.example.net"]
    assert sandbox.control.outbox() == []


def _collected(events: list[Any]) -> list[BaseMessage]:
    """Gather a stream's messages, and see that what was told piece by piece is what was told at once."""
    updates = [
        message
        for mode, update in events
        if mode == "updates"
        for node in update.values()
        for message in node["messages"]
    ]
    pieces = "".join(event[0].text for mode, event in events if mode == "messages" and event[0].type != "tool")
    assert pieces == "".join(message.text for message in updates if message.type == "ai")
    return updates
