"""Methods that are another one with its first argument filled in."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


def borrowed(
    name: str, first: Callable[[Any], Any], build: Callable[Concatenate[Any, P], T]
) -> Callable[Concatenate[Any, P], T]:
    """Build what `build` builds, `first(self)` being its first argument; to be declared as an endpoint or a listing."""

    def method(self: Any, /, *args: P.args, **kwargs: P.kwargs) -> T:
        return build(first(self), *args, **kwargs)

    signature = inspect.signature(build)
    own = inspect.Parameter("self", inspect.Parameter.POSITIONAL_ONLY)
    method.__signature__ = signature.replace(parameters=[own, *list(signature.parameters.values())[1:]])  # type: ignore[attr-defined]
    method.__name__ = method.__qualname__ = name
    method.__doc__, method.__module__ = build.__doc__, build.__module__
    return method
