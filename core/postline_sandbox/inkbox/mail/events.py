"""What a mailbox's webhook is told about its mail."""

from typing import TYPE_CHECKING

from postline_sandbox.inkbox.webhooks import announce
from postline_sandbox.web import Json

if TYPE_CHECKING:
    from postline_sandbox.inkbox.service import Inkbox

_SHOWN = ("id", "mailbox_id", "thread_id", "message_id", "from_address", "to_addresses", "cc_addresses")
_SHOWN_TOO = ("subject", "snippet", "direction", "status", "has_attachments", "created_at")


def tell(inkbox: "Inkbox", mailbox: Json, event: str, record: Json, bcc: list[str] | None = None) -> None:
    """Tell a mailbox's webhook, where it has one, what happened to a message."""
    if mailbox["webhook_url"] is None:
        return
    message = {name: record[name] for name in _SHOWN} | {"bcc_addresses": bcc}
    message |= {name: record[name] for name in _SHOWN_TOO}
    owner = (mailbox["_organization_id"], mailbox["id"])
    data = {"message": message, "contacts": []}
    announce(inkbox, owner, mailbox["webhook_url"], f"message.{event}", data)
