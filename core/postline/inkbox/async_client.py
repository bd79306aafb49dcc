"""`AsyncInkbox`: the service with everything it documents, for `await`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from postline.async_client import AsyncClient
from postline.config import Retry
from postline.hidden import Hidden
from postline.inkbox._account import Account, hidden_vault_key, wire
from postline.inkbox._wire import InkboxWire
from postline.inkbox.client import Inkbox

if TYPE_CHECKING:
    import httpx

__all__ = ["AsyncInkbox"]


class AsyncInkbox(AsyncClient[InkboxWire], Account["AsyncInkbox"]):
    """Inkbox for `await`. Close it with `await client.close()`, or use it in an `async with`.

    Arguments, environment and errors are those of `Inkbox`; but a vault key opens the vault when the client is entered with
    `async with`, as a constructor cannot wait.
    """

    _vault_key: Hidden[str] | None = None

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
        self._vault_key = hidden_vault_key(vault_key)
        del vault_key  # what follows may raise
        super().__init__(wire(api_key, base_url, timeout, retry), transport)

    def _set_up(self, wire: InkboxWire, transport: httpx.AsyncBaseTransport | None = None) -> None:
        super()._set_up(wire, transport)
        self._add_resources()

    @property
    def sync(self) -> Inkbox:
        """The client that waits, with the same settings; it has connections of its own."""
        twin: Inkbox = self._other(Inkbox)
        return twin

    async def __aenter__(self) -> Self:
        await super().__aenter__()
        if self._vault_key:
            try:
                await self.run(self.vault._unlocking(self._vault_key))
            except BaseException:
                await self.close()
                raise
            self._vault_key = None
        return self

    async def close(self) -> None:
        """Close the connections and forget the vault's key if it was opened here; see `AsyncClient.close`."""
        self._vault_key = None
        self.vault._forget()
        await super().close()
