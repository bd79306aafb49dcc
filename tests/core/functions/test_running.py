"""Running a reply's calls and answering them, in the vendors' own types."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

import anthropic.types
import openai.types.chat
import openai.types.responses
import pytest
from pydantic import TypeAdapter
from tests.core.tools.memory_mail import MemoryMail, message

from postline import functions
from postline.errors import ArgumentError
from postline.tools import Toolbox

Call = tuple[str, str, Any]  # id, name, arguments


def chat_completion(calls: Iterable[Call]) -> Any:
    tool_calls = [
        {"id": call_id, "type": "function", "function": {"name": name, "arguments": _text(given)}}
        for call_id, name, given in calls
    ]
    return openai.types.chat.ChatCompletion.model_validate(
        {
            "id": "c1",
            "object": "chat.completion",
            "created": 1,
            "model": "m",
            "choices": [
                {
                    "index": 0,
                    "finish_reason": "tool_calls",
                    "message": {"role": "assistant", "content": None, "tool_calls": tool_calls or None},
                }
            ],
        }
    )


def response(calls: Iterable[Call]) -> Any:
    items = [
        {"type": "function_call", "id": f"fc_{call_id}", "call_id": call_id, "name": name, "arguments": _text(given)}
        for call_id, name, given in calls
    ]
    return openai.types.responses.Response.model_validate(
        {
            "id": "r1",
            "object": "response",
            "created_at": 1,
            "model": "m",
            "output": [{"type": "reasoning", "id": "rs_1", "summary": []}, *items],
            "parallel_tool_calls": True,
            "tool_choice": "auto",
            "tools": [],
        }
    )


def anthropic_message(calls: Iterable[Call]) -> Any:
    blocks = [{"type": "tool_use", "id": call_id, "name": name, "input": given} for call_id, name, given in calls]
    return anthropic.types.Message.model_validate(
        {
            "id": "msg_1",
            "type": "message",
            "role": "assistant",
            "model": "m",
            "content": [{"type": "text", "text": "Let me look."}, *blocks],
            "stop_reason": "tool_use",
            "usage": {"input_tokens": 1, "output_tokens": 1},
        }
    )


def _text(given: Any) -> str:
    return given if isinstance(given, str) else json.dumps(given)


Outcome = tuple[str, str, bool | None]  # id, text, is_error where the vendor has a mark for it


def read_chat(answers: list[dict[str, Any]]) -> list[Outcome]:
    for answer in answers:
        TypeAdapter(openai.types.chat.ChatCompletionToolMessageParam).validate_python(answer)
    return [(each["tool_call_id"], each["content"], None) for each in answers]


def read_response(answers: list[dict[str, Any]]) -> list[Outcome]:
    for answer in answers:
        TypeAdapter(openai.types.responses.response_input_item_param.FunctionCallOutput).validate_python(answer)
    return [(each["call_id"], each["output"], None) for each in answers]


def read_anthropic(answers: list[dict[str, Any]]) -> list[Outcome]:
    for answer in answers:
        TypeAdapter(anthropic.types.MessageParam).validate_python(answer)
        for block in answer["content"]:
            TypeAdapter(anthropic.types.ToolResultBlockParam).validate_python(block)
    return [(b["tool_use_id"], b["content"], b["is_error"]) for each in answers for b in each["content"]]


VENDORS = {
    "openai": (chat_completion, read_chat),
    "openai-responses": (response, read_response),
    "anthropic": (anthropic_message, read_anthropic),
}


@pytest.fixture
def toolbox() -> Toolbox:
    return Toolbox(MemoryMail([message(1), message(2)]))


@pytest.fixture(params=VENDORS)
def vendor(request: pytest.FixtureRequest) -> tuple[Callable[[Iterable[Call]], Any], Callable[[Any], list[Outcome]]]:
    return VENDORS[request.param]


def test_calls_are_answered_in_their_order(toolbox: Toolbox, vendor: Any) -> None:
    """Each call of a vendor's reply gets its answer under its own id, in the order of the calls."""
    make, read = vendor
    reply = make([("a", "read_email", {"message_id": "m2"}), ("b", "read_email", {"message_id": "m1"})])

    outcomes = read(functions.run(toolbox, reply))

    assert [each[0] for each in outcomes] == ["a", "b"]
    assert "Text of number 2." in outcomes[0][1]
    assert "Text of number 1." in outcomes[1][1]
    assert not any(each[2] for each in outcomes)


async def test_calls_are_answered_in_a_running_loop(toolbox: Toolbox, vendor: Any) -> None:
    """`arun` does what `run` does."""
    make, read = vendor

    [(call_id, text, is_error)] = read(await functions.arun(toolbox, make([("a", "read_email", {"message_id": "m2"})])))

    assert (call_id, bool(is_error)) == ("a", False)
    assert "Text of number 2." in text


@pytest.mark.parametrize(
    ("name", "given", "says"),
    [
        ("read_email", {"message_id": "gone"}, "No such message"),
        ("read_email", {"message_id": "m1", "colour": "red"}, "colour"),
        ("delete_everything", {}, "no tool of that name"),
        ("send_email", {"to": ["a@home.example.com"], "subject": "s", "text": "t"}, "no tool of that name"),
    ],
)
async def test_a_failed_call_is_answered_as_a_failure(
    toolbox: Toolbox, vendor: Any, name: str, given: Any, says: str
) -> None:
    """What fails is told to the model, marked as an error where there is a mark, and does not stop the calls behind it."""
    make, read = vendor
    reply = make([("a", name, given), ("b", "read_email", {"message_id": "m1"})])

    for answers in (functions.run(toolbox, reply), await functions.arun(toolbox, reply)):
        failed, done = read(answers)

        assert failed[1].startswith("Error: ")
        assert says in failed[1]
        assert failed[2] in {True, None}
        assert "Text of number 1." in done[1]


@pytest.mark.parametrize("broken", ['{"message_id"', "[1]", '"m1"', "{'message_id': 'm1'}", "[" * 100_000])
def test_unreadable_arguments_are_answered_as_a_failure(toolbox: Toolbox, broken: str) -> None:
    """Arguments that are not one JSON object reach the model as an error."""
    [answer] = functions.run(toolbox, chat_completion([("a", "read_email", broken)]))

    assert answer["content"].startswith("Error: The arguments ")


def test_empty_arguments_mean_none_were_given(toolbox: Toolbox) -> None:
    """A vendor that sends an empty string for a call without arguments is understood."""
    [answer] = functions.run(toolbox, chat_completion([("a", "list_emails", "")]))

    assert answer["content"].startswith("2 emails")


def test_a_reply_is_accepted_in_every_form(toolbox: Toolbox) -> None:
    """The reply, its message, its items or blocks, as objects of the vendor or as plain data: all give the same answers."""
    call = ("a", "read_email", {"message_id": "gone"})
    chat, answer, block = chat_completion([call]), response([call]), anthropic_message([call])

    for forms in (
        [chat, chat.choices[0].message, chat.to_dict(), chat.choices[0].message.to_dict()],
        [answer, answer.output, answer.to_dict(), answer.to_dict()["output"]],
        [block, block.content, block.to_dict(), {"role": "assistant", "content": block.to_dict()["content"]}],
    ):
        first, *others = [functions.run(toolbox, form) for form in forms]

        assert len(first) == 1
        assert all(each == first for each in others)


@pytest.mark.parametrize(
    "reply",
    [
        chat_completion([]),
        chat_completion([]).choices[0].message,
        {"role": "assistant", "content": "Good day."},
        response([]),
        anthropic_message([]),
    ],
    ids=["chat", "chat message", "plain message", "response", "anthropic"],
)
def test_a_reply_without_calls_needs_no_answer(toolbox: Toolbox, reply: Any) -> None:
    """Nothing is to be appended where nothing was called."""
    assert functions.run(toolbox, reply) == []


def test_a_custom_call_is_answered_as_a_failure(toolbox: Toolbox) -> None:
    """A call that is not a function of the toolbox still gets the answer that its vendor requires."""
    custom = {"id": "a", "type": "custom", "custom": {"name": "shell", "input": "ls"}}

    [answer] = functions.run(toolbox, {"role": "assistant", "content": None, "tool_calls": [custom]})

    assert answer["tool_call_id"] == "a"
    assert "no tool of that name" in answer["content"]


@pytest.mark.parametrize("reply", [None, 3, "text", {"role": "user", "content": "hello"}, {}])
def test_what_is_no_reply_is_an_error(toolbox: Toolbox, reply: Any) -> None:
    """Something that no vendor replies is refused, not taken for a reply without calls."""
    with pytest.raises(ArgumentError, match="not a reply"):
        functions.run(toolbox, reply)


def test_a_dialect_can_be_named(toolbox: Toolbox) -> None:
    """A named dialect is used whatever the reply looks like, and an unknown name is an error."""
    reply = chat_completion([("a", "list_emails", {})])

    assert functions.run(toolbox, reply, dialect="openai")[0]["role"] == "tool"
    with pytest.raises(ArgumentError, match="not a reply"):
        functions.run(toolbox, reply, dialect="openai-responses")
    with pytest.raises(ArgumentError, match="no dialect"):
        functions.run(toolbox, reply, dialect="cobol")
