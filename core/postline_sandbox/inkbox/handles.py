"""Handles: how they are spelled, and the one namespace that identities, tunnels and platform addresses share."""

import re
from typing import TYPE_CHECKING, Literal

from postline_sandbox.inkbox.call import refuse
from postline_sandbox.inkbox.forms import invalid
from postline_sandbox.inkbox.mail.tables import MAILBOXES
from postline_sandbox.inkbox.tables import IDENTITIES, TUNNELS
from postline_sandbox.web import Refusal

if TYPE_CHECKING:
    from postline_sandbox.inkbox.service import Inkbox

PLATFORM_DOMAIN = "inkbox-sandbox.example.com"
TUNNEL_ZONE = "tunnels.inkbox-sandbox.example.com"
RESERVED = frozenset({"abuse", "admin", "api", "inkbox", "mail", "postmaster", "root", "www"})
_SHAPE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_MIN_CHARS, _MAX_CHARS = 3, 63

Namespace = Literal["identities", "tunnels", "mail"]


def normalize(handle: str) -> str:
    """Strip one leading `@` and lower-case."""
    return handle.removeprefix("@").lower()


def checked(handle: str) -> str:
    """Return the normalized handle; 422 where it breaks the rules."""
    normalized = normalize(handle)
    if not (_MIN_CHARS <= len(normalized) <= _MAX_CHARS and _SHAPE.fullmatch(normalized)):
        text = "A handle has 3 to 63 letters, digits and single inner hyphens"
        raise invalid(text, "body", "agent_handle")
    return normalized


def ensure_free(inkbox: "Inkbox", handle: str, *, own_identity_id: str | None = None) -> None:
    """Refuse a handle that is taken by anybody but the identity itself, whatever the organization."""
    if handle in RESERVED:
        raise unavailable("identities")
    rows = {
        "identities": IDENTITIES.one(inkbox.storage, agent_handle=handle, **{"id IS NOT": own_identity_id}),
        "tunnels": TUNNELS.one(inkbox.storage, tunnel_name=handle, **{"_identity_id IS NOT": own_identity_id}),
        "mail": MAILBOXES.one(
            inkbox.storage,
            email_address=f"{handle}@{PLATFORM_DOMAIN}",
            **{"agent_identity_id IS NOT": own_identity_id},
        ),
    }
    for namespace, row in rows.items():
        if row is not None:
            raise unavailable(namespace)


def unavailable(namespace: str) -> Refusal:
    """Return the answer to a handle that somebody has."""
    code = "agent_handle_unavailable"
    message = "This handle is not available"
    return refuse(409, {"error": code, "code": code, "blocking_namespace": namespace, "message": message})
