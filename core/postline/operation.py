"""What to do, as data: one request, many requests, a pause, a computation.

Nothing here performs anything. A flow of several requests is written once, as a generator that yields these records and is sent
their results; two drivers run it, for code that waits and for `await`. How a record becomes bytes is `wire`'s business.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeAlias, TypeVar
from urllib.parse import quote

from postline.errors import ArgumentError

T = TypeVar("T")
U = TypeVar("U")

REPEATABLE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "PUT", "DELETE"})


@dataclass(frozen=True, slots=True)
class Operation(Generic[T]):
    """One request and the type of its answer.

    In a flow, `answer = yield from operation` is typed as the operation's result.
    """

    method: str
    path: str
    """Quoted already (see `path`). An absolute URL is fetched as it is, without the client's credentials."""
    returns: Any
    """The type to validate the answer as; `bytes` for the body as it is, `None` to ignore it."""
    query: Mapping[str, Any] = field(default_factory=dict)
    """Entries that are `None` are left out; booleans are sent as `true` and `false`."""
    body: Any = None
    """What to send as JSON; `bytes` go as they are, with the type that `headers` say; `None` sends no body."""
    headers: Mapping[str, str] = field(default_factory=dict)
    repeatable: bool | None = None
    """Whether sending it twice does no more than sending it once. `None`: as HTTP says of the method."""
    timeout: float | None = None
    """Seconds; `None` for the client's own."""
    limit_bytes: int | None = None
    """The longest answer to accept; a longer one is an error, and is not read to its end."""

    @property
    def may_repeat(self) -> bool:
        """Whether a request whose outcome is unknown may be sent again."""
        return self.method in REPEATABLE_METHODS if self.repeatable is None else self.repeatable

    def __iter__(self) -> Generator[Any, Any, T]:
        answer: T = yield self
        return answer


@dataclass(frozen=True, slots=True)
class Sleep:
    """A pause within a flow."""

    seconds: float

    def __iter__(self) -> Generator[Any, Any, None]:
        yield self


@dataclass(frozen=True, slots=True)
class Offload(Generic[T]):
    """A call to make from a flow: CPU work, or a callback of the caller's.

    The sync client calls it where it stands. The async client calls a plain function on a thread, and awaits a coroutine function.
    """

    function: Callable[[], Any]

    def __iter__(self) -> Generator[Any, Any, T]:
        result: T = yield self
        return result


@dataclass(frozen=True, slots=True)
class Fetch(Generic[T]):
    """A request of a listing, and what its answer adds: items, and further requests, in the listing's order."""

    work: Operation[Any] | Steps[Any]
    then: Callable[[Any], Iterable[T | Fetch[T]]]
    leads: bool = True
    """Whether more requests may follow from it (a page), so that it is worth starting early; an item's own request is not."""


@dataclass(frozen=True, slots=True)
class Listing(Generic[T]):
    """Items that take any number of requests to read, described as a tree of them; read lazily by `client.stream`.

    At most `concurrency` requests are under way, and about twice as many pages, or four times as many items' own answers, are held
    for a slow reader. In a flow,
    `items = yield from listing` reads all of it into a list.
    """

    start: Callable[[], Iterable[Fetch[T]]]
    concurrency: int = 1
    ordered: bool = True
    """Whether items come in the tree's order; else as their answers arrive."""

    def __post_init__(self) -> None:
        if self.concurrency < 1:
            raise ArgumentError(f"concurrency must be at least 1; got {self.concurrency}")

    @classmethod
    def paged(
        cls, first: Operation[U], items: Callable[[U], Iterable[T]], following: Callable[[U], Operation[U] | None]
    ) -> Listing[T]:
        """Describe a listing whose pages each lead to the next; `following` returns `None` for the last."""

        def page(operation: Operation[U]) -> Fetch[T]:
            def then(answer: U) -> Iterable[T | Fetch[T]]:
                more = following(answer)
                return [*items(answer), page(more)] if more else items(answer)

            return Fetch(operation, then)

        return Listing(lambda: [page(first)])

    @classmethod
    def after(
        cls,
        first: Callable[[], Operation[U] | Steps[U]],
        describe: Callable[[U], Listing[T]],
        concurrency: int = 1,
        *,
        ordered: bool = True,
    ) -> Listing[T]:
        """Describe a listing that only the result of some other work describes."""
        return cls(lambda: [Fetch(first(), lambda answer: describe(answer).start())], concurrency, ordered)

    def expand(self, build: Callable[[T], Operation[U] | Steps[U]], concurrency: int = 16) -> Listing[U]:
        """Replace each item by the answer of a request of its own, in order, while the next page is on its way."""

        def grown(part: T | Fetch[T]) -> Fetch[U]:
            if not isinstance(part, Fetch):
                return Fetch(build(part), _alone, leads=False)
            return Fetch(part.work, lambda answer: [grown(each) for each in part.then(answer)], part.leads)

        return Listing(lambda: [grown(fetch) for fetch in self.start()], concurrency, self.ordered)

    def map(self, convert: Callable[[T], U]) -> Listing[U]:
        """Convert each item."""

        def converted(part: T | Fetch[T]) -> U | Fetch[U]:
            return fetched(part) if isinstance(part, Fetch) else convert(part)

        def fetched(fetch: Fetch[T]) -> Fetch[U]:
            return Fetch(fetch.work, lambda answer: [converted(each) for each in fetch.then(answer)], fetch.leads)

        return Listing(lambda: [fetched(fetch) for fetch in self.start()], self.concurrency, self.ordered)

    def __iter__(self) -> Generator[Any, Any, list[T]]:
        items: list[T] = yield self
        return items


class Gather(Listing[T]):
    """Independent requests made side by side; in a flow, their answers as a list in their order."""

    def __init__(self, operations: Iterable[Operation[T] | Steps[T]], concurrency: int = 16) -> None:
        super().__init__(lambda: [Fetch(each, _alone, leads=False) for each in operations], concurrency)


Step: TypeAlias = "Operation[Any] | Listing[Any] | Sleep | Offload[Any]"
Steps: TypeAlias = Generator[Any, Any, T]
"""A flow: yields `Step`s, is sent their results (or has their errors thrown in), and returns its own."""
Work: TypeAlias = "Operation[T] | Steps[T]"


def _alone(answer: T) -> Iterable[T]:
    return (answer,)


def path(template: str, *segments: str) -> str:
    """Fill the `{}`s of a path, quoting each value whole.

    Raises:
        ArgumentError: A value is empty, or would walk to another path (`.` and `..`): the request would reach something else.
    """
    for segment in segments:
        if not isinstance(segment, str) or segment in {"", ".", ".."}:
            raise ArgumentError(
                f"an id in {template} must be a non-empty string, and neither '.' nor '..'; got {segment!r}"
            )
    try:
        return template.format(*(quote(segment, safe="") for segment in segments))
    except UnicodeEncodeError as error:
        raise ArgumentError(f"an id in {template} is not text: it has half of a surrogate pair") from error
