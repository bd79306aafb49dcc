"""Control operations on phone numbers: the people who call, answer, talk and text, the carriers, and the registries."""

import base64
import binascii
from typing import TYPE_CHECKING, Any, Literal

from postline_sandbox.control.operation import ControlError, operation
from postline_sandbox.inkbox.e164 import normalized
from postline_sandbox.inkbox.operations import InkboxOperations
from postline_sandbox.inkbox.phone import call_flow, number_rows, text_flow, text_rows
from postline_sandbox.inkbox.phone.call_flow import Party, Reason
from postline_sandbox.inkbox.phone.tables import CALLS, NUMBERS, TEXTS
from postline_sandbox.inkbox.phone.text_flow import Final, Outcome
from postline_sandbox.inkbox.table import public
from postline_sandbox.inkbox.tables import ORGANIZATIONS
from postline_sandbox.web import Json

if TYPE_CHECKING:
    from postline_sandbox.inkbox.service import Inkbox

SmsState = Literal[
    "ready",
    "pending",
    "assignment_failed",
    "sender_not_registered",
    "sender_registration_required",
    "messaging_profile_disabled",
    "toll_free_sms_unsupported",
    "toll_free_verification_pending",
]
_REFUSALS = {"ready": None, "pending": None, "assignment_failed": "sender_sms_assignment_failed"}
"""With which code a number in a state refuses to send; all others are codes themselves."""
_NEVER = "9999-12-31T23:59:59.999Z"


class PhoneControl(InkboxOperations):
    """What people, carriers and registries can do to Inkbox phone numbers."""

    @operation
    async def ring(self, to: str, caller: str) -> dict[str, Any]:
        """Call a number from outside and return the call once its rules, its action or its webhook have decided."""
        number, outside = _number(self._inkbox, "ring", to), _outside(self._inkbox, "ring", caller)
        return public(await call_flow.ring(self._inkbox, number, outside))

    @operation
    def answer_call(self, call_id: str) -> dict[str, Any]:
        """Pick up a call that an agent placed, and return it."""
        call = _call(self._inkbox, "answer_call", call_id)
        if call["started_at"] or call["ended_at"]:
            raise ControlError("answer_call: this call is answered or over already")
        with self.world.transaction():
            return public(call_flow.answer(self._inkbox, call))

    @operation
    def speak(self, call_id: str, text: str, party: Party = "remote", *, at_ms: int | None = None) -> dict[str, Any]:
        """Say something in an answered call and return the segment of its transcript.

        `local` is the agent, `remote` the person; `at_ms` counts from the start of the call, and is the sandbox's
        time where it is left out. A call that is over takes words too: transcripts may come late.
        """
        call = _call(self._inkbox, "speak", call_id)
        if not call["started_at"]:
            raise ControlError("speak: nobody has answered this call")
        if at_ms is not None and at_ms < 0:
            raise ControlError("speak: at_ms counts from 0")
        with self.world.transaction():
            return public(call_flow.speak(self._inkbox, call, text, party, at_ms))

    @operation
    def hang_up(self, call_id: str, reason: Reason = "remote") -> dict[str, Any]:
        """End a call, answered or not, and return it."""
        call = _call(self._inkbox, "hang_up", call_id)
        if call["ended_at"]:
            raise ControlError("hang_up: this call is over already")
        with self.world.transaction():
            return public(call_flow.end(self._inkbox, call, reason))

    @operation
    def text_in(
        self, to: str, sender: str, text: str | None = "", *, media: list[dict[str, Any]] | None = None
    ) -> dict[str, Any]:
        """Text a number from outside and return the text; START and STOP give and withdraw consent.

        Media are `{"content_type", "content"}`, the content base64 (or bytes, from Python).
        """
        number, outside = _number(self._inkbox, "text_in", to), _outside(self._inkbox, "text_in", sender)
        with self.world.transaction():
            row = text_flow.receive(self._inkbox, number, outside, text, [_medium(one) for one in media or ()])
            return text_rows.shown(self._inkbox, row)

    @operation
    def expect_text(self, number: str, outcome: Outcome) -> None:
        """Say what becomes of texts that agents send to an outside number from now on.

        Without a word about it they are delivered. `undecided` leaves them sent until `conclude_text`; the
        `carrier_` outcomes make the send itself fail.
        """
        with self.world.transaction():
            text_flow.choose(self._inkbox, _outside(self._inkbox, "expect_text", number), outcome)

    @operation
    def conclude_text(
        self,
        text_id: str,
        outcome: Final = "delivered",
        *,
        error_code: str = "30007",
        error_detail: str = "Not delivered",
    ) -> dict[str, Any]:
        """Bring a text that an agent sent to its end and return it; the error is only for failures."""
        row = TEXTS.one(self.world.storage, id=text_id, direction="outbound")
        if row is None:
            raise ControlError(f"conclude_text: no text {text_id} was sent")
        if row["delivered_at"] or row["failed_at"]:
            raise ControlError("conclude_text: this text has come to its end already")
        with self.world.transaction():
            row = text_flow.settle(self._inkbox, text_id, outcome, error_code, error_detail)
            return text_rows.shown(self._inkbox, row)

    @operation
    def set_number_sms(self, number: str, state: SmsState = "ready") -> dict[str, Any]:
        """Make a number able to send texts, or unable for a reason, and return it.

        `pending` lasts until it is set to something else; a new local number becomes ready by itself.
        """
        row = _number(self._inkbox, "set_number_sms", number)
        status = state if state in {"pending", "assignment_failed"} else "ready"
        failed = status == "assignment_failed"
        changes = {
            "sms_status": status,
            "sms_ready_at": {"pending": _NEVER, "ready": self.world.clock.iso()}.get(status),
            "sms_error_code": "assignment_failed" if failed else None,
            "sms_error_detail": "The carrier did not accept the number" if failed else None,
            "_refusal": _REFUSALS.get(state, state),
        }
        with self.world.transaction():
            NUMBERS.update(self.world.storage, {"id": row["id"]}, changes)
        return number_rows.shown({**row, **changes})

    @operation
    def set_own_campaign(self, owned: bool = True, *, organization: str | None = None) -> None:
        """Give an Inkbox organization an SMS campaign of its own, or put it back on the shared one."""
        organization_id = self._inkbox_organization(organization)
        with self.world.transaction():
            ORGANIZATIONS.update(self.world.storage, {"id": organization_id}, {"own_campaign": owned})


def _number(inkbox: "Inkbox", operation: str, number: str) -> Json:
    row = number_rows.by_number(inkbox, normalized(number) or "")
    if row is None:
        raise ControlError(f"{operation}: no Inkbox phone number here is spelled so")
    return row


def _outside(inkbox: "Inkbox", operation: str, number: str) -> str:
    spelled = normalized(number)
    if spelled is None:
        raise ControlError(f"{operation}: not a phone number")
    if number_rows.by_number(inkbox, spelled):
        raise ControlError(f"{operation}: this number is the sandbox's own; whoever has it uses the service itself")
    return spelled


def _call(inkbox: "Inkbox", operation: str, call_id: str) -> Json:
    call = CALLS.one(inkbox.storage, id=call_id.lower())
    if call is None:
        raise ControlError(f"{operation}: there is no call {call_id}")
    return call


def _medium(given: dict[str, Any]) -> tuple[str, bytes]:
    content = given.get("content", b"")
    try:
        data = content if isinstance(content, bytes) else base64.b64decode(content, validate=True)
    except (binascii.Error, TypeError, ValueError) as error:
        raise ControlError("text_in: the content of a medium is not base64") from error
    return str(given.get("content_type") or "application/octet-stream"), data
