"""What an Inkbox handler works with: the service's state, who calls, what was asked, and how it answers."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from postline_sandbox.inkbox.forms import FormT, read_body, read_query
from postline_sandbox.web import JSON_TYPE, Answer, Header, Json, Refusal, Reply, Request, dumps

if TYPE_CHECKING:
    from postline_sandbox.inkbox.service import Inkbox

SANDBOX: Header = (b"x-postline-sandbox", b"inkbox")
_HEADERS: tuple[Header, ...] = (JSON_TYPE, SANDBOX)
T = TypeVar("T")


@dataclass(frozen=True)
class Caller:
    """Whom an API key belongs to."""

    organization_id: str
    key_id: str
    identity_id: str | None
    """The identity that the key is confined to; None is an administrator's key."""
    claimed: bool
    expires_at: str | None

    @property
    def is_admin(self) -> bool:
        """Whether the caller sees and does everything in the organization."""
        return self.identity_id is None


NOBODY = Caller("", "", None, claimed=False, expires_at=None)
"""Who calls an open route."""


@dataclass(frozen=True)
class Route:
    """One operation: what does the work, and who may ask for it."""

    handler: "Callable[[Call], Answer]"
    admin: bool = False
    """Refuses identity-scoped keys."""
    is_open: bool = False
    """Needs no key."""


class Call:
    """One request whose caller is known."""

    __slots__ = ("caller", "inkbox", "request")

    def __init__(self, inkbox: "Inkbox", caller: Caller, request: Request) -> None:
        self.inkbox = inkbox
        self.caller = caller
        self.request = request

    @property
    def organization_id(self) -> str:
        """The caller's organization."""
        return self.caller.organization_id

    @property
    def params(self) -> Sequence[str]:
        """The decoded segments that stand for `{}` in the route."""
        return self.request.params

    def body(self, model: type[FormT]) -> FormT:
        """Read the body; 422 where it does not fit."""
        return read_body(model, self.request.body)

    def query(self, model: type[FormT]) -> FormT:
        """Read the query; 422 where it does not fit."""
        return read_query(model, self.request.query)

    def json(self, value: Any, status: int = 200, headers: Iterable[Header] = ()) -> Reply:
        """Answer with JSON."""
        return Reply(status, dumps(value), (*_HEADERS, *headers))

    def raw(self, body: bytes, status: int = 200) -> Reply:
        """Answer with JSON that is already written."""
        return Reply(status, body, _HEADERS)

    def gone(self) -> Reply:
        """Answer a deletion."""
        return Reply(204, b"", (SANDBOX,))

    def admin_only(self, what: str) -> None:
        """Refuse an identity-scoped key."""
        if not self.caller.is_admin:
            raise refuse(403, f"{what} requires an admin-scoped API key")


def route(handler: Callable[[Call], Answer], *, admin: bool = False, is_open: bool = False) -> Route:
    """Describe an operation."""
    return Route(handler, admin, is_open)


def refuse(status: int, detail: str | Json, headers: Sequence[Header] = ()) -> Refusal:
    """Return an error answer of the service's usual form."""
    return Refusal(status, {"detail": detail}, headers)


def found(record: T | None, what: str) -> T:
    """Return a record, or refuse with 404 where there is none."""
    if record is None:
        raise refuse(404, f"{what} not found")
    return record
