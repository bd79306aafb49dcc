"""Agents that sign themselves up: a key at once, full rights when a human has vouched for them."""

from typing import TYPE_CHECKING

from pydantic import Field

from postline_sandbox.inkbox import signup_limits
from postline_sandbox.inkbox.accounts import make_key, make_organization
from postline_sandbox.inkbox.call import Call, refuse
from postline_sandbox.inkbox.forms import Form, invalid
from postline_sandbox.inkbox.handles import PLATFORM_DOMAIN
from postline_sandbox.inkbox.mail.rules import ADDRESS
from postline_sandbox.inkbox.provisioning import IdentityWish, MailboxWish, provision
from postline_sandbox.inkbox.tables import IDENTITIES, SIGNUPS
from postline_sandbox.mime import Mail
from postline_sandbox.web import Json, Reply

if TYPE_CHECKING:
    from postline_sandbox.inkbox.service import Inkbox

_HOUR_MS = 3_600_000
_CODE_LIFE_MS = 48 * _HOUR_MS
_RESEND_AFTER_MS = 300_000
_MAX_ATTEMPTS = 5


class Signup(Form):
    """The body of a signup."""

    human_email: str = Field(max_length=320)
    note_to_human: str = Field(min_length=1, max_length=2000)
    display_name: str | None = Field(None, min_length=1, max_length=255)
    agent_handle: str | None = None
    email_local_part: str | None = None


class Verification(Form):
    """The body of a verification."""

    verification_code: str = Field(pattern=r"^\d{6}$")


def sign_up(call: Call) -> Reply:
    """Make an identity in an organization of its own, and a key for it; a human gets a code by mail."""
    inkbox, form = call.inkbox, call.body(Signup)
    human = form.human_email.strip().lower()
    if not ADDRESS.fullmatch(human):
        raise invalid("Not an email address", "body", "human_email")
    _check_rate(inkbox)
    handle = form.agent_handle or f"agent-{inkbox.ids.hex(6)}"
    mailbox = MailboxWish(email_local_part=form.email_local_part, sending_domain=None)
    wish = IdentityWish(agent_handle=handle, display_name=form.display_name, mailbox=mailbox)
    organization_id = make_organization(inkbox, f"org_agent_{inkbox.ids.uuid()}")
    identity = provision(inkbox, organization_id, wish)
    api_key, _ = make_key(
        inkbox,
        organization_id,
        "Agent signup",
        created_by=identity["id"],
        creator_type="agent",
        identity_id=identity["id"],
    )
    signup = SIGNUPS.insert(
        inkbox.storage,
        {
            "identity_id": identity["id"],
            "organization_id": organization_id,
            "human_email": human,
            "note_to_human": form.note_to_human,
            "claimed": False,
            "code": _code(inkbox),
            "code_sent_ms": inkbox.clock.now_ms(),
            "attempts": 0,
            "created_ms": inkbox.clock.now_ms(),
        },
    )
    _send_code(inkbox, identity, signup)
    answer = {"email_address": f"{identity['agent_handle']}@{PLATFORM_DOMAIN}", "organization_id": organization_id}
    answer |= {"api_key": api_key, "agent_handle": identity["agent_handle"], "human_email": human}
    return call.json({**answer, **_state(signup), "message": "A verification code was sent to your human"}, 201)


def verify(call: Call) -> Reply:
    """Lift the restrictions for whoever knows the code; once claimed, any well-formed code is welcome."""
    signup, form, now = _own(call), call.body(Verification), call.inkbox.clock.now_ms()
    if not signup["claimed"]:
        if now > signup["code_sent_ms"] + _CODE_LIFE_MS:
            raise refuse(410, "The verification code has expired")
        if signup["attempts"] >= _MAX_ATTEMPTS:
            raise refuse(429, "Too many attempts; ask for a new code")
        if form.verification_code != signup["code"]:
            # Not raised: the attempt counts.
            _change(call, signup, attempts=signup["attempts"] + 1)
            return call.json({"detail": "Wrong verification code"}, 401)
        _change(call, signup, claimed=True)
        call.inkbox.forget_callers()
    answer = {"organization_id": call.organization_id, "message": "This agent is verified"}
    return call.json({"claim_status": "agent_claimed", **answer})


def resend(call: Call) -> Reply:
    """Send a new code; the old one is worthless."""
    signup, now = _own(call), call.inkbox.clock.now_ms()
    if signup["claimed"]:
        raise refuse(404, "No pending signup")
    wait_ms = signup["code_sent_ms"] + _RESEND_AFTER_MS - now
    if wait_ms > 0:
        raise refuse(429, "A code was sent less than 5 minutes ago", [(b"retry-after", b"%d" % -(-wait_ms // 1000))])
    _change(call, signup, code=_code(call.inkbox), code_sent_ms=now, attempts=0)
    identity = IDENTITIES.one(call.inkbox.storage, id=signup["identity_id"]) or {}
    _send_code(call.inkbox, identity, _own(call))
    answer = {"organization_id": call.organization_id, "message": "A new verification code was sent"}
    return call.json({**_state(signup), **answer})


def get_status(call: Call) -> Reply:
    """Say whether the agent is claimed and what it may do until then."""
    signup = _own(call)
    answer = {"human_state": "human_no_account", "human_email": signup["human_email"]}
    return call.json({**_state(signup), **answer, "restrictions": signup_limits.restrictions(call, signup)})


def _own(call: Call) -> Json:
    signup = SIGNUPS.one(call.inkbox.storage, identity_id=call.caller.identity_id)
    if signup is None:
        raise refuse(404, "No signup belongs to this API key")
    return signup


def _state(signup: Json) -> Json:
    return {"claim_status": "agent_claimed" if signup["claimed"] else "agent_unclaimed"}


def _change(call: Call, signup: Json, **changes: object) -> None:
    SIGNUPS.update(call.inkbox.storage, {"identity_id": signup["identity_id"]}, changes)


def _check_rate(inkbox: "Inkbox") -> None:
    """Everybody here has the same address, so the limit per address is one for all."""
    since = inkbox.clock.now_ms() - _HOUR_MS
    if SIGNUPS.count(inkbox.storage, **{"created_ms >": since}) >= inkbox.limits.signups_per_hour:
        raise refuse(429, "Too many signups from this address", [(b"retry-after", b"3600")])


def _code(inkbox: "Inkbox") -> str:
    return f"{int(inkbox.ids.hex(12), 16) % 1_000_000:06d}"


def _send_code(inkbox: "Inkbox", identity: Json, signup: Json) -> None:
    text = f"{signup['note_to_human']}\n\nThe verification code of {identity['agent_handle']} is {signup['code']}."
    mail = Mail(
        sender=f"Inkbox sandbox <no-reply@{PLATFORM_DOMAIN}>",
        message_id=f"<{inkbox.ids.hex()}@{PLATFORM_DOMAIN}>",
        to=(signup["human_email"],),
        subject="Verify your agent",
        text=text,
        sent_at=inkbox.clock.now(),
    )
    inkbox.world.post(mail, [signup["human_email"]])
