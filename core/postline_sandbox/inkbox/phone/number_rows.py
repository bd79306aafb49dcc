"""Phone numbers as rows and as the records that the operations show, and which of them a caller may use."""

from typing import TYPE_CHECKING

from postline_sandbox.inkbox.call import Call, refuse
from postline_sandbox.inkbox.phone.tables import NUMBERS, PHONE_RULES
from postline_sandbox.inkbox.table import public
from postline_sandbox.web import Json

if TYPE_CHECKING:
    from postline_sandbox.inkbox.service import Inkbox


def visible(call: Call, number_id: str) -> Json:
    """Return a number by its id: 404 where it is unknown, released or another agent's, 403 where another organization's."""
    number = NUMBERS.one(call.inkbox.storage, id=number_id.lower(), status="active")
    if number is None:
        raise refuse(404, "Phone number not found")
    if number["_organization_id"] != call.organization_id:
        raise refuse(403, "This phone number belongs to another organization")
    if call.caller.identity_id not in (None, number["agent_identity_id"]):
        raise refuse(404, "Phone number not found")
    return _today(call.inkbox, number)


def all_visible(call: Call) -> list[Json]:
    """Return the numbers that the caller may use."""
    own = {} if call.caller.is_admin else {"agent_identity_id": call.caller.identity_id}
    where = {"_organization_id": call.organization_id, "status": "active", **own}
    return [_today(call.inkbox, one) for one in NUMBERS.many(call.inkbox.storage, where)]


def by_number(inkbox: "Inkbox", number: str) -> Json | None:
    """Return the active number that is spelled so, whoever's it is, or None."""
    row = NUMBERS.one(inkbox.storage, number=number, status="active")
    return row and _today(inkbox, row)


def of_identity(inkbox: "Inkbox", identity_id: str) -> Json | None:
    """Return the record of an identity's number, or None."""
    number = NUMBERS.one(inkbox.storage, agent_identity_id=identity_id)
    return number and shown(_today(inkbox, number))


def release_of(inkbox: "Inkbox", identity_id: str) -> bool:
    """Release an identity's number for good; return whether it had one."""
    number = NUMBERS.one(inkbox.storage, agent_identity_id=identity_id)
    if number is not None:
        changes = {"status": "released", "agent_identity_id": None, "updated_at": inkbox.clock.iso()}
        NUMBERS.update(inkbox.storage, {"id": number["id"]}, changes)
        PHONE_RULES.delete(inkbox.storage, phone_number_id=number["id"])
    return number is not None


def shown(number: Json, notice: Json | None = None) -> Json:
    """Return a number's record."""
    is_pending = number["sms_status"] == "pending"
    ready_at = None if is_pending else number["sms_ready_at"]
    return {**public(number), "sms_ready_at": ready_at, "filter_mode_change_notice": notice}


def _today(inkbox: "Inkbox", number: Json) -> Json:
    """Return a number as time has made it: a pending one becomes ready by itself."""
    if number["sms_status"] == "pending" and number["sms_ready_at"] <= inkbox.clock.iso():
        return {**number, "sms_status": "ready", "updated_at": number["sms_ready_at"]}
    return number
