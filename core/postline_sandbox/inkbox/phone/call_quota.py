"""How much an organization may call in 24 hours."""

from typing import TYPE_CHECKING

from postline_sandbox.clock import iso, parse_ms
from postline_sandbox.inkbox.call import refuse
from postline_sandbox.inkbox.phone import rate_windows
from postline_sandbox.inkbox.phone.rate_windows import DAY_MS, Window
from postline_sandbox.inkbox.phone.tables import CALLS
from postline_sandbox.web import Json

if TYPE_CHECKING:
    from postline_sandbox.inkbox.service import Inkbox

_MINUTE_MS = 60_000


def window(inkbox: "Inkbox", organization_id: str) -> Window:
    """Count the calls that an organization placed."""
    where = {"_organization_id": organization_id, "direction": "outbound"}
    return rate_windows.look(inkbox, CALLS, where, inkbox.limits.calls_per_day)


def usage(inkbox: "Inkbox", organization_id: str) -> Json:
    """Return the quota as calls show it."""
    calls, limit = window(inkbox, organization_id), inkbox.limits.call_minutes_per_day
    minutes = _minutes(inkbox, organization_id)
    return {
        "calls_used": calls.used,
        "calls_remaining": calls.remaining,
        "calls_limit": calls.limit,
        "minutes_used": minutes,
        "minutes_remaining": max(0.0, round(limit - minutes, 2)),
        "minutes_limit": limit,
    }


def check(inkbox: "Inkbox", organization_id: str) -> None:
    """Refuse one more call where calls or minutes are used up."""
    now = usage(inkbox, organization_id)
    if not (now["calls_remaining"] and now["minutes_remaining"]):
        calls = window(inkbox, organization_id)
        detail = {"error": "rate_limited", "message": "The call quota of the last 24 hours is used up"}
        raise refuse(429, {**detail, "rate_limit": now}, (*calls.headers(), *calls.retry_after()))


def _minutes(inkbox: "Inkbox", organization_id: str) -> float:
    now = inkbox.clock.now_ms()
    recent = {"_organization_id": organization_id, "direction": "outbound", "created_at >": iso(now - DAY_MS)}
    calls = CALLS.many(inkbox.storage, {**recent, "started_at >": ""})
    return round(sum(_lasted_ms(one, now) for one in calls) / _MINUTE_MS, 2)


def _lasted_ms(call: Json, now: int) -> int:
    ended = parse_ms(call["ended_at"]) if call["ended_at"] else now
    return (ended or 0) - (parse_ms(call["started_at"]) or 0)
