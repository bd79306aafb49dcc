"""Sending and receiving domains: one shared by everybody, the others owned."""

from typing import TYPE_CHECKING, Any

from postline_sandbox.commune import inbox_rows, limits
from postline_sandbox.commune.call import Call, refuse
from postline_sandbox.storage import Row
from postline_sandbox.web import Json, Refusal, Reply

if TYPE_CHECKING:
    from postline_sandbox.commune.service import Commune

SHARED_DOMAIN = "commune-sandbox.example.com"
_REGIONS = ("us-east-1", "eu-west-1", "sa-east-1", "ap-northeast-1")
_SELECT = "SELECT domain_id, organization_id, name, region, status, published, created_at FROM commune_domains"


def list_domains(call: Call) -> Reply:
    """List the organization's own domains; the shared one is not among them."""
    sql = f"{_SELECT} WHERE organization_id = ? ORDER BY seq"
    rows = call.commune.storage.rows(sql, (call.organization_id,))
    return call.data([_record(call, row) for row in rows])


def create_domain(call: Call) -> Reply:
    """Register a domain; its DNS records are still to be published."""
    body = call.body()
    name = body.get("name")
    if not isinstance(name, str) or not name.strip():
        raise refuse(400, "Missing required field: name")
    limits.check_domains(call)
    name, region = name.strip().lower(), body.get("region")
    if not _is_host(name):
        raise _provider_error("The domain name is not valid")
    if call.commune.storage.value("SELECT 1 FROM commune_domains WHERE name = ?", name):
        raise _provider_error("This domain has been registered already")
    values = (call.commune.ids.uuid(), call.organization_id, name, region if region in _REGIONS else _REGIONS[0])
    call.commune.storage.run(
        "INSERT INTO commune_domains (domain_id, organization_id, name, region, status, created_at)"
        " VALUES (?, ?, ?, ?, 'not_started', ?)",
        *(*values, call.commune.clock.iso()),
    )
    headers = limits.use(call, "domain", name)
    return call.data(_record(call, _owned(call, values[0])), 201, headers)


def get_domain(call: Call) -> Reply:
    """Return one of the organization's domains."""
    return call.data(_record(call, _owned(call, call.request.params[0])))


def verify_domain(call: Call) -> Reply:
    """Look whether the DNS records are published, and remember what was seen."""
    row = _owned(call, call.request.params[0])
    status = "verified" if row[5] else "pending"
    call.commune.storage.run("UPDATE commune_domains SET status = ? WHERE domain_id = ?", status, row[0])
    return call.data({"object": "domain", "id": row[0], "status": status})


def list_records(call: Call) -> Reply:
    """List the DNS records that a domain needs."""
    return call.data(_dns_records(_owned(call, call.request.params[0])))


def shared_domain(commune: "Commune") -> str:
    """Return the id of the domain that every organization may use; make it the first time."""
    found = commune.storage.value("SELECT domain_id FROM commune_domains WHERE organization_id IS NULL")
    if found is not None:
        return str(found)
    with commune.world.transaction():
        domain_id = commune.ids.uuid()
        commune.storage.run(
            "INSERT INTO commune_domains (domain_id, name, region, status, published, created_at)"
            " VALUES (?, ?, ?, 'verified', 1, ?)",
            *(domain_id, SHARED_DOMAIN, _REGIONS[0], commune.clock.iso()),
        )
    return domain_id


def usable_domain(call: Call, domain_id: str) -> Row:
    """Return id and name of a domain that the organization may send and receive on.

    Raises:
        Refusal: It is unknown (404) or another organization's (403).
    """
    sql = f"{_SELECT} WHERE domain_id = ?"
    row = call.commune.storage.row(sql, domain_id)
    if row is None:
        raise refuse(404, "Domain not found")
    if row[1] not in (None, call.organization_id):
        raise refuse(403, "Cannot create inbox on this domain")
    return row[0], row[2]


def default_domain(call: Call) -> Row:
    """Return id and name of the first verified domain of the organization, else of the shared one."""
    own = call.commune.storage.row(
        "SELECT domain_id, name FROM commune_domains WHERE organization_id = ? AND status = 'verified' ORDER BY seq",
        call.organization_id,
    )
    return own or (call.commune.shared_domain_id, SHARED_DOMAIN)


def _owned(call: Call, domain_id: str) -> Row:
    sql = f"{_SELECT} WHERE domain_id = ?"
    row = call.commune.storage.row(sql, domain_id)
    if row is None or row[1] not in (None, call.organization_id):
        raise refuse(404, "Domain not found")
    return row


def _record(call: Call, row: Row) -> Json:
    domain_id, _, name, region, status, _, created_at = row
    record: Json = {"id": domain_id, "name": name, "status": status, "region": region}
    record |= {"records": _dns_records(row), "createdAt": created_at}
    inboxes = inbox_rows.of_domain(call, domain_id)
    return record | ({"inboxes": inboxes} if inboxes else {})


def _dns_records(row: Row) -> list[dict[str, Any]]:
    _, _, name, region, status, published, _ = row
    seen = "verified" if published and status == "verified" else "pending" if status == "pending" else "not_started"
    common = {"ttl": "Auto", "status": seen}
    mx = {"type": "MX", "priority": 10, **common}
    txt = {"type": "TXT", **common}
    return [
        {"record": "SPF", "name": f"send.{name}", "value": f"feedback-smtp.{region}.amazonses.com", **mx},
        {"record": "SPF", "name": f"send.{name}", "value": "v=spf1 include:amazonses.com ~all", **txt},
        {"record": "DKIM", "name": f"resend._domainkey.{name}", "value": f"p=sandbox-{row[0]}", **txt},
        {"record": "Receiving", "name": name, "value": f"inbound-smtp.{region}.amazonaws.com", **mx},
    ]


def _is_host(name: str) -> bool:
    labels = name.split(".")
    return len(name) <= 253 and len(labels) > 1 and all(_is_label(label) for label in labels)


def _is_label(label: str) -> bool:
    inner = label.replace("-", "")
    return 0 < len(label) <= 63 and inner.isalnum() and label[0] != "-" and label[-1] != "-"


def _provider_error(message: str) -> Exception:
    return Refusal(400, {"error": {"message": message, "name": "validation_error", "statusCode": 400}})
