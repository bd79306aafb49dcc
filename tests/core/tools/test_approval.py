"""Approval: nothing happens before it, and what was approved is what happens."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from tests.core.tools.line import JANE, Line
from tests.core.tools.memory_mail import MemoryMail, Run, message

from postline.channels import Address, Attachment, Mail
from postline.channels.inkbox_credentials import InkboxCredentials
from postline.operation import Steps
from postline.tools import (
    CATALOGUE,
    ApprovalRequest,
    Deny,
    Edit,
    Lending,
    Result,
    ToolArgumentError,
    Toolbox,
    ToolError,
    allow_recipients,
    approve,
    tool,
)

MAIL = {"to": ["jane@home.example.com"], "subject": "Offer", "text": "Dear Jane"}


@tool(effect="write", scope="messages:write")
def tidy_up(mail: Mail, *, message_id: str) -> Steps[Result]:
    """Mark an email read, as an effect without a gate.

    Args:
        message_id: Which.
    """
    count = yield from mail.mark_messages_read((message_id,))
    return Result(str(count))


class Asked(list[ApprovalRequest]):
    """A person who gives the answers written down beforehand, and looks at the outbox when asked."""

    def __init__(self, mail: MemoryMail, *answers: Any) -> None:
        self.mail = mail
        self.answers = list(answers)

    def __call__(self, request: ApprovalRequest) -> Any:
        assert "send_message" not in self.mail.requests
        assert "mark_messages_read" not in self.mail.requests
        self.append(request)
        return self.answers.pop(0)


@pytest.fixture
def toolbox(mail: MemoryMail) -> Toolbox:
    return Toolbox(mail, allow={"send", "write"}, tools=[*CATALOGUE, tidy_up])


def test_an_approved_mail_goes_out_as_it_was_shown(run: Run, mail: MemoryMail, toolbox: Toolbox) -> None:
    """The request names tool, effect, arguments and the mail itself, and tells a person all of it."""
    asked = Asked(mail, True)

    run(approve(toolbox, asked), "send_email", **MAIL)

    [request] = asked
    assert (request.tool, request.effect, request.arguments) == ("send_email", "send", MAIL)
    assert request.draft in mail.sent.values()
    assert request.summary == "send_email\nto: jane@home.example.com\nsubject: Offer\n\nDear Jane"
    assert "Dear Jane" not in repr(request)


def test_an_answer_is_shown_with_those_who_would_get_it(run: Run) -> None:
    """Before an answer goes out, the person sees where its email's Reply-To would take it."""
    mail = MemoryMail([message(1, reply_to=(Address("mallory@away.example.com"),))])
    asked = Asked(mail, False)

    with pytest.raises(ToolError, match="not approved"):
        run(approve(Toolbox(mail, allow={"send"}), asked), "reply_to_email", message_id="m1", text="Hi \u202e")

    assert asked[0].summary == "reply_to_email\nto: mallory@away.example.com\nsubject: Re: Subject 1\n\nHi "
    assert mail.sent == {}


def test_an_effect_without_a_gate_waits_before_it_starts(run: Run, mail: MemoryMail, toolbox: Toolbox) -> None:
    """A tool that does not say where its effect happens is not started before it is approved."""
    asked = Asked(mail, Deny("later"), True)
    asking = approve(toolbox, asked)

    with pytest.raises(ToolError, match="not approved: later"):
        run(asking, "tidy_up", message_id="m1")
    assert mail.requests == []

    assert run(asking, "tidy_up", message_id="m1").text == "1"
    assert asked[0].summary == "tidy_up\nmessage_id: m1"


@pytest.mark.parametrize("answer", [False, Deny(), Deny("Too soon"), None, "yes", 1, object()])
def test_whatever_is_not_an_approval_denies(run: Run, mail: MemoryMail, toolbox: Toolbox, answer: Any) -> None:
    """Only `True` and an edit let a call go on; the reason reaches the model, and trying again will not help."""
    with pytest.raises(ToolError, match="not approved") as caught:
        run(approve(toolbox, Asked(mail, answer)), "send_email", **MAIL)

    assert not caught.value.retryable
    assert ("Too soon" in caught.value.text) == (answer == Deny("Too soon"))
    assert mail.sent == {}


def test_one_who_fails_to_answer_denies(run: Run, mail: MemoryMail, toolbox: Toolbox) -> None:
    """If asking breaks, nothing is sent, and the exception's words stay inside."""

    def broken(_: ApprovalRequest) -> bool:
        raise OSError("no terminal")

    with pytest.raises(ToolError, match=r"failed unexpectedly \(OSError\)"):
        run(approve(toolbox, broken), "send_email", **MAIL)

    assert mail.sent == {}


def test_reading_is_not_asked_for(run: Run, mail: MemoryMail, toolbox: Toolbox) -> None:
    """Tools that only read pass, unless the operator wants those to be asked for too."""
    asked = Asked(mail, False)

    assert run(approve(toolbox, asked), "list_emails").data["emails"]
    assert asked == []
    with pytest.raises(ToolError, match="not approved"):
        run(approve(toolbox, asked, effects={"read"}), "list_emails")


def test_an_edited_call_is_made_in_place_of_the_first(run: Run, mail: MemoryMail, toolbox: Toolbox) -> None:
    """The new arguments replace the old ones, for mail and for effects without a gate."""
    edited = {**MAIL, "text": "Dear Ms Roe"}

    run(approve(toolbox, Asked(mail, Edit(edited))), "send_email", **MAIL)
    assert [draft.text for draft in mail.sent.values()] == ["Dear Ms Roe"]

    mail.requests.clear()
    run(approve(toolbox, Asked(mail, Edit({"message_id": "m2"}))), "tidy_up", message_id="m1")
    assert mail.requests == ["mark_messages_read"]


def test_an_edit_is_checked(run: Run, mail: MemoryMail, toolbox: Toolbox) -> None:
    """Edited arguments that do not fit the tool are refused like any others."""
    with pytest.raises(ToolArgumentError, match=r"to.0: "):
        run(approve(toolbox, Asked(mail, Edit({**MAIL, "to": ["nobody"]}))), "send_email", **MAIL)

    assert mail.sent == {}


@pytest.mark.parametrize("outer", ["approve", "allow"])
def test_an_edit_goes_through_every_other_policy(run: Run, mail: MemoryMail, toolbox: Toolbox, outer: str) -> None:
    """A person who edits a mail to somebody who is not allowed is stopped, whichever policy was wrapped last."""
    asked = Asked(mail, Edit({**MAIL, "to": ["mallory@away.example.com"]}))

    def asking(box: Toolbox) -> Toolbox:
        return approve(box, asked)

    def guarded(box: Toolbox) -> Toolbox:
        return allow_recipients(box, ["*@home.example.com"])

    box = asking(guarded(toolbox)) if outer == "approve" else guarded(asking(toolbox))
    with pytest.raises(ToolError, match="does not allow"):
        run(box, "send_email", **MAIL)

    assert mail.sent == {}


def test_an_edit_of_one_person_is_shown_to_another(run: Run, mail: MemoryMail, toolbox: Toolbox) -> None:
    """Where two must approve, each sees the final mail, and an edit by either goes to the other."""
    edited = {**MAIL, "text": "Edited"}
    for inner_answers, outer_answers in (
        ([Edit(edited)], [True, True]),
        ([True, True], [Edit(edited)]),
    ):
        mail.sent.clear()
        mail.requests.clear()
        inner, outer = Asked(mail, *inner_answers), Asked(mail, *outer_answers)

        run(approve(approve(toolbox, inner), outer), "send_email", **MAIL)

        assert [draft.text for draft in mail.sent.values()] == ["Edited"]
        assert all(each[-1].draft is not None for each in (inner, outer))
        assert any(each[-1].draft.text == "Edited" for each in (inner, outer) if each[-1].draft)


async def test_a_person_may_take_time(mail: MemoryMail, toolbox: Toolbox) -> None:
    """A coroutine function is awaited."""

    async def ask(request: ApprovalRequest) -> bool:
        await asyncio.sleep(0)
        return True

    await approve(toolbox, ask).acall("send_email", MAIL)

    assert len(mail.sent) == 1


def test_an_asynchronous_answer_needs_an_asynchronous_call(mail: MemoryMail, toolbox: Toolbox) -> None:
    """A coroutine function given to a waiting caller is an error, not an approval."""

    async def ask(request: ApprovalRequest) -> bool:
        return True

    with pytest.raises(ToolError, match="async"):
        approve(toolbox, ask).call("send_email", MAIL)

    assert mail.sent == {}


EFFECTS: dict[str, dict[str, Any]] = {
    "send_email": MAIL,
    "reply_to_email": {"message_id": "m1", "text": "Hi"},
    "forward_email": {"message_id": "m1", "to": ["jane@home.example.com"]},
    "mark_emails_read": {"message_ids": ["m1"]},
    "place_call": {"to": JANE},
    "send_text": {"to": JANE, "text": "Hi"},
    "mark_texts_read": {"text_ids": ["x"]},
    "save_contact": {"name": "Jane"},
    "use_credential": {"credential_id": "x", "part": "password", "destination": "https://crm.example.com"},
    "get_one_time_code": {"credential_id": "x", "destination": "https://crm.example.com"},
}


@pytest.mark.parametrize("each", [each for each in CATALOGUE if each.effect != "read"], ids=lambda each: each.name)
def test_every_tool_with_an_effect_asks_once_before_it(run: Run, mail: MemoryMail, line: Line, each: Any) -> None:
    """No tool of the catalogue has its effect without approval."""
    mail.lacks = frozenset()
    mail.client = line.client
    lending = Lending(InkboxCredentials(line.client, "desk"))
    channels = replace(line.channels, mail=mail, credentials=lending)
    toolbox = Toolbox(channels, allow={"send", "write", "spend", "secret"})
    asked = Asked(mail, False)

    with pytest.raises(ToolError, match="not approved"):
        run(approve(toolbox, asked), each.name, **EFFECTS[each.name])

    assert len(asked) == 1
    assert not {"send_message", "mark_messages_read"} & set(mail.requests)
    for name, noun in (("list_calls", "calls"), ("list_texts", "texts")):
        assert run(toolbox, name).data[noun] == []
    assert run(toolbox, "find_contact", query="Jane").data["contacts"] == []
    assert lending._lent == {}


def test_whom_a_text_or_a_call_reaches_is_shown(run: Run, line: Line) -> None:
    """The request names the number and the words, and nothing leaves if they are refused; approved, it does."""
    line.agree(JANE)
    asked: list[ApprovalRequest] = []

    def ask(request: ApprovalRequest) -> bool:
        asked.append(request)
        return len(asked) > 2

    toolbox = approve(Toolbox(line.channels, allow={"send", "spend"}), ask)
    for name, arguments in (("send_text", {"to": f" {JANE} ", "text": "Hi\u202e"}), ("place_call", {"to": JANE})):
        with pytest.raises(ToolError, match="not approved"):
            run(toolbox, name, **arguments)
    run(toolbox, "send_text", to=JANE, text="Hello")

    assert [each.summary for each in asked[:2]] == [f"send_text\nto: {JANE}\n\nHi", f"place_call\nto: {JANE}"]
    assert {each.recipients for each in asked} == {(JANE,)}
    assert JANE not in repr(asked)
    assert run(toolbox, "list_calls").data["calls"] == []
    assert run(toolbox, "read_text_conversation", number=JANE, limit=1).data["texts"][0]["untrusted"]["text"] == "Hello"


def test_a_forwarded_email_is_shown_with_what_it_passes_on(run: Run) -> None:
    """Whoever approves sees whose email goes out, its files and its words."""
    file = Attachment(id="a", filename="plan.pdf")
    mail = MemoryMail([message(1, attachments=(file,))])
    mail.lacks = frozenset()
    asked = Asked(mail, True)

    run(
        approve(Toolbox(mail, allow={"send"}), asked),
        "forward_email",
        message_id="m1",
        to=["jane@home.example.com"],
        text="See below.",
    )

    assert asked[0].summary == (
        "forward_email\nto: jane@home.example.com\nsubject: Fwd: Subject 1\n\nSee below.\n\n"
        "forwarded from: Writer 1 <writer1@home.example.com>\nsubject: Subject 1\nattachment: plan.pdf\n\nText of number 1."
    )
    assert asked[0].draft in mail.sent.values()
