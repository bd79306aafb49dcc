"""Mail that comes in: from outside, from another sandbox mailbox, or from a file of old mail."""

import json
from typing import TYPE_CHECKING

from postline_sandbox.clock import instant_ms, iso
from postline_sandbox.inkbox.handles import PLATFORM_DOMAIN
from postline_sandbox.inkbox.mail import events, mailbox_rows, store
from postline_sandbox.inkbox.mail.rules import judge_sender
from postline_sandbox.inkbox.mail.tables import MESSAGES
from postline_sandbox.inkbox.tables import DOMAINS
from postline_sandbox.mime import Mail, bare_address
from postline_sandbox.web import Json

if TYPE_CHECKING:
    from postline_sandbox.inkbox.service import Inkbox


def has_domain(inkbox: "Inkbox", domain: str) -> bool:
    """Say whether mail to a domain belongs here."""
    return domain == PLATFORM_DOMAIN or DOMAINS.one(inkbox.storage, domain=domain) is not None


def receive(inkbox: "Inkbox", mail: Mail, recipients: list[str]) -> list[dict[str, object]]:
    """Take in one mail, once for each mailbox that it is for."""
    reports: list[dict[str, object]] = []
    served: set[str] = set()
    with inkbox.world.transaction():
        for address in dict.fromkeys(bare_address(one) for one in recipients):
            mailbox = mailbox_rows.by_address(inkbox, address)
            if mailbox is None:
                reports.append(_report(address, stored=False, reason="no such inbox"))
            elif mailbox["id"] not in served:
                served.add(mailbox["id"])
                reports.append(_take_in(inkbox, mail, address, mailbox))
    return reports


def take_in_old(inkbox: "Inkbox", mail: Mail, mailbox: Json) -> bool:
    """Keep one mail of the past, unjudged and unannounced; return whether it was new.

    What the mailbox's own address wrote counts as sent from it. One that is there already is brought up to date.
    """
    outbound = bare_address(mail.sender) == mailbox["email_address"]
    direction, status = ("outbound", "delivered") if outbound else ("inbound", "received")
    before = _stored(inkbox, mailbox, mail, direction)
    if before is not None:
        store.renew(inkbox, before, mail)
        return False
    created_at = iso(instant_ms(mail.sent_at) if mail.sent_at else inkbox.clock.now_ms())
    store.keep(inkbox, store.Entry(mailbox, mail, direction, status, created_at, bcc=mail.bcc))
    return True


def _take_in(inkbox: "Inkbox", mail: Mail, address: str, mailbox: Json) -> dict[str, object]:
    before = _stored(inkbox, mailbox, mail, "inbound")
    if before is not None:
        record = json.loads(before["record"])
    else:
        blocked = judge_sender(inkbox.storage, mailbox, mail.sender).blocked
        now = inkbox.clock.iso()
        record = store.keep(inkbox, store.Entry(mailbox, mail, "inbound", "received", now, blocked=blocked))
        if not blocked:
            events.tell(inkbox, mailbox, "received", record)
    facts = {name: record[name] for name in ("id", "message_id", "thread_id")}
    return _report(address, stored=True, inbox_id=mailbox["id"], new=before is None, **facts)


def _stored(inkbox: "Inkbox", mailbox: Json, mail: Mail, direction: str) -> Json | None:
    where = {"mailbox_id": mailbox["id"], "message_id": mail.message_id, "direction": direction}
    return MESSAGES.one(inkbox.storage, **where)


def _report(address: str, *, stored: bool, **facts: object) -> dict[str, object]:
    return {"service": "inkbox", "to": address, "stored": stored, **facts}
