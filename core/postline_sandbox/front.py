"""The ASGI application: reads a request, finds whose it is, lets faults happen, sends the reply."""

import itertools
import zlib
from collections.abc import Iterable
from uuid import uuid4

from starlette.types import ASGIApp, Receive, Scope, Send

from postline_sandbox.faults import Fault, not_json
from postline_sandbox.service import Service
from postline_sandbox.web import HTML_TYPE, Answer, Header, Reply, Request
from postline_sandbox.world import World

_GZIP_ABOVE_BYTES = 1024
# The gzip format with a window of 4 KiB: most of what packing a short answer costs is setting up a larger one.
_GZIP_WINDOW, _GZIP_MEMORY = 16 + 12, 4
_REQUEST_ID_CHARS = 128
_request_ids = (f"{uuid4().hex[:8]}-0000-4000-8000-{number:012x}".encode() for number in itertools.count(1))


class Front:
    """Everything that is served on the sandbox's port."""

    def __init__(self, world: World, control: ASGIApp, control_path: str) -> None:
        self._world = world
        self._control = control
        self._control_path = control_path.encode()
        self._services = tuple(world.services.values())

    def at_once(self, path: bytes, query_string: bytes, headers: Iterable[Header]) -> Reply | None:
        """Answer a plain GET on the spot, or return None where it has to go the long way."""
        if self._world.faults or path.startswith(self._control_path):
            return None
        answer = self._owner(path).answer(Request("GET", path, query_string, headers, b""))
        if isinstance(answer, Reply):
            return answer
        answer.close()
        return None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        path: bytes = scope["raw_path"]
        if path.startswith(self._control_path):
            await self._control(scope, receive, send)
            return
        service = self._owner(path)
        body = await _read(receive, service.body_limit_bytes) if scope["method"] != "GET" else b""
        if body is None:
            await _send(send, service.body_too_large(), scope["headers"])
            return
        request = Request(scope["method"], path, scope["query_string"], scope["headers"], body)
        fault = self._world.faults and self._world.faults.take(service.name, request.method, scope["path"])
        if fault:
            await self._misbehave(fault, service, request, scope, receive, send)
        else:
            await _send(send, await _whole(service.answer(request)), request.headers)

    def _owner(self, path: bytes) -> Service:
        return next((one for one in self._services if one.owns(path)), self._services[0])

    async def _misbehave(
        self, fault: Fault, service: Service, request: Request, scope: Scope, receive: Receive, send: Send
    ) -> None:
        if fault.kind == "latency":
            await self._world.pause(fault.seconds)
        if fault.kind == "closed_connection":
            await _hang_up(scope, receive)
            return
        reply = _instead(fault, service) if fault.before_work else await _whole(service.answer(request))
        if fault.kind == "dropped_reply":
            await _hang_up(scope, receive)
        elif fault.kind == "truncated_body":
            await _send(send, reply, request.headers, missing_bytes=max(1, len(reply.body) // 2))
            await _hang_up(scope, receive)
        else:
            await _send(send, reply, request.headers)


async def _whole(answer: Answer) -> Reply:
    return answer if isinstance(answer, Reply) else await answer


def _instead(fault: Fault, service: Service) -> Reply:
    if fault.kind == "not_json":
        return Reply(200, not_json(), (HTML_TYPE,))
    return service.failure(fault.status, fault.seconds if fault.kind == "rate_limit" else None)


async def _read(receive: Receive, limit_bytes: int) -> bytes | None:
    """Return the body, or None where it is too long; it is read to its end all the same, or the sender would not listen."""
    chunks: list[bytes] = []
    size = 0
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            break
        chunk = message.get("body", b"")
        size += len(chunk)
        if size <= limit_bytes:
            chunks.append(chunk)
        more = message.get("more_body", False)
    return b"".join(chunks) if size <= limit_bytes else None


async def _send(send: Send, reply: Reply, asked: Iterable[Header], *, missing_bytes: int = 0) -> None:
    headers, body = dress(reply, asked)
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    shown = body[:-missing_bytes] if missing_bytes else body
    await send({"type": "http.response.body", "body": shown, "more_body": bool(missing_bytes)})


def dress(reply: Reply, asked: Iterable[Header]) -> tuple[list[Header], bytes]:
    """Return a reply's headers and body as they go out to somebody who asked with these headers."""
    body, headers = reply.body, [*reply.headers]
    request_id, gzip = _wishes(asked)
    if gzip and len(body) > _GZIP_ABOVE_BYTES:
        packer = zlib.compressobj(1, zlib.DEFLATED, _GZIP_WINDOW, _GZIP_MEMORY)
        body = packer.compress(body) + packer.flush()
        headers += ((b"content-encoding", b"gzip"), (b"vary", b"accept-encoding"))
    headers += ((b"content-length", b"%d" % len(body)), (b"x-request-id", request_id))
    return headers, body


def _wishes(asked: Iterable[Header]) -> tuple[bytes, bool]:
    request_id, gzip = b"", False
    for name, value in asked:
        if name == b"accept-encoding":
            gzip = b"gzip" in value
        elif name == b"x-request-id" and len(value) <= _REQUEST_ID_CHARS:
            request_id = value
    return request_id or next(_request_ids), gzip


async def _hang_up(scope: Scope, receive: Receive) -> None:
    """Close the connection as it is; the server has to see that before this returns, or it would answer 500."""
    scope["state"]["transport"].close()
    while (await receive())["type"] != "http.disconnect":
        pass
