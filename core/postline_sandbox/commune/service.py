"""The Commune half as one sub-application: who calls, which operation, what goes wrong."""

import json
import logging
from collections import defaultdict, deque
from functools import cached_property

from postline_sandbox.commune import attachments, inbox_rows, intake, webhooks
from postline_sandbox.commune.accounts import scopes_of
from postline_sandbox.commune.call import SANDBOX, Call, Caller, refuse
from postline_sandbox.commune.domains import shared_domain
from postline_sandbox.commune.routes import ROUTES
from postline_sandbox.commune.tables import TABLES
from postline_sandbox.mime import Mail
from postline_sandbox.service import Importer, Service
from postline_sandbox.web import HTML_TYPE, JSON_TYPE, Answer, Refusal, Reply, Request, Undecodable, dumps
from postline_sandbox.world import World

_log = logging.getLogger("postline_sandbox")
_FILES = b"/files/"


class Commune(Service):
    """The sandbox's Commune."""

    name = "commune"
    body_limit_bytes = 10_485_760

    def __init__(self, world: World) -> None:
        self.world = world
        self.storage = world.storage
        self.clock = world.clock
        self.ids = world.ids
        self.blocked_senders: set[str] = set()
        self.attempts: defaultdict[str, deque[int]] = defaultdict(deque)
        self.paused_until_ms: dict[str, int] = {}
        self._callers: dict[str, Caller] = {}
        self.storage.create(TABLES)
        self.shared_domain_id = shared_domain(self)
        world.hooks.register(self.name, webhooks.policy(self))

    @cached_property
    def routing_secret(self) -> str:
        """The key of reply addresses."""
        return self.ids.secret("commune routing")

    def owns(self, path: bytes) -> bool:
        """Take every path that is nobody else's."""
        return path.startswith((b"/v1/", _FILES, b"/health"))

    def answer(self, request: Request) -> Answer:
        """Answer one request."""
        try:
            return self._answer(request)
        except Refusal as refusal:
            refusal.reply.headers = (*refusal.reply.headers, SANDBOX)
            return refusal.reply
        except Undecodable as error:
            return _plain(400, f"Failed to decode param '{error}'")
        except Exception:  # noqa: BLE001 - an answer is owed whatever happens; the log says what did
            _log.exception("%s %s failed", request.method, request.path.decode("latin-1"))
            return _plain(500, "Internal server error")

    def body_too_large(self) -> Reply:
        """Answer a body over 10 MiB."""
        return _plain(413, "request entity too large")

    def failure(self, status: int, retry_after_seconds: float | None = None) -> Reply:
        """Answer a fault in the service's own words."""
        if retry_after_seconds is None:
            return _plain(status, "Internal server error")
        seconds = max(0, round(retry_after_seconds))
        body = dumps({"error": "Hourly email rate limit exceeded", "retryAfter": seconds})
        return Reply(status, body, (JSON_TYPE, SANDBOX, (b"retry-after", b"%d" % seconds)))

    def has_address(self, address: str) -> bool:
        """Say whether the address is on one of the domains kept here."""
        domain = address.rpartition("@")[2].lower()
        return self.storage.value("SELECT 1 FROM commune_domains WHERE name = ?", domain) is not None

    def receive(self, mail: Mail, recipients: list[str]) -> list[dict[str, object]]:
        """Take in mail from outside or from another sandbox mailbox."""
        return intake.receive(self, mail, recipients)

    def importer(self, address: str) -> Importer | None:
        """Return what keeps old mail in the inbox of an address."""
        inbox = inbox_rows.by_address(self, address)
        return None if inbox is None else lambda mail: intake.take_in_old(self, mail, inbox)

    def forget_callers(self) -> None:
        """Look keys up anew: one was issued or revoked."""
        self._callers.clear()

    def _answer(self, request: Request) -> Answer:
        path = request.path
        if path.startswith(_FILES) and request.method == "GET":
            return attachments.download(self, request)
        if path == b"/health":
            return Reply(200, b'{"ok":true}', (JSON_TYPE, SANDBOX))
        organization_id, scopes = self._authenticate(request) if path.startswith(b"/v1/") else ("", frozenset[str]())
        found = ROUTES.find(request.method, path)
        if found is None:
            text = f"<!DOCTYPE html><pre>Cannot {request.method} {_escaped(path)}</pre>"
            return Reply(404, text.encode(), (HTML_TYPE, SANDBOX))
        route, request.params = found
        if route.scope is not None and route.scope not in scopes:
            hint = f"Your API key needs the following permission(s): {route.scope}"
            raise refuse(403, "Insufficient permissions", required=[route.scope], hint=hint)
        call = Call(self, organization_id, request, route.headers)
        if request.method == "GET":
            return route.handler(call)
        with self.world.transaction():
            return route.handler(call)

    def _authenticate(self, request: Request) -> tuple[str, frozenset[str]]:
        header = request.header(b"authorization")
        if not header:
            raise refuse(401, "Missing Authorization header")
        if not header.startswith("Bearer "):
            raise refuse(401, "invalid_authorization_format", message="Use Authorization: Bearer <api key>")
        caller = self._callers.get(header) or self._look_up(header)
        if caller is None or (caller.expires_ms is not None and caller.expires_ms <= self.clock.now_ms()):
            raise refuse(401, "Invalid or expired API key")
        return caller.organization_id, caller.scopes

    def _look_up(self, header: str) -> Caller | None:
        row = self.storage.row(
            "SELECT organization_id, scopes, expires_ms FROM commune_keys WHERE api_key = ?", header[len("Bearer ") :]
        )
        if row is None:
            return None
        caller = self._callers[header] = Caller(row[0], scopes_of(json.loads(row[1])), row[2])
        return caller


def _plain(status: int, text: str) -> Reply:
    return Reply(status, dumps({"error": text, "code": "INTERNAL_ERROR"}), (JSON_TYPE, SANDBOX))


def _escaped(path: bytes) -> str:
    return path.decode("latin-1").replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
