"""Both Inkbox clients: on a handler for their requests, or on the sandbox."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from tests.cassetting.scenario import done
from tests.conftest import AT_ONCE, Both
from tests.sandbox.conftest import Receiver, receiver

from postline.inkbox import AsyncInkbox, Inkbox, InkboxAPIError
from postline_sandbox import Sandbox

__all__ = ["Receiver", "receiver"]

OUTSIDE = "+15125550101"
"""Somebody who is no customer of the service."""
URL = "https://inkbox.example.com"


class BothInkboxes(Both):
    """Does the same through `Inkbox` and `AsyncInkbox`."""

    @property
    def kind(self) -> Any:
        """The client's class."""
        return AsyncInkbox if self.is_async else Inkbox

    def client(self, handler: Callable[[httpx.Request], Any] | None = None, **options: Any) -> Any:
        """Make an Inkbox client, on a handler for its requests."""
        transport = httpx.MockTransport(handler) if handler else None
        client = self.kind(**{"api_key": "key", "base_url": URL, "retry": AT_ONCE, "transport": transport, **options})
        self._clients.append(client)
        return client


@pytest.fixture(params=["sync", "async"])
def both(request: pytest.FixtureRequest) -> Iterator[BothInkboxes]:
    """Run the test once with each kind of client."""
    driver = BothInkboxes(request.param)
    yield driver
    driver.close()


@pytest.fixture(autouse=True)
def _no_inkbox_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the machine's own configuration out."""
    for name in ("INKBOX_API_KEY", "INKBOX_BASE_URL", "INKBOX_VAULT_KEY"):
        monkeypatch.delenv(name, raising=False)


Connect = Callable[..., Any]


@pytest.fixture(params=[Inkbox, AsyncInkbox])
async def connect(request: pytest.FixtureRequest, sandbox: Sandbox) -> AsyncIterator[Connect]:
    """Make clients on the sandbox, all of one kind, by default with the administrator's key; they are closed at the end."""
    made: list[Any] = []

    def connected(api_key: str = sandbox.inkbox.api_key, **options: Any) -> Any:
        made.append(request.param(api_key, base_url=sandbox.inkbox.base_url, **options))
        return made[-1]

    yield connected
    for client in made:
        await done(client.close())


@pytest.fixture
def inkbox(connect: Connect) -> Any:
    """The administrator's client on the sandbox."""
    return connect()


@pytest.fixture
async def alpha(inkbox: Any) -> Any:
    """An identity on the sandbox."""
    return await done(inkbox.create_identity("alpha", display_name="Alpha"))


@pytest.fixture
async def bravo(inkbox: Any) -> Any:
    """Another identity on the sandbox."""
    return await done(inkbox.create_identity("bravo"))


@pytest.fixture
async def line(sandbox: Sandbox, alpha: Any) -> Any:
    """Alpha's local number, ready for texts; whoever is at `OUTSIDE` has consented to them."""
    number = await done(alpha.provision_phone_number(type="local", state="TX"))
    sandbox.control.set_number_sms(number.number)
    sandbox.control.text_in(number.number, OUTSIDE, "START")
    return number


@asynccontextmanager
async def entered(client: Any) -> AsyncIterator[Any]:
    """Enter a client of either kind by its own `with`."""
    if isinstance(client, AsyncInkbox):
        async with client:
            yield client
    else:
        with client:
            yield client


async def refusal(call: Callable[[], Any], kind: type[InkboxAPIError] = InkboxAPIError) -> Any:
    """Return the error that a call of either kind of client ends in."""
    with pytest.raises(kind) as caught:
        await done(call())
    return caught.value
