"""Conversations: their summaries, kept up to date as messages come and go, and the pages that list them."""

import base64
import binascii
import json
from typing import TYPE_CHECKING

from postline_sandbox.commune.call import Call, refuse
from postline_sandbox.web import Json, Reply, dumps

if TYPE_CHECKING:
    from postline_sandbox.commune.service import Commune

_SNIPPET_CHARS = 200


def list_threads(call: Call) -> Reply:
    """List the threads of an inbox or a domain, one page."""
    scope = _scope(call)
    limit, descending = call.limit(20, 100), call.descending("desc")
    before, direction = ("<", "DESC") if descending else (">", "ASC")
    position = read_cursor(call.request.query.get("cursor") or "")
    sql = "SELECT record, last_message_at, thread_id FROM commune_threads WHERE organization_id = ? AND scope = ?"
    sql += f" AND (last_message_at, thread_id) {before} (?, ?)" if position else ""
    sql += f" ORDER BY last_message_at {direction}, thread_id {direction} LIMIT {limit + 1}"
    rows = call.commune.storage.rows(sql, (call.organization_id, scope, *(position or ())))
    more = len(rows) > limit
    last = rows[limit - 1] if more else None
    tail: Json = {"next_cursor": write_cursor(last[1], last[2]) if last else None, "has_more": more}
    return call.records(rows[:limit], b"," + dumps(tail)[1:-1])


def list_thread_messages(call: Call) -> Reply:
    """List the messages of a thread; an unknown one has none."""
    thread_id = call.request.params[0]
    order = "DESC" if call.descending("asc") else "ASC"
    sql = "SELECT record FROM commune_messages WHERE organization_id = ? AND {} = ?"
    sql += f" ORDER BY created_at {order}, seq {order} LIMIT {call.limit(50, 1000)}"
    values = (call.organization_id, thread_id)
    storage = call.commune.storage
    return call.records(storage.rows(sql.format("thread_id"), values) or storage.rows(sql.format("message_id"), values))


def write_cursor(last_message_at: str, thread_id: str) -> str:
    """Name a position in the list: the thread that was the last of its page."""
    text = dumps({"last_message_at": last_message_at, "id": thread_id})
    return base64.urlsafe_b64encode(text).rstrip(b"=").decode()


def read_cursor(cursor: str) -> tuple[str, str] | None:
    """Return time and thread of a position, or None where there is none that makes sense."""
    try:
        value = json.loads(base64.b64decode(cursor + "=" * (-len(cursor) % 4), b"-_", validate=True))
    except (ValueError, binascii.Error):
        return None
    at, thread_id = (value.get("last_message_at"), value.get("id")) if isinstance(value, dict) else (None, None)
    return (at, thread_id) if isinstance(at, str) and isinstance(thread_id, str) else None


def refresh(
    commune: "Commune", organization_id: str, thread_id: str, inbox_id: str | None, domain_id: str | None
) -> None:
    """Bring the summaries that a change of one message touches up to date."""
    for column, value in (("inbox_id", inbox_id), ("domain_id", domain_id)):
        if value is not None:
            _summarize(commune, organization_id, thread_id, column, value)


def forget_inbox(commune: "Commune", organization_id: str, inbox_id: str) -> None:
    """Delete an inbox's messages, their words and attachments, and its threads."""
    storage = commune.storage
    gone = storage.rows(
        "SELECT seq, thread_id, domain_id, message_id FROM commune_messages WHERE inbox_id = ? AND organization_id = ?",
        (inbox_id, organization_id),
    )
    for seq, _, _, message_id in gone:
        storage.run("DELETE FROM commune_words WHERE rowid = ?", seq)
        storage.run("DELETE FROM commune_messages WHERE seq = ?", seq)
        storage.run(
            "DELETE FROM commune_attachments WHERE organization_id = ? AND message_id = ?", organization_id, message_id
        )
    for thread_id, domain_id in {(row[1], row[2]) for row in gone}:
        refresh(commune, organization_id, thread_id, inbox_id, domain_id)


def _scope(call: Call) -> str:
    inbox_id, domain_id = call.filter("inbox_id"), call.filter("domain_id")
    if not inbox_id and not domain_id:
        raise refuse(400, "Missing required query parameter: inbox_id or domain_id")
    if inbox_id and domain_id:
        of_domain = call.commune.storage.value("SELECT domain_id FROM commune_inboxes WHERE inbox_id = ?", inbox_id)
        return inbox_id if of_domain == domain_id else ""
    return inbox_id or domain_id or ""


def _summarize(commune: "Commune", organization_id: str, thread_id: str, column: str, value: str) -> None:
    storage, where = commune.storage, {"organization_id": organization_id, "thread_id": thread_id, column: value}
    start = "SELECT record FROM commune_messages"
    newest = storage.select(start, where, "ORDER BY created_at DESC, seq DESC LIMIT 1")
    if not newest:
        sql = "DELETE FROM commune_threads WHERE organization_id = ? AND thread_id = ? AND scope = ?"
        storage.run(sql, organization_id, thread_id, value)
        return
    start = "SELECT count(*), min(created_at), max(files) FROM commune_messages"
    count, first_at, files = storage.select(start, where)[0]
    message = json.loads(newest[0][0])
    record = {
        "thread_id": thread_id,
        "subject": message["metadata"]["subject"],
        "last_message_at": message["created_at"],
        "first_message_at": first_at,
        "message_count": count,
        "snippet": message["content"][:_SNIPPET_CHARS],
        "last_direction": message["direction"],
        "inbox_id": message["metadata"]["inbox_id"],
        "domain_id": message["metadata"]["domain_id"],
        "has_attachments": bool(files),
    }
    storage.run(
        "INSERT OR REPLACE INTO commune_threads VALUES (?, ?, ?, ?, ?)",
        *(value, organization_id, thread_id, record["last_message_at"], dumps(record)),
    )
