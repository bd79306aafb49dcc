"""Messages and threads as they are kept: stored, counted, changed, forgotten."""

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from postline_sandbox.inkbox.mail.rules import RULES
from postline_sandbox.inkbox.mail.tables import ATTACHMENTS, MAILBOXES, MESSAGES, THREADS
from postline_sandbox.mime import Mail, bare_address, html_to_text
from postline_sandbox.web import Json, dumps

if TYPE_CHECKING:
    from postline_sandbox.inkbox.service import Inkbox

_SNIPPET_CHARS = 200


@dataclass(frozen=True)
class Entry:
    """A message about to be kept."""

    mailbox: Json
    mail: Mail
    direction: str
    status: str
    created_at: str
    bcc: tuple[str, ...] = ()
    is_new_thread: bool = False
    """Whether it begins a thread whatever it refers to."""
    blocked: bool = False


def keep(inkbox: "Inkbox", entry: Entry) -> Json:
    """Store a message and return its record."""
    mail, outbound = entry.mail, entry.direction == "outbound"
    text = mail.text or html_to_text(mail.html or "")
    record = {
        "id": inkbox.ids.uuid(),
        "mailbox_id": entry.mailbox["id"],
        "thread_id": _thread(inkbox, entry),
        "message_id": mail.message_id,
        "from_address": bare_address(mail.sender),
        "to_addresses": _addresses(mail.to),
        "cc_addresses": _addresses(mail.cc) or None,
        "subject": mail.subject or None,
        "snippet": " ".join(text.split())[:_SNIPPET_CHARS] or None,
        "direction": entry.direction,
        "status": entry.status,
        "is_read": outbound,
        "is_starred": False,
        "has_attachments": bool(mail.attachments),
        "created_at": entry.created_at,
    }
    seq = inkbox.storage.insert(
        "INSERT INTO inkbox_messages (id, mailbox_id, thread_id, message_id, direction, blocked, created_at, record,"
        " detail) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        *(record["id"], record["mailbox_id"], record["thread_id"], mail.message_id, entry.direction, entry.blocked),
        *(entry.created_at, dumps(record), dumps(_detail(inkbox, entry))),
    )
    words = (seq, mail.subject, mail.sender, text)
    inkbox.storage.run("INSERT INTO inkbox_words (rowid, subject, sender, content) VALUES (?, ?, ?, ?)", *words)
    for file in mail.attachments:
        facts = {"id": inkbox.ids.uuid(), "message_id": record["id"], "filename": file.filename}
        ATTACHMENTS.insert(inkbox.storage, {**facts, "content_type": file.mime_type, "content": file.content})
    _recount(inkbox, record["thread_id"])
    return record


def change(inkbox: "Inkbox", message_id: str, changes: Json) -> Json:
    """Change fields of a message's record and return it."""
    row = MESSAGES.one(inkbox.storage, id=message_id)
    record: Json = {**json.loads(row["record"]), **changes} if row else {}
    if row and changes:
        detail = {**json.loads(row["detail"]), "updated_at": inkbox.clock.iso()}
        stored = {"record": dumps(record), "detail": dumps(detail)}
        MESSAGES.update(inkbox.storage, {"id": message_id}, stored)
    return record


def forget(inkbox: "Inkbox", **where: Any) -> None:
    """Delete messages with their words and files, and the threads that are empty then."""
    rows = MESSAGES.many(inkbox.storage, where)
    for row in rows:
        inkbox.storage.run("DELETE FROM inkbox_words WHERE rowid = ?", row["seq"])
        ATTACHMENTS.delete(inkbox.storage, message_id=row["id"])
    MESSAGES.delete(inkbox.storage, **where)
    for thread_id in {row["thread_id"] for row in rows}:
        _recount(inkbox, thread_id)


def forget_identity(inkbox: "Inkbox", identity_id: str) -> None:
    """Delete an identity's mailbox and everything in it."""
    mailbox = MAILBOXES.one(inkbox.storage, agent_identity_id=identity_id)
    if mailbox is not None:
        forget(inkbox, mailbox_id=mailbox["id"])
        RULES.table.delete(inkbox.storage, mailbox_id=mailbox["id"])
        MAILBOXES.delete(inkbox.storage, id=mailbox["id"])


def _detail(inkbox: "Inkbox", entry: Entry) -> Json:
    mail = entry.mail
    return {
        "body_text": mail.text or None,
        "body_html": mail.html,
        "bcc_addresses": list(entry.bcc) or None,
        "in_reply_to": mail.in_reply_to,
        "references": list(mail.references) or None,
        "attachment_metadata": [
            {"filename": one.filename, "content_type": one.mime_type, "size": len(one.content)}
            for one in mail.attachments
        ]
        or None,
        "ses_message_id": inkbox.ids.hex(40) if entry.direction == "outbound" else None,
        "updated_at": entry.created_at,
    }


def _addresses(identities: tuple[str, ...]) -> list[str]:
    return [bare_address(one) for one in identities]


def _thread(inkbox: "Inkbox", entry: Entry) -> str:
    """Return the thread of the newest message that the mail refers to, or begin one; blocked mail has its own."""
    mail = entry.mail
    names = [*mail.references, *filter(None, [mail.in_reply_to])]
    known: str | None = None
    if names and not entry.is_new_thread:
        known = inkbox.storage.value(
            "SELECT thread_id FROM inkbox_messages WHERE mailbox_id = ? AND blocked = ?"
            " AND message_id IN (SELECT value FROM json_each(?)) ORDER BY created_at DESC, seq DESC LIMIT 1",
            *(entry.mailbox["id"], entry.blocked, json.dumps(names)),
        )
    return known or _new_thread(inkbox, entry)


def _new_thread(inkbox: "Inkbox", entry: Entry) -> str:
    thread = {
        "id": inkbox.ids.uuid(),
        "mailbox_id": entry.mailbox["id"],
        "subject": entry.mail.subject or None,
        "folder": "blocked" if entry.blocked else "inbox",
        "message_count": 0,
        "last_message_at": entry.created_at,
        "created_at": entry.created_at,
    }
    return str(THREADS.insert(inkbox.storage, thread)["id"])


def _recount(inkbox: "Inkbox", thread_id: str) -> None:
    sql = "SELECT count(*), max(created_at) FROM inkbox_messages WHERE thread_id = ?"
    count, last = inkbox.storage.row(sql, thread_id) or (0, None)
    if count:
        THREADS.update(inkbox.storage, {"id": thread_id}, {"message_count": count, "last_message_at": last})
    else:
        THREADS.delete(inkbox.storage, id=thread_id)
