"""`AsyncInkbox`: the service with everything it documents, for `await`."""

from __future__ import annotations

import httpx

from postline.client import AsyncClient
from postline.config import Retry
from postline.inkbox._account import Account, wire
from postline.inkbox._wire import InkboxWire
from postline.inkbox.client import Inkbox

__all__ = ["AsyncInkbox"]


class AsyncInkbox(AsyncClient[InkboxWire], Account["AsyncInkbox"]):
    """Inkbox for `await`. Close it with `await client.close()`, or use it in an `async with`.

    Arguments, environment and errors are those of `Inkbox`.
    """

    def __init__(
        self,
        api_key: str | None = None,
        *,
        base_url: str | None = None,
        timeout: float = 30.0,
        vault_key: str | None = None,
        retry: Retry = Retry(),  # noqa: B008  # frozen
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        super().__init__(wire(api_key, base_url, vault_key, timeout, retry), transport)

    def _set_up(self, wire: InkboxWire, transport: httpx.AsyncBaseTransport | None = None) -> None:
        super()._set_up(wire, transport)
        self._add_resources()

    @property
    def sync(self) -> Inkbox:
        """The client that waits, with the same settings; it has connections of its own."""
        twin: Inkbox = self._other(Inkbox)
        return twin
