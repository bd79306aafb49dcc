"""What a mailbox's webhook is told about its mail."""

from typing import TYPE_CHECKING

from postline_sandbox.inkbox.people.names import name_for
from postline_sandbox.inkbox.webhooks import announce
from postline_sandbox.mime import bare_address
from postline_sandbox.web import Json

if TYPE_CHECKING:
    from postline_sandbox.inkbox.service import Inkbox

_SHOWN = ("id", "mailbox_id", "thread_id", "message_id", "from_address", "to_addresses", "cc_addresses")
_SHOWN_TOO = ("subject", "snippet", "direction", "status", "has_attachments", "created_at")
_MAX_LOOKUPS = 50


def tell(inkbox: "Inkbox", mailbox: Json, event: str, record: Json, bcc: list[str] | None = None) -> None:
    """Tell a mailbox's webhook, where it has one, what happened to a message."""
    if mailbox["webhook_url"] is None:
        return
    message = {name: record[name] for name in _SHOWN} | {"bcc_addresses": bcc}
    message |= {name: record[name] for name in _SHOWN_TOO}
    owner = (mailbox["_organization_id"], mailbox["id"])
    data = {"message": message, "contacts": _contacts(inkbox, mailbox, message)}
    announce(inkbox, owner, mailbox["webhook_url"], f"message.{event}", data)


def _contacts(inkbox: "Inkbox", mailbox: Json, message: Json) -> list[Json]:
    """Return whom the mailbox's agent knows of those at the other end; of very many, nobody is looked up."""
    inbound = {"from": [message["from_address"]], "cc": message["cc_addresses"]}
    outbound = {"to": message["to_addresses"], "cc": message["cc_addresses"], "bcc": message["bcc_addresses"]}
    buckets = inbound if message["direction"] == "inbound" else outbound
    entries = {(bucket, address): bare_address(address) for bucket, some in buckets.items() for address in some or ()}
    if len(set(entries.values())) > _MAX_LOOKUPS:
        return []
    named = {one: name_for(inkbox, mailbox["agent_identity_id"], one) for one in set(entries.values())}
    return [
        {"bucket": bucket, "address": address, **contact}
        for (bucket, address), bare in entries.items()
        if (contact := named[bare])
    ]
