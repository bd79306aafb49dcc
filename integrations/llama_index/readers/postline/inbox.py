"""Mail as LlamaIndex documents. Text, ids and metadata come from `postline.documents`."""

from __future__ import annotations

from pydantic import Field, SkipValidation
from pydantic.json_schema import SkipJsonSchema

from llama_index.readers.postline.base import ChannelReader, Moment
from postline import documents
from postline.channels import Mail
from postline.channels.commune import CommuneMail
from postline.channels.inkbox import InkboxMail
from postline.commune import CommuneClient
from postline.inkbox import Inkbox
from postline.operation import Listing


class InboxReader(ChannelReader[Mail]):
    """Reads an inbox, one document for each email, lazily and in no promised order.

    Ids and texts are the same each time, so that an `IngestionPipeline` with upserts embeds only what is new. All metadata can be
    filtered by; a model is told who wrote what to whom and when, and only the subject and the names of sender and files are
    embedded with the text.

    Newer versions of Inkbox mark mail read when its body is fetched. That is put back, which takes one request more for each
    unread email; what could not be put back is told in an `IncompleteWarning`.

    Give a channel, or say with `service`, `inbox` and `base_url` where the inbox is; `ChannelReader` says what is stored.

    Raises:
        ValueError: It is not said where the inbox is.
    """

    channel_field = "mail"
    place_field = "inbox"
    opening = {
        "commune": lambda inbox, base_url: CommuneMail(CommuneClient(base_url=base_url), inbox),
        "inkbox": lambda inbox, base_url: InkboxMail(Inkbox(base_url=base_url), inbox),
    }
    told = frozenset({"subject", "sender", "sender_name", "to", "cc", "created_at", "attachments"})
    embedded = frozenset({"subject", "sender_name", "attachments"})

    mail: SkipJsonSchema[SkipValidation[Mail | None]] = Field(default=None, exclude=True, repr=False)
    """The inbox; its client does the reading, and stays open."""
    service: str = "commune"
    inbox: str | None = None
    """The inbox's address; its id on Commune, or an identity's handle on Inkbox."""
    until: Moment | None = None
    """Only before this time."""
    text_mode: documents.TextMode = "new"
    """`new` leaves out quoted history and signatures, `full` keeps them."""

    @classmethod
    def class_name(cls) -> str:
        """Return the name that serialized readers carry."""
        return "PostlineInboxReader"

    def _read(self, channel: Mail) -> Listing[documents.Document]:
        return documents.read_mail(channel, since=self.since, until=self.until, text_mode=self.text_mode)
