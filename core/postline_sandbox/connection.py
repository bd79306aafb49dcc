"""One connection: uvicorn's own, with a short way for plain GETs and a hand on the transport.

Most of what an answer costs is HTTP machinery: h11, a task and an ASGI cycle take about five times as long as the
answer itself. So a GET that arrives whole, alone and without any special header is answered where it is read.
Everything else goes through uvicorn.
"""

import asyncio
import http
import re
from functools import lru_cache
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from postline_sandbox.front import Front, dress
from postline_sandbox.web import Header, Reply

_PLAIN_GET = re.compile(
    rb"GET (/[\x21-\x7e]*) HTTP/1\.1\r\n((?:[!#$%&'*+.^_`|~0-9A-Za-z-]+:[^\r\n\0]*\r\n)+)\r\n",
)
_SPECIAL = frozenset({b"connection", b"content-length", b"expect", b"transfer-encoding", b"upgrade"})
_STATUS_LINES = {status.value: f"HTTP/1.1 {status.value} {status.phrase}\r\n".encode() for status in http.HTTPStatus}


def connection_class(front: Front) -> type[H11Protocol]:
    """Return the class of the connections to an application."""

    class Connection(H11Protocol):
        app_state: dict[str, Any]

        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
            # A fault closes the connection under a reply, which ASGI itself has no word for.
            self.app_state = {**self.app_state, "transport": transport}
            super().connection_made(transport)

        def data_received(self, data: bytes) -> None:
            reply = self._at_once(data)
            if reply is None:
                super().data_received(data)
            else:
                self._unset_keepalive_if_required()
                self.transport.write(reply)

        def _at_once(self, data: bytes) -> bytes | None:
            if self.conn.our_state is not h11.IDLE or self.conn.trailing_data[0]:
                return None
            match = _PLAIN_GET.fullmatch(data)
            headers = _headers(match[2]) if match else None
            if match is None or headers is None:
                return None
            path, _, query_string = match[1].partition(b"?")
            reply = front.at_once(path, query_string, headers)
            return None if reply is None else _bytes(reply, headers, self.server_state.default_headers)

    return Connection


@lru_cache
def _headers(block: bytes) -> tuple[Header, ...] | None:
    """Read a block of headers, the same one in request after request; None where one is special."""
    headers: list[Header] = []
    for line in block.split(b"\r\n")[:-1]:
        name, _, value = line.partition(b":")
        name = name.lower()
        if name in _SPECIAL and value.strip().lower() != b"keep-alive":
            return None
        headers.append((name, value.strip()))
    return tuple(headers)


def _bytes(reply: Reply, asked: tuple[Header, ...], default: list[Header]) -> bytes:
    headers, body = dress(reply, asked)
    lines = [b"%s: %s\r\n" % header for header in (*default, *headers)]
    return b"".join((_STATUS_LINES[reply.status], *lines, b"\r\n", body))
