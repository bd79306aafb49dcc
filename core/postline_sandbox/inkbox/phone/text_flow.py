"""What becomes of texts: sent ones are delivered or fail, those that come in are judged, told of, and obeyed."""

from typing import TYPE_CHECKING, Any, Literal

from postline_sandbox.inkbox.phone import number_rows, opt_ins, text_rows
from postline_sandbox.inkbox.phone.rules import is_blocked
from postline_sandbox.inkbox.phone.tables import TEXT_OUTCOMES, TEXTS
from postline_sandbox.inkbox.phone.text_rows import Media
from postline_sandbox.web import Json

if TYPE_CHECKING:
    from postline_sandbox.inkbox.service import Inkbox

Final = Literal["delivered", "delivery_failed", "delivery_unconfirmed", "sending_failed"]
Outcome = Literal[
    "delivered",
    "delivery_failed",
    "delivery_unconfirmed",
    "sending_failed",
    "undecided",
    "carrier_rejected",
    "carrier_unavailable",
    "carrier_rate_limit",
]
CARRIER_REFUSALS = {"carrier_rejected": 502, "carrier_unavailable": 502, "carrier_rate_limit": 429}
"""Outcomes that a sender hears of at once, and with which status."""
_MOMENT = {"sent": "sent_at", "delivered": "delivered_at"}
_CONSENT = {"START": "opted_in", "STOP": "opted_out"}
_CONFIRMATIONS = {
    "opted_in": "You will receive messages from this sender. Reply STOP to end them.",
    "opted_out": "You will receive no more messages from this sender. Reply START to have them again.",
}


def choose(inkbox: "Inkbox", number: str, outcome: Outcome) -> None:
    """Say what becomes of texts to a number from now on."""
    TEXT_OUTCOMES.delete(inkbox.storage, number=number)
    TEXT_OUTCOMES.insert(inkbox.storage, {"number": number, "outcome": outcome})


def chosen(inkbox: "Inkbox", number: str) -> Outcome:
    """Return what becomes of texts to a number."""
    row = TEXT_OUTCOMES.one(inkbox.storage, number=number)
    outcome: Outcome = row["outcome"] if row else "delivered"
    return outcome


def dispatch(inkbox: "Inkbox", row: Json) -> None:
    """Bring an accepted text to its receiver; a number of this sandbox really gets it."""
    receiver = number_rows.by_number(inkbox, row["remote_phone_number"])
    outcome = "delivered" if receiver else chosen(inkbox, row["remote_phone_number"])
    if outcome != "sending_failed":
        _advance(inkbox, row["id"], "sent")
    if receiver:
        receive(inkbox, receiver, row["local_phone_number"], row["text"], text_rows.media_of(inkbox, row))
    if outcome != "undecided":
        settle(inkbox, row["id"], outcome)


def settle(inkbox: "Inkbox", text_id: str, outcome: str, code: str = "30007", detail: str = "Not delivered") -> Json:
    """Bring a sent text to its end, tell its number's webhook, and return its row."""
    failed = {"error_code": code, "error_detail": detail}
    return _advance(inkbox, text_id, outcome, **(failed if outcome in {"delivery_failed", "sending_failed"} else {}))


def receive(inkbox: "Inkbox", number: Json, sender: str, text: str | None, media: Media) -> Json:
    """Take in a text for a number and return its row; START and STOP are obeyed, and answered."""
    blocked = is_blocked(inkbox.storage, number, sender)
    row = text_rows.keep(inkbox, number, sender, text, media, direction="inbound", is_read=False, is_blocked=blocked)
    if not blocked:
        text_rows.tell(inkbox, "received", row)
    consent = _CONSENT.get((text or "").strip().upper())
    if consent:
        opt_ins.put(inkbox, number["_organization_id"], sender, consent, source="sms")
        if not blocked:
            _confirm(inkbox, number, sender, _CONFIRMATIONS[consent])
    return row


def _confirm(inkbox: "Inkbox", number: Json, receiver: str, text: str) -> None:
    facts = {"direction": "outbound", "is_read": True, "delivery_status": "queued", "origin": "auto_reply"}
    dispatch(inkbox, text_rows.keep(inkbox, number, receiver, text, [], **facts))


def _advance(inkbox: "Inkbox", text_id: str, status: str, **more: Any) -> Json:
    now = inkbox.clock.iso()
    changes = {"delivery_status": status, _MOMENT.get(status, "failed_at"): now, "updated_at": now, **more}
    TEXTS.update(inkbox.storage, {"id": text_id}, changes)
    row = TEXTS.one(inkbox.storage, id=text_id) or {}
    if status != "sending_failed":
        text_rows.tell(inkbox, status, row)
    return row
