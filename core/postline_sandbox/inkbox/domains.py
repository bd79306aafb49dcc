"""Sending domains of an organization, and which of them new mailboxes get. They are added on the control side."""

from typing import TYPE_CHECKING, Literal

from postline_sandbox.inkbox.call import Call, found, refuse
from postline_sandbox.inkbox.forms import Form
from postline_sandbox.inkbox.handles import PLATFORM_DOMAIN
from postline_sandbox.inkbox.table import public
from postline_sandbox.inkbox.tables import DOMAINS
from postline_sandbox.web import Json, Reply

if TYPE_CHECKING:
    from postline_sandbox.inkbox.service import Inkbox

DomainStatus = Literal[
    "not_started",
    "awaiting_ownership",
    "pending",
    "dns_invalid",
    "verifying",
    "verified",
    "failed",
    "pending_dkim_rotation",
    "degraded",
    "pending_deletion",
]


class DomainQuery(Form):
    """The query of a list of domains."""

    status: DomainStatus | None = None


def list_domains(call: Call) -> Reply:
    """List the organization's domains."""
    status = call.query(DomainQuery).status
    where = {"_organization_id": call.organization_id, **({"status": status} if status else {})}
    return call.json([public(one) for one in DOMAINS.many(call.inkbox.storage, where)])


def set_default(call: Call) -> Reply:
    """Choose where new mailboxes live; the platform's own domain clears the choice."""
    storage, name, own = call.inkbox.storage, call.params[0].lower(), {"_organization_id": call.organization_id}
    chosen = None if name == PLATFORM_DOMAIN else name
    if chosen:
        domain = found(DOMAINS.one(storage, domain=chosen, **own), "Sending domain")
        if domain["status"] != "verified":
            raise refuse(409, "The sending domain is not verified")
    DOMAINS.update(storage, own, {"is_default": False})
    DOMAINS.update(storage, {"domain": chosen, **own}, {"is_default": True})
    return call.json({"default_domain": chosen})


def set_status(inkbox: "Inkbox", organization_id: str, name: str, status: DomainStatus) -> Json:
    """Bring an organization's domain to a status, adding it where it is new, and return it."""
    verified_at = inkbox.clock.iso() if status == "verified" else None
    changes = {"status": status, "verified_at": verified_at}
    if not DOMAINS.update(inkbox.storage, {"domain": name, "_organization_id": organization_id}, changes):
        new = {"id": f"sending_domain_{inkbox.ids.uuid()}", "domain": name, "is_default": False, **changes}
        DOMAINS.insert(inkbox.storage, {**new, "_organization_id": organization_id})
    return public(DOMAINS.one(inkbox.storage, domain=name) or {})
