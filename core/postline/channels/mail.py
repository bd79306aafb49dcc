"""The mail channel: one inbox, which the operator chose; the model never does."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from postline.channels.base import Channel
from postline.channels.records import Attachment, Direction, Draft, Hit, Message, Page, Sent, Thread
from postline.operation import Listing, Steps


class Mail(Channel, Protocol):
    """Read, search and send the mail of one inbox.

    Cursors belong to the call that gave them, with the same arguments. Ids are the records' own.
    """

    @property
    def inbox(self) -> str | None:
        """The inbox's address, where it is known without asking."""

    def list_messages(
        self,
        *,
        limit: int = 20,
        cursor: str | None = None,
        direction: Direction | None = None,
        sender: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> Steps[Page[Message]]:
        """List messages, newest first; `since` is inclusive, `until` exclusive. Bodies may be missing (`Message.text`)."""

    def get_message(self, message_id: str) -> Steps[Message]:
        """Fetch one message with its body.

        Raises:
            APIError: With status 404 where there is no such message in this inbox.
        """

    def search_messages(self, query: str, *, limit: int = 20) -> Steps[Page[Hit]]:
        """Find messages or threads by their words, best first."""

    def list_threads(self, *, limit: int = 20, cursor: str | None = None) -> Steps[Page[Thread]]:
        """List threads, the one with the newest message first."""

    def list_thread_messages(
        self, thread_id: str, *, limit: int = 20, cursor: str | None = None
    ) -> Steps[Page[Message]]:
        """List a thread's messages with their bodies, oldest first."""

    def send_message(self, draft: Draft, *, idempotency_key: str) -> Steps[Sent]:
        """Send a mail: a new one, an answer, or one passed on. The only way out for mail.

        The key makes a repetition harmless where the service deduplicates.

        Raises:
            CapabilityError: The draft forwards a message and the service lacks `forward_message`.
        """

    def mark_messages_read(self, message_ids: tuple[str, ...]) -> Steps[int]:
        """Mark messages read; how many were."""

    def get_attachment(self, attachment_id: str) -> Steps[Attachment]:
        """Fetch the facts of an attachment."""

    def download_attachment(self, attachment_id: str, *, limit_bytes: int) -> Steps[bytes]:
        """Fetch an attachment's content. Credentials never follow its link to another host.

        Raises:
            TooLargeError: It is longer than `limit_bytes`.
        """

    def messages(self, *, since: datetime | None = None, until: datetime | None = None) -> Listing[Message]:
        """Describe every message of the inbox with its body, for `client.stream`; in no promised order."""
