"""Scenarios and their recordings: declared once, played against a service to record it and against the recording to test.

A cassette lies at `tests/cassettes/<source>/<service>/<scenario>.yaml`; only what was recorded `live` is evidence about a service.
"""

from __future__ import annotations

import importlib
import inspect
from collections.abc import AsyncIterable, Awaitable, Callable, Collection, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeVar, cast

import vcr
from tests.cassetting.scrubbing import Scrubber
from vcr.cassette import Cassette

from postline.commune import AsyncCommuneClient, CommuneClient
from postline.inkbox import AsyncInkbox, Inkbox

Source = Literal["sandbox", "live"]
T = TypeVar("T")

CASSETTES = Path(__file__).parents[1] / "cassettes"
MODULES = (
    *("commune_client", "inkbox_account", "inkbox_mail", "inkbox_people", "inkbox_phone"),
    *("langchain_tools", "inkbox_tools", "readers"),
)

_declared: dict[tuple[str, str], Scenario] = {}


@dataclass(frozen=True)
class Service:
    """A service that scenarios speak to, and the clients that do."""

    url: str
    waiting: Callable[..., Any]
    awaiting: Callable[..., Any]


SERVICES = {
    "commune": Service("https://api.commune.sh", CommuneClient, AsyncCommuneClient),
    "inkbox": Service("https://inkbox.ai", Inkbox, AsyncInkbox),
}


@dataclass(frozen=True)
class Scenario:
    """Something that is done with a client, and what is true of the answers."""

    name: str
    service: str
    play: Callable[[Any], Awaitable[Any]]
    live: bool
    """Whether it makes sense on any account: it changes nothing, and asks for nothing that only the sandbox's has."""

    def path(self, source: Source, root: Path = CASSETTES) -> Path:
        """Where its recording from a source lies."""
        return root / source / self.service / f"{self.name}.yaml"

    def cassette(
        self,
        source: Source,
        *,
        root: Path = CASSETTES,
        home: str | None = None,
        secrets: Collection[str] = (),
    ) -> AbstractContextManager[Cassette]:
        """Open the recording: to be made anew from `home`, or else to be played and nothing but played."""
        own = SERVICES[self.service].url
        scrub = Scrubber(home or own, own, secrets, strict=source == "live")
        recorder = vcr.VCR(
            record_mode="all" if home else "none",
            match_on=("method", "scheme", "host", "path", "query", "body"),
            before_record_request=scrub.request,
            before_record_response=scrub.response,
            decode_compressed_response=True,
            record_on_exception=False,
        )
        return cast("AbstractContextManager[Cassette]", recorder.use_cassette(str(self.path(source, root))))


def scenario(service: str, *, live: bool = False) -> Callable[[Callable[[Any], Awaitable[Any]]], Scenario]:
    """Declare a function that takes a client, of either kind, to be a scenario of its own name, unique for its service."""

    def declare(play: Callable[[Any], Awaitable[Any]]) -> Scenario:
        made = Scenario(play.__name__, service, play, live)
        _declared[service, made.name] = made
        return made

    return declare


def scenarios() -> list[Scenario]:
    """Every scenario there is."""
    for name in MODULES:
        importlib.import_module(f"tests.cassetting.scenarios.{name}")
    return list(_declared.values())


async def done(result: T | Awaitable[T]) -> T:
    """Return what a call of either kind of client came to."""
    return await result if inspect.isawaitable(result) else cast("T", result)


async def every(items: Iterable[T] | AsyncIterable[T]) -> list[T]:
    """Return what a listing of either kind of client holds."""
    return [each async for each in items] if isinstance(items, AsyncIterable) else list(items)
