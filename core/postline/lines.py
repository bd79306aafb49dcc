"""Single connections, each for one request at a time: httpcore's, without its pool. Loaded when the first one is opened.

What goes wrong is raised as httpx's error of the same name, which callers know.
"""

from __future__ import annotations

from contextlib import aclosing, closing

import httpcore

from postline.request import Reply, Request, unpacker
from postline.route import KEEPALIVE_SECONDS, Route


class Line:
    """One connection; opened anew when the server has closed it or it has been idle for long."""

    def __init__(self, route: Route) -> None:
        self._route = route
        self._connection: httpcore.HTTPConnection | None = None

    def send(self, request: Request) -> Reply:
        """Send a request and read its answer."""
        try:
            with closing(self._open().handle_request(_as_httpcore(request))) as response:
                unpack, content = unpacker(response.headers), bytearray()
                for chunk in response.iter_stream():
                    content += unpack(chunk)
                    if request.limit_bytes is not None and len(content) > request.limit_bytes:
                        break
        except Exception as error:
            raise _known(error) from error
        return Reply(response.status, response.headers, bytes(content))

    def _open(self) -> httpcore.HTTPConnection:
        if self._connection and _is_spent(self._connection):
            self._connection.close()
            self._connection = None
        if self._connection is None:
            origin, context = _origin(self._route), self._route.context
            self._connection = httpcore.HTTPConnection(origin, context, KEEPALIVE_SECONDS)
        return self._connection

    def close(self) -> None:
        """Close the connection."""
        if self._connection:
            self._connection.close()


class AsyncLine:
    """`Line` for the event loop."""

    def __init__(self, route: Route) -> None:
        self._route = route
        self._connection: httpcore.AsyncHTTPConnection | None = None

    async def send(self, request: Request) -> Reply:
        """Send a request and read its answer."""
        try:
            connection = await self._open()
            async with aclosing(await connection.handle_async_request(_as_httpcore(request))) as response:
                unpack, content = unpacker(response.headers), bytearray()
                async for chunk in response.aiter_stream():
                    content += unpack(chunk)
                    if request.limit_bytes is not None and len(content) > request.limit_bytes:
                        break
        except Exception as error:
            raise _known(error) from error
        return Reply(response.status, response.headers, bytes(content))

    async def _open(self) -> httpcore.AsyncHTTPConnection:
        if self._connection and _is_spent(self._connection):
            await self._connection.aclose()
            self._connection = None
        if self._connection is None:
            origin, context = _origin(self._route), self._route.context
            self._connection = httpcore.AsyncHTTPConnection(origin, context, KEEPALIVE_SECONDS)
        return self._connection

    async def aclose(self) -> None:
        """Close the connection."""
        if self._connection:
            await self._connection.aclose()


def _is_spent(connection: httpcore.HTTPConnection | httpcore.AsyncHTTPConnection) -> bool:
    return connection.is_closed() or connection.has_expired()


def _origin(route: Route) -> httpcore.Origin:
    address = route.address
    return httpcore.Origin(address.scheme.encode(), address.host.encode(), address.port)


def _as_httpcore(request: Request) -> httpcore.Request:
    address, timeout = request.address, request.timeout
    return httpcore.Request(
        request.method,
        httpcore.URL(
            scheme=address.scheme.encode(),
            host=address.host.encode(),
            port=address.port,
            target=request.target.encode(),
        ),
        headers=[*request.headers.items()],
        content=request.content,
        extensions={"timeout": {"connect": timeout, "read": timeout, "write": timeout, "pool": timeout}},
    )


def _known(error: Exception) -> Exception:
    from postline.network import as_httpx  # with httpx, which is not loaded while all goes well

    return as_httpx(error)
