"""What an identity that signed itself up may send: little, and to one human only, until somebody vouches for it."""

from postline_sandbox.clock import iso
from postline_sandbox.inkbox.call import Call, refuse
from postline_sandbox.inkbox.tables import SENDS, SIGNUPS
from postline_sandbox.mime import bare_address
from postline_sandbox.web import Json

_DAY_MS = 86_400_000


def count_send(call: Call, mailbox: Json, recipients: list[str]) -> None:
    """Count a send, or refuse it where the mailbox's signup does not allow it; mailboxes made otherwise send freely."""
    signup = SIGNUPS.one(call.inkbox.storage, identity_id=mailbox["agent_identity_id"])
    if signup is None:
        return
    allowed = restrictions(call, signup)
    others = {bare_address(one) for one in recipients} - set(allowed["allowed_recipients"])
    if others and not signup["claimed"]:
        raise refuse(403, "Until its human verifies it, this agent can only write to that human")
    since = iso(call.inkbox.clock.now_ms() - _DAY_MS)
    own = {"mailbox_id": mailbox["id"]}
    if SENDS.count(call.inkbox.storage, **own, **{"created_at >": since}) >= allowed["max_sends_per_day"]:
        raise refuse(429, "Daily send limit reached", [(b"retry-after", b"3600")])
    SENDS.insert(call.inkbox.storage, {**own, "created_at": call.inkbox.clock.iso()})


def restrictions(call: Call, signup: Json) -> Json:
    """Return what holds for a signup now."""
    limits, claimed = call.inkbox.limits, signup["claimed"]
    return {
        "max_sends_per_day": limits.claimed_sends_per_day if claimed else limits.unclaimed_sends_per_day,
        "allowed_recipients": [] if claimed else [signup["human_email"]],
        "can_receive": True,
        "can_create_mailboxes": False,
    }
