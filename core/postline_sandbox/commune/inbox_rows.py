"""Inboxes as rows and as the records that every operation shows."""

import json
from typing import TYPE_CHECKING

from postline_sandbox.commune.call import Call, refuse
from postline_sandbox.storage import Row
from postline_sandbox.web import Json

if TYPE_CHECKING:
    from postline_sandbox.commune.service import Commune

SELECT = (
    "SELECT i.inbox_id, i.organization_id, i.domain_id, d.name, i.local_part, i.display_name, i.agent, i.webhook,"
    " i.status, i.created_at FROM commune_inboxes i JOIN commune_domains d USING (domain_id)"
)


def of_domain(call: Call, domain_id: str) -> list[Json]:
    """Return the caller's inboxes of a domain."""
    sql = f"{SELECT} WHERE i.domain_id = ? AND i.organization_id = ? ORDER BY i.seq"
    return [record(row) for row in call.commune.storage.rows(sql, (domain_id, call.organization_id))]


def find_own(call: Call, inbox_id: str) -> Row:
    """Return an inbox's row by its id alone; 404 where it is not the caller's."""
    row = call.commune.storage.row(
        f"{SELECT} WHERE i.inbox_id = ? AND i.organization_id = ?", inbox_id, call.organization_id
    )
    if row is None:
        raise refuse(404, "Inbox not found")
    return row


def by_address(commune: "Commune", address: str) -> Row | None:
    """Return the row of the inbox that an address belongs to; a `+tag` does not matter."""
    local_part, _, domain = address.lower().rpartition("@")
    sql = f"{SELECT} WHERE d.name = ? AND i.local_part = ?"
    return commune.storage.row(sql, domain, local_part.partition("+")[0])


def record(row: Row) -> Json:
    """Return an inbox as every operation shows it."""
    inbox_id, organization_id, domain_id, domain_name, local_part, display_name, agent, webhook, status, created_at = (
        row
    )
    return {
        "id": inbox_id,
        "orgId": organization_id,
        "localPart": local_part,
        "address": f"{local_part}@{domain_name}",
        "displayName": display_name,
        "agent": json.loads(agent) if agent else None,
        "webhook": json.loads(webhook) if webhook else None,
        "status": status,
        "createdAt": created_at,
        "domain_id": domain_id,
        "domain_name": domain_name,
    }
