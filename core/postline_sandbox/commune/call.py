"""What a Commune handler works with: the service's state, who calls, and how it answers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from postline_sandbox.web import JSON_TYPE, Answer, Header, Json, Refusal, Reply, Request, dumps

if TYPE_CHECKING:
    from postline_sandbox.commune.service import Commune

SANDBOX: Header = (b"x-postline-sandbox", b"commune")
_NO_STORE: Header = (b"cache-control", b"no-store")


@dataclass(frozen=True)
class Caller:
    """Whom an API key belongs to and what it may do."""

    organization_id: str
    scopes: frozenset[str]
    expires_ms: int | None


@dataclass(frozen=True)
class Route:
    """One operation: what does the work, the scope it needs, the headers of its success."""

    handler: "Callable[[Call], Answer]"
    scope: str | None
    headers: tuple[Header, ...]


class Call:
    """One authenticated request."""

    __slots__ = ("commune", "organization_id", "request", "success_headers")

    def __init__(self, commune: "Commune", organization_id: str, request: Request, headers: tuple[Header, ...]) -> None:
        self.commune = commune
        self.organization_id = organization_id
        self.request = request
        self.success_headers = headers

    def data(self, value: Any, status: int = 200, headers: Sequence[Header] = ()) -> Reply:
        """Answer with the usual envelope."""
        return Reply(status, b'{"data":' + dumps(value) + b"}", (*self.success_headers, *headers))

    def records(self, rows: Sequence[tuple[bytes]], tail: bytes = b"") -> Reply:
        """Answer with records that are kept as JSON; `tail` holds further keys of the envelope."""
        return Reply(200, b'{"data":[' + b",".join([row[0] for row in rows]) + b"]" + tail + b"}", self.success_headers)

    def body(self) -> Json:
        """Return the body as an object; other types of content, and no body, count as empty.

        Raises:
            Refusal: It says that it is JSON, and is not.
        """
        value = self.any_body()
        return value if isinstance(value, dict) else {}

    def any_body(self) -> Any:
        """Return whatever JSON the body holds."""
        request = self.request
        if not request.body or not (request.header(b"content-type") or "").startswith("application/json"):
            return {}
        try:
            value = request.json()
        except (ValueError, RecursionError) as error:
            raise Refusal(400, {"error": "Unexpected token in JSON", "code": "INTERNAL_ERROR"}) from error
        if not isinstance(value, (dict, list)):
            raise Refusal(400, {"error": "Unexpected token in JSON", "code": "INTERNAL_ERROR"})
        return value

    def limit(self, default: int, maximum: int) -> int:
        """Read `limit` leniently: never an error."""
        try:
            number = int(float(self.request.query.get("limit") or 0))
        except (ValueError, OverflowError):
            return default
        return min(max(number, 1), maximum) if number else default

    def filter(self, *names: str) -> str | None:
        """Return a filter under the first of its names that has a value."""
        query = self.request.query
        return next((query[name] for name in names if query.get(name)), None)

    def descending(self, default: str) -> bool:
        """Say whether the newest comes first: only `desc` means that."""
        return (self.request.query.get("order") or default) == "desc"


def route(handler: Callable[[Call], Answer], scope: str | None, cache: tuple[int, int] | None = None) -> Route:
    """Describe an operation; `cache` is for how many seconds a reply is fresh, and stale but usable."""
    control = (b"cache-control", b"private, max-age=%d, stale-while-revalidate=%d" % cache) if cache else _NO_STORE
    return Route(handler, scope, (JSON_TYPE, SANDBOX, control))


def refuse(status: int, error: str, headers: Sequence[Header] = (), **more: Any) -> Refusal:
    """Return an error answer of the service's usual form."""
    return Refusal(status, {"error": error, **more}, headers)
