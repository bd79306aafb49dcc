"""A control operation is a method: called from Python as it stands, over HTTP with its parameters as JSON.

Its name, parameters and docstring are declared once; validation and the OpenAPI document are derived here.
"""

import functools
import inspect
import types
from collections.abc import Awaitable, Callable, Coroutine
from typing import (
    Any,
    Concatenate,
    Literal,
    ParamSpec,
    Protocol,
    TypeVar,
    Union,
    get_args,
    get_origin,
    get_type_hints,
    overload,
)

from postline_sandbox.world import World

_P = ParamSpec("_P")
_R = TypeVar("_R")
Schema = dict[str, Any]
_NAMES: dict[Any, str] = {
    str: "string",
    bool: "boolean",
    int: "integer",
    float: "number",
    dict: "object",
    list: "array",
}


class ControlError(ValueError):
    """A control operation was asked for something that it cannot do; the text says what."""


class Portal(Protocol):
    """Whatever can run a function on the sandbox's thread."""

    def call(self, function: Callable[[], Any]) -> Any:
        """Run a function there and return its result."""


class Operations:
    """A group of control operations; mixed together they make the whole control side."""

    portal: Portal
    world: World


_S = TypeVar("_S", bound=Operations)


@overload
def operation(method: Callable[Concatenate[_S, _P], Coroutine[Any, Any, _R]]) -> Callable[Concatenate[_S, _P], _R]: ...
@overload
def operation(method: Callable[Concatenate[_S, _P], _R]) -> Callable[Concatenate[_S, _P], _R]: ...
def operation(method: Callable[..., Any]) -> Callable[..., Any]:
    """Declare a control operation: callers on any thread wait while it runs on the sandbox's."""

    @functools.wraps(method)
    def run(self: Operations, /, *args: Any, **kwargs: Any) -> Any:
        arguments = bind(method, self, args, kwargs)
        return self.portal.call(lambda: method(self, **arguments))

    run.__is_operation__ = True  # type: ignore[attr-defined]  # read by operations() below
    return run


def operations(group: Operations) -> dict[str, Callable[..., Any]]:
    """Return the undecorated methods of a group's operations by name, in alphabetical order."""
    members = inspect.getmembers(type(group), lambda member: hasattr(member, "__is_operation__"))
    return {name: inspect.unwrap(member) for name, member in members}


async def run_json(group: Operations, method: Callable[..., Any], arguments: dict[str, Any]) -> Any:
    """Run an operation on the sandbox's own thread with arguments that came as JSON."""
    result = method(group, **bind(method, group, (), arguments))
    return await result if isinstance(result, Awaitable) else result


def bind(method: Callable[..., Any], owner: object, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
    """Match arguments to a method's parameters and check their types.

    Raises:
        ControlError: One is missing, unknown or of the wrong type.
    """
    signature, hints = _signature(method)
    try:
        bound = signature.bind(owner, *args, **kwargs).arguments
    except TypeError as error:
        raise ControlError(f"{method.__name__}: {error}") from error
    given = {name: value for name, value in bound.items() if name != "self"}
    for name, value in given.items():
        if not _fits(value, hints[name]):
            raise ControlError(f"{method.__name__}: {name} must be {_words(hints[name])}")
    return given


def parameters_schema(method: Callable[..., Any]) -> Schema:
    """Return the JSON schema of a method's parameters."""
    signature, hints = _signature(method)
    own = [parameter for name, parameter in signature.parameters.items() if name != "self"]
    schema: Schema = {
        "type": "object",
        "properties": {one.name: _with_default(schema_of(hints[one.name]), one.default) for one in own},
        "additionalProperties": False,
    }
    required = [one.name for one in own if one.default is inspect.Parameter.empty]
    return schema | ({"required": required} if required else {})


def result_schema(method: Callable[..., Any]) -> Schema:
    """Return the JSON schema of a method's result."""
    hint = _signature(method)[1].get("return", Any)
    return schema_of(hint)


def schema_of(hint: Any) -> Schema:
    """Return the JSON schema of a type hint."""
    if hint in (None, type(None)):
        return {"type": "null"}
    origin, inner = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return {"anyOf": [schema_of(one) for one in inner]}
    if origin is Literal:
        return {"type": "string", "enum": list(inner)}
    if origin is list:
        return {"type": "array", "items": schema_of(inner[0])}
    name = _NAMES.get(origin or hint)
    return {"type": name} if name else {}


@functools.cache
def _signature(method: Callable[..., Any]) -> tuple[inspect.Signature, dict[str, Any]]:
    return inspect.signature(method), get_type_hints(method)


def _with_default(schema: Schema, default: Any) -> Schema:
    return schema if default in (inspect.Parameter.empty, None) else schema | {"default": default}


def _fits(value: Any, hint: Any) -> bool:
    if hint is Any:
        return True
    if hint in (None, type(None)):
        return value is None
    origin, inner = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return any(_fits(value, one) for one in inner)
    if origin is Literal:
        return isinstance(value, str) and value in inner
    if origin is list:
        return isinstance(value, (list, tuple)) and all(_fits(one, inner[0]) for one in value)
    if hint is float:
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    if hint is int:
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(value, origin or hint)


def _words(hint: Any) -> str:
    if hint in (None, type(None)):
        return "null"
    origin, inner = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return " or ".join(_words(one) for one in inner)
    if origin is Literal:
        return "one of " + ", ".join(inner)
    if origin is list:
        return f"a list of {_words(inner[0])}"
    return _NAMES.get(origin or hint, "a value")
