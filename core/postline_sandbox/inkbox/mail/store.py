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
    mail = entry.mail
    record = {
        "id": inkbox.ids.uuid(),
        "mailbox_id": entry.mailbox["id"],
        "thread_id": _thread(inkbox, entry),
        "message_id": mail.message_id,
        **_head(mail),
        "direction": entry.direction,
        "status": entry.status,
        "is_read": entry.direction == "outbound",
        "is_starred": False,
        "has_attachments": bool(mail.attachments),
        "created_at": entry.created_at,
    }
    detail = {
        **_body(mail),
        "bcc_addresses": list(entry.bcc) or None,
        "ses_message_id": inkbox.ids.hex(40) if entry.direction == "outbound" else None,
        "updated_at": entry.created_at,
    }
    row = {name: record[name] for name in ("id", "mailbox_id", "thread_id", "message_id", "direction", "created_at")}
    row |= {"blocked": entry.blocked, "record": dumps(record), "detail": dumps(detail)}
    MESSAGES.insert(inkbox.storage, row)
    _keep_content(inkbox, record["id"], mail)
    inkbox.storage.run(
        "UPDATE inkbox_threads SET message_count = message_count + 1, last_message_at = max(last_message_at, ?)"
        " WHERE id = ?",
        *(entry.created_at, record["thread_id"]),
    )
    return record


def renew(inkbox: "Inkbox", row: Json, mail: Mail) -> None:
    """Bring what a stored message says up to date; its id, thread and flags stay."""
    record = {**json.loads(row["record"]), **_head(mail), "has_attachments": bool(mail.attachments)}
    detail = {**json.loads(row["detail"]), **_body(mail), "updated_at": inkbox.clock.iso()}
    MESSAGES.update(inkbox.storage, {"id": row["id"]}, {"record": dumps(record), "detail": dumps(detail)})
    _forget_content(inkbox, row)
    _keep_content(inkbox, row["id"], mail)


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
        _forget_content(inkbox, row)
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


def _head(mail: Mail) -> Json:
    return {
        "from_address": bare_address(mail.sender),
        "to_addresses": _addresses(mail.to),
        "cc_addresses": _addresses(mail.cc) or None,
        "subject": mail.subject or None,
        "snippet": " ".join(_words(mail).split())[:_SNIPPET_CHARS] or None,
    }


def _body(mail: Mail) -> Json:
    files = [
        {"filename": one.filename, "content_type": one.mime_type, "size": len(one.content)} for one in mail.attachments
    ]
    return {
        "body_text": mail.text or None,
        "body_html": mail.html,
        "in_reply_to": mail.in_reply_to,
        "references": list(mail.references) or None,
        "attachment_metadata": files or None,
    }


def _words(mail: Mail) -> str:
    return mail.text or html_to_text(mail.html or "")


def _keep_content(inkbox: "Inkbox", message_id: str, mail: Mail) -> None:
    sql = "INSERT INTO inkbox_words (rowid, subject, sender, content) SELECT seq, ?, ?, ? FROM inkbox_messages WHERE id = ?"
    inkbox.storage.run(sql, mail.subject, mail.sender, _words(mail), message_id)
    for file in mail.attachments:
        facts = {"id": inkbox.ids.uuid(), "message_id": message_id, "filename": file.filename}
        ATTACHMENTS.insert(inkbox.storage, {**facts, "content_type": file.mime_type, "content": file.content})


def _forget_content(inkbox: "Inkbox", row: Json) -> None:
    inkbox.storage.run("DELETE FROM inkbox_words WHERE rowid = ?", row["seq"])
    ATTACHMENTS.delete(inkbox.storage, message_id=row["id"])


def _addresses(identities: tuple[str, ...]) -> list[str]:
    return [bare_address(one) for one in identities]


def _thread(inkbox: "Inkbox", entry: Entry) -> str:
    """Return the thread of the newest message that the mail refers to, or begin one; blocked mail has its own."""
    mail = entry.mail
    names = [*mail.references, *filter(None, [mail.in_reply_to])]
    known: str | None = None
    if names and not entry.is_new_thread:
        known = inkbox.storage.value(
            "SELECT thread_id FROM inkbox_messages INDEXED BY inkbox_messages_name WHERE mailbox_id = ? AND blocked = ?"
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
