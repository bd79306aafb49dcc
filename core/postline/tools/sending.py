"""What goes out: the draft of an answer, and what is said of a mail that was sent."""

from __future__ import annotations

import re
from collections.abc import Iterable

from postline.channels import Address, Draft, Mail, Message
from postline.operation import Steps
from postline.tools.arguments import parse_address
from postline.tools.call import Call
from postline.tools.entries import draft_entry
from postline.tools.rendering import inline, sentence
from postline.tools.result import Result, ToolArgumentError
from postline.tools.showing import result, room, show

_IS_ANSWER = re.compile(r"re(\[\d+\])?\s*:", re.IGNORECASE)
_IS_FORWARD = re.compile(r"fwd?\s*:", re.IGNORECASE)


def answer(message: Message, text: str, *, everyone: bool) -> Draft:
    """Draft an answer: to where the message's sender wants it, or to its recipients if it is one of ours.

    Raises:
        ToolArgumentError: There is nobody to answer, or an address in the message is none.
    """
    to = message.to if message.direction == "outbound" else message.reply_to or (message.sender,)
    to = _distinct(to, besides={message.inbox.lower()}) or _distinct(to)
    taken = {message.inbox.lower(), *(each.email.lower() for each in to)}
    if not to:
        raise ToolArgumentError("That email names nobody to answer; nothing was sent.")
    subject = inline(message.subject, 900)
    return Draft(
        to=to,
        cc=_distinct((*message.to, *message.cc), besides=taken) if everyone else (),
        subject=subject if _IS_ANSWER.match(subject) else f"Re: {subject}".strip(),
        text=text,
        answers=message,
    )


def forward(
    message: Message, text: str, *, to: Iterable[Address], cc: Iterable[Address], bcc: Iterable[Address]
) -> Draft:
    """Draft the passing on of a message."""
    subject = inline(message.subject, 900)
    return Draft(
        to=tuple(to),
        cc=tuple(cc),
        bcc=tuple(bcc),
        subject=subject if _IS_FORWARD.match(subject) else f"Fwd: {subject}".strip(),
        text=text,
        forwards=message,
    )


def send(mail: Mail, call: Call, draft: Draft) -> Steps[Result]:
    """Send a draft under the call's own key, and say who gets it."""
    sent = yield from mail.send_message(draft, idempotency_key=call.key)
    entry = {"id": sent.id, "status": sent.status, **draft_entry(draft)}
    title = "The email was handed over for sending." + (f" {sentence(sent.note)}" if sent.note else "")
    return result(title, [show(entry, room(call))], {"sent": entry, "note": sent.note})


def _distinct(addresses: Iterable[Address], besides: Iterable[str] = ()) -> tuple[Address, ...]:
    """Keep each usable address once; without the names beside them, which strangers chose."""
    found: dict[str, Address] = {}
    for address in addresses:
        if address.email and address.email.lower() not in besides:
            found.setdefault(address.email.lower(), _checked(address.email))
    return tuple(found.values())


def _checked(email: str) -> Address:
    try:
        return parse_address(email)
    except ValueError as error:
        raise ToolArgumentError(
            "An address in that email is not one that mail can be sent to; nothing was sent."
        ) from error
