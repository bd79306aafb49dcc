"""Endpoints of text messages."""

from __future__ import annotations

from typing import Any

from postline.inkbox._arguments import Id, at, stated
from postline.inkbox.phone.types import TextConversationSummary, TextMessage
from postline.operation import Operation
from postline.resource import C, Resource, endpoint

# Inside a class whose method is called `list`, the type needs another name.
TextList = list[TextMessage]
Conversations = list[TextConversationSummary]


class Texts(Resource[C]):
    """Text messages of numbers."""

    @endpoint
    def send(self, phone_number_id: Id, *, to: str, text: str) -> Operation[TextMessage]:
        """Send a text of at most 1,600 characters to an E.164 number that agreed to get texts.

        It costs money, and is repeated only when it certainly did not arrive.
        """
        return Operation("POST", _of(phone_number_id), TextMessage, body={"to": to, "text": text})

    @endpoint
    def list(
        self,
        phone_number_id: Id,
        *,
        limit: int = 50,
        offset: int = 0,
        is_read: bool | None = None,
        is_blocked: bool | None = None,
    ) -> Operation[list[TextMessage]]:
        """List a number's texts, newest first; `limit` is at most 200."""
        query = {"limit": limit, "offset": offset, "is_read": is_read, "is_blocked": is_blocked}
        return Operation("GET", _of(phone_number_id), list[TextMessage], query)

    @endpoint
    def get(self, phone_number_id: Id, text_id: Id) -> Operation[TextMessage]:
        """Fetch one text."""
        return Operation("GET", _of(phone_number_id, "/{}", text_id), TextMessage)

    @endpoint
    def update(
        self, phone_number_id: Id, text_id: Id, *, is_read: bool | None = None, status: str | None = None
    ) -> Operation[TextMessage]:
        """Mark a text read or unread, or delete it with `status="deleted"`."""
        body = stated(is_read=is_read, status=status)
        return Operation("PATCH", _of(phone_number_id, "/{}", text_id), TextMessage, body=body, repeatable=True)

    @endpoint
    def search(
        self, phone_number_id: Id, *, q: str, limit: int = 50, is_blocked: bool | None = None
    ) -> Operation[TextList]:
        """Search a number's texts; `limit` is at most 200."""
        query = {"q": q, "limit": limit, "is_blocked": is_blocked}
        return Operation("GET", _of(phone_number_id, "/search"), TextList, query)

    @endpoint
    def list_conversations(
        self, phone_number_id: Id, *, limit: int = 50, offset: int = 0, is_blocked: bool | None = None
    ) -> Operation[Conversations]:
        """List a number's conversations, one for each remote number, by their newest text; `limit` is at most 200."""
        query = {"limit": limit, "offset": offset, "is_blocked": is_blocked}
        return Operation("GET", _of(phone_number_id, "/conversations"), Conversations, query)

    @endpoint
    def get_conversation(
        self, phone_number_id: Id, remote_number: str, *, limit: int = 50, offset: int = 0
    ) -> Operation[TextList]:
        """List the texts with one remote number, newest first; `limit` is at most 200."""
        where = _of(phone_number_id, "/conversations/{}", remote_number)
        return Operation("GET", where, TextList, {"limit": limit, "offset": offset})

    @endpoint
    def update_conversation(
        self, phone_number_id: Id, remote_number: str, *, is_read: bool
    ) -> Operation[dict[str, Any]]:
        """Mark all texts with a remote number read or unread; `updated_count` says how many that changed."""
        where = _of(phone_number_id, "/conversations/{}", remote_number)
        return Operation("PATCH", where, dict[str, Any], body={"is_read": is_read}, repeatable=True)


def _of(phone_number_id: Id, template: str = "", *segments: Id) -> str:
    return at(f"/phone/numbers/{{}}/texts{template}", phone_number_id, *segments)
