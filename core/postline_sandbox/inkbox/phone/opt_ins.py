"""Consent to texts, by organization and receiver."""

from typing import TYPE_CHECKING, Literal

from postline_sandbox.inkbox.call import Call, found, refuse
from postline_sandbox.inkbox.e164 import normalized
from postline_sandbox.inkbox.forms import Page, invalid
from postline_sandbox.inkbox.phone.tables import OPT_INS
from postline_sandbox.inkbox.tables import ORGANIZATIONS
from postline_sandbox.web import Json, Reply

if TYPE_CHECKING:
    from postline_sandbox.inkbox.service import Inkbox


class OptInQuery(Page):
    """The query of the list."""

    status: Literal["opted_in", "opted_out"] | None = None


def list_opt_ins(call: Call) -> Reply:
    """List who consented and who withdrew, the latest change first."""
    query = call.query(OptInQuery)
    where = {"organization_id": call.organization_id, **({"status": query.status} if query.status else {})}
    rows = OPT_INS.many(call.inkbox.storage, where, order="rowid DESC", limit=query.limit, offset=query.offset)
    return call.json(rows)


def get_opt_in(call: Call) -> Reply:
    """Return what one receiver said."""
    return call.json(found(status_of(call.inkbox, call.organization_id, _receiver(call)), "SMS opt-in"))


def opt_in(call: Call) -> Reply:
    """Note a consent that was given elsewhere."""
    return _write(call, "opted_in")


def opt_out(call: Call) -> Reply:
    """Note a withdrawal that was made elsewhere."""
    return _write(call, "opted_out")


def status_of(inkbox: "Inkbox", organization_id: str, receiver: str) -> Json | None:
    """Return what a receiver said to an organization, or None."""
    return OPT_INS.one(inkbox.storage, organization_id=organization_id, receiver_number=receiver)


def ensure_consent(inkbox: "Inkbox", organization_id: str, receiver: str) -> None:
    """Refuse to text whoever did not ask for it."""
    row = status_of(inkbox, organization_id, receiver)
    if row is None:
        message = "The recipient has not opted in; they can text START to one of the organization's numbers"
        raise refuse(403, {"error": "recipient_not_opted_in", "message": message})
    if row["status"] == "opted_out":
        raise refuse(403, {"error": "recipient_opted_out", "message": "The recipient has opted out by texting STOP"})


def put(inkbox: "Inkbox", organization_id: str, receiver: str, status: str, *, source: str) -> Json:
    """Note what a receiver says now, and return it."""
    now, before = inkbox.clock.iso(), status_of(inkbox, organization_id, receiver)
    made = {"id": inkbox.ids.uuid(), "created_at": now} if before is None else before
    row = {"id": made["id"], "organization_id": organization_id, "receiver_number": receiver, "status": status}
    row |= {"source": source, "opted_in_at": None, "opted_out_at": None, f"{status}_at": now}
    # Written anew: the order of the rows is the order of the changes.
    OPT_INS.delete(inkbox.storage, id=made["id"])
    return OPT_INS.insert(inkbox.storage, {**row, "created_at": made["created_at"], "updated_at": now})


def _write(call: Call, status: str) -> Reply:
    receiver = _receiver(call)
    organization = ORGANIZATIONS.one(call.inkbox.storage, id=call.organization_id) or {}
    if not organization["own_campaign"]:
        message = "On the shared campaign only the recipient can change consent, by texting START or STOP"
        raise refuse(409, {"error": "customer_campaign_required", "message": message})
    return call.json(put(call.inkbox, call.organization_id, receiver, status, source="api"))


def _receiver(call: Call) -> str:
    receiver = normalized(call.params[0])
    if receiver is None:
        raise invalid("Not a phone number", "path", "receiver_number")
    return receiver
