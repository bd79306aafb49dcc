"""What a service sees of HTTP: a request, a reply, a table of routes. No sockets and no framework here.

Handlers are plain functions that run on the sandbox's own thread, one at a time; replies are bytes.
"""

import json
import re
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any, Generic, TypeVar
from urllib.parse import parse_qsl, unquote_to_bytes

Json = dict[str, Any]
Header = tuple[bytes, bytes]
JSON_TYPE: Header = (b"content-type", b"application/json; charset=utf-8")
HTML_TYPE: Header = (b"content-type", b"text/html; charset=utf-8")
_BAD_ESCAPE = re.compile(rb"%(?![0-9A-Fa-f]{2})")


class Reply:
    """A whole answer; the length and the request's id are added when it is sent."""

    __slots__ = ("body", "headers", "status")

    def __init__(self, status: int, body: bytes, headers: Sequence[Header] = (JSON_TYPE,)) -> None:
        self.status = status
        self.body = body
        self.headers = headers


Answer = Reply | Awaitable[Reply]
"""Most handlers answer at once; one that has to wait for somebody else does not hold the others up."""


class Refusal(Exception):  # noqa: N818 - an answer that ends a handler early, not a programming error
    """A handler's way to answer with an error; what it had begun to write is undone."""

    def __init__(self, status: int, body: Any, headers: Sequence[Header] = ()) -> None:
        super().__init__(status)
        self.reply = Reply(status, dumps(body), (JSON_TYPE, *headers))


class Undecodable(ValueError):  # noqa: N818
    """A path segment that is not percent-encoded UTF-8."""


class Request:
    """One request, its body read."""

    __slots__ = ("_query", "body", "headers", "method", "params", "path", "query_string")

    def __init__(self, method: str, path: bytes, query_string: bytes, headers: Iterable[Header], body: bytes) -> None:
        self.method = method
        self.path = path
        self.query_string = query_string
        self.headers = headers
        self.body = body
        self.params: list[str] = []
        self._query: dict[str, str] | None = None

    def header(self, name: bytes) -> str | None:
        """Return a header's value; the name is in lower case."""
        for key, value in self.headers:
            if key == name:
                return value.decode("latin-1")
        return None

    @property
    def query(self) -> dict[str, str]:
        """The query's parameters, blank ones included; the last of a name wins."""
        if self._query is None:
            text = self.query_string.decode("latin-1")
            self._query = dict(parse_qsl(text, keep_blank_values=True, errors="replace")) if text else {}
        return self._query

    def json(self) -> Any:
        """Read a JSON body.

        Raises:
            ValueError: It is not JSON.
        """
        value = json.loads(self.body)
        # Half a surrogate pair is legal JSON and can be neither stored nor sent on.
        if b"\\ud" in self.body or b"\\uD" in self.body:
            value = json.loads(json.dumps(value, ensure_ascii=False).encode("utf-8", "replace"))
        return value


RouteT = TypeVar("RouteT")


class Routes(Generic[RouteT]):
    """Finds the route of a method and path; `{}` in a template stands for one segment."""

    def __init__(self, table: Iterable[tuple[str, str, RouteT]]) -> None:
        self._table: dict[tuple[str, int], list[tuple[dict[int, bytes], list[int], RouteT]]] = {}
        for method, template, route in table:
            parts = template.encode().split(b"/")
            fixed = {n: part for n, part in enumerate(parts) if part != b"{}"}
            free = [n for n, part in enumerate(parts) if part == b"{}"]
            self._table.setdefault((method, len(parts)), []).append((fixed, free, route))

    def find(self, method: str, path: bytes) -> tuple[RouteT, list[str]] | None:
        """Return the route and the decoded segments that stand for `{}`; one trailing slash does not matter.

        Raises:
            Undecodable: The route was found, but a segment is not percent-encoded UTF-8.
        """
        parts = path.split(b"/")
        if len(parts) > 2 and not parts[-1]:
            parts.pop()
        for fixed, free, route in self._table.get((method, len(parts)), ()):
            if all(parts[n] == part for n, part in fixed.items()):
                return route, [_decode(parts[n]) for n in free]
        return None


def _decode(segment: bytes) -> str:
    if b"%" not in segment:
        return segment.decode("latin-1")
    if _BAD_ESCAPE.search(segment):
        raise Undecodable(segment.decode("latin-1"))
    try:
        return unquote_to_bytes(segment).decode()
    except UnicodeDecodeError as error:
        raise Undecodable(segment.decode("latin-1")) from error


_encode: Callable[[Any], str] = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False).encode


def dumps(value: Any) -> bytes:
    """Write compact JSON."""
    return _encode(value).encode()
