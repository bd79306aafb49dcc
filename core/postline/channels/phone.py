"""The phone channels: calls, and text messages, of one number, which the operator chose."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from postline.channels.base import Channel
from postline.channels.phone_records import Call, Consent, Conversation, PlacedCall, Text, Turn
from postline.channels.records import Page
from postline.operation import Listing, Steps


class Phone(Channel, Protocol):
    """Place calls and read what was said, on one number."""

    @property
    def number(self) -> str | None:
        """The agent's number, E.164, where it is known without asking."""

    def list_calls(self, *, limit: int = 20, cursor: str | None = None) -> Steps[Page[Call]]:
        """List calls, newest first, without what was said."""

    def get_call(self, call_id: str) -> Steps[Call]:
        """Fetch one call with its turns.

        Raises:
            APIError: With status 404 where there is no such call on this number.
        """

    def search_transcripts(self, query: str, *, limit: int = 20) -> Steps[Page[Turn]]:
        """Find what was said, by words; each turn names its call."""

    def place_call(self, to: str) -> Steps[PlacedCall]:
        """Call a number (E.164). It rings a person and costs minutes; it cannot be repeated without ringing twice."""

    def calls(self, *, since: datetime | None = None) -> Listing[Call]:
        """Describe every call of the number with its turns, newest first, for `client.stream`."""


class Texts(Channel, Protocol):
    """Send and read text messages, on one number."""

    @property
    def number(self) -> str | None:
        """The agent's number, E.164, where it is known without asking."""

    def list_texts(self, *, limit: int = 20, cursor: str | None = None, unread_only: bool = False) -> Steps[Page[Text]]:
        """List texts, newest first."""

    def list_conversations(self, *, limit: int = 20, cursor: str | None = None) -> Steps[Page[Conversation]]:
        """List conversations, the one with the newest text first."""

    def list_conversation_texts(self, other: str, *, limit: int = 20, cursor: str | None = None) -> Steps[Page[Text]]:
        """List the texts with one other number (E.164), newest first."""

    def send_text(self, to: str, text: str) -> Steps[Text]:
        """Send a text to a number (E.164). It reaches a person and costs money."""

    def mark_texts_read(self, text_ids: tuple[str, ...]) -> Steps[int]:
        """Mark texts read; how many were."""

    def check_consent(self, number: str) -> Steps[Consent]:
        """Tell whether a number (E.164) agreed to be texted."""

    def texts(self, *, since: datetime | None = None) -> Listing[Text]:
        """Describe every text of the number, newest first, for `client.stream`."""
