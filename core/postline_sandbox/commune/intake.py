"""Mail that comes in: from outside, from another sandbox mailbox, or from a file of old mail."""

import hashlib
import hmac
import json
import re
from typing import TYPE_CHECKING

from postline_sandbox.clock import instant_ms, iso
from postline_sandbox.commune import inbox_rows, messages, webhooks
from postline_sandbox.commune.screening import screen
from postline_sandbox.mime import Mail, bare_address
from postline_sandbox.storage import Row
from postline_sandbox.web import Json

if TYPE_CHECKING:
    from postline_sandbox.commune.service import Commune

_TOKEN = re.compile(r"t[0-9a-f]{12}")


def receive(commune: "Commune", mail: Mail, recipients: list[str]) -> list[dict[str, object]]:
    """Take in one mail; an organization keeps it once, in the inbox of its first recipient."""
    reports: list[dict[str, object]] = []
    served: set[str] = set()
    with commune.world.transaction():
        for address in dict.fromkeys(bare_address(one) for one in recipients):
            row = inbox_rows.by_address(commune, address)
            if row is None or row[8] == "inactive":
                reports.append(_report(address, stored=False, reason="inactive inbox" if row else "no such inbox"))
            elif row[1] not in served:
                served.add(row[1])
                reports.append(_take_in(commune, mail, address, row))
    return reports


def take_in_old(commune: "Commune", mail: Mail, inbox: Row) -> bool:
    """Keep one mail of the past, unscreened and unannounced; return whether it was new.

    What the inbox's own address wrote counts as sent from it.
    """
    address = inbox_rows.record(inbox)["address"]
    outbound = bare_address(mail.sender) == address
    created_ms = instant_ms(mail.sent_at) if mail.sent_at else commune.clock.now_ms()
    record = _record(mail, inbox, iso(created_ms), _thread(commune, mail, inbox[1], ""))
    if outbound:
        record["direction"] = "outbound"
        del record["metadata"]["inbox_address"]
    files = messages.keep_files(commune, inbox[1], mail.message_id, mail.attachments)
    record["attachments"] = [one["attachment_id"] for one in files]
    return messages.keep(commune, messages.Entry(inbox[1], mail.message_id, record))[1]


def routing_token(secret: str, thread_id: str) -> str:
    """Return what stands after the `+` in the reply address of a thread."""
    return "t" + hmac.new(secret.encode(), thread_id.encode(), hashlib.sha256).hexdigest()[:12]


def _take_in(commune: "Commune", mail: Mail, address: str, inbox: Row) -> dict[str, object]:
    organization_id = inbox[1]
    screening = screen(commune, mail)
    if screening.action == "reject":
        return _report(address, stored=False, reason="rejected as spam")
    thread_id = _thread(commune, mail, organization_id, address)
    record = _record(mail, inbox, commune.clock.iso(), thread_id)
    record["metadata"] |= screening.metadata()
    files = messages.keep_files(commune, organization_id, mail.message_id, mail.attachments)
    record["attachments"] = [one["attachment_id"] for one in files]
    thread_id, new = messages.keep(commune, messages.Entry(organization_id, mail.message_id, record))
    if new:
        webhooks.announce(commune, mail, inbox, {**record, "thread_id": thread_id}, files, screening)
    return _report(address, stored=True, message_id=mail.message_id, thread_id=thread_id, inbox_id=inbox[0], new=new)


def _report(address: str, *, stored: bool, **facts: object) -> dict[str, object]:
    return {"service": "commune", "to": address, "stored": stored, **facts}


def _record(mail: Mail, inbox: Row, created_at: str, thread_id: str) -> Json:
    return {
        "channel": "email",
        "message_id": mail.message_id,
        "thread_id": thread_id,
        "direction": "inbound",
        "participants": messages.participants(mail.sender, to=mail.to, cc=mail.cc, bcc=mail.bcc),
        "content": mail.text,
        "content_html": mail.html,
        "attachments": [],
        "created_at": created_at,
        "orgId": inbox[1],
        "metadata": {
            "created_at": created_at,
            "subject": mail.subject,
            "in_reply_to": mail.in_reply_to,
            "references": list(mail.references),
            "domain_id": inbox[2],
            "inbox_id": inbox[0],
            "inbox_address": inbox_rows.record(inbox)["address"],
            "message_id": mail.message_id,
            "delivery_status": "sent",
        },
    }


def _thread(commune: "Commune", mail: Mail, organization_id: str, recipient: str) -> str:
    return (
        _thread_of_tag(commune, organization_id, recipient)
        or _thread_of_references(commune, mail, organization_id)
        or next(iter(mail.references), None)
        or mail.in_reply_to
        or mail.message_id
    )


def _thread_of_tag(commune: "Commune", organization_id: str, recipient: str) -> str | None:
    tag = recipient.rpartition("@")[0].partition("+")[2]
    if tag.startswith(("thread_", "conv_")):
        return tag
    if not _TOKEN.fullmatch(tag):
        return None
    found: str | None = commune.storage.value(
        "SELECT thread_id FROM commune_routing_tokens WHERE organization_id = ? AND token = ?", organization_id, tag
    )
    return found


def _thread_of_references(commune: "Commune", mail: Mail, organization_id: str) -> str | None:
    """Return the thread of the earliest stored message that the mail refers to by any of its names."""
    names: list[str] = []
    for one in (*mail.references, *filter(None, [mail.in_reply_to])):
        bare = one.strip("<>")
        names += (one, bare, bare.partition("@")[0])
    if not names:
        return None
    found: str | None = commune.storage.value(
        # Two look-ups joined: one condition with OR would read every message of the organization.
        "WITH name AS (SELECT value FROM json_each(?1)), hit AS ("
        " SELECT seq FROM name CROSS JOIN commune_messages ON organization_id = ?2 AND message_id = value UNION"
        " SELECT seq FROM name CROSS JOIN commune_messages ON organization_id = ?2 AND wire_id = value"
        ") SELECT thread_id FROM hit JOIN commune_messages USING (seq) ORDER BY created_at, seq LIMIT 1",
        *(json.dumps(names), organization_id),
    )
    return found
