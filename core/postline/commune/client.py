"""`CommuneClient`: the service with everything it documents, for code that waits. `async_client` has the one for `await`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic

from postline.client import Client
from postline.commune._wire import CommuneWire
from postline.commune.resources import Attachments, Delivery, Domains, Inboxes, Messages, Search, Sms, Threads
from postline.config import Retry, Settings, from_environment
from postline.resource import C

if TYPE_CHECKING:
    import httpx

    from postline.commune.async_client import AsyncCommuneClient

__all__ = ["CommuneClient"]

BASE_URL = "https://api.commune.sh"


class Namespaces(Generic[C]):
    """The groups of endpoints, the same on both clients."""

    def _add_namespaces(self, client: C) -> None:  # type: ignore[misc]  # while it is made, as in a constructor
        self.domains = Domains(client)
        self.inboxes = Inboxes(client)
        self.threads = Threads(client)
        self.messages = Messages(client)
        self.attachments = Attachments(client)
        self.search = Search(client)
        self.sms = Sms(client)
        self.delivery = Delivery(client)


class CommuneClient(Client[CommuneWire], Namespaces["CommuneClient"]):
    """Commune for code that waits. Share one between threads; close it, or use it in a `with`.

    Args:
        api_key: By default `COMMUNE_API_KEY`.
        base_url: By default `COMMUNE_BASE_URL`, else the live service.
        timeout: Seconds, each for connecting, sending, receiving, and waiting for a free connection.
        retry: How patiently calls are repeated; only those that do no harm twice are.
        transport: Sends every request instead of connections of its own.

    Raises:
        ValueError: There is no key.
    """

    def __init__(
        self,
        api_key: str | None = None,
        *,
        base_url: str | None = None,
        timeout: float = 30.0,
        retry: Retry = Retry(),  # noqa: B008  # frozen
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        super().__init__(wire(api_key, base_url, timeout, retry), transport)

    def _set_up(self, wire: CommuneWire, transport: httpx.BaseTransport | None = None) -> None:
        super()._set_up(wire, transport)
        self._add_namespaces(self)

    @property
    def aio(self) -> AsyncCommuneClient:
        """The client for `await` with the same settings; it has connections of its own."""
        from postline.commune.async_client import AsyncCommuneClient

        twin: AsyncCommuneClient = self._other(AsyncCommuneClient)
        return twin


def wire(api_key: str | None, base_url: str | None, timeout: float, retry: Retry) -> CommuneWire:
    """Set up how to speak to Commune, from arguments and then the environment."""
    key = from_environment(api_key, "COMMUNE_API_KEY")
    if not key:
        raise ValueError(
            "No API key provided (No auth configured): pass api_key or set COMMUNE_API_KEY; "
            "to try things without one, use the sandbox's key and base_url"
        )
    settings = Settings(from_environment(base_url, "COMMUNE_BASE_URL", BASE_URL), timeout, retry)
    return CommuneWire(settings, key)
