"""Function calling without a framework: a toolbox as the definitions of a model's API, and a reply's calls run through it."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from postline.errors import ArgumentError
from postline.functions.dialects import DIALECTS, Answer, Definition, Dialect, FunctionCall
from postline.functions.schemas import plain
from postline.tools import Result, Tool, Toolbox, ToolError

__all__ = ["DIALECTS", "arun", "export", "run"]


def export(toolbox: Toolbox, dialect: str, *, strict: bool = False) -> list[Definition]:
    """Return the tools as definitions for a model's API. They are the caller's own: changing them changes nothing else.

    Args:
        toolbox: The tools.
        dialect: `openai` (Chat Completions), `openai-responses` or `anthropic`.
        strict: Whether the vendor is to hold the model to the schema to the letter. A null that it then sends for what it leaves
            out, a toolbox takes as left out.

    Raises:
        ArgumentError: There is no such dialect, or the tools do not fit its strict mode.
    """
    form = _dialect(dialect)
    definitions: list[Definition] = json.loads(f"[{','.join(_definition(tool, dialect, strict) for tool in toolbox)}]")
    if strict:
        form.check(definitions)
    return definitions


def run(toolbox: Toolbox, reply: Any, *, dialect: str | None = None) -> list[dict[str, Any]]:
    """Run the calls in a model's reply, one after another, and return what to append to the conversation behind it.

    A failure, an unknown tool and unreadable arguments become answers too, marked as errors where the vendor has a mark for it.

    Args:
        toolbox: What the model may call.
        reply: The vendor's object or the same as plain data: a chat completion or its message, a response or its output items, a
            message or its content blocks.
        dialect: The form of the reply, where it should not be recognized.

    Returns:
        Messages, or for `openai-responses` items; empty if nothing was called.

    Raises:
        ArgumentError: The reply is in no known dialect.
    """
    form, calls = _read(reply, dialect)
    return form.answer([Answer(call, _outcome(toolbox, call)) for call in calls])


async def arun(toolbox: Toolbox, reply: Any, *, dialect: str | None = None) -> list[dict[str, Any]]:
    """Run the calls in a model's reply in the running event loop; otherwise as `run`."""
    form, calls = _read(reply, dialect)
    return form.answer([Answer(call, await _aoutcome(toolbox, call)) for call in calls])


def _outcome(toolbox: Toolbox, call: FunctionCall) -> Result | ToolError:
    try:
        return toolbox.call(call.name, call.arguments)
    except ToolError as error:
        return error


async def _aoutcome(toolbox: Toolbox, call: FunctionCall) -> Result | ToolError:
    try:
        return await toolbox.acall(call.name, call.arguments)
    except ToolError as error:
        return error


@lru_cache(maxsize=4096)
def _definition(tool: Tool, dialect: str, strict: bool) -> str:
    """Kept as text: parsing it is the cheapest way to a copy that its caller may change."""
    form, parameters = DIALECTS[dialect], plain(tool)
    return json.dumps(form.define(tool, form.narrow(parameters) if strict else parameters, strict))


def _dialect(name: str) -> Dialect:
    if name not in DIALECTS:
        raise ArgumentError(f"no dialect {name!r}; there are {', '.join(DIALECTS)}")
    return DIALECTS[name]


def _read(reply: Any, dialect: str | None) -> tuple[Dialect, list[FunctionCall]]:
    for form in [_dialect(dialect)] if dialect else DIALECTS.values():
        calls = form.calls(reply)
        if calls is not None:
            return form, calls
    raise ArgumentError("not a reply of a known dialect: give the vendor's reply, its message, or its items")
