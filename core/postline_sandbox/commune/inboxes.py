"""Inboxes: addresses on a domain, each with an owner and perhaps a webhook."""

import json
import re
from typing import Any

from postline_sandbox.commune import domains, limits, threads
from postline_sandbox.commune.call import Call, refuse
from postline_sandbox.commune.inbox_rows import SELECT, of_domain, record
from postline_sandbox.storage import Row
from postline_sandbox.web import Json, Reply

_LOCAL_PART = re.compile(r"[a-z0-9!#$%&'*/=?^_`{|}~-]+(\.[a-z0-9!#$%&'*/=?^_`{|}~-]+)*")


def list_inboxes(call: Call) -> Reply:
    """List all inboxes of the organization."""
    sql = f"{SELECT} WHERE i.organization_id = ? ORDER BY i.seq"
    return call.data([record(row) for row in call.commune.storage.rows(sql, (call.organization_id,))])


def list_domain_inboxes(call: Call) -> Reply:
    """List the organization's inboxes of one domain; an unknown domain has none."""
    return call.data(of_domain(call, call.request.params[0]))


def create_inbox(call: Call) -> Reply:
    """Make an inbox on the domain named, or on the organization's default one."""
    return _create(call, _first(call.body(), "domain_id", "domainId"))


def create_domain_inbox(call: Call) -> Reply:
    """Make an inbox on the domain of the path."""
    return _create(call, call.request.params[0])


def get_inbox(call: Call) -> Reply:
    """Return one inbox."""
    return call.data(record(owned(call, *call.request.params)))


def update_inbox(call: Call) -> Reply:
    """Change what the body names; the webhook is replaced as a whole, but for its secret."""
    row, body = owned(call, *call.request.params), call.body()
    local_part = _first(body, "local_part", "localPart")
    name = _local_part(local_part) if local_part is not None else row[4]
    if name != row[4] and _taken(call, row[2], name):
        raise refuse(400, "An inbox with this address already exists")
    call.commune.storage.run(
        "UPDATE commune_inboxes SET local_part = ?, display_name = ?, agent = ?, webhook = ?, status = ? WHERE inbox_id = ?",
        name,
        _first(body, "display_name", "displayName") or row[5],
        json.dumps(body["agent"]) if isinstance(body.get("agent"), dict) else row[6],
        _webhook(call, body["webhook"], row[7]) if "webhook" in body else row[7],
        str(body.get("status") or row[8]),
        row[0],
    )
    return call.data(record(owned(call, row[2], row[0])))


def remove_inbox(call: Call) -> Reply:
    """Remove an inbox and its messages."""
    row = owned(call, *call.request.params)
    threads.forget_inbox(call.commune, call.organization_id, row[0])
    call.commune.storage.run("DELETE FROM commune_inboxes WHERE inbox_id = ?", row[0])
    return call.data({"ok": True})


def owned(call: Call, domain_id: str, inbox_id: str) -> Row:
    """Return an inbox's row; 404 where it is not the caller's or not on that domain."""
    sql = f"{SELECT} WHERE i.inbox_id = ? AND i.organization_id = ? AND i.domain_id = ?"
    row = call.commune.storage.row(sql, inbox_id, call.organization_id, domain_id)
    if row is None:
        raise refuse(404, "Inbox not found")
    return row


def _create(call: Call, domain_id: Any) -> Reply:
    body = call.body()
    given = _first(body, "local_part", "localPart")
    if not given:
        raise refuse(400, "Missing required field: local_part")
    local_part = _local_part(given)
    domain = domains.usable_domain(call, str(domain_id)) if domain_id else domains.default_domain(call)
    row = _taken(call, domain[0], local_part)
    if row is None:
        limits.check_inboxes(call)
        headers = limits.use(call, "inbox", local_part)
        return call.data(record(_insert(call, domain[0], local_part, body)), 201, headers)
    if row[1] != call.organization_id:
        raise refuse(403, "Cannot create inbox on this domain")
    return call.data(record(_merge(call, row, body)), 201)


def _insert(call: Call, domain_id: str, local_part: str, body: Json) -> Row:
    inbox_id = call.commune.ids.uuid()
    call.commune.storage.run(
        "INSERT INTO commune_inboxes (inbox_id, organization_id, domain_id, local_part, display_name, agent, webhook,"
        " status, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        *(inbox_id, call.organization_id, domain_id, local_part),
        *(_shown_name(body), _agent(body), _webhook(call, body.get("webhook"), None)),
        *(str(body.get("status") or "active"), call.commune.clock.iso()),
    )
    return owned(call, domain_id, inbox_id)


def _merge(call: Call, row: Row, body: Json) -> Row:
    webhook = _webhook(call, body["webhook"], row[7]) if body.get("webhook") else row[7]
    call.commune.storage.run(
        "UPDATE commune_inboxes SET display_name = ?, agent = ?, webhook = ?, status = ? WHERE inbox_id = ?",
        *(_shown_name(body) or row[5], _agent(body) or row[6], webhook, str(body.get("status") or row[8]), row[0]),
    )
    return owned(call, row[2], row[0])


def _taken(call: Call, domain_id: str, local_part: str) -> Row | None:
    return call.commune.storage.row(f"{SELECT} WHERE i.domain_id = ? AND i.local_part = ?", domain_id, local_part)


def _local_part(value: Any) -> str:
    text = str(value).strip().lower()
    if len(text) > 64 or not _LOCAL_PART.fullmatch(text):
        raise refuse(400, "Invalid local_part")
    return text


def _shown_name(body: Json) -> str | None:
    name = _first(body, "display_name", "displayName") or body.get("name")
    return str(name) if name else None


def _agent(body: Json) -> str | None:
    if body.get("name"):
        return json.dumps({"name": str(body["name"])})
    return json.dumps(body["agent"]) if isinstance(body.get("agent"), dict) else None


def _webhook(call: Call, value: Any, before: str | None) -> str | None:
    if not isinstance(value, dict):
        return None
    endpoint = value.get("endpoint")
    if endpoint and not (isinstance(endpoint, str) and endpoint.startswith(("http://", "https://"))):
        raise refuse(400, "Invalid webhook URL. Use http or https.")
    if endpoint and not value.get("secret"):
        kept = json.loads(before).get("secret") if before else None
        value = {**value, "secret": kept or f"whsec_{call.commune.ids.hex(48)}"}
    return json.dumps(value)


def _first(body: Json, *names: str) -> Any:
    return next((body[name] for name in names if body.get(name) is not None), None)
