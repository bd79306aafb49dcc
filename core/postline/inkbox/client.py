"""`Inkbox`: the service with everything it documents, for code that waits. `async_client` has the one for `await`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx

from postline.client import Client
from postline.config import Retry
from postline.inkbox._account import Account, wire
from postline.inkbox._wire import InkboxWire

if TYPE_CHECKING:
    from postline.inkbox.async_client import AsyncInkbox

__all__ = ["Inkbox"]


class Inkbox(Client[InkboxWire], Account["Inkbox"]):
    """Inkbox for code that waits. Share one between threads; close it, or use it in a `with`.

    Args:
        api_key: By default `INKBOX_API_KEY`.
        base_url: By default `INKBOX_BASE_URL`, else the live service. HTTPS, but for this machine.
        timeout: Seconds, each for connecting, sending, receiving, and waiting for a free connection.
        vault_key: What opens the vault; by default `INKBOX_VAULT_KEY`.
        retry: How patiently calls are repeated; only those that do no harm twice are.
        transport: Sends every request instead of connections of its own.

    Raises:
        ValueError: There is no key, or the address is not safe to send it to.
    """

    def __init__(
        self,
        api_key: str | None = None,
        *,
        base_url: str | None = None,
        timeout: float = 30.0,
        vault_key: str | None = None,
        retry: Retry = Retry(),  # noqa: B008  # frozen
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        super().__init__(wire(api_key, base_url, vault_key, timeout, retry), transport)

    def _set_up(self, wire: InkboxWire, transport: httpx.BaseTransport | None = None) -> None:
        super()._set_up(wire, transport)
        self._add_resources()

    @property
    def aio(self) -> AsyncInkbox:
        """The client for `await` with the same settings; it has connections of its own."""
        from postline.inkbox.async_client import AsyncInkbox

        twin: AsyncInkbox = self._other(AsyncInkbox)
        return twin
