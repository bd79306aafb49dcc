"""How to reach an address. Proxies and certificates come from the environment, as with httpx itself."""

from __future__ import annotations

import os
import ssl
import sys
from functools import cached_property
from types import FunctionType

from postline.request import Address

KEEPALIVE_SECONDS = 30.0


class Route:
    """The way to an address."""

    def __init__(self, address: Address) -> None:
        self.address = address

    @cached_property
    def context(self) -> ssl.SSLContext:
        """Whom to trust; nobody where it is plain HTTP, as loading the certificates takes longer than many requests."""
        if self.address.scheme == "http":
            return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        if file := os.environ.get("SSL_CERT_FILE"):
            return ssl.create_default_context(cafile=file)
        if folder := os.environ.get("SSL_CERT_DIR"):
            return ssl.create_default_context(capath=folder)
        import certifi

        return ssl.create_default_context(cafile=certifi.where())

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
