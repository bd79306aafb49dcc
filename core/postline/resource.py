"""Endpoints: methods that build work, declared once, and called in three ways.

On the class a method gives the work itself. On a resource of a `Client` it gives the result, on one of an `AsyncClient` a coroutine
of the result. What builds a `Listing` gives an iterator or an async iterator of its items.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Any, Concatenate, Generic, ParamSpec, TypeVar, overload

from postline.operation import Listing, Work

if TYPE_CHECKING:
    from postline.async_client import AsyncClient
    from postline.client import Client

P = ParamSpec("P")
T = TypeVar("T")
C = TypeVar("C", bound="Client[Any] | AsyncClient[Any]", covariant=True)
Build = Callable[Concatenate[Any, P], T]


class Resource(Generic[C]):
    """A group of endpoints on a client."""

    def __init__(self, client: C) -> None:
        self._client: C = client


class _Declared:
    """The forms of one declared method; `__get__` picks by where it is looked up."""

    def __init__(
        self, build: Callable[..., Any], sync: Callable[..., Any], aio: Callable[..., Any], kinds: tuple[str, str]
    ) -> None:
        self._build, self._forms, self._kinds = build, (sync, aio), kinds
        self.__doc__ = build.__doc__

    # Reading a signature takes long, and most endpoints of a service are never used by one program.
    @cached_property
    def _plain(self) -> Any:
        return _dressed(lambda *args, **kwargs: self._build(None, *args, **kwargs), self._build, None)

    @cached_property
    def _sync(self) -> Any:
        return _dressed(self._forms[0], self._build, self._kinds[0])

    @cached_property
    def _async(self) -> Any:
        return _dressed(self._forms[1], self._build, self._kinds[1])

    def _form(self, instance: Any, owner: type) -> Any:
        if instance is None:
            return self._plain
        form = self._async if instance._client.is_async else self._sync
        return form.__get__(instance, owner)


class endpoint(_Declared, Generic[P, T]):  # noqa: N801  # a decorator
    """Declare a method whose work is an operation or a flow."""

    def __init__(self, build: Callable[Concatenate[Any, P], Work[T]]) -> None:
        def sync(self: Any, *args: Any, **kwargs: Any) -> Any:
            return self._client.run(build(self, *args, **kwargs))

        async def aio(self: Any, *args: Any, **kwargs: Any) -> Any:
            return await self._client.run(build(self, *args, **kwargs))

        super().__init__(build, sync, aio, (r"\1", r"\1"))

    @overload
    def __get__(self, instance: None, owner: type) -> Callable[P, Work[T]]: ...
    @overload
    def __get__(self, instance: Resource[Client[Any]], owner: type) -> Callable[P, T]: ...
    @overload
    def __get__(self, instance: Resource[AsyncClient[Any]], owner: type) -> Callable[P, Coroutine[Any, Any, T]]: ...
    def __get__(self, instance: Any, owner: type) -> Any:
        return self._form(instance, owner)


class listing(_Declared, Generic[P, T]):  # noqa: N801  # a decorator
    """Declare a method whose work is a listing, read lazily."""

    def __init__(self, build: Callable[Concatenate[Any, P], Listing[T]]) -> None:
        def sync(self: Any, *args: Any, **kwargs: Any) -> Any:
            return self._client.stream(build(self, *args, **kwargs))

        def aio(self: Any, *args: Any, **kwargs: Any) -> Any:
            return self._client.stream(build(self, *args, **kwargs))

        super().__init__(build, sync, aio, (r"Iterator[\1]", r"AsyncIterator[\1]"))

    @overload
    def __get__(self, instance: None, owner: type) -> Callable[P, Listing[T]]: ...
    @overload
    def __get__(self, instance: Resource[Client[Any]], owner: type) -> Callable[P, Iterator[T]]: ...
    @overload
    def __get__(self, instance: Resource[AsyncClient[Any]], owner: type) -> Callable[P, AsyncIterator[T]]: ...
    def __get__(self, instance: Any, owner: type) -> Any:
        return self._form(instance, owner)


def _dressed(form: Callable[..., Any], build: Callable[..., Any], kind: str | None) -> Any:
    """Give a form the name, documentation and signature that `help` and notebooks show."""
    signature = inspect.signature(build)
    returns = signature.return_annotation
    if kind is None:
        signature = signature.replace(parameters=list(signature.parameters.values())[1:])
    elif isinstance(returns, str):
        signature = signature.replace(
            return_annotation=re.sub(r"^(?:Operation|Steps|Listing|Work)\[(.*)\]$", kind, returns)
        )
    form.__name__, form.__qualname__ = build.__name__, build.__qualname__
    form.__doc__, form.__module__ = build.__doc__, build.__module__
    form.__signature__ = signature  # type: ignore[attr-defined]  # functions take any attribute
    return form
