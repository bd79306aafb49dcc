"""What became of mail that was sent: events, rates, and the addresses that get no more."""

import json
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from postline_sandbox.clock import iso
from postline_sandbox.commune import messages
from postline_sandbox.commune.call import Call, refuse
from postline_sandbox.mime import bare_address
from postline_sandbox.storage import Row
from postline_sandbox.web import Json, Reply

if TYPE_CHECKING:
    from postline_sandbox.commune.service import Commune

_DAY_MS = 86_400_000
_PERIOD = re.compile(r"(\d{1,9})([dh])")
_MAX_DAYS = 90
_SOFT_BOUNCES_IN_A_ROW = 3
_STATUSES = ("delivered", "bounced", "complained", "failed", "suppressed")
_RATES = {"delivery": "delivered", "bounce": "bounced", "complaint": "complained", "failure": "failed"}


def get_metrics(call: Call) -> Reply:
    """Count what became of the mail of an inbox or a domain."""
    inbox_id, domain_id = _place(call)
    period = call.filter("period") or (f"{call.filter('days')}d" if call.filter("days") else "7d")
    days, now = _days(period), call.commune.clock.now_ms()
    window = {"direction": "outbound", "created_at >": iso(now - days * _DAY_MS)}
    rows = call.commune.storage.select(
        "SELECT delivery_status, count(*) FROM commune_messages",
        {**_where(call, inbox_id, domain_id), **window},
        "GROUP BY delivery_status",
    )
    counts: dict[str, int] = dict(rows)
    sent = sum(counts.values())
    totals = {name: counts.get(name, 0) for name in _STATUSES}
    rates = {f"{name}_rate": _percent(totals[status], sent) for name, status in _RATES.items()}
    rates |= {"suppression_rate": _percent(totals["suppressed"], sent), "orphan_event_rate": _percent(0, sent)}
    facts = {"inbox_id": inbox_id, "domain_id": domain_id, "period": period, "period_days": days}
    facts |= {"period_start": iso(now - days * _DAY_MS), "period_end": iso(now)}
    return call.data({**facts, "sent": sent, **totals, "orphan_events": 0, **rates})


def list_suppressions(call: Call) -> Reply:
    """List addresses that get no more mail, newest first."""
    inbox_id, domain_id = _place(call)
    rows = call.commune.storage.select(
        "SELECT suppression_id, email, reason, type, source, inbox_id, domain_id, message_id, created_ms, expires_ms"
        " FROM commune_suppressions",
        _where(call, inbox_id, None if inbox_id else domain_id),
        f"ORDER BY created_ms DESC, email LIMIT {call.limit(50, 200)}",
    )
    return call.data([_suppression(row) for row in rows])


def list_events(call: Call) -> Reply:
    """List delivery events, newest first."""
    message_id = call.filter("message_id", "messageId")
    inbox_id, domain_id = call.filter("inbox_id", "inboxId"), call.filter("domain_id", "domainId")
    if not (message_id or inbox_id or domain_id):
        raise refuse(400, "Provide at least one of: inbox_id, domain_id, message_id")
    kind = {"message_id": message_id, "event_type": call.filter("event_type", "eventType")}
    rows = call.commune.storage.select(
        "SELECT event_id, message_id, event_type, inbox_id, domain_id, processed_at, recipient, data"
        " FROM commune_events",
        {**_where(call, inbox_id, domain_id), **kind},
        f"ORDER BY processed_at DESC, seq DESC LIMIT {call.limit(50, 200)}",
    )
    return call.data([_event(row) for row in rows])


def screen_recipients(
    commune: "Commune", organization_id: str, recipients: list[str], is_address: Callable[[str], object]
) -> tuple[list[str], dict[str, str]]:
    """Divide recipients into those who get the mail and those who do not, with the reason."""
    now, dropped = commune.clock.now_ms(), dict[str, str]()
    for recipient in recipients:
        address = bare_address(recipient)
        suppressed = commune.storage.value(
            "SELECT 1 FROM commune_suppressions WHERE organization_id = ? AND email = ?"
            " AND (expires_ms IS NULL OR expires_ms > ?)",
            *(organization_id, address, now),
        )
        if suppressed:
            dropped[recipient] = "suppressed"
        elif not is_address(address):
            dropped[recipient] = "failed"
    return [one for one in recipients if one not in dropped], dropped


def report_sending(
    commune: "Commune", organization_id: str, record: Json, recipients: list[str], dropped: dict[str, str]
) -> None:
    """Note what the mail system says about a mail just sent: everybody who can get it, gets it."""
    for recipient, reason in dropped.items():
        data = {"suppression_reason": "suppressed"} if reason == "suppressed" else {"failure_reason": "invalid_syntax"}
        note(commune, organization_id, record, reason, recipient, data)
    for event_type in ("sent", "delivered"):
        for recipient in recipients:
            note(commune, organization_id, record, event_type, recipient, {})
    status = "delivered" if recipients else next(iter(dropped.values()))
    facts = {"sent_at": record["created_at"]} if recipients else {}
    stamp = {f"{status}_at": commune.clock.iso()}
    messages.set_delivery_status(commune, organization_id, record["message_id"], status, {**facts, **stamp})


def note(commune: "Commune", organization_id: str, record: Json, event_type: str, recipient: str, data: Json) -> None:
    """Keep one delivery event."""
    metadata = record["metadata"]
    commune.storage.run(
        "INSERT INTO commune_events (event_id, organization_id, message_id, event_type, inbox_id, domain_id,"
        " processed_at, recipient, data) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        *(commune.ids.hex(24), organization_id, record["message_id"], event_type, metadata["inbox_id"]),
        *(metadata["domain_id"], commune.clock.iso(), bare_address(recipient), json.dumps(data)),
    )


def bounce(commune: "Commune", organization_id: str, record: Json, recipient: str, kind: str, reason: str) -> None:
    """Let a mail come back: for good (`hard`), or for now (`soft`), which after three in a row counts for a week."""
    now = commune.clock.iso()
    data = {"bounced_at": now, "bounce_type": kind, "bounce_reason": reason}
    note(commune, organization_id, record, "bounced", recipient, data)
    messages.set_delivery_status(commune, organization_id, record["message_id"], "bounced", data)
    if kind == "hard" or _count_soft_bounce(commune, organization_id, recipient) >= _SOFT_BOUNCES_IN_A_ROW:
        days = None if kind == "hard" else 7
        suppress(commune, organization_id, record, recipient, ("bounce", kind), days)
        sql = "DELETE FROM commune_soft_bounces WHERE organization_id = ? AND email = ?"
        commune.storage.run(sql, organization_id, bare_address(recipient))


def complain(commune: "Commune", organization_id: str, record: Json, recipient: str) -> None:
    """Let a recipient call a mail spam."""
    data = {"complained_at": commune.clock.iso()}
    note(commune, organization_id, record, "complained", recipient, data)
    messages.set_delivery_status(commune, organization_id, record["message_id"], "complained", data)
    suppress(commune, organization_id, record, recipient, ("complaint", "spam"), None)


def suppress(
    commune: "Commune", organization_id: str, record: Json, recipient: str, why: tuple[str, str], days: int | None
) -> None:
    """Send an address nothing more, for some days or for good; `why` is reason and type."""
    now, metadata = commune.clock.now_ms(), record["metadata"]
    commune.storage.run(
        "INSERT OR REPLACE INTO commune_suppressions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        *(commune.ids.hex(24), organization_id, bare_address(recipient), *why),
        *("inbox" if metadata["inbox_id"] else "global", metadata["inbox_id"], metadata["domain_id"]),
        *(record["message_id"], now, None if days is None else now + days * _DAY_MS),
    )


def _count_soft_bounce(commune: "Commune", organization_id: str, recipient: str) -> int:
    address = bare_address(recipient)
    commune.storage.run(
        "INSERT INTO commune_soft_bounces VALUES (?, ?, 1)"
        " ON CONFLICT (organization_id, email) DO UPDATE SET in_a_row = in_a_row + 1",
        *(organization_id, address),
    )
    sql = "SELECT in_a_row FROM commune_soft_bounces WHERE organization_id = ? AND email = ?"
    return int(commune.storage.value(sql, organization_id, address))


def _place(call: Call) -> tuple[str | None, str | None]:
    inbox_id, domain_id = call.filter("inbox_id", "inboxId"), call.filter("domain_id", "domainId")
    if not inbox_id and not domain_id:
        raise refuse(400, "inbox_id or domain_id query parameter is required")
    return inbox_id, domain_id


def _where(call: Call, inbox_id: str | None, domain_id: str | None) -> dict[str, Any]:
    return {"organization_id": call.organization_id, "inbox_id": inbox_id, "domain_id": domain_id}


def _days(period: str) -> int:
    match = _PERIOD.fullmatch(period)
    if not match:
        return 7
    number = int(match[1]) if match[2] == "d" else -(-int(match[1]) // 24)
    return min(max(number, 1), _MAX_DAYS)


def _percent(part: int, whole: int) -> float | None:
    return round(100 * part / whole, 2) if whole else None


def _suppression(row: Row) -> Json:
    suppression_id, email, reason, kind, source, inbox_id, domain_id, message_id, created_ms, expires_ms = row
    optional = {"inbox_id": inbox_id, "domain_id": domain_id, "message_id": message_id}
    optional["expires_at"] = None if expires_ms is None else iso(expires_ms)
    return {
        "_id": suppression_id,
        "email": email,
        "reason": reason,
        "type": kind,
        "source": source,
        "created_at": iso(created_ms),
        "suppressed_at": iso(created_ms),
        **{name: value for name, value in optional.items() if value is not None},
    }


def _event(row: Row) -> Json:
    event_id, message_id, event_type, inbox_id, domain_id, processed_at, recipient, data = row
    facts = json.loads(data)
    detail = next(
        (facts[name] for name in ("bounce_reason", "failure_reason", "suppression_reason") if name in facts), None
    )
    return {
        "_id": event_id,
        "event_id": event_id,
        "message_id": message_id,
        "event_type": event_type,
        "event_data": facts,
        "processed_at": processed_at,
        "timestamp": processed_at,
        "recipient": recipient,
        "detail": detail,
        "inbox_id": inbox_id,
        "domain_id": domain_id,
    }
