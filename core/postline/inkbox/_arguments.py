"""Arguments as Inkbox wants them on the wire: what was omitted, what is null, ids and enums as text."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from enum import Enum
from typing import Any, Final, TypeAlias, TypeVar
from uuid import UUID

from postline.errors import ArgumentError
from postline.operation import path

T = TypeVar("T")
Id: TypeAlias = UUID | str


class Omitted(Enum):
    """The type of `OMITTED`."""

    OMITTED = "omitted"

    def __repr__(self) -> str:
        return self.name


OMITTED: Final = Omitted.OMITTED
"""The default of an argument for which `None` means something: it clears what is there."""


def at(template: str, *segments: Id) -> str:
    """Fill the `{}`s of a path below `/api/v1`, quoting each value whole."""
    return path(f"/api/v1{template}", *(str(each) if isinstance(each, UUID) else each for each in segments))


def stated(**values: Any) -> dict[str, Any]:
    """Return the values that are not `None`, as JSON has them."""
    return {name: plain(value) for name, value in values.items() if value is not None}


def given(**values: Any) -> dict[str, Any]:
    """Return the values that were not omitted, as JSON has them; `None` is null."""
    return {name: plain(value) for name, value in values.items() if value is not OMITTED}


def listed(name: str, values: Sequence[T] | None) -> list[T]:
    """Return values as a list.

    Raises:
        ArgumentError: They are one text, which would be taken for its letters.
    """
    if isinstance(values, str):
        raise ArgumentError(f"{name} must be a list, also of one")
    return [*(values or ())]


def plain(value: Any) -> Any:
    """Return ids and dates as text, and lists of them."""
    match value:
        case UUID():
            return str(value)
        case date():
            return value.isoformat()
        case list() | tuple():
            return [plain(each) for each in value]
    return value
