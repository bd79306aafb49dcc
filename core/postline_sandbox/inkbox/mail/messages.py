"""Messages: listed, shown, flagged, deleted."""

from typing import Any, Literal

from postline_sandbox.inkbox.call import Call, found
from postline_sandbox.inkbox.cursors import CursorPage, page
from postline_sandbox.inkbox.forms import Form
from postline_sandbox.inkbox.mail import mailbox_rows, reading, store
from postline_sandbox.inkbox.mail.tables import MESSAGES
from postline_sandbox.web import Json, Reply


class MessageQuery(CursorPage):
    """The query of a list of messages."""

    direction: Literal["inbound", "outbound"] | None = None


class Flags(Form):
    """What can change of a message."""

    is_read: bool = False
    is_starred: bool = False


def list_messages(call: Call) -> Reply:
    """List a mailbox's messages, newest first."""
    mailbox, query = mailbox_rows.visible(call, call.params[0]), call.query(MessageQuery)
    where: Json = {"mailbox_id": mailbox["id"], **unblocked(call)}
    where |= {"direction": query.direction} if query.direction else {}
    select = "SELECT record, created_at, seq FROM inkbox_messages"
    return page(call, query, select, where, ("created_at", "seq"))


def get_message(call: Call) -> Reply:
    """Return a message with its bodies; that does not mark it read, unless the control side says otherwise."""
    row = reading.fetched(call.inkbox, find(call))
    return call.raw(row["record"][:-1] + b"," + row["detail"][1:])


def update_flags(call: Call) -> Reply:
    """Set or clear a message's flags."""
    row = find(call)
    return call.json(store.change(call.inkbox, row["id"], call.body(Flags).given()))


def delete_message(call: Call) -> Reply:
    """Delete a message."""
    store.forget(call.inkbox, id=find(call)["id"])
    return call.gone()


def find(call: Call) -> Json:
    """Return the row of the message that a path names; 404 where the caller does not see it."""
    mailbox = mailbox_rows.visible(call, call.params[0])
    where = {"id": call.params[1].lower(), "mailbox_id": mailbox["id"], **unblocked(call)}
    return found(MESSAGES.one(call.inkbox.storage, **where), "Message")


def unblocked(call: Call) -> dict[str, Any]:
    """Return the condition that hides blocked mail from agents."""
    return {} if call.caller.is_admin else {"blocked": False}
