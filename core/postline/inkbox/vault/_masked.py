"""Records that give their values by name, and show them in no other way."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection
from copy import deepcopy
from typing import Any, ClassVar, NoReturn, Self, dataclass_transform

from postline.hidden import Hidden, Later


@dataclass_transform(field_specifiers=(dataclasses.field,))
class Masked:
    """A record, declared like a dataclass, whose attributes are plain and whose `repr` is not.

    Other than a dataclass it has nothing that a dump could walk over: `dataclasses.asdict`, `vars`, `dir`, JSON encoders, pydantic
    and pickle get nothing from it. `reveal` is for whoever means it.

    Args:
        shown: The fields whose values are no secret, and are printed.
    """

    _fields: ClassVar[tuple[str, ...]] = ()
    _shown: ClassVar[Collection[str]] = ()
    _values: Hidden[dict[str, Any]]

    def __init_subclass__(cls, shown: Collection[str] = ()) -> None:
        made: Any = dataclasses.dataclass(repr=False, eq=False)(cls)
        cls._fields, cls._shown = tuple(field.name for field in dataclasses.fields(made)), shown
        for name in cls._fields:
            setattr(cls, name, _Field(name))
        for trace in {"__dataclass_fields__", "__dataclass_params__", "__replace__"} & vars(cls).keys():
            delattr(cls, trace)

    def reveal(self) -> dict[str, Any]:
        """Return every field in plain, also of records in it: secrets, to be kept out of sight from here on."""
        values = {name: getattr(self, name) for name in self._fields}
        return {name: value.reveal() if isinstance(value, Masked) else value for name, value in values.items()}

    def __repr__(self) -> str:
        given = {name: value for name, value in self._values.reveal().items() if value is not None}
        parts = [f"{name}={_printed(value) if name in self._shown else '***'}" for name, value in given.items()]
        return f"{type(self).__name__}({', '.join(parts)})"

    def __dir__(self) -> list[str]:
        computed = {name for name in dir(type(self)) if isinstance(getattr(type(self), name), _Field | property)}
        return sorted({*super().__dir__()} - (computed - {*self._shown}))

    def __eq__(self, other: object) -> bool:
        return self.reveal() == other.reveal() if isinstance(other, type(self)) else NotImplemented

    __hash__ = None  # type: ignore[assignment]  # it can be changed

    def __copy__(self) -> Self:
        return self._with(dict(self._values.reveal()))

    def __deepcopy__(self, memo: Any) -> Self:
        return self._with(deepcopy(self._values.reveal(), memo))

    def _with(self, values: dict[str, Any]) -> Self:
        twin = object.__new__(type(self))
        twin._values = Hidden(values)
        return twin

    def __reduce_ex__(self, protocol: Any) -> NoReturn:
        raise TypeError(f"{type(self).__name__} holds secrets and is not pickled; take from it by name what has to go")


class _Field:
    """An attribute of a masked record."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __get__(self, record: Masked | None, kind: type[Masked]) -> Any:
        if record is None:
            return self
        value = record._values.reveal()[self._name]
        return value.reveal() if isinstance(value, Later) else value

    def __set__(self, record: Masked, value: Any) -> None:
        record.__dict__.setdefault("_values", Hidden({})).reveal()[self._name] = value


def _printed(value: Any) -> str:
    return repr(value if isinstance(value, int) else str(value))
