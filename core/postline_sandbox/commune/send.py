"""Sending: what may be sent, how it is composed, what becomes of it."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from postline_sandbox.commune import delivery, domains, inbox_rows, limits, messages
from postline_sandbox.commune.call import Call, refuse
from postline_sandbox.commune.compose import Draft, compose
from postline_sandbox.commune.screening import spam_score
from postline_sandbox.commune.validation import read_draft
from postline_sandbox.mime import File, Mail, bare_address, identity
from postline_sandbox.storage import Row
from postline_sandbox.web import Header, Json, Reply

if TYPE_CHECKING:
    from postline_sandbox.commune.service import Commune

_DAY_MS = 86_400_000
_CLIP_BYTES = 102_400
_MAX_RECIPIENTS = 50
_SPAM_ABOVE = 0.8
_ADDRESS = re.compile(r"[^\s@<>,;\"]+@[^\s@<>,;\"]+\.[^\s@<>,;\".]+")


@dataclass(frozen=True)
class Sender:
    """Who a mail comes from, and the inbox and domain it is filed under."""

    identity: str
    inbox_id: str | None
    domain_id: str | None


def send_message(call: Call) -> Reply:
    """Accept a mail, and do at once what the live service leaves to a worker."""
    draft = read_draft(call.any_body())
    if len(draft.to) > _MAX_RECIPIENTS:
        raise refuse(400, "Too many recipients", max_recipients=_MAX_RECIPIENTS, provided=len(draft.to))
    sender = _sender(call, draft)
    _check_content(draft, sender)
    limits.check_send(call, sender.inbox_id, sender.domain_id)
    key = call.request.header(b"idempotency-key")
    replay = _replay(call, key) if key else None
    if replay is not None:
        return replay
    headers = limits.use(call, "email", sender.inbox_id or "") + _headers(call, draft, sender)
    message_id, thread_id = _send(call.commune, call.organization_id, draft, sender)
    result = {"id": message_id, "message_id": message_id, "thread_id": thread_id, "status": "queued"}
    reply = call.data(result, 202, headers)
    if key:
        _remember(call, key, reply)
    return reply


def _send(commune: "Commune", organization_id: str, draft: Draft, sender: Sender) -> tuple[str, str]:
    message_id = f"msg_{commune.ids.hex()}"
    files = _files(commune, organization_id, draft.attachments)
    composed = compose(commune, organization_id, draft, sender.identity, message_id)
    attachment_ids = [attachment_id for attachment_id, _ in files]
    record = _record(commune, organization_id, draft, sender, message_id, composed.mail, composed.thread_id)
    record["attachments"] = attachment_ids
    record["metadata"] |= {"attachment_ids": attachment_ids, "has_attachments": bool(files)}
    record["metadata"] |= {"attachment_count": len(files), "routing_token": composed.routing_token}
    recipients, outcome = delivery.screen_recipients(commune, organization_id, draft.to, _ADDRESS.fullmatch)
    mail = composed.with_files(tuple(file for _, file in files), recipients)
    wire = _wire(mail, recipients, draft.bcc)
    messages.keep(commune, messages.Entry(organization_id, mail.message_id, record, wire))
    delivery.report_sending(commune, organization_id, record, recipients, outcome)
    if recipients:
        commune.world.post(mail, [*recipients, *draft.cc, *draft.bcc])
    return message_id, composed.thread_id


def _sender(call: Call, draft: Draft) -> Sender:
    commune = call.commune
    inbox = inbox_rows.find_own(call, draft.inbox_id) if draft.inbox_id else None
    domain = _domain(call, draft.domain_id) if draft.domain_id else None
    if draft.sender:
        return _given_sender(call, draft.sender, inbox)
    if inbox:
        return Sender(_inbox_identity(inbox), inbox[0], inbox[2])
    domain_id, name = domain or (commune.shared_domain_id, domains.SHARED_DOMAIN)
    return _filed(call, f"agent@{name}", domain_id)


def _given_sender(call: Call, given: str, inbox: Row | None) -> Sender:
    address = bare_address(given)
    row = call.commune.storage.row(
        "SELECT domain_id, organization_id FROM commune_domains WHERE name = ?", address.rpartition("@")[2]
    )
    owner = inbox_rows.by_address(call.commune, address)
    allowed = row is not None and (row[1] or (owner and owner[1])) == call.organization_id
    if row is None or not allowed:
        raise refuse(403, "Cannot send from this address")
    if inbox is None:
        return _filed(call, given, row[0])
    shown = given if "<" in given or not inbox[5] else identity(inbox[5], given)
    return Sender(shown, inbox[0], inbox[2])


def _filed(call: Call, shown: str, domain_id: str) -> Sender:
    inbox = inbox_rows.by_address(call.commune, bare_address(shown))
    own = inbox is not None and inbox[1] == call.organization_id
    return Sender(shown, inbox[0] if own and inbox else None, domain_id)


def _inbox_identity(inbox: Row) -> str:
    record = inbox_rows.record(inbox)
    name = record["displayName"] or (record["agent"] or {}).get("name") or ""
    return f'"{name}" <{record["address"]}>' if name else str(record["address"])


def _domain(call: Call, domain_id: str) -> Row:
    row = call.commune.storage.row(
        "SELECT domain_id, name, organization_id FROM commune_domains WHERE domain_id = ?", domain_id
    )
    if row is None or row[2] not in (None, call.organization_id):
        raise refuse(404, "Domain not found")
    return row[0], row[1]


def _check_content(draft: Draft, sender: Sender) -> None:
    score, reasons, _ = spam_score(draft.subject, draft.text or "", draft.html, bare_address(sender.identity))
    if score > _SPAM_ABOVE:
        facts: Json = {"score": score, "reasons": reasons, "suggestion": "Say it plainly and with fewer links."}
        raise refuse(400, "Email content flagged as potential spam", **facts)


def _files(commune: "Commune", organization_id: str, attachment_ids: list[str]) -> list[tuple[str, File]]:
    found = []
    for attachment_id in attachment_ids:
        row = commune.storage.row(
            "SELECT filename, mime_type, content FROM commune_attachments WHERE attachment_id = ? AND organization_id = ?",
            *(attachment_id, organization_id),
        )
        if row is not None:
            found.append((attachment_id, File(*row)))
    return found


def _record(
    commune: "Commune", organization_id: str, draft: Draft, sender: Sender, message_id: str, mail: Mail, thread_id: str
) -> Json:
    now = commune.clock.iso()
    return {
        "channel": "email",
        "message_id": message_id,
        "thread_id": thread_id,
        "direction": "outbound",
        "participants": messages.participants(sender.identity, to=draft.to, cc=draft.cc, bcc=draft.bcc),
        "content": draft.text or "",
        "content_html": draft.html or None,
        "attachments": [],
        "created_at": now,
        "orgId": organization_id,
        "metadata": {
            "created_at": now,
            "subject": mail.subject,
            "in_reply_to": mail.in_reply_to,
            "references": list(mail.references),
            "domain_id": sender.domain_id,
            "inbox_id": sender.inbox_id,
            "message_id": mail.message_id,
            "commune_message_id": message_id,
            "delivery_status": "sent",
        },
    }


def _wire(mail: Mail, recipients: list[str], bcc: list[str]) -> Json:
    return {
        "from": mail.sender,
        "to": recipients,
        "cc": list(mail.cc),
        "bcc": bcc,
        "reply_to": list(mail.reply_to),
        "subject": mail.subject,
        "text": mail.text,
        "html": mail.html,
        "headers": mail.headers,
        "attachments": [
            {"filename": one.filename, "mime_type": one.mime_type, "size": len(one.content)} for one in mail.attachments
        ],
    }


def _headers(call: Call, draft: Draft, sender: Sender) -> list[Header]:
    health = limits.health(call.commune, call.organization_id)
    facts: dict[str, Any] = {
        "x-sending-health": health["status"],
        "x-bounce-rate": f"{health['bounce_rate']:.4f}",
        "x-complaint-rate": f"{health['complaint_rate']:.4f}",
        "x-sending-throttled": "false",
    }
    size = max(len((draft.html or "").encode()), len((draft.text or "").encode()))
    if size > _CLIP_BYTES:
        facts |= {"x-content-warning": "gmail-clip", "x-content-size": size}
    if limits.of(call.commune, call.organization_id)[1].warmup and sender.domain_id:
        warmup = limits.warmup(call.commune, sender.domain_id) or {}
        facts |= {f"x-warmup-{name.replace('_', '-')}": value for name, value in warmup.items()}
    return [(name.encode(), str(value).encode()) for name, value in facts.items()]


def _replay(call: Call, key: str) -> Reply | None:
    row = call.commune.storage.row(
        "SELECT status, body FROM commune_idempotency WHERE organization_id = ? AND idempotency_key = ? AND created_ms > ?",
        *(call.organization_id, key, call.commune.clock.now_ms() - _DAY_MS),
    )
    return None if row is None else Reply(row[0], row[1], (*call.success_headers, (b"idempotency-replayed", b"true")))


def _remember(call: Call, key: str, reply: Reply) -> None:
    call.commune.storage.run(
        "INSERT OR REPLACE INTO commune_idempotency VALUES (?, ?, ?, ?, ?)",
        *(call.organization_id, key, call.commune.clock.now_ms(), reply.status, reply.body),
    )
