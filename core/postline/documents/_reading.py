"""What a channel holds, as documents: described here, and read by a client's `stream` in either way."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from postline.channels.base import check_times
from postline.documents._calls import call_document
from postline.documents._document import Document
from postline.documents._mail import TextMode, email_document
from postline.documents._texts import text_documents
from postline.operation import Fetch, Listing, Steps

if TYPE_CHECKING:
    from postline.channels import Mail, Phone, Text, Texts


def read_mail(
    mail: Mail, *, since: datetime | None = None, until: datetime | None = None, text_mode: TextMode = "new"
) -> Listing[Document]:
    """Describe an inbox as documents, one for each email, in no promised order.

    Where fetching a body marks it read, the channel puts that back, if it does not say otherwise.
    """
    convert = partial(email_document, service=mail.service.lower(), text_mode=text_mode)
    return mail.messages(since=since, until=until).map(convert)


def read_calls(phone: Phone, *, since: datetime | None = None) -> Listing[Document]:
    """Describe the calls of a number as documents, newest first."""
    return phone.calls(since=since).map(partial(call_document, service=phone.service.lower()))


def read_texts(texts: Texts, *, since: datetime | None = None) -> Listing[Document]:
    """Describe the text messages of a number as documents, one for each conversation and UTC day, newest first.

    `since` counts from the beginning of its UTC day, for half a day would take the place of the whole one. All texts are read
    before the first document is there.
    """
    check_times(since=since)
    start = since and since.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)

    def everything() -> Steps[list[Text]]:
        return (yield from texts.texts(since=start))

    return Listing(lambda: [Fetch(everything(), partial(text_documents, service=texts.service.lower()))])
