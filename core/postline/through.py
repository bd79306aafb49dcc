"""Requests through httpx: where a caller gave a transport, where a proxy applies, and where somebody watches.

Recorders (vcrpy), mocks and tracers replace a method of httpx's transport, and expect every request there. All else goes over
single connections (`lines`), which cost a fifth less and load no httpx.
"""

from __future__ import annotations

import ssl
from contextlib import aclosing, closing
from typing import Any, Self

import httpx

from postline.config import Settings
from postline.request import Reply, Request
from postline.route import KEEPALIVE_SECONDS, Route


class Through:
    """Sends through an httpx transport, which looks after its connections itself."""

    def __init__(self, transport: httpx.BaseTransport) -> None:
        self._transport = transport

    @classmethod
    def over(cls, settings: Settings, route: Route) -> Self:
        """Make one with a transport of httpx's own."""
        return cls(httpx.HTTPTransport(**_options(settings, route)))

    def send(self, request: Request) -> Reply:
        """Send a request and read its answer."""
        content = bytearray()
        with closing(self._transport.handle_request(as_httpx(request))) as response:
            for chunk in response.iter_bytes():
                content += chunk
                if request.limit_bytes is not None and len(content) > request.limit_bytes:
                    break
        return Reply(response.status_code, response.headers.raw, bytes(content))

    def close(self) -> None:
        """Close the transport."""
        self._transport.close()


class AsyncThrough:
    """`Through` for the event loop."""

    def __init__(self, transport: httpx.AsyncBaseTransport) -> None:
        self._transport = transport

    @classmethod
    def over(cls, settings: Settings, route: Route) -> Self:
        """Make one with a transport of httpx's own."""
        return cls(httpx.AsyncHTTPTransport(**_options(settings, route)))

    async def send(self, request: Request) -> Reply:
        """Send a request and read its answer."""
        content = bytearray()
        async with aclosing(await self._transport.handle_async_request(as_httpx(request))) as response:
            async for chunk in response.aiter_bytes():
                content += chunk
                if request.limit_bytes is not None and len(content) > request.limit_bytes:
                    break
        return Reply(response.status_code, response.headers.raw, bytes(content))

    async def aclose(self) -> None:
        """Close the transport."""
        await self._transport.aclose()


def _options(settings: Settings, route: Route) -> dict[str, Any]:
    limits = httpx.Limits(max_connections=settings.max_connections, keepalive_expiry=KEEPALIVE_SECONDS)
    trust = route.context or ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # nobody, as loading the certificates takes long
    return {"verify": trust, "proxy": route.proxy, "limits": limits}


class _Request(httpx.Request):
    """Shows nothing that may be secret, where a traceback shows the variables of httpx's own frames."""

    def __repr__(self) -> str:
        return f"<Request({self.method!r})>"


def as_httpx(request: Request) -> httpx.Request:
    """Return the request as httpx has it."""
    extensions = {"timeout": httpx.Timeout(request.timeout).as_dict()}
    return _Request(
        request.method, request.url, headers=request.headers, content=request.content or None, extensions=extensions
    )
