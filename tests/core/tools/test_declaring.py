"""What it takes to declare a tool, and what holds for every tool of the catalogue."""

from __future__ import annotations

import re
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError
from tests.core.tools.memory_mail import MemoryMail

from postline.channels import Mail
from postline.errors import ArgumentError
from postline.operation import Steps
from postline.tools import CATALOGUE, Call, Result, Tool, Toolbox, tool
from postline.tools.outgoing import DOORS

MODEL_NAMES = set(dir(BaseModel))


@tool(effect="write", scope="messages:write", idempotent=True)
def count_words(mail: Mail, *, text: str, at_most: int = 3) -> Steps[Result]:
    """Count the words of a text,
    up to a limit.

    A second paragraph.

    Args:
        text: What to count in:
            any text.
        at_most: Where to stop.

    Returns:
        Nothing that a model should read.
    """
    yield from ()
    return Result(str(min(len(text.split()), at_most)))


def test_a_tool_is_read_off_its_function() -> None:
    """Name, description, parameters and marks come from the function alone."""
    schema = count_words.args_model.model_json_schema()

    assert count_words.name == "count_words"
    assert count_words.description == "Count the words of a text, up to a limit.\n\nA second paragraph."
    assert schema["required"] == ["text"]
    assert schema["properties"]["text"]["description"] == "What to count in: any text."
    assert schema["properties"]["at_most"]["default"] == 3
    assert (count_words.effect, count_words.scope, count_words.idempotent) == ("write", "messages:write", True)
    assert count_words.channel == "mail"
    assert repr(count_words) == "<tool count_words: write>"


def test_a_tool_of_ones_own_joins_the_toolbox() -> None:
    """A tool is used by passing it beside the catalogue, under the same rules."""
    toolbox = Toolbox(MemoryMail(), allow={"write"}, tools=[*CATALOGUE, count_words])

    assert toolbox.call("count_words", {"text": "one two"}).text == "2"
    assert "count_words" not in Toolbox(MemoryMail(), tools=[*CATALOGUE, count_words])


def test_the_arguments_of_a_tool_are_frozen() -> None:
    """What was validated cannot change before it is used."""
    arguments: Any = count_words.args_model(text="one")

    with pytest.raises(ValidationError):
        arguments.text = "two"


@pytest.mark.parametrize("each", CATALOGUE, ids=lambda each: each.name)
def test_every_tool_keeps_to_what_all_frameworks_take(each: Tool) -> None:
    """Names, descriptions and parameters stay within what every vendor and framework accepts."""
    schema = each.args_model.model_json_schema()

    assert re.fullmatch(r"[a-zA-Z_][a-zA-Z0-9_-]{0,63}", each.name)
    assert 20 <= len(each.description) <= 1024
    assert schema["additionalProperties"] is False
    assert "$defs" not in schema
    for name, parameter in schema["properties"].items():
        assert parameter["description"].endswith(".")
        assert name not in MODEL_NAMES | {"config", "callbacks", "run_manager"}
        options = [option for option in parameter.get("anyOf", [parameter]) if option != {"type": "null"}]
        assert [option["type"] for option in options][1:] == []
        assert options[0]["type"] in {"string", "integer", "boolean", "array"}
        assert options[0].get("items", {"type": "string"})["type"] == "string"


@pytest.mark.parametrize("each", CATALOGUE, ids=lambda each: each.name)
def test_every_tool_says_what_it_does_to_the_world(each: Tool) -> None:
    """A tool that only reads may be repeated; one that reaches somebody does so through a door where policies stand."""
    assert re.fullmatch(r"[a-z]+:(read|write)( [a-z]+:(read|write))*", each.scope)
    assert each.idempotent == (each.effect in {"read", "secret"} or each.name.startswith("mark_"))
    assert (each.gate in DOORS) == (each.effect in {"send", "spend"})
    assert (each.gate is None) == (each.gate not in DOORS)
    assert ("write" in each.scope) == (each.effect not in {"read", "secret"})


def test_names_are_unique() -> None:
    """No tool of the catalogue hides another."""
    names = [each.name for each in CATALOGUE]

    assert len(set(names)) == len(names)


def test_a_tool_can_know_its_call() -> None:
    """A second parameter named `call` is given the circumstances, and is not offered to the model."""
    seen = []

    @tool(effect="read", scope="messages:read")
    def look(mail: Mail, call: Call, *, word: str) -> Steps[Result]:
        """Look.

        Args:
            word: A word.
        """
        seen.append((call.tool.name, call.arguments, call.limits.budget_chars, call.key))
        yield from ()
        return Result(word)

    Toolbox(MemoryMail(), tools=[look], budget_chars=5_000).call("look", {"word": "x"})

    assert seen == [("look", {"word": "x"}, 5_000, "")]
    assert list(look.args_model.model_fields) == ["word"]


def test_an_argument_that_is_not_told_is_named() -> None:
    """A model must know of every argument what it is; who declares the tool learns which one is missing."""

    @tool(effect="read")
    def look(mail: Mail, *, word: str) -> Steps[Result]:
        """Look."""
        yield from ()
        return Result(word)

    with pytest.raises(ArgumentError, match="the tool look says nothing of word"):
        _ = look.args_model
    assert look.scope == ""


def test_a_result_shows_how_much_it_is() -> None:
    """And not what strangers wrote; text and data are shown when asked for."""
    whole, part = Result("Hello, " * 300, {"untrusted": "Hello"}), Result("x", cursor="next")

    assert repr(whole) == "<Result: 2,100 characters, complete; print it to read it>"
    assert "incomplete" in repr(part)
