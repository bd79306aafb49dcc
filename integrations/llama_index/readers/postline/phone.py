"""Calls and text messages as LlamaIndex documents. Text, ids and metadata come from `postline.documents`."""

from __future__ import annotations

from pydantic import Field, SkipValidation
from pydantic.json_schema import SkipJsonSchema

from llama_index.readers.postline.base import ChannelReader
from postline import documents
from postline.channels import Phone, Texts
from postline.channels.inkbox_phone import InkboxPhone, InkboxTexts
from postline.inkbox import Inkbox
from postline.operation import Listing


class TranscriptReader(ChannelReader[Phone]):
    """Reads the calls of a number, one document for each call, lazily and newest first.

    Its text is what was said, a line for each turn with time and speaker; a call without a transcript says so. Ids are the same
    each time, and so are texts once a call is over. All metadata can be filtered by; a model is told who called whom and when, and
    only what was said is embedded.

    Give a channel, or say with `service`, `identity` and `base_url` whose number it is; `ChannelReader` says what is stored.

    Raises:
        ValueError: It is not said whose number it is.
    """

    channel_field = "phone"
    place_field = "identity"
    opening = {"inkbox": lambda identity, base_url: InkboxPhone(Inkbox(base_url=base_url), identity)}
    told = frozenset({"direction", "number", "other", "status", "created_at", "duration_seconds"})

    phone: SkipJsonSchema[SkipValidation[Phone | None]] = Field(default=None, exclude=True, repr=False)
    """The number; its client does the reading, and stays open."""
    service: str = "inkbox"
    identity: str | None = None
    """The handle of the identity that has the number."""

    @classmethod
    def class_name(cls) -> str:
        """Return the name that serialized readers carry."""
        return "PostlineTranscriptReader"

    def _read(self, channel: Phone) -> Listing[documents.Document]:
        return documents.read_calls(channel, since=self.since)


class TextReader(ChannelReader[Texts]):
    """Reads the text messages of a number, one document for each conversation and UTC day, newest first.

    A single text means little by itself, and a whole conversation would change with each text: a day is one exchange, and done when
    it is over. `since` counts from the beginning of its day. All texts are read before the first document is there.

    Give a channel, or say with `service`, `identity` and `base_url` whose number it is; `ChannelReader` says what is stored.

    Raises:
        ValueError: It is not said whose number it is.
    """

    channel_field = "texts"
    place_field = "identity"
    opening = {"inkbox": lambda identity, base_url: InkboxTexts(Inkbox(base_url=base_url), identity)}
    told = frozenset({"number", "other", "created_at"})

    texts: SkipJsonSchema[SkipValidation[Texts | None]] = Field(default=None, exclude=True, repr=False)
    """The number; its client does the reading, and stays open."""
    service: str = "inkbox"
    identity: str | None = None
    """The handle of the identity that has the number."""

    @classmethod
    def class_name(cls) -> str:
        """Return the name that serialized readers carry."""
        return "PostlineTextReader"

    def _read(self, channel: Texts) -> Listing[documents.Document]:
        return documents.read_texts(channel, since=self.since)
