"""What a person writes by hand to have a client that waits do several things at once."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")
U = TypeVar("U")


def side_by_side(call: Callable[[T], U], items: Iterable[T], width: int) -> list[U]:
    if width == 1:
        return [call(item) for item in items]
    with ThreadPoolExecutor(width) as pool:
        return list(pool.map(call, items))
