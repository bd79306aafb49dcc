"""`Mail` on Inkbox: the mailbox of one identity.

The service lists messages without their bodies, so reading all of a mailbox takes a request for each message, made side by side.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from datetime import datetime
from email.utils import parseaddr
from typing import Any, Generic
from urllib.parse import quote, unquote

from postline.channels.base import check_times
from postline.channels.inkbox_identity import IdentitySource
from postline.channels.inkbox_pages import place
from postline.channels.records import Address, Attachment, Direction, Draft, Hit, Message, Page, Sent, Thread
from postline.errors import ArgumentError, IncompleteWarning, PostlineError
from postline.inkbox._arguments import at
from postline.inkbox.exceptions import InkboxAPIError
from postline.inkbox.mail import types
from postline.inkbox.mail._pages import page
from postline.inkbox.mail.mailboxes import Mailboxes
from postline.inkbox.mail.messages import Messages
from postline.inkbox.mail.threads import Threads
from postline.operation import Gather, Listing, Operation, Steps
from postline.resource import C

PAGE = 100
MOST_PAGES = 10  # searched at once for what the service cannot filter by


class InkboxMail(Generic[C]):
    """The mailbox of one Inkbox identity.

    A key of the whole organization also lists mail that contact rules blocked, and the service does not say which that is: an agent
    is better given a key of its own identity.

    Args:
        client: An `Inkbox` or an `AsyncInkbox`.
        mailbox: Its address, or the identity's handle, which is looked up once.
        keep_unread: Put back what `messages` marks read: newer versions of the service do that when a body is fetched. It costs a
            request for each such message. What could not be put back, or was on its way when the reading was cancelled, is told
            in an `IncompleteWarning`.
    """

    service = "Inkbox"
    lacks: frozenset[str] = frozenset()

    def __init__(self, client: C, mailbox: str, *, keep_unread: bool = True) -> None:
        self.client = client
        self.inbox = mailbox if "@" in mailbox.lstrip("@") else None
        self._identity = IdentitySource(mailbox)
        self.handle = self._identity.handle
        self._keep_unread = keep_unread
        self._marks = False

    def __repr__(self) -> str:
        return f"InkboxMail({self.inbox or self.handle!r})"

    def _address(self) -> Steps[str]:
        if self.inbox is None:
            identity = yield from self._identity.detail()
            if identity.mailbox is None:
                raise ArgumentError(f"the identity {identity.agent_handle} has no mailbox")
            self.inbox = identity.mailbox.email_address
        return self.inbox

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
        """List messages without bodies, newest first. Sender and times are sought in ten pages at a time."""
        check_times(since=since, until=until)
        address = yield from self._address()
        where, query = at("/mail/mailboxes/{}/messages", address), {"limit": limit, "direction": direction}
        for _ in range(MOST_PAGES):
            found = yield from page(where, types.Message, query, cursor)
            wanted = [each for each in found.items if _is_wanted(each, sender, since, until)]
            cursor = found.next_cursor if found.has_more and not _is_past(found.items, since) else None
            if wanted or cursor is None:
                break
        return Page(tuple(_message(each, address) for each in wanted), cursor)

    def get_message(self, message_id: str) -> Steps[Message]:
        """Fetch one message with its body. Newer versions of the service mark it read."""
        address = yield from self._address()
        return _message((yield from Messages.get(address, message_id)), address)

    def search_messages(self, query: str, *, limit: int = 20) -> Steps[Page[Hit]]:
        """Find messages by their words, best first."""
        address = yield from self._address()
        found = yield from Mailboxes.search(address, q=query, limit=limit)
        return Page(tuple(map(_hit, found)))

    def list_threads(self, *, limit: int = 20, cursor: str | None = None) -> Steps[Page[Thread]]:
        """List threads, the one with the newest message first."""
        address = yield from self._address()
        where = at("/mail/mailboxes/{}/threads", address)
        found = yield from page(where, types.Thread, {"limit": limit}, cursor)
        return Page(tuple(map(_thread, found.items)), found.next_cursor if found.has_more else None)

    def list_thread_messages(
        self, thread_id: str, *, limit: int = 20, cursor: str | None = None
    ) -> Steps[Page[Message]]:
        """List a thread's messages with their bodies, oldest first: a request for the thread, and one for each message."""
        address = yield from self._address()
        size, start = place(limit, cursor)
        thread = yield from Threads.get(address, thread_id)
        shown = thread.messages[start : start + size]
        bodies = yield from Gather([self._whole(each, address) for each in shown])
        more = len(thread.messages) > start + size
        return Page(tuple(bodies), str(start + size) if more else None)

    def send_message(self, draft: Draft, *, idempotency_key: str) -> Steps[Sent]:  # noqa: ARG002  # the service has none
        """Send a mail, an answer, or a message passed on. The service does not deduplicate: nothing is sent a second time."""
        address = yield from self._address()
        to, cc, bcc = ([str(each.email) for each in group] for group in (draft.to, draft.cc, draft.bcc))
        content: dict[str, Any] = {"to": to, "cc": cc, "bcc": bcc, "subject": draft.subject, "body_html": draft.html}
        if draft.forwards:
            work = Messages.forward(address, draft.forwards.id, body_text=draft.text or None, **content)
        else:
            answered = draft.answers.message_id if draft.answers else None
            work = Messages.send(address, body_text=draft.text, in_reply_to_message_id=answered, **content)
        sent = yield from work
        return Sent(id=str(sent.id), thread_id=_text(sent.thread_id), status=sent.status)

    def mark_messages_read(self, message_ids: tuple[str, ...]) -> Steps[int]:
        """Mark messages read, side by side; the first that cannot be ends it."""
        address = yield from self._address()
        marked = yield from Gather([Messages.mark_read(address, each) for each in message_ids])
        return len(marked)

    def get_attachment(self, attachment_id: str) -> Steps[Attachment]:
        """Fetch the facts of an attachment, from its message."""
        message_id, filename = _parts(attachment_id)
        message = yield from self.get_message(message_id)
        for each in message.attachments:
            if each.filename == filename:
                return each
        raise InkboxAPIError(404, "that message has no such attachment")

    def download_attachment(self, attachment_id: str, *, limit_bytes: int) -> Steps[bytes]:
        """Fetch an attachment's content, through a signed link."""
        address = yield from self._address()
        message_id, filename = _parts(attachment_id)
        link = yield from Messages.get_attachment(address, message_id, filename)
        content: bytes = yield from Operation("GET", link["url"], bytes, limit_bytes=limit_bytes)
        return content

    def messages(self, *, since: datetime | None = None, until: datetime | None = None) -> Listing[Message]:
        """Describe every message of the mailbox with its body, newest first: one request for a hundred, and one for each."""

        check_times(since=since, until=until)

        def listed(address: str) -> Listing[types.Message]:
            def following(found: types.Page[types.Message]) -> Operation[types.Page[types.Message]] | None:
                ended = not found.has_more or _is_past(found.items, since)
                return None if ended else page(where, types.Message, {"limit": PAGE}, found.next_cursor)

            def items(found: types.Page[types.Message]) -> Iterable[types.Message]:
                return [each for each in found.items if _is_wanted(each, None, since, until)]

            where = at("/mail/mailboxes/{}/messages", address)
            return Listing.paged(page(where, types.Message, {"limit": PAGE}), items, following)

        return Listing.after(self._address, listed).expand(self._unchanged)

    def _whole(self, message: types.Message, address: str) -> Steps[Message]:
        return _message((yield from Messages.get(address, message.id)), address)

    def _unchanged(self, message: types.Message) -> Steps[Message]:
        """Fetch a message's body, and leave it as unread as it was."""
        address = yield from self._address()
        try:
            whole = yield from Messages.get(address, message.id)
            if self._keep_unread and whole.is_read and not message.is_read:
                self._marks = True
                whole.is_read = not (yield from self._put_back(address, message))
        except GeneratorExit:
            if self._marks and not message.is_read:
                _tell(message, "the reading was stopped")
            raise
        return _message(whole, address)

    def _put_back(self, address: str, message: types.Message) -> Steps[bool]:
        try:
            yield from Messages.mark_unread(address, message.id)
        except PostlineError as error:
            _tell(message, type(error).__name__)
            return False
        return True


def _tell(message: types.Message, why: str) -> None:
    text = f"message {message.id} was unread and may be marked read now: {why}"
    warnings.warn(text, IncompleteWarning, stacklevel=3)


def _parts(attachment_id: str) -> tuple[str, str]:
    message_id, found, filename = attachment_id.partition("/")
    if not (message_id and found and filename):
        raise ArgumentError("that id is not one of an attachment here: give back an id as its message gave it")
    return message_id, unquote(filename)


def _is_wanted(message: types.Message, sender: str | None, since: datetime | None, until: datetime | None) -> bool:
    return (
        (not sender or parseaddr(message.from_address)[1].lower() == sender.lower())
        and (since is None or message.created_at >= since)
        and (until is None or message.created_at < until)
    )


def _is_past(messages: list[types.Message], since: datetime | None) -> bool:
    return bool(since and messages and messages[-1].created_at < since)


def _message(message: types.Message, inbox: str) -> Message:
    detail = message if isinstance(message, types.MessageDetail) else None
    return Message(
        id=str(message.id),
        thread_id=_text(message.thread_id) or "",
        inbox=inbox,
        direction=message.direction.value,
        created_at=message.created_at,
        sender=_address(message.from_address),
        to=_addresses(message.to_addresses),
        cc=_addresses(message.cc_addresses),
        bcc=_addresses(detail.bcc_addresses if detail else None),
        subject=message.subject or "",
        snippet=message.snippet or "",
        text=(detail.body_text or "") if detail else None,
        html=detail.body_html if detail else None,
        attachments=tuple(
            _attachment(message, each) for each in (detail.attachment_metadata if detail else None) or ()
        ),
        message_id=message.message_id,
        in_reply_to=detail.in_reply_to if detail else None,
        references=tuple((detail.references if detail else None) or ()),
        labels=("starred",) if message.is_starred else (),
        is_read=message.is_read,
        delivery_status=message.status,
    )


def _attachment(message: types.Message, facts: dict[str, Any]) -> Attachment:
    name = str(facts.get("filename") or "")
    kind, size = str(facts.get("content_type") or ""), facts.get("size")
    return Attachment(id=f"{message.id}/{quote(name, safe='')}", filename=name, media_type=kind, size_bytes=size)


def _hit(message: types.Message) -> Hit:
    return Hit(
        thread_id=_text(message.thread_id) or "",
        message_id=str(message.id),
        subject=message.subject or "",
        snippet=message.snippet or "",
        created_at=message.created_at,
    )


def _thread(thread: types.Thread) -> Thread:
    return Thread(
        id=str(thread.id),
        subject=thread.subject or "",
        last_message_at=thread.last_message_at,
        first_message_at=thread.created_at,
        message_count=thread.message_count,
    )


def _address(text: str) -> Address:
    name, email = parseaddr(text)
    return Address(email or text, name)


def _addresses(texts: list[str] | None) -> tuple[Address, ...]:
    return tuple(map(_address, texts or ()))


def _text(value: object | None) -> str | None:
    return None if value is None else str(value)
