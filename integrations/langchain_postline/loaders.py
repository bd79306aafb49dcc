"""Mail as LangChain documents. Text, ids and metadata come from `postline.documents`."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from datetime import datetime

from langchain_core.document_loaders import BaseLoader
from langchain_core.documents import Document

from postline.channels import Mail, Message
from postline.documents import TextMode, email_document
from postline.operation import Listing


class InboxLoader(BaseLoader):
    """Loads an inbox, one document for each email, lazily and in no promised order.

    Ids are the same each time, so that a vector store or `langchain_core.indexing.index` knows what it has; the metadata's `source`
    is the id too.

    Args:
        mail: The inbox.
        since: Only emails from this time on.
        until: Only emails before this time.
        text_mode: `new` leaves out quoted history and signatures, `full` keeps them.
    """

    def __init__(
        self, mail: Mail, *, since: datetime | None = None, until: datetime | None = None, text_mode: TextMode = "new"
    ) -> None:
        self._mail = mail
        self._since = since
        self._until = until
        self._text_mode = text_mode

    def lazy_load(self) -> Iterator[Document]:
        """Load while reading; leaving the loop ends it."""
        return self._mail.client.sync.stream(self._documents())

    def alazy_load(self) -> AsyncIterator[Document]:
        """Load while reading, in the running event loop."""
        return self._mail.client.aio.stream(self._documents())

    def _documents(self) -> Listing[Document]:
        return self._mail.messages(since=self._since, until=self._until).map(self._document)

    def _document(self, message: Message) -> Document:
        found = email_document(message, service=self._mail.service.lower(), text_mode=self._text_mode)
        return Document(id=found.id, page_content=found.text, metadata={"source": found.id, **found.metadata})
