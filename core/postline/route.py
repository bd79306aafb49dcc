"""How to reach an address. Proxies and certificates come from the environment, as with httpx itself."""

from __future__ import annotations

import os
import sys
from functools import cached_property
from types import FunctionType
from typing import TYPE_CHECKING

from postline.request import Address

if TYPE_CHECKING:
    import ssl

KEEPALIVE_SECONDS = 30.0


class Route:
    """The way to an address."""

    def __init__(self, address: Address) -> None:
        self.address = address

    @cached_property
    def context(self) -> ssl.SSLContext | None:
        """Whom to trust; `None` where it is plain HTTP."""
        if self.address.scheme == "http":
            return None
        import ssl  # takes a while, and so do the certificates

        folder = os.environ.get("SSL_CERT_DIR")
        file = os.environ.get("SSL_CERT_FILE")
        if not file and not folder:
            import certifi

            file = certifi.where()
        context = ssl.create_default_context(cafile=file, capath=None if file else folder)
        context.set_alpn_protocols(["http/1.1"])
        return context

    @cached_property
    def proxy(self) -> str | None:
        """The proxy on the way, if any."""
        named = {"http_proxy", "https_proxy", "all_proxy"} & {name.lower() for name in os.environ}
        if not named and sys.platform not in {"darwin", "win32"}:  # these have settings of their own
            return None
        from urllib.request import getproxies, proxy_bypass  # loads much

        proxies = {} if proxy_bypass(self.address.host) else getproxies()
        return proxies.get(self.address.scheme) or proxies.get("all")


def is_watched(kind: str, method: str) -> bool:
    """Whether a method of one of httpx's transports was replaced, as recorders (vcrpy) and mocks do."""
    transport = getattr(sys.modules.get("httpx"), kind, None)
    if transport is None:
        return False
    function = vars(transport).get(method)
    # A wrapper can pass for what it wraps, but for its type and the module that it was defined in.
    return type(function) is not FunctionType or function.__globals__["__name__"] != "httpx._transports.default"
