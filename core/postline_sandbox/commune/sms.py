"""Text messages: one operation, with the refusals that a sender has to know."""

import hashlib
import re
from typing import Any

from postline_sandbox.commune import limits
from postline_sandbox.commune.call import Call, refuse
from postline_sandbox.storage import Row
from postline_sandbox.web import Json, Reply

_NUMBER = re.compile(r"\+[1-9]\d{6,14}")
_BODY_CHARS = 1600
_CREDITS = {"+1": 2, "+44": 8}
_CREDITS_ELSEWHERE = 10
_DAY_MS = 86_400_000
_PER_NUMBER_A_DAY, _PER_DAY, _PER_MONTH = 500, 2000, 20_000
_GSM_CHARS, _UNICODE_CHARS = (160, 153), (70, 67)
_REFUSALS = {
    "recipient_suppressed": "The recipient asked for no more messages.",
    "recipient_blocked": "The recipient is on the block list.",
    "recipient_not_allowed": "The recipient is not on the allow list.",
}


def send_text(call: Call) -> Reply:
    """Send a text message from one of the organization's numbers."""
    body = call.body()
    to, text = _validated(body)
    tier = limits.of(call.commune, call.organization_id)[0]
    if tier == "free":
        raise refuse(403, "plan_upgrade_required", message="SMS needs a paid plan.", feature="sms")
    phone_number_id = _sender(call, body.get("phone_number_id"))
    _check_recipient(call, to)
    _check_limits(call, phone_number_id, to)
    price = _charge(call, to)
    message_id, thread_id = _keep(call, phone_number_id, to, text)
    facts = {"message_id": f"sms_{message_id}", "thread_id": thread_id, "message_sid": message_id, "status": "queued"}
    return call.data({**facts, "credits_charged": price, "segments": segments(text)}, 201)


def thread_id_of(organization_id: str, phone_number_id: str, remote_number: str) -> str:
    """Return the thread of a number's talk with another."""
    return hashlib.sha256(f"{organization_id}:{phone_number_id}:{remote_number}".encode()).hexdigest()[:32]


def segments(text: str) -> int:
    """Count the parts that a text is sent in."""
    one, more = _GSM_CHARS if text.isascii() else _UNICODE_CHARS
    return 1 if len(text) <= one else -(-len(text) // more)


def _validated(body: Json) -> tuple[str, str]:
    to, text = body.get("to"), body.get("body")
    if not to:
        raise refuse(400, "Missing to field")
    wrong: dict[str, list[str]] = {}
    if not (isinstance(to, str) and _NUMBER.fullmatch(to)):
        wrong["to"] = ["Must be E.164"]
    if not (isinstance(text, str) and 1 <= len(text) <= _BODY_CHARS):
        wrong["body"] = [f"Must have 1 to {_BODY_CHARS} characters"]
    if wrong:
        raise refuse(400, "Invalid request", details={"formErrors": [], "fieldErrors": wrong})
    return str(to), str(text)


def _sender(call: Call, phone_number_id: Any) -> str:
    sql = "SELECT phone_number_id, active FROM commune_phone_numbers WHERE organization_id = ?"
    found: Row | None
    if phone_number_id:
        found = call.commune.storage.row(f"{sql} AND phone_number_id = ?", call.organization_id, str(phone_number_id))
    else:
        found = call.commune.storage.row(f"{sql} ORDER BY active DESC, phone_number_id", call.organization_id)
    if found is None:
        raise refuse(400, "no_phone_number", message="The organization has no such number.")
    if not found[1]:
        raise refuse(400, "phone_number_not_active", message="The number is not active.")
    return str(found[0])


def _check_recipient(call: Call, to: str) -> None:
    reason = call.commune.storage.value(
        "SELECT reason FROM commune_text_refusals WHERE organization_id = ? AND number = ?", call.organization_id, to
    )
    if reason:
        raise refuse(422, reason, message=_REFUSALS[reason])


def _check_limits(call: Call, phone_number_id: str, to: str) -> None:
    now = call.commune.clock.now_ms()
    sql = "SELECT count(*) FROM commune_texts WHERE organization_id = ? AND created_ms > ?"
    organization_id, value = call.organization_id, call.commune.storage.value
    today = now - _DAY_MS
    if value(f"{sql} AND phone_number_id = ?", organization_id, today, phone_number_id) >= _PER_NUMBER_A_DAY:
        raise refuse(429, "sms_daily_limit_per_number", message="This number has sent enough today.")
    if value(sql, organization_id, today) >= _PER_DAY:
        raise refuse(429, "sms_daily_limit_total", message="The organization has sent enough today.")
    if value(sql, organization_id, now - 30 * _DAY_MS) >= _PER_MONTH:
        raise refuse(429, "sms_monthly_limit", message="The organization has sent enough this month.")
    if call.commune.clock.ticks and value(f"{sql} AND remote_number = ?", organization_id, now - 1000, to):
        raise refuse(429, "sms_rate_limit", [(b"retry-after", b"1")], message="One message a second to a number.")


def _charge(call: Call, to: str) -> int:
    price = next((each for prefix, each in _CREDITS.items() if to.startswith(prefix)), _CREDITS_ELSEWHERE)
    balance = call.commune.storage.value(
        "SELECT sms_credits FROM commune_organizations WHERE organization_id = ?", call.organization_id
    )
    if balance < price:
        facts = {"required": price, "balance": balance, "top_up_url": "/dashboard/billing"}
        raise refuse(402, "insufficient_phone_credits", message="Not enough price.", **facts)
    call.commune.storage.run(
        "UPDATE commune_organizations SET sms_credits = sms_credits - ? WHERE organization_id = ?",
        *(price, call.organization_id),
    )
    return price


def _keep(call: Call, phone_number_id: str, to: str, text: str) -> tuple[str, str]:
    message_id = f"SM{call.commune.ids.hex()}"
    thread_id = thread_id_of(call.organization_id, phone_number_id, to)
    call.commune.storage.run(
        "INSERT INTO commune_texts (organization_id, phone_number_id, thread_id, message_id, remote_number, body,"
        " created_ms) VALUES (?, ?, ?, ?, ?, ?, ?)",
        *(call.organization_id, phone_number_id, thread_id, message_id, to, text, call.commune.clock.now_ms()),
    )
    return message_id, thread_id
