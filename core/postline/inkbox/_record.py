"""How Inkbox's records are made: dataclasses as documented, read from JSON by pydantic.

Unknown keys are ignored. A record's `repr` shows ids, subjects and states; `dataclasses.asdict` has everything.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Annotated, Any, TypeVar, dataclass_transform, overload

from pydantic import BeforeValidator
from pydantic_core import PydanticCustomError

T = TypeVar("T")

_SHOWN = frozenset(
    {"id", "subject", "status", "folder", "direction", "agent_handle", "email_address", "tunnel_name", "event_type"}
)


@overload
def record(kind: type[T], /) -> type[T]: ...
@overload
def record(*, kw_only: bool = True, frozen: bool = False) -> Callable[[type[T]], type[T]]: ...
@dataclass_transform(kw_only_default=True, field_specifiers=(dataclasses.field,))
def record(kind: Any = None, /, *, kw_only: bool = True, frozen: bool = False) -> Any:
    """Make a class a record. Fields are given by name, unless users make such records themselves (`kw_only=False`)."""

    def made(kind: Any) -> Any:
        kind.__repr__ = _shown
        return dataclasses.dataclass(kind, repr=False, kw_only=kw_only, frozen=frozen)

    return made(kind) if kind else made


def _shown(self: Any) -> str:
    parts = [
        f"{name}={str(value)!r}"
        for name, value in ((field.name, getattr(self, field.name)) for field in dataclasses.fields(self))
        if value is not None and (name in _SHOWN or name.endswith("_id"))
    ]
    return f"{type(self).__name__}({', '.join(parts)})"


def null_as(default: Callable[[], Any]) -> BeforeValidator:
    """Read null as a default, as a missing key is."""
    return BeforeValidator(lambda value: default() if value is None else value)


def _items(value: Any) -> Any:
    if isinstance(value, dict):
        if "items" not in value:
            raise PydanticCustomError("items", "Input should be a list, or an object with `items`")
        return value["items"]
    return value


Items = Annotated[list[T], BeforeValidator(_items)]
"""A list that comes bare or as `{"items": [...]}`."""
