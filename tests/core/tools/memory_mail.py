"""A mail channel over a list, for tests of what stands above the channels."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from postline.async_client import AsyncClient
from postline.channels import Address, Attachment, Draft, Hit, Message, Page, Sent, Thread
from postline.channels.records import Direction
from postline.client import Client
from postline.config import Settings
from postline.errors import ArgumentError, NetworkError, TooLargeError
from postline.operation import Listing, Offload, Steps
from postline.tools import Result
from postline.wire import Wire

T = TypeVar("T")
Run = Callable[..., Result]
"""Calls a tool of a toolbox by name with keyword arguments, synchronously or not."""

INBOX = "desk@desk.example.com"
START = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)


class MemoryMail:
    """One inbox in memory. Every request to it is counted in `requests`; what was sent is in `sent`, by idempotency key."""

    service = "memory"
    inbox = INBOX
    lacks = frozenset({"forward_message"})

    def __init__(
        self, messages: Iterable[Message] = (), files: dict[str, tuple[Attachment, bytes]] | None = None
    ) -> None:
        self.all = list(messages)
        self.files = files or {}
        self.sent: dict[str, Draft] = {}
        self.requests: list[str] = []
        self.lose_answers = 0
        self.client: Client[Wire] | AsyncClient[Wire] = Client(Wire(Settings("http://127.0.0.1:9")))

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
        def matching() -> Page[Message]:
            found = [
                each
                for each in sorted(self.all, key=lambda each: each.created_at, reverse=True)
                if (direction is None or each.direction == direction)
                and (sender is None or each.sender.email == sender)
                and (since is None or each.created_at >= since)
                and (until is None or each.created_at < until)
            ]
            return _page(found, limit, cursor)

        return self._asked("list_messages", matching)

    def get_message(self, message_id: str) -> Steps[Message]:
        return self._asked("get_message", lambda: self._find(message_id))

    def search_messages(self, query: str, *, limit: int = 20) -> Steps[Page[Hit]]:
        def found() -> Page[Hit]:
            hits = [each for each in self.all if query in (each.text or "")]
            return Page(tuple(Hit(thread_id=h.thread_id, message_id=h.id, snippet=h.text or "") for h in hits[:limit]))

        return self._asked("search_messages", found)

    def list_threads(self, *, limit: int = 20, cursor: str | None = None) -> Steps[Page[Thread]]:
        def threads() -> Page[Thread]:
            newest = {each.thread_id: each for each in sorted(self.all, key=lambda each: each.created_at)}
            ordered = sorted(newest.values(), key=lambda each: each.created_at, reverse=True)
            found = [Thread(id=m.thread_id, subject=m.subject, last_message_at=m.created_at) for m in ordered]
            return _page(found, limit, cursor)

        return self._asked("list_threads", threads)

    def list_thread_messages(
        self, thread_id: str, *, limit: int = 20, cursor: str | None = None
    ) -> Steps[Page[Message]]:
        def messages() -> Page[Message]:
            found = sorted((m for m in self.all if m.thread_id == thread_id), key=lambda each: each.created_at)
            return _page(found, limit, cursor)

        return self._asked("list_thread_messages", messages)

    def send_message(self, draft: Draft, *, idempotency_key: str) -> Steps[Sent]:
        def send() -> Sent:
            self.sent.setdefault(idempotency_key, draft)
            if self.lose_answers:
                self.lose_answers -= 1
                error = NetworkError("the answer was lost")
                error.may_have_arrived, error.retryable = True, False
                raise error
            note = "The service answers the newest email of a thread only." if draft.answers else None
            return Sent(id=f"sent-{len(self.sent)}", status="queued", note=note)

        return self._asked("send_message", send)

    def mark_messages_read(self, message_ids: tuple[str, ...]) -> Steps[int]:
        return self._asked("mark_messages_read", lambda: len(message_ids))

    def get_attachment(self, attachment_id: str) -> Steps[Attachment]:
        return self._asked("get_attachment", lambda: self.files[attachment_id][0])

    def download_attachment(self, attachment_id: str, *, limit_bytes: int) -> Steps[bytes]:
        def content() -> bytes:
            if len(self.files[attachment_id][1]) > limit_bytes:
                raise TooLargeError("too large")
            return self.files[attachment_id][1]

        return self._asked("download_attachment", content)

    def messages(self, *, since: datetime | None = None, until: datetime | None = None) -> Listing[Message]:
        raise NotImplementedError

    def _find(self, message_id: str) -> Message:
        for each in self.all:
            if each.id == message_id:
                return each
        raise ArgumentError("no such message")

    def _asked(self, name: str, answer: Callable[[], T]) -> Steps[T]:
        self.requests.append(name)
        result: T = yield from Offload(answer)
        return result


def message(number: int, **changes: Any) -> Message:
    """Invent a message; the higher its number, the newer."""
    made = Message(
        id=f"m{number}",
        thread_id=f"t{number % 3}",
        inbox=INBOX,
        direction="inbound",
        created_at=START + timedelta(minutes=number),
        sender=Address(f"writer{number}@home.example.com", f"Writer {number}"),
        to=(Address(INBOX),),
        subject=f"Subject {number}",
        snippet=f"Beginning {number}",
        text=f"Text of number {number}.",
    )
    return replace(made, **changes)


def _page(items: Sequence[T], limit: int, cursor: str | None) -> Page[T]:
    start = int(cursor or 0)
    more = str(start + limit) if start + limit < len(items) else None
    return Page(tuple(items[start : start + limit]), more)
