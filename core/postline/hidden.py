"""Values that show nothing of themselves: not in a `repr`, a log, a traceback's locals, a copy, a dump or a pickle.

Code that works with a secret passes it on as `Hidden`, and calls `reveal` in the very expression that needs it: then no frame
that an error travels through has it as a local.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, Generic, NoReturn, TypeVar

T = TypeVar("T")


class Hidden(Generic[T]):
    """A value that prints as `***`; only `reveal` gives it.

    It lies in a closure, so that what walks over attributes does not come across it.
    """

    __slots__ = ("reveal",)
    reveal: Callable[[], T]

    def __init__(self, value: T) -> None:
        self.reveal = lambda: value

    def __repr__(self) -> str:
        return "***"

    def __copy__(self) -> Hidden[T]:
        return self

    def __deepcopy__(self, memo: Any) -> Hidden[T]:
        return self

    def __reduce_ex__(self, protocol: Any) -> NoReturn:
        raise TypeError("what is hidden is not pickled")


class Later(Hidden[T]):
    """A hidden value that is made when it is first asked for; an error is not kept, and asking again tries again."""

    __slots__ = ()

    def __init__(self, make: Callable[[], T]) -> None:
        self.reveal = cache(make)


class Fresh(Hidden[T]):
    """A hidden value that is made anew each time it is asked for, such as a code that holds for seconds."""

    __slots__ = ()

    def __init__(self, make: Callable[[], T]) -> None:
        self.reveal = make
