"""A tool's parameters as JSON schema: one plain form, and the narrower ones that vendors promise to follow to the letter."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, TypeAlias

from postline.errors import ArgumentError
from postline.tools import Tool

Schema: TypeAlias = dict[str, Any]

_NULL = {"type": "null"}
_STRUCTURE = {
    "type",
    "description",
    "enum",
    "const",
    "anyOf",
    "properties",
    "required",
    "additionalProperties",
    "items",
}
_FORMATS = {"date-time", "time", "date", "duration", "email", "hostname", "ipv4", "ipv6", "uuid"}
_IN_WORDS = {
    "default": "{} by default",
    "minimum": "at least {}",
    "maximum": "at most {}",
    "exclusiveMinimum": "more than {}",
    "exclusiveMaximum": "less than {}",
    "multipleOf": "a multiple of {}",
    "maxLength": "at most {} characters",
    "minItems": "at least {} of them",
    "maxItems": "at most {} of them",
    "pattern": "matching {}",
}
_OPENAI = _STRUCTURE | (_IN_WORDS.keys() - {"default", "maxLength"})


def plain(tool: Tool) -> Schema:
    """Return the parameters without references and titles; those that may be left out are neither required nor nullable."""
    schema = tool.args_model.model_json_schema()
    return _plain(schema, schema.get("$defs", {}))


def openai_strict(schema: Schema) -> Schema:
    """Narrow to OpenAI's strict mode: every property is required, and one that may be left out is nullable."""
    needed = schema.get("required", ())
    narrow = _each(_narrow(schema, _OPENAI), openai_strict)
    if "properties" in narrow:
        properties = narrow["properties"].items()
        narrow["properties"] = {name: each if name in needed else _nullable(each) for name, each in properties}
        narrow["required"] = list(narrow["properties"])
    return narrow


def anthropic_strict(schema: Schema) -> Schema:
    """Narrow to Anthropic's strict mode: what may be left out still may, and limits are told in words."""
    narrow = _each(_narrow(schema, _STRUCTURE), anthropic_strict)
    if "enum" in narrow:
        narrow.pop("type", None)
    return narrow


def _plain(node: Schema, definitions: dict[str, Schema]) -> Schema:
    if "$ref" in node:
        node = {**definitions[node["$ref"].rpartition("/")[2]], **{key: node[key] for key in node if key != "$ref"}}
    node = {
        key: value for key, value in node.items() if key not in {"title", "$defs"} and (key, value) != ("default", None)
    }
    options = [each for each in node.get("anyOf", ()) if each != _NULL]
    if len(options) == 1:
        node.pop("anyOf")
        return _plain({**options[0], **node}, definitions)
    return _each(node, lambda child: _plain(child, definitions))


def _each(node: Schema, change: Callable[[Schema], Schema]) -> Schema:
    changed = dict(node)
    if "properties" in node:
        changed["properties"] = {name: change(child) for name, child in node["properties"].items()}
    if "items" in node:
        changed["items"] = change(node["items"])
    if "anyOf" in node:
        changed["anyOf"] = [change(child) for child in node["anyOf"]]
    return changed


def _narrow(node: Schema, keywords: set[str]) -> Schema:
    """Keep some keywords; what the others say that a model should know goes into the description."""
    narrow = {key: value for key, value in node.items() if key in keywords or (key == "format" and value in _FORMATS)}
    told = [
        _IN_WORDS[key].format(json.dumps(value))
        for key, value in node.items()
        if key not in narrow and key in _IN_WORDS
    ]
    if told:
        narrow["description"] = f"{node.get('description', '')} ({', '.join(told)})".strip()
    if node.get("type") == "object":
        if node.get("additionalProperties"):
            raise ArgumentError("strict schemas have no maps: an object names all its properties")
        narrow["additionalProperties"] = False
    return narrow


def _nullable(node: Schema) -> Schema:
    told = {"description": node["description"]} if "description" in node else {}
    return {"anyOf": [{key: value for key, value in node.items() if key != "description"}, _NULL], **told}
