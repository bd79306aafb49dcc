"""Sending a text: everything that can stand in its way, in the documented order."""

from typing import NamedTuple

from pydantic import Field, field_validator

from postline_sandbox.inkbox.call import Call, refuse
from postline_sandbox.inkbox.e164 import is_e164
from postline_sandbox.inkbox.forms import Form
from postline_sandbox.inkbox.phone import number_rows, opt_ins, rate_windows, text_flow, text_rows
from postline_sandbox.inkbox.phone.rate_windows import Window
from postline_sandbox.inkbox.phone.rules import ensure_reachable
from postline_sandbox.inkbox.phone.tables import TEXTS
from postline_sandbox.web import Json, Refusal, Reply

_MAX_CHARS = 1600


class _Obstacle(NamedTuple):
    status: int
    message: str


_OBSTACLES = {
    "sender_sms_pending": _Obstacle(409, "The number cannot send texts yet; a new local number takes 10 to 15 minutes"),
    "sender_sms_assignment_failed": _Obstacle(409, "The number could not be set up for texts"),
    "sender_not_registered": _Obstacle(409, "The number is not registered for texts"),
    "sender_registration_required": _Obstacle(409, "The organization has to register before its numbers send texts"),
    "messaging_profile_disabled": _Obstacle(409, "Texts are turned off for this number"),
    "toll_free_sms_unsupported": _Obstacle(409, "Toll-free numbers cannot send texts; use a local number"),
    "toll_free_verification_pending": _Obstacle(409, "The toll-free number is not verified yet"),
    "carrier_rejected": _Obstacle(502, "The carrier rejected the message"),
    "carrier_unavailable": _Obstacle(502, "The carrier cannot be reached"),
    "carrier_rate_limit": _Obstacle(429, "The carrier asks to slow down"),
}


class NewText(Form):
    """A text to be sent."""

    to: str
    text: str = Field(min_length=1)

    @field_validator("text")
    @classmethod
    def _says_something(cls, text: str) -> str:
        if not text.strip():
            raise ValueError("the text is blank")
        return text


def send_text(call: Call) -> Reply:
    """Send a text; its answer, refusals included, tells what is left of the day's texts."""
    number = number_rows.visible(call, call.params[0])
    window = _window(call, number)
    try:
        row = _send(call, number, window)
    except Refusal as refusal:
        refusal.reply.headers = (*refusal.reply.headers, *window.headers())
        raise
    return call.json(row, 201, window.headers(used_now=1))


def _send(call: Call, number: Json, window: Window) -> Json:
    form, inkbox = _read(call), call.inkbox
    obstacle = "sender_sms_pending" if number["sms_status"] == "pending" else number["_refusal"]
    if obstacle:
        raise _refusal(obstacle)
    ensure_reachable(inkbox.storage, number, form.to)
    receiver = number_rows.by_number(inkbox, form.to)
    if receiver is None or receiver["_organization_id"] != call.organization_id:
        opt_ins.ensure_consent(inkbox, call.organization_id, form.to)
    if not window.remaining:
        detail = {"error": "sender_rate_limited", "message": f"{window.limit} texts in 24 hours are sent already"}
        raise refuse(429, detail, window.retry_after())
    outcome = text_flow.chosen(inkbox, form.to)
    if receiver is None and outcome in text_flow.CARRIER_REFUSALS:
        raise _refusal(outcome)
    facts = {"direction": "outbound", "is_read": True, "delivery_status": "queued"}
    row = text_rows.keep(inkbox, number, form.to, form.text, [], **facts)
    text_flow.dispatch(inkbox, row)
    return text_rows.shown(inkbox, row)


def _read(call: Call) -> NewText:
    form = call.body(NewText)
    if not is_e164(form.to):
        raise refuse(422, {"error": "invalid_phone_number", "message": "`to` must be a phone number in E.164"})
    if len(form.text) > _MAX_CHARS:
        raise refuse(422, {"error": "message_too_long", "message": f"A text has at most {_MAX_CHARS} characters"})
    return form


def _window(call: Call, number: Json) -> Window:
    where = {"_number_id": number["id"], "direction": "outbound", "origin": "user_initiated"}
    return rate_windows.look(call.inkbox, TEXTS, where, call.inkbox.limits.texts_per_day)


def _refusal(code: str) -> Refusal:
    status, message = _OBSTACLES[code]
    return refuse(status, {"error": code, "message": message})
