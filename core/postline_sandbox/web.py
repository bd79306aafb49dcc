"""What a service sees of HTTP: a request, a reply, a table of routes. No sockets and no framework here.

Handlers are plain functions that run on the sandbox's own thread, one at a time; replies are bytes.
"""

import json
import re
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from functools import lru_cache
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


Answer = Reply | Coroutine[Any, Any, Reply]
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

    __slots__ = ("body", "headers", "method", "params", "path", "query_string")

    def __init__(self, method: str, path: bytes, query_string: bytes, headers: Iterable[Header], body: bytes) -> None:
        self.method = method
        self.path = path
        self.query_string = query_string
        self.headers = headers
        self.body = body
        self.params: list[str] = []

    def header(self, name: bytes) -> str | None:
        """Return a header's value; the name is in lower case."""
        for key, value in self.headers:
            if key == name:
                return value.decode("latin-1")
        return None

    @property
    def query(self) -> Mapping[str, str]:
        """The query's parameters, blank ones included; the last of a name wins."""
        return _query(self.query_string)

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


@lru_cache
def _query(query_string: bytes) -> Mapping[str, str]:
    return dict(parse_qsl(query_string.decode("latin-1"), keep_blank_values=True, errors="replace"))


RouteT = TypeVar("RouteT")


class Routes(Generic[RouteT]):
    """Finds the route of a method and path, the first where two fit.

    In a template `{}` stands for one segment and `{*}` for the rest of the path.
    """

    def __init__(self, table: Iterable[tuple[str, str, RouteT]]) -> None:
        templates: dict[str, list[bytes]] = {}
        self._routes: dict[str, list[RouteT]] = {}
        for method, template, route in table:
            routes = self._routes.setdefault(method, [])
            pattern = re.escape(template).replace(r"\{\}", "([^/]*)").replace(r"\{\*\}", "(.+)").encode()
            templates.setdefault(method, []).append(b"(?P<_%d>%s/?)" % (len(routes), pattern))
            routes.append(route)
        # One alternation per method: the group that matched last is the route's, those inside it are its segments.
        self._patterns = {method: re.compile(b"|".join(some)) for method, some in templates.items()}

    def find(self, method: str, path: bytes) -> tuple[RouteT, list[str]] | None:
        """Return the route and the decoded segments that stand for `{}`; one trailing slash does not matter.

        Raises:
            Undecodable: The route was found, but a segment is not percent-encoded UTF-8.
        """
        pattern = self._patterns.get(method)
        match = pattern.fullmatch(path) if pattern else None
        if match is None or match.lastgroup is None:
            return None
        segments = [one for one in match.groups()[match.lastindex or 0 :] if one is not None]
        return self._routes[method][int(match.lastgroup[1:])], [_decode(one) for one in segments]


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
