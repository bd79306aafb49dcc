"""What happens to a call: it rings, is answered or not, words are spoken, it ends. No operation is described here."""

import asyncio
import json
from typing import TYPE_CHECKING, Any, Literal

from postline_sandbox.clock import parse_ms
from postline_sandbox.hooks import Attempt
from postline_sandbox.inkbox.people import names
from postline_sandbox.inkbox.phone import call_quota
from postline_sandbox.inkbox.phone.number_orders import is_socket_url
from postline_sandbox.inkbox.phone.rules import is_blocked
from postline_sandbox.inkbox.phone.tables import CALLS, TRANSCRIPTS
from postline_sandbox.inkbox.table import public
from postline_sandbox.web import Json, dumps

if TYPE_CHECKING:
    from postline_sandbox.inkbox.service import Inkbox

Party = Literal["local", "remote", "system"]
Reason = Literal["local", "remote", "max_duration", "voicemail", "rejected"]
_OTHER_SIDE = {"local": "remote", "remote": "local"}
_DECISION_SECONDS = 5


def begin(inkbox: "Inkbox", number: Json, remote: str, direction: str, **facts: Any) -> Json:
    """Open a call of a number and return its row."""
    now = inkbox.clock.iso()
    row = {"id": inkbox.ids.uuid(), "local_phone_number": number["number"], "remote_phone_number": remote}
    row |= {"direction": direction, "status": "initiated", "created_at": now, "updated_at": now, **facts}
    row |= {"_number_id": number["id"], "_organization_id": number["_organization_id"]}
    CALLS.insert(inkbox.storage, row)
    return _row(inkbox, row["id"])


async def ring(inkbox: "Inkbox", number: Json, caller: str, peer_id: str | None = None) -> Json:
    """Let somebody call a number, and return the call as its rules, its action or its webhook have decided.

    `peer_id` is the caller's own call, where that is a number of the sandbox too.
    """
    action = number["incoming_call_action"]
    with inkbox.world.transaction():
        blocked = is_blocked(inkbox.storage, number, caller)
        facts = {"status": "ringing", "is_blocked": blocked, "client_websocket_url": number["client_websocket_url"]}
        call = begin(inkbox, number, caller, "inbound", **facts, _peer_id=peer_id)
        if peer_id:
            CALLS.update(inkbox.storage, {"id": peer_id}, {"_peer_id": call["id"]})
        if blocked or action == "auto_reject":
            return end(inkbox, call, "rejected")
        if action == "auto_accept":
            return answer(inkbox, call)
        question = _question(inkbox, number, call)
    decision = await _decision(inkbox, question)
    with inkbox.world.transaction():
        call = _row(inkbox, call["id"])
        if call["status"] != "ringing":
            return call
        if decision is None:
            return end(inkbox, call, "rejected")
        url = decision.get("client_websocket_url") or call["client_websocket_url"]
        CALLS.update(inkbox.storage, {"id": call["id"]}, {"client_websocket_url": url})
        return answer(inkbox, {**call, "client_websocket_url": url})


def answer(inkbox: "Inkbox", call: Json) -> Json:
    """Connect a call and return its row; the application's media socket is not opened, only noted."""
    for one in _both_ends(inkbox, call):
        voice = True if one["client_websocket_url"] else None
        facts = {"status": "answered", "started_at": inkbox.clock.iso(), "updated_at": inkbox.clock.iso()}
        CALLS.update(inkbox.storage, {"id": one["id"]}, {**facts, "use_inkbox_tts": voice, "use_inkbox_stt": voice})
    return _row(inkbox, call["id"])


def end(inkbox: "Inkbox", call: Json, reason: Reason) -> Json:
    """End a call and return its row; the other end, where it is here, ends from its own point of view."""
    for one in _both_ends(inkbox, call):
        own = reason if one["id"] == call["id"] else _OTHER_SIDE.get(reason, reason)
        unanswered = "canceled" if own == "local" else "failed"
        status = "completed" if one["started_at"] else unanswered
        facts = {"ended_at": inkbox.clock.iso(), "updated_at": inkbox.clock.iso()}
        CALLS.update(inkbox.storage, {"id": one["id"]}, {**facts, "status": status, "hangup_reason": own})
    return _row(inkbox, call["id"])


def speak(inkbox: "Inkbox", call: Json, text: str, party: Party, at_ms: int | None = None) -> Json:
    """Add words to the transcript of an answered call and return them; the other end hears them too."""
    if at_ms is None:
        at_ms = inkbox.clock.now_ms() - (parse_ms(call["started_at"]) or 0)
    spoken: list[Json] = []
    for one in _both_ends(inkbox, call):
        own = party if one["id"] == call["id"] else _OTHER_SIDE.get(party, party)
        words = {"id": inkbox.ids.uuid(), "call_id": one["id"], "ts_ms": at_ms, "party": own, "text": text}
        words["seq"] = TRANSCRIPTS.count(inkbox.storage, call_id=one["id"])
        spoken.append(TRANSCRIPTS.insert(inkbox.storage, words | {"created_at": inkbox.clock.iso()}))
        inkbox.storage.run("INSERT INTO inkbox_spoken (rowid, text) VALUES (last_insert_rowid(), ?)", text)
    return spoken[0]


def _both_ends(inkbox: "Inkbox", call: Json) -> list[Json]:
    return [call, _row(inkbox, call["_peer_id"])] if call["_peer_id"] else [call]


def _row(inkbox: "Inkbox", call_id: str) -> Json:
    return CALLS.one(inkbox.storage, id=call_id) or {}


def _question(inkbox: "Inkbox", number: Json, call: Json) -> Attempt:
    """Write the webhook that decides over an incoming call."""
    shown = {name: value for name, value in public(call).items() if name != "is_blocked"}
    shown["rate_limit"] = call_quota.usage(inkbox, number["_organization_id"])
    shown["contact"] = names.name_for(inkbox, number["agent_identity_id"], call["remote_phone_number"])
    return Attempt(
        inkbox.ids.uuid(),
        number["id"],
        number["incoming_call_webhook_url"],
        dumps(shown),
        1,
        inkbox.clock.now_ms(),
        organization_id=number["_organization_id"],
    )


async def _decision(inkbox: "Inkbox", question: Attempt) -> Json | None:
    """Ask a webhook and return its answer, or None where it declines or makes no sense."""
    try:
        outcome = await asyncio.wait_for(inkbox.world.hooks.post(inkbox.name, question), _DECISION_SECONDS)
        reply = json.loads(outcome.body) if outcome.status_code == 200 else None
    except (TimeoutError, ValueError):
        return None
    if not isinstance(reply, dict) or reply.get("action") != "answer":
        return None
    url = reply.get("client_websocket_url")
    return reply if url is None or (isinstance(url, str) and is_socket_url(url)) else None
