"""What an organization's plan allows. The first tier, `enterprise`, allows everything; the others are for tests of refusals."""

import json
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any

from postline_sandbox.clock import iso, parse_ms
from postline_sandbox.commune.call import Call, refuse
from postline_sandbox.web import Header, Json

if TYPE_CHECKING:
    from postline_sandbox.commune.service import Commune

_HOUR_MS = 3_600_000
_DAY_MS = 86_400_000
_BURSTS = ((10_000, 15), (60_000, 50))
_WARMUP_PER_DAY = (50, 100, 250, 500, 1000, 2500, 5000)
_UPGRADE: Json = {"upgrade_url": "/dashboard/billing"}


@dataclass(frozen=True)
class Limits:
    """How much of each; None is without limit."""

    emails_per_hour: int | None = None
    emails_per_day: int | None = None
    emails_per_inbox_per_day: int | None = None
    inboxes: int | None = None
    inboxes_per_day: int | None = None
    domains: int | None = None
    domains_per_day: int | None = None
    storage_bytes: int | None = None
    search: bool = True
    bursts: bool = False
    """Whether many sends in a few seconds are refused."""
    health: bool = False
    """Whether bounces and complaints pause sending."""
    warmup: bool = False
    """Whether a young domain may send little."""


_GUARDED: Json = {"bursts": True, "health": True, "warmup": True}
TIERS = {
    "free": Limits(10, 50, 20, 2, 2, 0, 0, 100 << 20, search=False, **_GUARDED),
    "agent_pro": Limits(200, 1000, 100, 25, 10, 3, 3, 1 << 30, **_GUARDED),
    "business": Limits(1000, 5000, 500, 100, 25, 10, 5, 5 << 30, **_GUARDED),
    "enterprise": Limits(),
}
NAMES = tuple(one.name for one in fields(Limits))


def of(commune: "Commune", organization_id: str) -> tuple[str, Limits]:
    """Return an organization's tier and its limits, its own deviations from the tier included."""
    row = commune.storage.row(
        "SELECT tier, limits FROM commune_organizations WHERE organization_id = ?", organization_id
    )
    tier, own = row or ("enterprise", "{}")
    return tier, TIERS[tier] if own == "{}" else replace(TIERS[tier], **json.loads(own))


def check_domains(call: Call) -> None:
    """Refuse one more domain than the plan allows."""
    tier, limits = of(call.commune, call.organization_id)
    if limits.domains == 0:
        raise refuse(403, "Custom domains require a paid plan", current_tier=tier, **_UPGRADE)
    count = _count(call, "commune_domains")
    if limits.domains is not None and count >= limits.domains:
        text = f"Custom domain limit reached ({count}/{limits.domains}). Upgrade your plan for more."
        raise refuse(403, text, current_count=count, limit=limits.domains, current_tier=tier, **_UPGRADE)
    _window(call, "domain", "", limits.domains_per_day, _DAY_MS, "Domain creation rate limit exceeded")


def check_inboxes(call: Call) -> None:
    """Refuse one more inbox than the plan allows."""
    tier, limits = of(call.commune, call.organization_id)
    count = _count(call, "commune_inboxes")
    if limits.inboxes is not None and count >= limits.inboxes:
        text = f"Inbox limit reached ({count}/{limits.inboxes}). Upgrade your plan to create more inboxes."
        raise refuse(403, text, current_count=count, limit=limits.inboxes, current_tier=tier, **_UPGRADE)
    _window(call, "inbox", "", limits.inboxes_per_day, _DAY_MS, "Inbox creation rate limit exceeded")


def check_storage(call: Call, size: int) -> None:
    """Refuse an upload that the plan has no room for."""
    limit = of(call.commune, call.organization_id)[1].storage_bytes
    if limit is None:
        return
    used = call.commune.storage.value(
        "SELECT coalesce(sum(size), 0) FROM commune_attachments WHERE organization_id = ?", call.organization_id
    )
    if used + size > limit:
        facts: Json = {"used_mb": round(used / 2**20, 2), "limit_mb": round(limit / 2**20, 2)}
        raise refuse(413, "Attachment storage limit exceeded", **facts, **_UPGRADE)


def check_search(call: Call) -> None:
    """Refuse a search that the plan does not include."""
    tier, limits = of(call.commune, call.organization_id)
    if not limits.search:
        facts: Json = {"feature": "semanticSearch", "current_tier": tier, "required_tier": "agent_pro"}
        raise refuse(403, "This feature requires a paid plan", **facts, **_UPGRADE)


def check_send(call: Call, inbox_id: str | None, domain_id: str | None) -> None:
    """Refuse a send that the plan, the domain's age, or the organization's record does not allow."""
    tier, limits = of(call.commune, call.organization_id)
    if limits.health:
        _check_health(call)
    if limits.warmup and domain_id:
        _check_warmup(call, domain_id)
    _window(call, "email", "", limits.emails_per_hour, _HOUR_MS, "Hourly email rate limit exceeded")
    _window(call, "email", "", limits.emails_per_day, _DAY_MS, "Daily email rate limit exceeded")
    if limits.bursts:
        _check_burst(call)
    limit = limits.emails_per_inbox_per_day
    if inbox_id and limit is not None:
        count = _used(call, "email", inbox_id, _DAY_MS)
        if count >= limit:
            facts: Json = {"inbox_id": inbox_id, "current_count": count, "daily_limit": limit, "tier": tier}
            raise refuse(429, "Inbox daily send limit exceeded", **facts)


def use(call: Call, kind: str, subject: str) -> list[Header]:
    """Count one more of a kind and return the headers that say how much is left."""
    limits = of(call.commune, call.organization_id)[1]
    hour, day = {
        "email": (limits.emails_per_hour, limits.emails_per_day),
        "inbox": (None, limits.inboxes_per_day),
        "domain": (None, limits.domains_per_day),
    }[kind]
    call.commune.storage.run(
        "INSERT INTO commune_usage VALUES (?, ?, ?, ?)",
        *(call.organization_id, kind, subject, call.commune.clock.now_ms()),
    )
    headers = _headers(call, kind, hour, _HOUR_MS, "Hour") + _headers(call, kind, day, _DAY_MS, "Day")
    # The documentation names these without a window; the tightest one stands for all.
    return headers + [(name.rpartition(b"-")[0], value) for name, value in headers[:3]]


def _count(call: Call, table: str) -> int:
    sql = f"SELECT count(*) FROM {table} WHERE organization_id = ?"  # noqa: S608 - a table of ours
    return int(call.commune.storage.value(sql, call.organization_id))


def _used(call: Call, kind: str, subject: str, window_ms: int) -> int:
    since = call.commune.clock.now_ms() - window_ms
    sql = "SELECT count(*) FROM commune_usage WHERE organization_id = ? AND kind = ? AND at_ms > ?"
    if subject:
        return int(call.commune.storage.value(f"{sql} AND subject = ?", call.organization_id, kind, since, subject))
    return int(call.commune.storage.value(sql, call.organization_id, kind, since))


def _reset_ms(call: Call, kind: str, window_ms: int) -> int:
    """Return when the oldest use of the window leaves it."""
    now = call.commune.clock.now_ms()
    oldest = call.commune.storage.value(
        "SELECT min(at_ms) FROM commune_usage WHERE organization_id = ? AND kind = ? AND at_ms > ?",
        *(call.organization_id, kind, now - window_ms),
    )
    return (now if oldest is None else int(oldest)) + window_ms


def _headers(call: Call, kind: str, limit: int | None, window_ms: int, name: str) -> list[Header]:
    if limit is None:
        return []
    facts = {
        "Limit": limit,
        "Remaining": max(0, limit - _used(call, kind, "", window_ms)),
        "Reset": -(-_reset_ms(call, kind, window_ms) // 1000),
    }
    return [(f"x-ratelimit-{fact}-{name}".lower().encode(), b"%d" % value) for fact, value in facts.items()]


def _window(call: Call, kind: str, subject: str, limit: int | None, window_ms: int, error: str) -> None:
    if limit is None or _used(call, kind, subject, window_ms) < limit:
        return
    seconds = max(1, -(-(_reset_ms(call, kind, window_ms) - call.commune.clock.now_ms()) // 1000))
    name = "Hour" if window_ms == _HOUR_MS else "Day"
    headers = [*_headers(call, kind, limit, window_ms, name), (b"retry-after", b"%d" % seconds)]
    raise refuse(429, error, headers, retryAfter=seconds)


def _check_burst(call: Call) -> None:
    now, attempts = call.commune.clock.now_ms(), call.commune.attempts[call.organization_id]
    attempts.append(now)
    while attempts and attempts[0] <= now - _BURSTS[-1][0]:
        attempts.popleft()
    over = [
        f"{limit} sends in {window_ms // 1000} s"
        for window_ms, limit in _BURSTS
        if sum(at > now - window_ms for at in attempts) > limit
    ]
    if over:
        raise refuse(429, "Send rate too high — slow down", reasons=over, retryAfter=10)


def _check_warmup(call: Call, domain_id: str) -> None:
    status = warmup(call.commune, domain_id)
    if status and status["remaining"] <= 0:
        raise refuse(429, "Domain warmup daily limit reached", warmup=status, message="Try again tomorrow.")


def warmup(commune: "Commune", domain_id: str) -> dict[str, Any] | None:
    """Return where an own domain is in its first two weeks, or None."""
    row = commune.storage.row("SELECT created_at, organization_id FROM commune_domains WHERE domain_id = ?", domain_id)
    if row is None or row[1] is None:
        return None
    day = (commune.clock.now_ms() - (parse_ms(row[0]) or 0)) // _DAY_MS + 1
    if day > 2 * len(_WARMUP_PER_DAY):
        return None
    limit = _WARMUP_PER_DAY[(max(day, 1) - 1) // 2]
    sent = commune.storage.value(
        "SELECT count(*) FROM commune_messages WHERE organization_id = ? AND domain_id = ? AND direction = 'outbound'"
        " AND created_at > ?",
        *(row[1], domain_id, iso(commune.clock.now_ms() - _DAY_MS)),
    )
    return {"status": "warming", "day": day, "daily_limit": limit, "sent_today": sent, "remaining": limit - sent}


def health(commune: "Commune", organization_id: str) -> dict[str, Any]:
    """Return the rates of the last day's sends."""
    row = commune.storage.row(
        "SELECT count(*), coalesce(sum(delivery_status = 'bounced'), 0), coalesce(sum(delivery_status = 'complained'), 0)"
        " FROM commune_messages WHERE organization_id = ? AND direction = 'outbound' AND created_at > ?",
        *(organization_id, iso(commune.clock.now_ms() - _DAY_MS)),
    )
    sent, bounced, complained = row or (0, 0, 0)
    rates = {"bounce_rate": bounced / sent if sent else 0.0, "complaint_rate": complained / sent if sent else 0.0}
    bad = sent >= 20 and (rates["bounce_rate"] >= 0.05 or rates["complaint_rate"] >= 0.003)
    return {"status": "paused" if bad else "healthy", "sent": sent, **rates}


def _check_health(call: Call) -> None:
    commune, now = call.commune, call.commune.clock.now_ms()
    facts = health(commune, call.organization_id)
    until = commune.paused_until_ms.get(call.organization_id, 0)
    if facts["status"] == "paused" and until <= now:
        until = commune.paused_until_ms[call.organization_id] = now + 4 * _HOUR_MS
    if until > now:
        text = "Sending paused due to high bounce/complaint rate"
        reason = "bounce_rate" if facts["bounce_rate"] >= 0.05 else "complaint_rate"
        action = "Remove addresses that bounce or complain, then wait."
        raise refuse(403, text, reason=reason, health=facts, resume_at=until // 1000, action=action)
