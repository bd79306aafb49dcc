"""What becomes of mail that was sent: delivered here, or delivered, bounced or failed out there as a test chooses."""

import json
from typing import TYPE_CHECKING, Literal

from postline_sandbox.inkbox.mail import events, store
from postline_sandbox.inkbox.mail.tables import MAILBOXES, MESSAGES, OUTCOMES
from postline_sandbox.mime import Mail, bare_address
from postline_sandbox.web import Json

if TYPE_CHECKING:
    from postline_sandbox.inkbox.service import Inkbox

Final = Literal["delivered", "bounced", "failed"]
Outcome = Literal["delivered", "bounced", "failed", "undecided"]
_WORST_FIRST: tuple[Outcome, ...] = ("bounced", "failed", "undecided", "delivered")


def dispatch(inkbox: "Inkbox", mail: Mail, recipients: list[str], record: Json) -> None:
    """Bring a mail to its recipients and note the outcome; one that comes back counts for all."""
    reports = inkbox.world.post(mail, recipients)
    missing = {str(one["to"]) for one in reports if not one["stored"]}
    outcomes = {_outcome(inkbox, bare_address(one), missing) for one in recipients}
    outcome = next(one for one in _WORST_FIRST if one in outcomes)
    if outcome != "undecided":
        settle(inkbox, record["id"], outcome)


def settle(inkbox: "Inkbox", message_id: str, outcome: Final) -> Json:
    """Move a sent message to its final status, tell its mailbox's webhook, and return its record."""
    record = store.change(inkbox, message_id, {"status": outcome})
    mailbox, row = MAILBOXES.one(inkbox.storage, id=record["mailbox_id"]), MESSAGES.one(inkbox.storage, id=message_id)
    if mailbox and row:
        events.tell(inkbox, mailbox, outcome, record, json.loads(row["detail"])["bcc_addresses"])
    return record


def choose(inkbox: "Inkbox", address: str, outcome: Outcome) -> None:
    """Say what becomes of mail to an address from now on."""
    OUTCOMES.delete(inkbox.storage, address=address)
    OUTCOMES.insert(inkbox.storage, {"address": address, "outcome": outcome})


def _outcome(inkbox: "Inkbox", address: str, missing: set[str]) -> Outcome:
    if address in missing:
        return "bounced"
    chosen = OUTCOMES.one(inkbox.storage, address=address)
    outcome: Outcome = chosen["outcome"] if chosen else "delivered"
    return outcome
