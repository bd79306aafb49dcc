"""Calls whose arguments are secret: as methods they keep them out of their frames, as requests out of their `repr`."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Concatenate, ParamSpec, TypeVar

from postline.hidden import Hidden
from postline.operation import Operation, Work
from postline.resource import _Declared, endpoint
from postline.wire import shown_path

P = ParamSpec("P")
T = TypeVar("T")


class private(endpoint[P, T]):  # noqa: N801  # a decorator
    """Declare an endpoint that takes secrets. It must be a plain function, and hand them on as `Hidden`."""

    def __init__(self, build: Callable[Concatenate[Any, P], Work[T]]) -> None:
        def sync(self: Any, *args: Any, **kwargs: Any) -> Any:
            call = Hidden(partial(build, self, *args, **kwargs))
            del args, kwargs  # what follows may raise
            return self._client.run(call.reveal()())

        async def aio(self: Any, *args: Any, **kwargs: Any) -> Any:
            call = Hidden(partial(build, self, *args, **kwargs))
            del args, kwargs
            return await self._client.run(call.reveal()())

        _Declared.__init__(self, build, sync, aio, (r"\1", r"\1"))


class PrivateOperation(Operation[T]):
    """A request whose query, path or body has something secret in it."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.method} {shown_path(self)})"
