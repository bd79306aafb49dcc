"""Both Inkbox clients, on a handler for their requests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from tests.conftest import AT_ONCE, Both

from postline.inkbox import AsyncInkbox, Inkbox

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
