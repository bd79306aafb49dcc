"""Mailboxes: shown, set up, searched. They begin and end with their identity."""

from pydantic import Field

from postline_sandbox.inkbox import words
from postline_sandbox.inkbox.call import Call
from postline_sandbox.inkbox.contact_rules import FilterMode
from postline_sandbox.inkbox.forms import Form, StrictForm, check_url
from postline_sandbox.inkbox.mail import mailbox_rows
from postline_sandbox.inkbox.mail.rules import RULES
from postline_sandbox.inkbox.mail.tables import MAILBOXES
from postline_sandbox.inkbox.table import public
from postline_sandbox.web import Json, Reply


class MailboxChange(StrictForm):
    """What can change of a mailbox."""

    webhook_url: str | None = None
    filter_mode: FilterMode = "blacklist"


class Search(Form):
    """The query of a search."""

    q: str = Field(min_length=1)
    limit: int = Field(50, ge=1, le=100)


def list_mailboxes(call: Call) -> Reply:
    """List the mailboxes that the caller may use."""
    return call.json([_shown(one) for one in mailbox_rows.all_visible(call)])


def get_mailbox(call: Call) -> Reply:
    """Return one mailbox."""
    return call.json(_shown(mailbox_rows.visible(call, call.params[0])))


def update_mailbox(call: Call) -> Reply:
    """Change where events go, or whom the mailbox listens to."""
    mailbox, changes = mailbox_rows.visible(call, call.params[0]), call.body(MailboxChange).given()
    check_url(changes.get("webhook_url"), "webhook_url")
    notice = None
    if "filter_mode" in changes:
        call.admin_only("Changing filter_mode")
        notice = RULES.change_notice(call.inkbox.storage, mailbox, changes["filter_mode"])
    if changes:
        changes["updated_at"] = call.inkbox.clock.iso()
    MAILBOXES.update(call.inkbox.storage, {"id": mailbox["id"]}, changes)
    return call.json(_shown({**mailbox, **changes}, notice))


def search(call: Call) -> Reply:
    """Find messages by any of some words, the most relevant first."""
    mailbox, query = mailbox_rows.visible(call, call.params[0]), call.query(Search)
    rows = call.inkbox.storage.rows(
        "SELECT m.record FROM inkbox_words AS w JOIN inkbox_messages AS m ON m.seq = w.rowid"
        " WHERE w.inkbox_words MATCH ? AND m.mailbox_id = ? AND m.blocked <= ? ORDER BY w.rank, m.seq DESC LIMIT ?",
        (words.any_of(query.q), mailbox["id"], call.caller.is_admin, query.limit),
    )
    return call.raw(b'{"items":[' + b",".join([row[0] for row in rows]) + b"]}")


def _shown(mailbox: Json, notice: Json | None = None) -> Json:
    return {**public(mailbox), "filter_mode_change_notice": notice}
