"""Mail that goes out: to whom, under which key, and what happens if no answer comes."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from tests.core.tools.memory_mail import INBOX, MemoryMail, Run, message

from postline.channels import Address, Draft, Message, Sent
from postline.errors import APIError, NetworkError
from postline.operation import Sleep, Steps
from postline.tools import ToolArgumentError, Toolbox, ToolError, UnknownOutcomeError

MAIL = {"to": ["jane@home.example.com"], "subject": "Offer", "text": "Dear Jane"}
ANSWER = {"message_id": "m1", "text": "Thanks."}


def emails(addresses: tuple[Address, ...]) -> list[str]:
    return [each.email for each in addresses]


def answered(run: Run, original: Message, **arguments: Any) -> Draft:
    mail = MemoryMail([original])
    run(Toolbox(mail, allow={"send"}), "reply_to_email", message_id=original.id, text="Thanks.", **arguments)
    [draft] = mail.sent.values()
    return draft


def test_a_toolbox_sends_only_if_that_was_said_when_it_was_made(mail: MemoryMail) -> None:
    """Reading is all that a toolbox does unless its construction allows more."""
    assert "send_email" not in Toolbox(mail)
    assert "send_email" in Toolbox(mail, allow={"send"})
    with pytest.raises(ToolArgumentError, match="no tool of that name"):
        Toolbox(mail).call("send_email", MAIL)


def test_a_mail_goes_to_whom_it_was_addressed(run: Run, mail: MemoryMail) -> None:
    """Recipients, subject and text arrive as given, addresses normalized; the result names them."""
    result = run(
        Toolbox(mail, allow={"send"}),
        "send_email",
        to=["Jane Roe <jane@HOME.example.com>"],
        cc=["copy@home.example.com"],
        bcc=["quiet@home.example.com"],
        subject="Grüße",
        text="Dear Jane\n",
    )

    [draft] = mail.sent.values()
    assert draft.to == (Address("jane@home.example.com"),)
    assert (emails(draft.cc), emails(draft.bcc)) == (["copy@home.example.com"], ["quiet@home.example.com"])
    assert (draft.subject, draft.text, draft.answers) == ("Grüße", "Dear Jane\n", None)
    assert "to: jane@home.example.com" in result.text
    assert result.data["sent"]["status"] == "queued"
    assert result.complete


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"to": []}, "to: "),
        ({"to": ["jane"]}, "to.0: "),
        ({"to": ["jane@home.example.com", "a@b\r\nBcc: c@home.example.com"]}, "to.1: "),
        ({"to": [""]}, "to.0: "),
        ({"to": [3]}, "to.0: "),
        ({"to": "jane@home.example.com"}, "to: "),
        ({"to": ["jane@home.example.com"] * 51}, "to: "),
        ({"cc": ["nobody@"]}, "cc.0: "),
        ({"subject": "One\r\nBcc: spy@home.example.com"}, "subject: "),
        ({"subject": "One\u2028Two"}, "subject: "),
        ({"subject": ""}, "subject: "),
        ({"text": ""}, "text: "),
        ({"from": "boss@desk.example.com"}, "from: "),
    ],
)
def test_a_wrong_mail_is_refused_before_anything_is_sent(
    run: Run, mail: MemoryMail, change: dict[str, Any], says: str
) -> None:
    """No recipient, a malformed address, a line break in the subject and the like: refused by name, nothing sent."""
    with pytest.raises(ToolArgumentError) as caught:
        run(Toolbox(mail, allow={"send"}), "send_email", **{**MAIL, **change})

    assert says in caught.value.message
    assert mail.requests == []


def test_an_answer_goes_to_the_sender_in_the_thread(run: Run) -> None:
    """An answer names the message that it answers, keeps its subject with one `Re:`, and goes to its sender alone."""
    draft = answered(run, message(1, cc=(Address("copy@home.example.com"),)))

    assert emails(draft.recipients) == ["writer1@home.example.com"]
    assert draft.subject == "Re: Subject 1"
    assert draft.answers is not None
    assert draft.answers.id == "m1"


@pytest.mark.parametrize(
    ("subject", "answer"),
    [
        ("Re: Plan", "Re: Plan"),
        ("RE[2]: Plan", "RE[2]: Plan"),
        ("Rental", "Re: Rental"),
        ("", "Re:"),
        ("a\r\nb", "Re: a b"),
    ],
)
def test_an_answers_subject_has_one_re(run: Run, subject: str, answer: str) -> None:
    """`Re:` is added once, and a stranger's line break does not come back."""
    assert answered(run, message(1, subject=subject)).subject == answer


def test_an_answer_goes_where_the_sender_wants_it(run: Run) -> None:
    """Reply-To decides over the sender's address; names, which strangers chose, are not passed on."""
    draft = answered(run, message(1, reply_to=(Address("Answers@home.example.com", "x\r\nBcc: y"), Address(INBOX))))

    assert draft.to == (Address("Answers@home.example.com"),)


def test_an_answer_to_ones_own_email_goes_to_its_recipients(run: Run) -> None:
    """Writing again to somebody who has not answered does not write to oneself."""
    own = message(1, direction="outbound", sender=Address(INBOX), to=(Address("jane@home.example.com"),))

    assert emails(answered(run, own).recipients) == ["jane@home.example.com"]


def test_an_answer_to_all_leaves_out_oneself_and_doubles(run: Run) -> None:
    """Everybody who got the email gets the answer once, and this inbox does not."""
    original = message(
        1,
        to=(Address(INBOX.upper()), Address("jane@home.example.com"), Address("writer1@home.example.com")),
        cc=(Address("JANE@home.example.com"), Address("copy@home.example.com")),
    )

    draft = answered(run, original, reply_all=True)

    assert emails(draft.to) == ["writer1@home.example.com"]
    assert emails(draft.cc) == ["jane@home.example.com", "copy@home.example.com"]


def test_an_answer_to_a_mail_from_oneself_is_possible(run: Run) -> None:
    """Where nobody else is there to answer, this inbox is."""
    assert emails(answered(run, message(1, sender=Address(INBOX))).to) == [INBOX]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"sender": Address("")}, "nobody to answer"),
        ({"direction": "outbound", "to": ()}, "nobody to answer"),
        ({"sender": Address("not an address")}, "not one that mail can be sent to"),
        ({"reply_to": (Address("a@home.example.com\r\nBcc: b@home.example.com"),)}, "not one that mail can be sent to"),
    ],
)
def test_an_email_that_cannot_be_answered_is_not(run: Run, change: dict[str, Any], says: str) -> None:
    """Without a usable address nothing is sent, and the address is not repeated."""
    mail = MemoryMail([message(1, **change)])

    with pytest.raises(ToolArgumentError, match=says) as caught:
        run(Toolbox(mail, allow={"send"}), "reply_to_email", **ANSWER)

    assert "Bcc" not in str(caught.value)
    assert mail.sent == {}


def test_what_came_out_otherwise_is_said(run: Run, mail: MemoryMail) -> None:
    """A service that can answer only the newest email of a thread has that said in the result."""
    result = run(Toolbox(mail, allow={"send"}), "reply_to_email", **ANSWER)

    assert result.text.startswith("The email was handed over for sending. The service answers the newest email")
    assert result.data["note"]


def test_every_mail_has_a_key_of_its_own(run: Run, mail: MemoryMail) -> None:
    """Sending the same twice on purpose sends two mails."""
    toolbox = Toolbox(mail, allow={"send"})

    run(toolbox, "send_email", **MAIL)
    run(toolbox, "send_email", **MAIL)

    assert len(mail.sent) == 2


def test_a_mail_whose_answer_was_lost_is_neither_sent_nor_failed(run: Run, mail: MemoryMail) -> None:
    """The failure says that the outcome is unknown, and the same call again keeps the key, so that one mail goes out."""
    mail.lose_answers = 2
    toolbox = Toolbox(mail, allow={"send"})

    for _ in range(2):
        with pytest.raises(UnknownOutcomeError, match="not known whether") as caught:
            run(toolbox, "send_email", **MAIL)
        assert not caught.value.retryable
        assert "Look whether" in caught.value.text
    run(toolbox, "send_email", **{**MAIL, "text": "Another"})
    run(toolbox, "send_email", **MAIL)
    run(toolbox, "send_email", **MAIL)

    assert [draft.text for draft in mail.sent.values()] == ["Dear Jane", "Another", "Dear Jane"]


async def test_a_send_that_was_cancelled_keeps_its_key() -> None:
    """A mail that was under way when its call was cancelled is not sent again by the same call."""

    under_way = asyncio.Event()

    class Slow(MemoryMail):
        wait_seconds: float = 60

        def send_message(self, draft: Draft, *, idempotency_key: str) -> Steps[Sent]:
            sent = yield from super().send_message(draft, idempotency_key=idempotency_key)
            under_way.set()
            yield from Sleep(self.wait_seconds)
            return sent

    mail = Slow()
    toolbox = Toolbox(mail, allow={"send"})
    task = asyncio.create_task(toolbox.acall("send_email", MAIL))
    await under_way.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    mail.wait_seconds = 0

    await toolbox.acall("send_email", MAIL)

    assert len(mail.sent) == 1


class Failing(MemoryMail):
    """An inbox that fails in a chosen way."""

    error: Exception = RuntimeError()

    def send_message(self, draft: Draft, *, idempotency_key: str) -> Steps[Sent]:
        yield from ()
        raise self.error

    def get_message(self, message_id: str) -> Steps[Message]:
        yield from ()
        raise self.error


def api_error(status_code: int) -> APIError:
    error = APIError("the service's words")
    error.status_code = status_code
    return error


@pytest.mark.parametrize(
    ("error", "kind", "retryable"),
    [
        (api_error(422), ToolError, False),
        (api_error(429), ToolError, True),
        (api_error(503), UnknownOutcomeError, False),
        (NetworkError("refused"), ToolError, True),
        (RuntimeError("private words"), UnknownOutcomeError, False),
    ],
)
def test_a_failed_send_says_whether_trying_again_can_help(
    run: Run, error: Exception, kind: type[ToolError], retryable: bool
) -> None:
    """What the service certainly did not do may be tried again where that can help; everything else is unknown."""
    mail = Failing()
    mail.error = error

    with pytest.raises(ToolError) as caught:
        run(Toolbox(mail, allow={"send"}), "send_email", **MAIL)

    assert type(caught.value) is kind
    assert caught.value.retryable is retryable
    assert caught.value.__cause__ is error
    assert "private words" not in caught.value.text


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (api_error(404), "Error: The service's words. Trying the same call again will not help."),
        (api_error(503), "Error: The service's words. Trying the same call again can help later."),
        (
            RuntimeError("private"),
            "Error: reply_to_email failed unexpectedly (RuntimeError). Trying the same call again will not help.",
        ),
    ],
)
def test_a_failure_before_sending_is_no_unknown_outcome(run: Run, error: Exception, text: str) -> None:
    """If the email to answer could not even be read, nothing can have been sent."""
    mail = Failing()
    mail.error = error

    with pytest.raises(ToolError) as caught:
        run(Toolbox(mail, allow={"send"}), "reply_to_email", **ANSWER)

    assert caught.value.text == text
