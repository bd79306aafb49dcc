"""Conversations: a number's texts by who is at the other end."""

from postline_sandbox.inkbox.call import Call
from postline_sandbox.inkbox.e164 import normalized
from postline_sandbox.inkbox.forms import Form, Page
from postline_sandbox.inkbox.phone import number_rows, text_rows
from postline_sandbox.inkbox.phone.calls import CallQuery, unblocked
from postline_sandbox.inkbox.phone.tables import TEXTS
from postline_sandbox.inkbox.phone.texts import of
from postline_sandbox.web import Json, Reply

# With max(), SQLite takes the other columns from the row that has the maximum.
_SUMMARY = (
    "SELECT remote_phone_number, text AS latest_text, direction AS latest_direction, type AS latest_type,"
    " created_at AS latest_message_at, sum(direction = 'inbound' AND NOT is_read) AS unread_count,"
    " count(*) AS total_count, max(_row) AS latest FROM inkbox_texts"
)


class ConversationChange(Form):
    """What can change of a conversation."""

    is_read: bool


def list_conversations(call: Call) -> Reply:
    """List a number's conversations, the one with the newest text first."""
    number, query = number_rows.visible(call, call.params[0]), call.query(CallQuery)
    where = {**of(number), **unblocked(call, query.is_blocked)}
    conditions = " AND ".join(f"{name} = ?" for name in where)
    rows = call.inkbox.storage.records(
        f"{_SUMMARY} WHERE {conditions} GROUP BY remote_phone_number ORDER BY latest DESC LIMIT ? OFFSET ?",
        (*where.values(), query.limit, query.offset),
    )
    return call.json([{name: value for name, value in one.items() if name != "latest"} for one in rows])


def get_conversation(call: Call) -> Reply:
    """List the texts of one conversation, newest first."""
    query, where = call.query(Page), _texts(call)
    rows = TEXTS.many(call.inkbox.storage, where, order="_row DESC", limit=query.limit, offset=query.offset)
    return call.json([text_rows.shown(call.inkbox, one) for one in rows])


def update_conversation(call: Call) -> Reply:
    """Mark everything that came in read, or unread, and say how many texts that changed."""
    where, is_read = _texts(call), call.body(ConversationChange).is_read
    changed = {**where, "direction": "inbound", "is_read": not is_read}
    count = TEXTS.update(call.inkbox.storage, changed, {"is_read": is_read, "updated_at": call.inkbox.clock.iso()})
    answer = {"remote_phone_number": where["remote_phone_number"], "is_read": is_read, "updated_count": count}
    return call.json(answer)


def _texts(call: Call) -> Json:
    number = number_rows.visible(call, call.params[0])
    remote = normalized(call.params[1]) or call.params[1]
    return {**of(number), "remote_phone_number": remote, **unblocked(call)}
