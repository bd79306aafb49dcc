"""What each model vendor calls things: a tool's definition, the calls in a reply, and the answers to them. One row each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from postline.errors import ArgumentError
from postline.functions.schemas import Schema, anthropic_strict, openai_strict
from postline.tools import Result, Tool, ToolError

Definition: TypeAlias = dict[str, Any]

_ANTHROPIC_STRICT_TOOLS = 20
_ANTHROPIC_OPTIONAL_PARAMETERS = 24


@dataclass(frozen=True, slots=True)
class FunctionCall:
    """A call in a model's reply."""

    id: str
    name: str
    arguments: Any
    """As the vendor gives them: an object, or its JSON text."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a call."""

    call: FunctionCall
    outcome: Result | ToolError

    @property
    def text(self) -> str:
        """What the model is to read."""
        return self.outcome.text


@dataclass(frozen=True, slots=True)
class Dialect:
    """One vendor's form of function calling."""

    define: Callable[[Tool, Schema, bool], Definition]
    """Wraps a tool's parameters; the flag is whether they are strict."""
    narrow: Callable[[Schema], Schema]
    """Makes parameters strict."""
    check: Callable[[Sequence[Definition]], None]
    """Raises an `ArgumentError` where strict definitions are too many for one request."""
    calls: Callable[[Any], list[FunctionCall] | None]
    """Finds the calls in a reply; `None` for a reply that is not in this dialect."""
    answer: Callable[[Sequence[Answer]], list[dict[str, Any]]]
    """Writes the messages, or items, that answer a reply's calls."""


def part(thing: Any, key: str) -> Any:
    """Return a part of a reply, which may be an object of the vendor's package or plain data."""
    return thing.get(key) if isinstance(thing, Mapping) else getattr(thing, key, None)


def _define_chat(tool: Tool, parameters: Schema, strict: bool) -> Definition:
    function = {"name": tool.name, "description": tool.description, "parameters": parameters}
    return {"type": "function", "function": {**function, "strict": True} if strict else function}


def _chat_calls(reply: Any) -> list[FunctionCall] | None:
    message = part(choices[0], "message") if (choices := part(reply, "choices")) else reply
    calls = part(message, "tool_calls")
    if calls is None and not choices:
        return None
    return [_chat_call(call) for call in calls or ()]


def _chat_call(call: Any) -> FunctionCall:
    function = part(call, "function") or part(call, "custom")
    return FunctionCall(part(call, "id"), part(function, "name"), part(function, "arguments"))


def _answer_chat(answers: Sequence[Answer]) -> list[dict[str, Any]]:
    return [{"role": "tool", "tool_call_id": each.call.id, "content": each.text} for each in answers]


def _define_response(tool: Tool, parameters: Schema, strict: bool) -> Definition:
    # Left out, `strict` would make the service rewrite the parameters.
    return {
        "type": "function",
        "name": tool.name,
        "description": tool.description,
        "parameters": parameters,
        "strict": strict,
    }


def _response_calls(reply: Any) -> list[FunctionCall] | None:
    items = reply if isinstance(reply, list) else part(reply, "output")
    if not isinstance(items, list) or any(part(item, "type") == "tool_use" for item in items):
        return None
    calls = [item for item in items if part(item, "type") == "function_call"]
    return [FunctionCall(part(call, "call_id"), part(call, "name"), part(call, "arguments")) for call in calls]


def _answer_response(answers: Sequence[Answer]) -> list[dict[str, Any]]:
    return [{"type": "function_call_output", "call_id": each.call.id, "output": each.text} for each in answers]


def _define_anthropic(tool: Tool, parameters: Schema, strict: bool) -> Definition:
    definition = {"name": tool.name, "description": tool.description, "input_schema": parameters}
    return {**definition, "strict": True} if strict else definition


def _check_anthropic(definitions: Sequence[Definition]) -> None:
    schemas = [definition["input_schema"] for definition in definitions]
    optional = sum(len(schema["properties"].keys() - set(schema.get("required", ()))) for schema in schemas)
    if len(schemas) > _ANTHROPIC_STRICT_TOOLS or optional > _ANTHROPIC_OPTIONAL_PARAMETERS:
        raise ArgumentError(
            f"Anthropic takes {_ANTHROPIC_STRICT_TOOLS} strict tools with {_ANTHROPIC_OPTIONAL_PARAMETERS} optional parameters; "
            f"these are {len(schemas)} with {optional}: choose some with `only`, or leave strict off"
        )


def _anthropic_calls(reply: Any) -> list[FunctionCall] | None:
    blocks = reply if isinstance(reply, list) else part(reply, "content")
    if part(reply, "role") == "assistant" and isinstance(blocks, str | None):
        return []
    if not isinstance(blocks, list):
        return None
    calls = [block for block in blocks if part(block, "type") == "tool_use"]
    return [FunctionCall(part(call, "id"), part(call, "name"), part(call, "input")) for call in calls]


def _answer_anthropic(answers: Sequence[Answer]) -> list[dict[str, Any]]:
    results = [
        {
            "type": "tool_result",
            "tool_use_id": each.call.id,
            "content": each.text,
            "is_error": isinstance(each.outcome, ToolError),
        }
        for each in answers
    ]
    return [{"role": "user", "content": results}] if results else []


def _unlimited(definitions: Sequence[Definition]) -> None:
    """Accept any number."""


DIALECTS: Mapping[str, Dialect] = {
    "openai": Dialect(_define_chat, openai_strict, _unlimited, _chat_calls, _answer_chat),
    "openai-responses": Dialect(_define_response, openai_strict, _unlimited, _response_calls, _answer_response),
    "anthropic": Dialect(_define_anthropic, anthropic_strict, _check_anthropic, _anthropic_calls, _answer_anthropic),
}
"""Every dialect, by the name that `export` takes; in the order in which a reply is tried."""
