"""What reaches a phone line of the sandbox: somebody rings and talks, texts come in, and the office passes a mail on."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from postline.channels import Address, Channels, Draft, Mail
from postline.documents import email_document
from postline_cli.questions import Question
from postline_cli.records import DemoError, Line
from postline_sandbox import Sandbox, samples


@dataclass(frozen=True, slots=True)
class SampleCall:
    """The shipped call and texts."""

    now: datetime
    """A moment after all of the sample's mail."""
    caller: str
    turns: tuple[dict[str, Any], ...]
    ends_after_seconds: float
    texts: tuple[dict[str, Any], ...]
    """Each `after_seconds` from the end of the call."""
    questions: tuple[Question, ...]


def sample() -> SampleCall:
    """Read what ships with the sandbox."""
    known: dict[str, Any] = json.loads(samples.call().read_text(encoding="utf-8"))
    asked = [
        Question(each["question"], "sample", each["answer"], each.get("about"), each["kind"])
        for each in known["questions"]
    ]
    return SampleCall(
        now=datetime.fromisoformat(known["now"]),
        caller=known["caller"],
        turns=tuple(known["turns"]),
        ends_after_seconds=known["ends_after_seconds"],
        texts=tuple(known["texts"]),
        questions=tuple(asked),
    )


def receive(sandbox: Sandbox, line: Channels, given: SampleCall) -> Line:
    """Let somebody call the line and talk, let the texts come, and say what its channels then tell of it.

    Raises:
        DemoError: The call was not answered, or what arrived is not what was sent.
    """
    if not (line.account and line.phone and line.texts):
        raise DemoError("the identity has no phone line")
    identity = line.account.client.sync.run(line.account.whoami())
    if not (identity.phone and identity.can_text):
        raise DemoError("the phone line is not ready")
    _ring(sandbox, identity.phone, given)
    _text(sandbox, identity.phone, given)
    calls = line.phone.client.sync.run(line.phone.calls())
    texts = line.texts.client.sync.run(line.texts.texts())
    if [len(each.turns or ()) for each in calls] != [len(given.turns)] or len(texts) != len(given.texts):
        raise DemoError("the phone line does not tell of everything that reached it")
    return Line(
        handle=identity.handle or "",
        email=identity.email or "",
        number=identity.phone,
        calls=tuple(calls),
        texts=tuple(texts),
    )


def _ring(sandbox: Sandbox, number: str, given: SampleCall) -> None:
    call = sandbox.control.ring(number, given.caller)
    if call["status"] != "answered":
        raise DemoError(f"the call was not answered: {call['status']}, {call['hangup_reason']}")
    for turn in given.turns:
        sandbox.control.speak(call["id"], turn["text"], turn["party"], at_ms=turn["at_ms"])
    sandbox.control.advance(given.ends_after_seconds)
    sandbox.control.hang_up(call["id"])


def _text(sandbox: Sandbox, number: str, given: SampleCall) -> None:
    passed = 0
    for text in sorted(given.texts, key=lambda each: float(each["after_seconds"])):
        sandbox.control.advance(text["after_seconds"] - passed)
        passed = text["after_seconds"]
        sandbox.control.text_in(number, text["sender"], text["text"])


def pass_on(inbox: Mail, mailbox: str) -> str | None:
    """Send the newest mail that an inbox received on to another mailbox; return the subject, or `None` where there is no mail."""
    run = inbox.client.sync.run
    newest = run(inbox.list_messages(limit=1, direction="inbound")).items
    if not newest:
        return None
    message = run(inbox.get_message(newest[0].id))
    facts = f"From: {message.sender}\nDate: {message.created_at:%d %B %Y}\nSubject: {message.subject}"
    text = email_document(message, service=inbox.service.lower()).text
    subject = f"Fwd: {message.subject}"
    draft = Draft(
        to=(Address(email=mailbox),), subject=subject, text=f"---------- Forwarded message ---------\n{facts}\n\n{text}"
    )
    run(inbox.send_message(draft, idempotency_key=f"pass on {message.id}"))
    return subject
