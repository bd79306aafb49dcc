"""`AsyncCommuneClient`: the service with everything it documents, for `await`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from postline.async_client import AsyncClient
from postline.commune._wire import CommuneWire
from postline.commune.client import CommuneClient, Namespaces, wire
from postline.config import Retry

if TYPE_CHECKING:
    import httpx

__all__ = ["AsyncCommuneClient"]


class AsyncCommuneClient(AsyncClient[CommuneWire], Namespaces["AsyncCommuneClient"]):
    """Commune for `await`. Close it with `await client.close()`, or use it in an `async with`.

    Arguments, environment and errors are those of `CommuneClient`.
    """

    def __init__(
        self,
        api_key: str | None = None,
        *,
        base_url: str | None = None,
        timeout: float = 30.0,
        retry: Retry = Retry(),  # noqa: B008  # frozen
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        super().__init__(wire(api_key, base_url, timeout, retry), transport)

    def _set_up(self, wire: CommuneWire, transport: httpx.AsyncBaseTransport | None = None) -> None:
        super()._set_up(wire, transport)
        self._add_namespaces(self)

    @property
    def sync(self) -> CommuneClient:
        """The client that waits, with the same settings; it has connections of its own."""
        twin: CommuneClient = self._other(CommuneClient)
        return twin
