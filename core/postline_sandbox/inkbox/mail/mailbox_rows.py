"""Mailboxes as rows, and which of them a caller may use."""

from typing import TYPE_CHECKING

from postline_sandbox.inkbox.call import Call, refuse
from postline_sandbox.inkbox.mail.tables import MAILBOXES
from postline_sandbox.web import Json

if TYPE_CHECKING:
    from postline_sandbox.inkbox.service import Inkbox


def by_address(inkbox: "Inkbox", address: str) -> Json | None:
    """Return the mailbox that an address belongs to, or None; a `+tag` does not matter."""
    local_part, _, domain = address.lower().rpartition("@")
    mailbox = MAILBOXES.one(inkbox.storage, email_address=f"{local_part}@{domain}")
    return mailbox or MAILBOXES.one(inkbox.storage, email_address=f"{local_part.partition('+')[0]}@{domain}")


def visible(call: Call, address: str) -> Json:
    """Return the mailbox of an address; 404 where it is not the caller's."""
    mailbox = MAILBOXES.one(call.inkbox.storage, email_address=address.lower(), _organization_id=call.organization_id)
    if mailbox is None or call.caller.identity_id not in (None, mailbox["agent_identity_id"]):
        raise refuse(404, "Mailbox not found")
    return mailbox


def all_visible(call: Call) -> list[Json]:
    """Return the mailboxes that the caller may use."""
    own = {} if call.caller.is_admin else {"agent_identity_id": call.caller.identity_id}
    return MAILBOXES.many(call.inkbox.storage, {"_organization_id": call.organization_id, **own})
