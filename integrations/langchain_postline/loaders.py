"""Mail, calls and text messages as LangChain documents. Text, ids and metadata come from `postline.documents`."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from datetime import datetime
from functools import partial

from langchain_core.document_loaders import BaseLoader
from langchain_core.documents import Document

from postline import documents
from postline.channels import Channel, Mail, Phone, Texts
from postline.operation import Listing


class ChannelLoader(BaseLoader):
    """Loads what a channel holds, lazily.

    Ids are the same each time, so that a vector store or `langchain_core.indexing.index` knows what it has; the metadata's `source`
    is the id too.
    """

    def __init__(self, channel: Channel, read: Callable[[], Listing[documents.Document]]) -> None:
        self._client = channel.client
        self._read = read

    def lazy_load(self) -> Iterator[Document]:
        """Load while reading; leaving the loop ends it."""
        return self._client.sync.stream(self._read().map(_converted))

    def alazy_load(self) -> AsyncIterator[Document]:
        """Load while reading, in the running event loop."""
        return self._client.aio.stream(self._read().map(_converted))


class InboxLoader(ChannelLoader):
    """Loads an inbox, one document for each email, lazily and in no promised order.

    Ids are the same each time, so that a vector store or `langchain_core.indexing.index` knows what it has; the metadata's `source`
    is the id too. Where fetching a body marks mail read, as in newer versions of Inkbox, the channel puts that back.

    Args:
        mail: The inbox.
        since: Only emails from this time on.
        until: Only emails before this time.
        text_mode: `new` leaves out quoted history and signatures, `full` keeps them.
    """

    def __init__(
        self,
        mail: Mail,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        text_mode: documents.TextMode = "new",
    ) -> None:
        super().__init__(mail, partial(documents.read_mail, mail, since=since, until=until, text_mode=text_mode))


class TranscriptLoader(ChannelLoader):
    """Loads the calls of a number, one document for each call, lazily and newest first.

    Its text is what was said, a line for each turn with time and speaker; a call without a transcript says so.

    Args:
        phone: The number.
        since: Only calls from this time on.
    """

    def __init__(self, phone: Phone, *, since: datetime | None = None) -> None:
        super().__init__(phone, partial(documents.read_calls, phone, since=since))


class TextMessageLoader(ChannelLoader):
    """Loads the text messages of a number, one document for each conversation and UTC day, newest first.

    A single text means little by itself, and a whole conversation would change with each text. All texts are read before the first
    document is there.

    Args:
        texts: The number.
        since: Only texts from this time on, counted from the beginning of its day.
    """

    def __init__(self, texts: Texts, *, since: datetime | None = None) -> None:
        super().__init__(texts, partial(documents.read_texts, texts, since=since))


def _converted(found: documents.Document) -> Document:
    return Document(id=found.id, page_content=found.text, metadata={"source": found.id, **found.metadata})
