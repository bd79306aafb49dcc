"""Threads: listed by folder, shown, moved, deleted."""

from typing import Literal

from postline_sandbox.inkbox.call import Call, found
from postline_sandbox.inkbox.cursors import CursorPage, page
from postline_sandbox.inkbox.forms import Form
from postline_sandbox.inkbox.mail import mailbox_rows, store
from postline_sandbox.inkbox.mail.tables import MESSAGES, THREADS
from postline_sandbox.web import Json, Reply, dumps

_FIELDS = ", ".join(f"'{name}', {name}" for name in THREADS.columns)
_SELECT = f"SELECT CAST(json_object({_FIELDS}) AS BLOB), last_message_at, rowid FROM inkbox_threads"  # noqa: S608 - our own names


class ThreadQuery(CursorPage):
    """The query of a list of threads."""

    folder: Literal["inbox", "spam", "blocked", "archive"] | None = None


class ThreadChange(Form):
    """Where a thread may be moved; `blocked` is the service's own."""

    folder: Literal["inbox", "spam", "archive"] = "inbox"


def list_threads(call: Call) -> Reply:
    """List a mailbox's threads, the one with the newest message first."""
    mailbox, query = mailbox_rows.visible(call, call.params[0]), call.query(ThreadQuery)
    where: Json = {"mailbox_id": mailbox["id"], **_not_blocked(call)}
    where |= {"folder": query.folder} if query.folder else {}
    return page(call, query, _SELECT, where, ("last_message_at", "rowid"))


def list_folders(call: Call) -> Reply:
    """List the folders that hold something."""
    mailbox = mailbox_rows.visible(call, call.params[0])
    threads = THREADS.many(call.inkbox.storage, {"mailbox_id": mailbox["id"], **_not_blocked(call)})
    return call.json(sorted({one["folder"] for one in threads}))


def get_thread(call: Call) -> Reply:
    """Return a thread with its messages, oldest first."""
    thread = _find(call)
    sql = "SELECT record FROM inkbox_messages WHERE thread_id = ? ORDER BY created_at, seq"
    rows = call.inkbox.storage.rows(sql, (thread["id"],))
    return call.raw(dumps(thread)[:-1] + b',"messages":[' + b",".join([row[0] for row in rows]) + b"]}")


def update_thread(call: Call) -> Reply:
    """Move a thread to another folder; what was blocked is then its agent's mail too."""
    thread, changes = _find(call), call.body(ThreadChange).given()
    if changes:
        THREADS.update(call.inkbox.storage, {"id": thread["id"]}, changes)
        MESSAGES.update(call.inkbox.storage, {"thread_id": thread["id"]}, {"blocked": False})
    return call.json({**thread, **changes})


def delete_thread(call: Call) -> Reply:
    """Delete a thread and its messages."""
    store.forget(call.inkbox, thread_id=_find(call)["id"])
    return call.gone()


def _find(call: Call) -> Json:
    mailbox = mailbox_rows.visible(call, call.params[0])
    where = {"id": call.params[1].lower(), "mailbox_id": mailbox["id"], **_not_blocked(call)}
    return found(THREADS.one(call.inkbox.storage, **where), "Thread")


def _not_blocked(call: Call) -> Json:
    return {} if call.caller.is_admin else {"folder IS NOT": "blocked"}
