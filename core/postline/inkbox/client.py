"""`Inkbox`: the service with everything it documents, for code that waits. `async_client` has the one for `await`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from postline.client import Client
from postline.config import Retry
from postline.hidden import Hidden
from postline.inkbox._account import Account, hidden_vault_key, wire
from postline.inkbox._wire import InkboxWire

if TYPE_CHECKING:
    import httpx

    from postline.inkbox.async_client import AsyncInkbox

__all__ = ["Inkbox"]


class Inkbox(Client[InkboxWire], Account["Inkbox"]):
    """Inkbox for code that waits. Share one between threads; close it, or use it in a `with`.

    Args:
        api_key: By default `INKBOX_API_KEY`.
        base_url: By default `INKBOX_BASE_URL`, else the live service. HTTPS, but for this machine.
        timeout: Seconds, each for connecting, sending, receiving, and waiting for a free connection.
        vault_key: Opens the vault at once, in three requests; by default `INKBOX_VAULT_KEY`. A recovery code does, too.
        retry: How patiently calls are repeated; only those that do no harm twice are.
        transport: Sends every request instead of connections of its own.

    Raises:
        ValueError: There is no key, or the address is not safe to send it to, or the vault key is not the vault's.
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
        key = hidden_vault_key(vault_key)
        del vault_key  # what follows may raise
        super().__init__(wire(api_key, base_url, timeout, retry), transport)
        if key:
            self._unlock(key)

    def _unlock(self, key: Hidden[str]) -> None:
        try:
            self.run(self.vault._unlocking(key))
        except BaseException:
            self.close()
            raise

    def _set_up(self, wire: InkboxWire, transport: httpx.BaseTransport | None = None) -> None:
        super()._set_up(wire, transport)
        self._add_resources()

    @property
    def aio(self) -> AsyncInkbox:
        """The client for `await` with the same settings; it has connections of its own."""
        from postline.inkbox.async_client import AsyncInkbox

        twin: AsyncInkbox = self._other(AsyncInkbox)
        return twin

    def close(self) -> None:
        """Close the connections and forget the vault's key if it was opened here; see `Client.close`."""
        self.vault._forget()
        super().close()
