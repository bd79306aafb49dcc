"""The Inkbox half as one sub-application: who calls, which operation, what goes wrong."""

import logging

from postline_sandbox.inkbox import limits, webhooks
from postline_sandbox.inkbox.accounts import find_caller
from postline_sandbox.inkbox.call import NOBODY, SANDBOX, Call, Caller, refuse
from postline_sandbox.inkbox.mail import intake, mailbox_rows, reading
from postline_sandbox.inkbox.routes import ROUTES, TABLES
from postline_sandbox.mime import Mail
from postline_sandbox.service import Importer, Service
from postline_sandbox.web import JSON_TYPE, Answer, Refusal, Reply, Request, Undecodable, dumps
from postline_sandbox.world import World

_log = logging.getLogger("postline_sandbox")


class Inkbox(Service):
    """The sandbox's Inkbox."""

    name = "inkbox"
    body_limit_bytes = 41_943_040

    def __init__(self, world: World) -> None:
        self.world = world
        self.storage = world.storage
        self.clock = world.clock
        self.ids = world.ids
        self._callers: dict[str, Caller] = {}
        for table in TABLES:
            self.storage.create(table.script)
        self.limits = limits.load(self)
        self.fetching_marks_read = reading.load(self)
        world.hooks.register(self.name, webhooks.policy(self))

    def owns(self, path: bytes) -> bool:
        """Take everything below `/api`."""
        return path.startswith(b"/api/")

    def answer(self, request: Request) -> Answer:
        """Answer one request."""
        try:
            return self._answer(request)
        except Refusal as refusal:
            refusal.reply.headers = (*refusal.reply.headers, SANDBOX)
            return refusal.reply
        except Undecodable:
            return _plain(400, "The path is not percent-encoded UTF-8")
        except Exception:  # noqa: BLE001 - an answer is owed whatever happens; the log says what did
            _log.exception("%s %s failed", request.method, request.path.decode("latin-1"))
            return _plain(500, "Internal Server Error")

    def body_too_large(self) -> Reply:
        """Answer a body that is longer than any mail may be."""
        return _plain(413, "Request body too large")

    def failure(self, status: int, retry_after_seconds: float | None = None) -> Reply:
        """Answer a fault in the service's own words."""
        if retry_after_seconds is None:
            return _plain(status, "The service is in trouble")
        reply = _plain(status, "Rate limit exceeded")
        reply.headers = (*reply.headers, (b"retry-after", b"%d" % max(0, round(retry_after_seconds))))
        return reply

    def has_address(self, address: str) -> bool:
        """Say whether the address is on one of the domains kept here."""
        return intake.has_domain(self, address.rpartition("@")[2].lower())

    def receive(self, mail: Mail, recipients: list[str]) -> list[dict[str, object]]:
        """Take in mail from outside or from another sandbox mailbox."""
        return intake.receive(self, mail, recipients)

    def importer(self, address: str) -> Importer | None:
        """Return what keeps old mail in the mailbox of an address."""
        mailbox = mailbox_rows.by_address(self, address)
        return None if mailbox is None else lambda mail: intake.take_in_old(self, mail, mailbox)

    def forget_callers(self) -> None:
        """Look keys up anew: one was made or revoked, or an identity was claimed."""
        self._callers.clear()

    def _answer(self, request: Request) -> Answer:
        found = ROUTES.find(request.method, request.path)
        if found is None:
            raise refuse(404, "Not Found")
        route, request.params = found
        caller = NOBODY if route.is_open else self._authenticate(request)
        call = Call(self, caller, request)
        if route.admin:
            call.admin_only("This operation")
        if request.method == "GET":
            return route.handler(call)
        with self.world.transaction():
            return route.handler(call)

    def _authenticate(self, request: Request) -> Caller:
        api_key = request.header(b"x-api-key")
        if not api_key:
            raise refuse(401, "Missing API key")
        caller = self._callers.get(api_key) or find_caller(self, api_key)
        if caller is None or (caller.expires_at is not None and caller.expires_at <= self.clock.iso()):
            raise refuse(401, "Invalid or expired API key")
        self._callers[api_key] = caller
        return caller


def _plain(status: int, detail: str) -> Reply:
    return Reply(status, dumps({"detail": detail}), (JSON_TYPE, SANDBOX))
