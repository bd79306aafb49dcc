"""Refusals of the service: each tells the model what would have to change, and whether waiting is enough."""

from __future__ import annotations

from typing import Any

import pytest
from tests.core.tools.line import JANE, Line
from tests.core.tools.memory_mail import Run

from postline.inkbox._remedies import REMEDIES
from postline.inkbox.exceptions import InkboxAPIError
from postline.tools import Toolbox, ToolError, limit_sends

TEXT = {"to": JANE, "text": "Hi"}


@pytest.fixture
def toolbox(line: Line) -> Toolbox:
    return Toolbox(line.channels, allow={"send", "spend"})


def refused(run: Run, toolbox: Toolbox, name: str, **arguments: Any) -> ToolError:
    with pytest.raises(ToolError) as caught:
        run(toolbox, name, **arguments)
    assert type(caught.value) is ToolError
    return caught.value


@pytest.mark.parametrize(
    ("state", "code"),
    [
        ("pending", "sender_sms_pending"),
        ("assignment_failed", "sender_sms_assignment_failed"),
        ("sender_not_registered", "sender_not_registered"),
        ("sender_registration_required", "sender_registration_required"),
        ("messaging_profile_disabled", "messaging_profile_disabled"),
        ("toll_free_sms_unsupported", "toll_free_sms_unsupported"),
        ("toll_free_verification_pending", "toll_free_verification_pending"),
    ],
)
def test_a_number_that_cannot_text_says_what_it_waits_for(
    run: Run, line: Line, toolbox: Toolbox, state: Any, code: str
) -> None:
    """A number being registered becomes able by itself; others need their operator."""
    line.agree(JANE)
    line.control.set_number_sms(line.number, state)

    error = refused(run, toolbox, "send_text", **TEXT)

    assert REMEDIES[code].sentence in error.text
    assert error.retryable == code.endswith("pending")


@pytest.mark.parametrize("word", [None, "STOP"])
def test_a_person_who_did_not_agree_has_to(run: Run, line: Line, toolbox: Toolbox, word: str | None) -> None:
    """Whether they never agreed or refused, only they can change it, and trying again does not help."""
    if word:
        line.control.text_in(line.number, JANE, word)

    error = refused(run, toolbox, "send_text", **TEXT)

    code = "recipient_opted_out" if word else "recipient_not_opted_in"
    assert error.text == (
        f"Error: The service refused it ({code}). {REMEDIES[code].sentence} Trying the same call again will not help."
    )


def test_a_blocked_number_needs_the_operator(run: Run, line: Line, toolbox: Toolbox) -> None:
    """Contact rules stop texts and calls alike, and the failure says who can change them."""
    line.agree(JANE)
    line.block(JANE)

    for name, arguments in (("send_text", TEXT), ("place_call", {"to": JANE})):
        error = refused(run, toolbox, name, **arguments)
        assert error.text.endswith(
            "The contact rules of this number stop it; only its operator can change them. Trying the same call again will not help."
        )


def test_a_limit_that_is_reached_says_how_long_to_wait(run: Run, line: Line, toolbox: Toolbox) -> None:
    """Texts and calls have their limits within 24 hours; the failure names the wait, and that it helps."""
    line.agree(JANE)
    line.control.set_inkbox_limits({"texts_per_day": 1, "calls_per_day": 1})
    run(toolbox, "send_text", **TEXT)
    run(toolbox, "place_call", to=JANE)

    texts, calls = refused(run, toolbox, "send_text", **TEXT), refused(run, toolbox, "place_call", to=JANE)

    assert REMEDIES["sender_rate_limited"].sentence in texts.text
    assert "The service asks to wait " in calls.text
    assert texts.retryable
    assert calls.retryable


@pytest.mark.parametrize("outcome", ["carrier_rejected", "carrier_unavailable", "carrier_rate_limit"])
def test_a_text_that_a_network_refused_was_not_sent(run: Run, line: Line, toolbox: Toolbox, outcome: Any) -> None:
    """A refusal in so many words is no unknown outcome, whatever its status, and does not count as a send."""
    line.agree(JANE)
    line.control.expect_text(JANE, outcome)
    limited = limit_sends(toolbox, 1)

    error = refused(run, limited, "send_text", **TEXT)
    line.control.expect_text(JANE, "delivered")

    assert REMEDIES[outcome].sentence in error.text
    assert error.retryable == (outcome != "carrier_rejected")
    assert run(limited, "send_text", **TEXT).data["sent"]


@pytest.mark.parametrize("code", [*REMEDIES, "anything_else"])
def test_every_code_has_its_remedy(code: str) -> None:
    """The error carries it, so that whoever catches it in Python can read it too; an unknown code has none."""
    error = InkboxAPIError(502, {"error": code, "message": "No."})

    assert (error.remedy is None) == (code == "anything_else")
    assert error.retryable == (REMEDIES[code].passes if code in REMEDIES else True)
    if error.remedy:
        assert error.remedy.endswith(".")
