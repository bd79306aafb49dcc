"""The schemas that vendors get: what each of them accepts, checked with its own package where it has a check."""

from __future__ import annotations

import copy
import re
import typing
from collections.abc import Iterator
from enum import Enum
from typing import Annotated, Any, Literal

import anthropic
import openai.types.chat
import openai.types.responses
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openai.lib._pydantic import _ensure_strict_json_schema
from pydantic import Field, TypeAdapter
from tests.core.tools.memory_mail import MemoryMail

from postline import functions
from postline.channels import Mail
from postline.errors import ArgumentError
from postline.functions import DIALECTS
from postline.functions.schemas import Schema, openai_strict, plain
from postline.operation import Steps
from postline.tools import Result, Toolbox, only, tool

BOTH = [(dialect, strict) for dialect in DIALECTS for strict in (False, True)]
OPENAI_KEYWORDS = {
    *("type", "description", "enum", "const", "anyOf", "properties", "required", "additionalProperties", "items"),
    *(
        "pattern",
        "format",
        "minimum",
        "maximum",
        "exclusiveMinimum",
        "exclusiveMaximum",
        "multipleOf",
        "minItems",
        "maxItems",
    ),
}


class Colour(Enum):
    """Something that schemas refer to."""

    RED = "red"
    BLUE = "blue"


@tool(effect="read", scope="messages:read")
def odd(
    mail: Mail,
    *,
    words: Annotated[list[Annotated[str, Field(max_length=9)]], Field(min_length=2)],
    mode: Literal["a", "b"] | None = None,
    ratio: Annotated[float, Field(gt=0, lt=1)] = 0.5,
    either: int | str = 3,
    code: Annotated[str, Field(pattern="^x")] | None = None,
    colour: Colour = Colour.RED,
) -> Steps[Result]:
    """Do something with every kind of argument.

    Args:
        words: Some words,
            on two lines.
        mode: One of two.
        ratio: A part.
        either: A number or a word.
        code: A code.
        colour: A colour.
    """
    yield from ()
    return Result("done", {"words": words, "mode": mode, "ratio": ratio, "either": either, "code": code})


@pytest.fixture
def toolbox() -> Toolbox:
    return Toolbox(MemoryMail(), allow={"send"})


@pytest.fixture
def with_odd() -> Toolbox:
    return Toolbox(MemoryMail(), tools=[odd])


def nodes(schema: Schema) -> Iterator[Schema]:
    """Walk a schema and all that it is made of."""
    yield schema
    for child in [*schema.get("properties", {}).values(), *schema.get("anyOf", ()), schema.get("items")]:
        if child:
            yield from nodes(child)


def parameters(definition: dict[str, Any]) -> Schema:
    found: Schema = definition.get("input_schema") or definition.get("function", definition)["parameters"]
    return found


@pytest.mark.parametrize(("dialect", "strict"), BOTH)
def test_definitions_have_exactly_the_keys_of_the_vendors_types(toolbox: Toolbox, dialect: str, strict: bool) -> None:
    """Each definition validates as the vendor's own parameter type, and has no key that the type lacks."""
    kind: Any = {
        "openai": openai.types.chat.ChatCompletionFunctionToolParam,
        "openai-responses": openai.types.responses.FunctionToolParam,
        "anthropic": anthropic.types.ToolParam,
    }[dialect]

    definitions = functions.export(toolbox, dialect, strict=strict)

    assert [(each.get("function") or each)["name"] for each in definitions] == [each.name for each in toolbox]
    for definition in definitions:
        TypeAdapter(kind).validate_python(definition)
        assert definition.keys() <= typing.get_type_hints(kind).keys()


@pytest.mark.parametrize(("dialect", "strict"), BOTH)
def test_schemas_are_self_contained(toolbox: Toolbox, with_odd: Toolbox, dialect: str, strict: bool) -> None:
    """No schema refers to another place, has titles, or offers null for what may simply be left out."""
    for definition in [
        *functions.export(toolbox, dialect, strict=strict),
        *functions.export(with_odd, dialect, strict=strict),
    ]:
        for node in nodes(parameters(definition)):
            assert not node.keys() & {"$ref", "$defs", "title", "allOf", "oneOf"}
            assert dialect != "anthropic" or node != {"type": "null"}


def test_every_parameter_is_described(toolbox: Toolbox) -> None:
    """A model reads what each parameter of each tool means."""
    for definition in functions.export(toolbox, "anthropic"):
        assert all(each["description"] for each in definition["input_schema"]["properties"].values())


def test_openai_strict_obeys_its_rules(toolbox: Toolbox, with_odd: Toolbox) -> None:
    """Every property is required, objects are closed, and only keywords of the documented list occur; defaults do not."""
    for definition in functions.export(toolbox, "openai", strict=True) + functions.export(
        with_odd, "openai", strict=True
    ):
        assert definition["function"]["strict"] is True
        schema = parameters(definition)
        assert schema["type"] == "object"
        assert "anyOf" not in schema
        for node in nodes(schema):
            assert node.keys() <= OPENAI_KEYWORDS
            if node.get("type") == "object":
                assert node["additionalProperties"] is False
                assert node["required"] == list(node["properties"])


def test_openais_own_helper_finds_nothing_to_change(toolbox: Toolbox, with_odd: Toolbox) -> None:
    """What the vendor's package does to make a schema strict leaves ours as it is."""
    for definition in functions.export(toolbox, "openai", strict=True) + functions.export(
        with_odd, "openai", strict=True
    ):
        schema = parameters(definition)

        assert _ensure_strict_json_schema(copy.deepcopy(schema), path=(), root=schema) == schema


def test_anthropics_own_helper_finds_nothing_to_change(toolbox: Toolbox, with_odd: Toolbox) -> None:
    """What the vendor's package does to make a schema strict leaves ours as it is."""
    for box in (toolbox, with_odd):
        for definition in functions.export(box, "anthropic", strict=True):
            assert anthropic.transform_schema(copy.deepcopy(definition["input_schema"])) == definition["input_schema"]


def test_what_a_strict_schema_cannot_say_stands_in_the_description(with_odd: Toolbox) -> None:
    """Defaults and limits reach the model as words where the vendor has no keyword for them."""
    [loose] = functions.export(with_odd, "openai")
    [ours] = functions.export(with_odd, "openai", strict=True)
    [theirs] = functions.export(with_odd, "anthropic", strict=True)

    assert parameters(loose)["properties"]["words"]["description"] == "Some words, on two lines."
    assert parameters(loose)["properties"]["ratio"]["default"] == 0.5
    assert parameters(ours)["properties"]["ratio"]["description"] == "A part. (0.5 by default)"
    assert parameters(theirs)["properties"]["words"]["description"] == "Some words, on two lines. (at least 2 of them)"
    assert parameters(theirs)["properties"]["code"]["description"] == 'A code. (matching "^x")'


def test_a_definition_belongs_to_its_caller(toolbox: Toolbox) -> None:
    """Changing an exported definition does not change the next export."""
    first = functions.export(toolbox, "openai")
    before = copy.deepcopy(first)
    first[0]["function"]["parameters"]["properties"].clear()

    again = functions.export(toolbox, "openai")

    assert again == before


def test_a_map_is_refused_in_strict_mode() -> None:
    """Strict schemas have no maps, so a tool with one is refused rather than offered an object that allows no keys."""

    @tool(effect="read", scope="messages:read")
    def mapped(mail: Mail, *, table: dict[str, int]) -> Steps[Result]:
        """Take a map.

        Args:
            table: The map.
        """
        yield from ()
        return Result("done")

    box = Toolbox(MemoryMail(), tools=[mapped])

    with pytest.raises(ArgumentError, match="no maps"):
        functions.export(box, "openai", strict=True)


def test_more_than_anthropic_takes_strictly_is_refused(toolbox: Toolbox) -> None:
    """Past the vendor's limits the error says how many there are, and a part of the tools still goes."""
    many = [tool(effect="read", scope="messages:read")(_renamed(number)) for number in range(21)]

    with pytest.raises(ArgumentError, match="these are 21"):
        functions.export(Toolbox(MemoryMail(), tools=many), "anthropic", strict=True)
    assert len(functions.export(only(toolbox, "read_email"), "anthropic", strict=True)) == 1
    assert len(functions.export(toolbox, "anthropic", strict=True)) == len(toolbox)


def _renamed(number: int) -> Any:
    def copied(mail: Mail, *, word: str) -> Steps[Result]:
        """Do nothing.

        Args:
            word: A word.
        """
        yield from ()
        return Result(word)

    copied.__name__ = f"copied_{number}"
    return copied


def test_an_unknown_dialect_is_an_error_that_lists_the_known(toolbox: Toolbox) -> None:
    """A misspelt dialect is told what there is."""
    with pytest.raises(ArgumentError, match=re.escape("no dialect 'opnai'; there are openai, ")):
        functions.export(toolbox, "opnai")


arguments = st.fixed_dictionaries(
    {"words": st.lists(st.text(st.characters(codec="utf-8"), max_size=9), min_size=2, max_size=4)},
    optional={
        "mode": st.sampled_from(["a", "b", None]),
        "ratio": st.floats(0.01, 0.99),
        "either": st.one_of(st.integers(-5, 5), st.text("xyz", max_size=3)),
        "code": st.one_of(st.none(), st.text("xyz", max_size=3).map("x".__add__)),
    },
)


@settings(max_examples=60, deadline=None)
@given(arguments)
def test_what_a_strict_model_sends_is_what_a_loose_one_means(given_arguments: dict[str, Any]) -> None:
    """A strict model sends null for each argument that it leaves out, and the tool sees its defaults."""
    box = Toolbox(MemoryMail(), tools=[odd])
    forced = {name: given_arguments.get(name) for name in openai_strict(plain(odd))["required"]}

    loose, strict = box.call("odd", given_arguments), box.call("odd", forced)

    assert strict.data == loose.data
