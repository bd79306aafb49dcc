"""Mail as LlamaIndex documents. Text, ids and metadata come from `postline.documents`."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator
from contextlib import aclosing
from datetime import datetime
from typing import Annotated, Any, cast

from llama_index.core.readers.base import BasePydanticReader
from llama_index.core.schema import Document
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, PlainSerializer, SkipValidation
from pydantic.json_schema import SkipJsonSchema

from postline.channels import Mail, Message
from postline.channels.commune import CommuneMail
from postline.commune import CommuneClient
from postline.documents import TextMode, email_document
from postline.operation import Listing

_SERVICES: dict[str, Callable[[str, str | None], Mail]] = {
    "commune": lambda inbox, base_url: CommuneMail(CommuneClient(base_url=base_url), inbox)
}
_TOLD = {"subject", "sender", "sender_name", "to", "cc", "created_at", "attachments"}
_EMBEDDED = {"subject", "sender_name", "attachments"}

Moment = Annotated[AwareDatetime, PlainSerializer(datetime.isoformat)]


class InboxReader(BasePydanticReader):
    """Reads an inbox, one document for each email, lazily and in no promised order.

    Ids and texts are the same each time, so that an `IngestionPipeline` with upserts embeds only what is new. All metadata can be
    filtered by; a model is told who wrote what to whom and when, and only the subject and the names of sender and files are
    embedded with the text.

    Give a channel, or say with `service`, `inbox` and `base_url` where the inbox is: only that is serialized. The key is then taken
    from the service's environment variable at each reading, and never kept.

    Raises:
        ValueError: It is not said where the inbox is.
    """

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    is_remote: bool = True
    mail: SkipJsonSchema[SkipValidation[Mail | None]] = Field(default=None, exclude=True, repr=False)
    """The inbox; its client does the reading, and stays open."""
    service: str = "commune"
    inbox: str | None = None
    """The inbox's address or id."""
    base_url: str | None = None
    """The service's address; by default from its environment variable, else the live one."""
    since: Moment | None = None
    """Only emails from this time on."""
    until: Moment | None = None
    """Only emails before this time."""
    text_mode: TextMode = "new"
    """`new` leaves out quoted history and signatures, `full` keeps them."""

    def model_post_init(self, _: Any, /) -> None:
        """Take the settings from the channel, or see to it that they suffice without one."""
        if self.mail:
            self.service = self.mail.service.lower()
            self.inbox = self.mail.inbox or getattr(self.mail, "inbox_id", None)
            self.base_url = self.mail.client.wire.settings.base_url
        elif not self.inbox or self.service not in _SERVICES:
            raise ValueError(f"give a mail channel, or an inbox of one of these services: {', '.join(_SERVICES)}")

    @classmethod
    def class_name(cls) -> str:
        """Return the name that serialized readers carry."""
        return "PostlineInboxReader"

    def lazy_load_data(self) -> Iterator[Document]:
        """Load while reading; leaving the loop ends it."""
        mail = self._open()
        try:
            yield from mail.client.sync.stream(self._documents(mail))
        finally:
            if mail is not self.mail:
                mail.client.sync.close()

    async def alazy_load_data(self) -> AsyncIterator[Document]:  # type: ignore[override]  # the base has no async iteration
        """Load while reading, in the running event loop."""
        mail = self._open()
        documents = cast("AsyncGenerator[Document]", mail.client.aio.stream(self._documents(mail)))
        try:
            async with aclosing(documents):
                async for document in documents:
                    yield document
        finally:
            if mail is not self.mail:
                await mail.client.aio.close()

    async def aload_data(self) -> list[Document]:
        """Load all in the running event loop."""
        return [document async for document in self.alazy_load_data()]

    def __getstate__(self) -> dict[str, Any]:
        """Leave the channel, and with it the key, out of a pickle."""
        state = BaseModel.__getstate__(self)
        return {**state, "__dict__": {**state["__dict__"], "mail": None}}

    def _open(self) -> Mail:
        return self.mail or _SERVICES[self.service](self.inbox or "", self.base_url)

    def _documents(self, mail: Mail) -> Listing[Document]:
        return mail.messages(since=self.since, until=self.until).map(self._document)

    def _document(self, message: Message) -> Document:
        found = email_document(message, service=self.service, text_mode=self.text_mode)
        return Document(
            id_=found.id,
            text=found.text,
            metadata=dict(found.metadata),
            excluded_llm_metadata_keys=[key for key in found.metadata if key not in _TOLD],
            excluded_embed_metadata_keys=[key for key in found.metadata if key not in _EMBEDDED],
        )
