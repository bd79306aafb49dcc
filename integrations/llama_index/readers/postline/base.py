"""What all readers have in common: where a channel comes from, how it is read, and what is stored of a reader."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator, Mapping
from contextlib import aclosing
from datetime import datetime
from typing import Annotated, Any, ClassVar, Generic, TypeAlias, TypeVar, cast

from llama_index.core.readers.base import BasePydanticReader
from llama_index.core.schema import Document
from pydantic import AwareDatetime, BaseModel, ConfigDict, PlainSerializer

from postline import documents
from postline.channels import Channel
from postline.operation import Listing

Kind = TypeVar("Kind", bound=Channel)
Moment: TypeAlias = Annotated[AwareDatetime, PlainSerializer(datetime.isoformat)]


class ChannelReader(BasePydanticReader, Generic[Kind]):
    """Reads a channel as documents, lazily. A subclass says which channel, and where it is without one.

    Give a channel, or say by settings where it is: only those are serialized. The key is then taken from the service's environment
    variable at each reading, and never kept.
    """

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    channel_field: ClassVar[str]
    """The field that may hold a channel."""
    place_field: ClassVar[str]
    """The field that says where it is: an inbox, an identity."""
    opening: ClassVar[Mapping[str, Callable[[str, str | None], Any]]]
    """By service: makes a channel of a place and a base URL."""
    told: ClassVar[frozenset[str]]
    """The metadata that a model is shown with the text."""
    embedded: ClassVar[frozenset[str]] = frozenset()
    """The metadata that is embedded with the text."""

    is_remote: bool = True
    service: str
    base_url: str | None = None
    """The service's address; by default from its environment variable, else the live one."""
    since: Moment | None = None
    """Only from this time on."""

    def model_post_init(self, _: Any, /) -> None:
        """Take the settings from the channel, or see to it that they suffice without one."""
        if channel := self._given:
            self.service = channel.service.lower()
            self.base_url = channel.client.wire.settings.base_url
            places = (getattr(channel, name, None) for name in ("inbox", "inbox_id", "handle"))
            setattr(self, self.place_field, next(filter(None, places), None))
        elif not self._place or self.service not in self.opening:
            services = ", ".join(self.opening)
            raise ValueError(f"give {self.channel_field}, or {self.place_field} and one of these services: {services}")

    def lazy_load_data(self) -> Iterator[Document]:
        """Load while reading; leaving the loop ends it."""
        channel = self._open()
        try:
            yield from channel.client.sync.stream(self._read(channel).map(self._converted))
        finally:
            if channel is not self._given:
                channel.client.sync.close()

    async def alazy_load_data(self) -> AsyncIterator[Document]:  # type: ignore[override]  # the base has no async iteration
        """Load while reading, in the running event loop."""
        channel = self._open()
        found = cast("AsyncGenerator[Document]", channel.client.aio.stream(self._read(channel).map(self._converted)))
        try:
            async with aclosing(found):
                async for document in found:
                    yield document
        finally:
            if channel is not self._given:
                await channel.client.aio.close()

    async def aload_data(self) -> list[Document]:
        """Load all in the running event loop."""
        return [document async for document in self.alazy_load_data()]

    def __getstate__(self) -> dict[str, Any]:
        """Leave the channel, and with it the key, out of a pickle."""
        state = BaseModel.__getstate__(self)
        return {**state, "__dict__": {**state["__dict__"], self.channel_field: None}}

    @abstractmethod
    def _read(self, channel: Kind) -> Listing[documents.Document]:
        """Describe what to read."""

    @property
    def _given(self) -> Kind | None:
        return cast("Kind | None", getattr(self, self.channel_field))

    @property
    def _place(self) -> str | None:
        return cast("str | None", getattr(self, self.place_field))

    def _open(self) -> Kind:
        return self._given or cast("Kind", self.opening[self.service](self._place or "", self.base_url))

    def _converted(self, found: documents.Document) -> Document:
        return Document(
            id_=found.id,
            text=found.text,
            metadata=dict(found.metadata),
            excluded_llm_metadata_keys=[key for key in found.metadata if key not in self.told],
            excluded_embed_metadata_keys=[key for key in found.metadata if key not in self.embedded],
        )
