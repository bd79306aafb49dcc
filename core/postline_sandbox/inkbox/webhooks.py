"""The service's webhooks: what surrounds every event, and how a delivery is signed."""

import hashlib
import hmac
from typing import TYPE_CHECKING

from postline_sandbox.hooks import Attempt, Policy
from postline_sandbox.inkbox.tables import ORGANIZATIONS
from postline_sandbox.web import Json, dumps

if TYPE_CHECKING:
    from postline_sandbox.inkbox.service import Inkbox

_DELAYS_SECONDS = (5, 30)
_TIMEOUT_SECONDS = 10


def policy(inkbox: "Inkbox") -> Policy:
    """Say how this service posts: three attempts, each signed with the key of its moment."""
    return Policy(
        headers=lambda attempt: _headers(inkbox, attempt),
        delays_seconds=_DELAYS_SECONDS,
        jitter=0,
        first_timeout_seconds=_TIMEOUT_SECONDS,
        later_timeout_seconds=_TIMEOUT_SECONDS,
    )


def announce(inkbox: "Inkbox", owner: tuple[str, str], endpoint: str | None, event_type: str, data: Json) -> None:
    """Queue an event for a receiver, where there is one; `owner` is the organization and the mailbox or number."""
    if endpoint is None:
        return
    body = dumps({"event_type": event_type, "timestamp": inkbox.clock.iso(), "data": data})
    inkbox.world.hooks.add(inkbox.ids.uuid(), inkbox.name, owner, endpoint, event_type, body)


def sign(body: bytes, key: str, request_id: str, timestamp: str) -> str:
    """Sign a body as its receiver will check it."""
    message = f"{request_id}.{timestamp}.".encode() + body
    return "sha256=" + hmac.new(key.removeprefix("whsec_").encode(), message, hashlib.sha256).hexdigest()


def _headers(inkbox: "Inkbox", attempt: Attempt) -> dict[str, str]:
    """Before an organization has its first signing key, deliveries go out unsigned."""
    timestamp = str(attempt.timestamp_ms // 1000)
    headers = {"X-Inkbox-Request-ID": attempt.delivery_id, "X-Inkbox-Timestamp": timestamp}
    organization = ORGANIZATIONS.one(inkbox.storage, id=attempt.organization_id)
    key = organization and organization["signing_key"]
    if key:
        headers["X-Inkbox-Signature"] = sign(attempt.body, key, attempt.delivery_id, timestamp)
    return headers
