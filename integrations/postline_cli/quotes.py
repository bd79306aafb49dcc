"""A passage of something indexed, with its source; and the way back to it through the channel that it came from."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from postline.channels import Channels, Mail
from postline.documents import call_document, email_document, read_texts
from postline_cli.desks import Desk
from postline_cli.language import sentences

_MOMENT = re.compile(r"^\[(\d+:\d\d)\] ")


@dataclass(frozen=True, slots=True)
class Quote:
    """A passage, and the facts of the document that has it."""

    sentences: tuple[str, ...]
    document_id: str
    source: Mapping[str, Any] = field(hash=False)
    """The document's metadata."""
    at: str | None = None
    """When the words were said, from the start of a call (`mm:ss`), or written, on that day (`hh:mm`, UTC)."""

    def __str__(self) -> str:
        return " ".join(self.sentences)

    @property
    def kind(self) -> str:
        """What it is from: `email`, `call` or `texts`."""
        return str(self.source["kind"])

    @property
    def reference(self) -> str:
        """What a person finds the source by: a Message-ID, the id of a call, or the number that texts were exchanged with."""
        names = {"email": ("rfc_message_id", "message_id"), "call": ("call_id",), "texts": ("other",)}
        return next(str(self.source[each]) for each in names[self.kind] if self.source.get(each))

    @property
    def author(self) -> str:
        """Whose mail it is, or who the other side was."""
        return str(next(self.source[each] for each in ("sender_name", "sender", "other") if self.source.get(each)))

    @property
    def date(self) -> str:
        """When the mail, the call or the first of the texts was, in ISO 8601."""
        return str(self.source["created_at"])

    def stands_in(self, text: str) -> bool:
        """Say whether a document's text holds the passage, and at the moment that is named."""
        whole = " ".join(sentences(text))
        return all(each in whole for each in self.sentences) and self.at == moment(self.kind, self.sentences, text)


def moment(kind: str, passage: tuple[str, ...], text: str) -> str | None:
    """Return the time of the turn in which a passage begins; `None` in mail, which has no turns."""
    time = None
    for sentence in sentences(text) if kind != "email" else ():
        if found := _MOMENT.match(sentence):
            time = found[1]
        if passage[0] in sentence:
            break
    return time


def fetch_again(quote: Quote, desk: Desk) -> str | None:
    """Get the source of a quote through its channel, and return its text; `None` where the channel no longer tells of it.

    Raises:
        APIError: With status 404 where there is no such mail or call.
    """
    if quote.kind == "email":
        return _email(quote, next(each for each in desk.mailboxes if each.service.lower() == quote.source["service"]))
    return _SPOKEN[quote.kind](quote, desk.channels)


def _email(quote: Quote, mail: Mail) -> str:
    message = mail.client.sync.run(mail.get_message(quote.source["message_id"]))
    return email_document(message, service=mail.service.lower()).text


def _call(quote: Quote, channels: Channels) -> str | None:
    if (phone := channels.phone) is None:
        return None
    call = phone.client.sync.run(phone.get_call(quote.source["call_id"]))
    return call_document(call, service=phone.service.lower()).text


def _texts(quote: Quote, channels: Channels) -> str | None:
    if (texts := channels.texts) is None:
        return None
    found = texts.client.sync.run(read_texts(texts, since=datetime.fromisoformat(quote.date)))
    return next((each.text for each in found if each.id == quote.document_id), None)


_SPOKEN = {"call": _call, "texts": _texts}
