"""What every test may use: bounded examples, the local twin, and one driver for both clients."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, settings
from tests.canaries import NOW
from tests.watch import Watch

from postline.async_client import AsyncClient
from postline.client import Client
from postline.commune import AsyncCommuneClient, CommuneClient
from postline.config import Retry
from postline.inkbox.vault import totp
from postline.wire import Wire
from postline_sandbox import Sandbox

# Before numpy is loaded: small products are slower on many threads.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

# Examples are the same in every run; HYPOTHESIS_PROFILE=search looks for new ones.
# A machine under load is slow, and no fixture here carries anything from one example to the next.
_UNCHECKED = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
settings.register_profile("fixed", max_examples=60, derandomize=True, deadline=None, suppress_health_check=_UNCHECKED)
settings.register_profile("search", max_examples=1000, deadline=None, suppress_health_check=_UNCHECKED)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "fixed"))

AT_ONCE = Retry(base_seconds=0)
"""Repeats as often as by default, without waiting."""


def pytest_configure(config: pytest.Config) -> None:
    """Watch what the suite shows."""
    watch, patch = Watch(config.rootpath), pytest.MonkeyPatch()
    config.pluginmanager.register(watch)
    config.add_cleanup(patch.undo)
    watch.install(patch)


class Both:
    """Does the same through the client that waits and through the one for `await`, so that a test says it once."""

    def __init__(self, kind: str) -> None:
        self.is_async = kind == "async"
        self._loop = asyncio.Runner()
        self._clients: list[Any] = []

    def client(self, handler: Callable[[httpx.Request], Any] | None = None, **options: Any) -> Any:
        """Make a Commune client: on a handler for its requests, or with `base_url` on a server."""
        kind = AsyncCommuneClient if self.is_async else CommuneClient
        if handler:
            options = {"base_url": "http://commune.example.com", "transport": httpx.MockTransport(handler), **options}
        client = kind(**{"api_key": "key", "retry": AT_ONCE, **options})
        self._clients.append(client)
        return client

    def over(self, wire: Wire) -> Any:
        """Make a client of the engine's own kind."""
        client = (AsyncClient if self.is_async else Client)(wire)
        self._clients.append(client)
        return client

    def do(self, call: Callable[[], Any]) -> Any:
        """Make a call, and await what it gives if that is the async client's way."""

        async def awaited() -> Any:
            return await call()

        return self._loop.run(awaited()) if self.is_async else call()

    def run(self, client: Any, work: Any) -> Any:
        """Do a piece of work."""
        return self.do(lambda: client.run(work))

    def read(self, client: Any, listing: Any, into: list[Any] | None = None) -> list[Any]:
        """Read a listing lazily, to its end; `into` has what came also after an error."""
        return self.drain(client.stream(listing), into)

    def drain(self, items: Any, into: list[Any] | None = None) -> list[Any]:
        """Read an iterator of either kind to its end; it has half a minute."""
        found: list[Any] = [] if into is None else into

        async def awaited() -> None:
            async with asyncio.timeout(30):
                async for item in items:
                    found.append(item)  # noqa: PERF401  # one by one: what came before an error stays

        if self.is_async:
            self._loop.run(awaited())
        else:
            found.extend(items)
        return found

    def close(self) -> None:
        """Close every client made, and the loop."""
        for client in self._clients:
            self.do(client.close)
        self._loop.close()


@pytest.fixture(params=["sync", "async"])
def both(request: pytest.FixtureRequest) -> Iterator[Both]:
    """Run the test once with each kind of client."""
    driver = Both(request.param)
    yield driver
    driver.close()


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """Serve the local twin, empty, for one test."""
    with Sandbox() as running:
        yield running


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the machine's own configuration out."""
    for name in ("COMMUNE_API_KEY", "COMMUNE_BASE_URL"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(autouse=True)
def _known_codes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make one-time codes those of one moment, so that they are known when they leak."""
    monkeypatch.setattr(totp, "time", SimpleNamespace(time=lambda: NOW))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what the tests of real mail recorded to be `shown`, or why they did not run."""
    told = [
        f"{report.nodeid.rpartition('::')[2]}: {text}"
        for report in terminalreporter.getreports("passed")
        for name, text in report.user_properties
        if name == "shown"
    ]
    told += {
        report.longrepr[2] for report in terminalreporter.getreports("skipped") if "test_real_mail" in report.nodeid
    }
    if told:
        terminalreporter.section("real mail")
        terminalreporter.write_line("\n".join(told))
