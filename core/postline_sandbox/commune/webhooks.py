"""The service's webhooks: what mail received looks like to a receiver, how it is signed, the log and the test route."""

import hashlib
import hmac
import json
from typing import TYPE_CHECKING

from postline_sandbox.commune import inbox_rows, messages
from postline_sandbox.commune.call import Call, refuse
from postline_sandbox.commune.screening import Screening
from postline_sandbox.hooks import Attempt, Policy
from postline_sandbox.mime import Mail
from postline_sandbox.storage import Row
from postline_sandbox.web import Answer, Json, Reply, dumps

if TYPE_CHECKING:
    from postline_sandbox.commune.service import Commune

_DELAYS_SECONDS = (5, 30, 120, 600, 1800, 3600, 7200)


def policy(commune: "Commune") -> Policy:
    """Say how this service posts."""
    return Policy(headers=lambda attempt: _headers(commune, attempt), delays_seconds=_DELAYS_SECONDS)


def sign(body: bytes, secret: str, timestamp: str) -> str:
    """Sign a body as its receiver will check it."""
    digest = hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    return f"v1={digest}"


def announce(commune: "Commune", mail: Mail, inbox: Row, record: Json, files: list[Json], screening: Screening) -> None:
    """Tell the inbox's webhook of a mail received, where it has one."""
    webhook = json.loads(inbox[7]) if inbox[7] else {}
    if not webhook.get("endpoint"):
        return
    body = dumps(_payload(mail, inbox, record, files, screening))
    delivery_id = f"whd_{commune.ids.hex(20)}"
    owner = (inbox[1], inbox[0])
    commune.world.hooks.add(delivery_id, commune.name, owner, webhook["endpoint"], "email.received", body)


def list_deliveries(call: Call) -> Reply:
    """List the organization's webhook deliveries, newest first; this operation has an envelope of its own."""
    found = call.commune.world.hooks.listing("service = 'commune' AND organization_id = ?", call.organization_id)
    inbox_id, state = call.filter("inbox_id"), call.filter("status", "state")
    chosen = [one for one in found if inbox_id in (None, one["source_id"]) and state in (None, one["state"])]
    shown = [_shown(one) for one in chosen[: call.limit(50, 200)]]
    return Reply(200, dumps({"deliveries": shown, "total": len(chosen)}), call.success_headers)


def get_delivery(call: Call) -> Reply:
    """Return one webhook delivery."""
    return Reply(200, dumps({"delivery": _shown(_owned(call))}), call.success_headers)


def retry_delivery(call: Call) -> Reply:
    """Post a delivery again, from its first attempt on."""
    call.commune.world.hooks.retry(_owned(call)["delivery_id"])
    return Reply(200, dumps({"ok": True, "message": "Delivery queued for retry"}), call.success_headers)


def send_test(call: Call) -> Answer:
    """Post a made-up mail to an inbox's webhook and report what the receiver answered."""
    inbox_id = call.body().get("inbox_id")
    if not inbox_id:
        raise refuse(400, "Missing required field: inbox_id")
    inbox = inbox_rows.find_own(call, str(inbox_id))
    webhook = json.loads(inbox[7]) if inbox[7] else {}
    if not webhook.get("endpoint"):
        raise refuse(400, "No webhook URL configured for this inbox")
    return _post_test(call, inbox, webhook["endpoint"])


async def _post_test(call: Call, inbox: Row, endpoint: str) -> Reply:
    commune = call.commune
    now, address = commune.clock.iso(), str(inbox_rows.record(inbox)["address"])
    mail = Mail(
        "Test <test@sandbox.example.com>", "<test@sandbox.example.com>", (address,), subject="Test", text="Test"
    )
    record: Json = {
        "channel": "email",
        "message_id": mail.message_id,
        "thread_id": mail.message_id,
        "direction": "inbound",
    }
    record |= {
        "participants": messages.participants(mail.sender, to=mail.to),
        "content": "Test",
        "content_html": None,
        "attachments": [],
        "created_at": now,
    }
    record |= {"metadata": {"created_at": now, "subject": "Test"}}
    payload = _payload(mail, inbox, record, [], Screening(0.0, (), "accept", 0.0, ()))
    body = dumps({**payload, "test": True})
    delivery_id = f"whd_{commune.ids.secret(f'test {inbox[0]} {commune.clock.now_ms()}', 20)}"
    attempt = Attempt(delivery_id, inbox[0], endpoint, body, 1, commune.clock.now_ms(), test=True)
    outcome = await commune.world.hooks.post(commune.name, attempt)
    facts: Json = {
        "delivered": outcome.delivered,
        "status_code": outcome.status_code,
        "response_time_ms": outcome.response_ms,
    }
    facts |= {"endpoint": endpoint, "event_type": "message.received", "test": True}
    return call.data(facts | ({} if outcome.delivered else {"error": outcome.error}))


def _headers(commune: "Commune", attempt: Attempt) -> dict[str, str]:
    timestamp = str(attempt.timestamp_ms)
    headers = {
        "x-commune-delivery-id": attempt.delivery_id,
        "x-commune-timestamp": timestamp,
        "x-commune-attempt": str(attempt.number),
    }
    text = commune.storage.value("SELECT webhook FROM commune_inboxes WHERE inbox_id = ?", attempt.source_id)
    secret = json.loads(text).get("secret") if text else None
    if secret:
        headers["x-commune-signature"] = sign(attempt.body, str(secret), timestamp)
    return headers | ({"x-commune-test": "true"} if attempt.test else {})


def _payload(mail: Mail, inbox: Row, record: Json, files: list[Json], screening: Screening) -> Json:
    metadata = {name: value for name, value in record["metadata"].items() if name != "delivery_status"}
    message = {name: value for name, value in record.items() if name != "orgId"} | {"metadata": metadata}
    mirror = {"thread_id": record["thread_id"], "message_id": mail.message_id, "sender": mail.sender}
    mirror |= {"from": mail.sender, "subject": mail.subject, "text": mail.text}
    return {
        "domainId": inbox[2],
        "inboxId": inbox[0],
        "inboxAddress": inbox_rows.record(inbox)["address"],
        "event": {"type": "email.received", "data": {"email_id": mail.message_id.strip("<>")}},
        "email": _email(mail, record["created_at"]),
        "message": message,
        "attachments": files,
        "security": screening.report(),
        **mirror,
        **({} if mail.html is None else {"html": mail.html}),
    }


def _email(mail: Mail, created_at: str) -> Json:
    optional = {"cc": list(mail.cc), "bcc": list(mail.bcc), "html": mail.html}
    return {
        "id": mail.message_id.strip("<>"),
        "message_id": mail.message_id,
        "from": mail.sender,
        "to": list(mail.to),
        "subject": mail.subject,
        "text": mail.text,
        **{name: value for name, value in optional.items() if value},
        "headers": {name.lower(): value for name, value in mail.headers.items()},
        "created_at": created_at,
    }


def _owned(call: Call) -> Json:
    found = call.commune.world.hooks.listing(
        "service = 'commune' AND organization_id = ? AND delivery_id = ?", call.organization_id, call.request.params[0]
    )
    if not found:
        raise refuse(404, "Delivery not found")
    return found[0]


def _shown(delivery: Json) -> Json:
    hidden = ("service", "organization_id", "source_id", "state")
    facts = {name: value for name, value in delivery.items() if name not in hidden}
    return facts | {"inbox_id": delivery["source_id"], "status": delivery["state"]}
