"""A chat model that follows a plan: it names tools, looks at what they gave, and has the last word."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import pytest
from langchain.agents import create_agent
from langchain_core.tools import tool

from postline_cli.scripted import scripted


@tool
def double(number: int) -> int:
    """Double a number."""
    return 2 * number


def plan() -> Generator[tuple[str, dict[str, Any]], str, str]:
    four = yield "double", {"number": 2}
    eight = yield "double", {"number": int(four)}
    return f"It is {eight}."


@pytest.mark.parametrize("streams", [False, True])
def test_a_plan_sees_what_its_tools_gave(streams: bool) -> None:
    """In turn, and the agent ends with its last words."""
    agent = create_agent(scripted(plan), [double])
    question: Any = {"messages": [("user", "Twice the double of two?")]}

    if streams:
        told = [message.text for message, _ in agent.stream(question, stream_mode="messages")]
    else:
        told = [each.text for each in agent.invoke(question)["messages"]]

    assert [each for each in told if each][-3:] == ["4", "8", "It is 8."]


def test_a_plan_may_call_nothing() -> None:
    """It may speak at once."""

    def silent() -> Generator[tuple[str, dict[str, Any]], str, str]:
        yield from ()
        return "Nothing to do."

    assert scripted(silent).invoke("Hello").text == "Nothing to do."
