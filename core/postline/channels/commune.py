"""`Mail` on Commune: one inbox.

The service has no call for one message, and answers only a thread's newest one. So a message's id carries its thread, and an answer
to an older message says what became of it. Its calls for threads and files reach the whole organization; what is not this inbox's
is not found here.
"""

from __future__ import annotations

import binascii
import hashlib
import re
from base64 import b64decode
from collections.abc import Iterable
from datetime import UTC, datetime
from email.utils import unquote as unquote_name
from typing import Any, Generic
from urllib.parse import quote, unquote

from postline.channels.base import check_limit, check_times
from postline.channels.records import Address, Attachment, Direction, Draft, Hit, Message, Page, Sent, Thread
from postline.commune import types
from postline.commune._scan import MOST, TICK, WIDTH, instant, scan, stamp, whole
from postline.commune.exceptions import NotFoundError
from postline.commune.resources import Attachments, Inboxes, Messages, Search, Threads
from postline.errors import ArgumentError, CapabilityError, ReplyError, TooLargeError
from postline.operation import Gather, Listing, Operation, Steps
from postline.resource import C

_CURSOR = re.compile(r"-?\d{1,14}(\.[0-9a-f]{10})*", re.ASCII)
_OFFSET = re.compile(r"\d{1,4}", re.ASCII)
_NOT_OURS = "that cursor is not one of this listing's: give back the cursor as it came"


class CommuneMail(Generic[C]):
    """One inbox of Commune.

    Args:
        client: A `CommuneClient` or an `AsyncCommuneClient`.
        inbox: The inbox's address, which is looked up once, or its id.
    """

    service = "Commune"
    lacks = frozenset({"forward_message", "mark_messages_read"})

    def __init__(self, client: C, inbox: str) -> None:
        if not inbox:
            raise ArgumentError("name the inbox: its address (support@...) or its id")
        self.client = client
        self.inbox = inbox if "@" in inbox else None
        self.inbox_id = None if "@" in inbox else inbox

    def __repr__(self) -> str:
        return f"CommuneMail({self.inbox or self.inbox_id!r})"

    def _id(self) -> Steps[str]:
        if self.inbox_id is None:
            inboxes = yield from Inboxes.list()
            ids = [each.id for each in inboxes if (each.address or "").lower() == (self.inbox or "").lower()]
            if not ids:
                raise NotFoundError(f"no inbox {self.inbox} with this key; its inboxes: {_named(inboxes)}")
            self.inbox_id = ids[0]
        return self.inbox_id

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
        """List messages with their bodies, newest first. Direction and sender are sought in the newest 1,000 at a time."""
        check_limit(limit)
        check_times(since=since, until=until)
        inbox_id = yield from self._id()
        before, seen = _position(cursor, until)
        fetched = yield from Messages.list(
            inbox_id=inbox_id,
            limit=MOST if direction or sender else min(limit + len(seen) + 1, MOST),
            before=stamp(before) if before else None,
            after=stamp(whole(since) - TICK) if since else None,
        )
        found = [each for each in fetched if _digest(each) not in seen]
        wanted = [
            each
            for each in found
            if direction in (None, each.direction) and (not sender or _sender(each).email.lower() == sender.lower())
        ]
        items = tuple(map(self._message, wanted[:limit]))
        if len(wanted) > limit:
            return Page(items, _cursor(wanted[:limit], seen))
        if len(fetched) < MOST:
            return Page(items)
        last = instant(fetched[-1])
        if instant(fetched[0]) > last:
            return Page(items, _cursor(found, seen))
        return Page(
            items, _before(last), f"{MOST} or more messages of {stamp(last)}: Commune lists no more of one millisecond"
        )

    def get_message(self, message_id: str) -> Steps[Message]:
        """Fetch one message with its body and its files' facts."""
        message = yield from self._get(message_id)
        files = yield from Gather([Attachments.get(each) for each in message.attachments])
        return self._message(message, files)

    def search_messages(self, query: str, *, limit: int = 20) -> Steps[Page[Hit]]:
        """Find threads; the service names no message."""
        check_limit(limit)
        inbox_id = yield from self._id()
        results = yield from Search.threads(query, inbox_id=inbox_id, limit=limit)
        return Page(tuple(_hit(each) for each in results if each.thread_id))

    def list_threads(self, *, limit: int = 20, cursor: str | None = None) -> Steps[Page[Thread]]:
        """List threads, the one with the newest message first."""
        check_limit(limit)
        inbox_id = yield from self._id()
        page = yield from Threads.list(inbox_id=inbox_id, limit=limit, cursor=cursor)
        return Page(tuple(map(_thread, page.data)), page.next_cursor)

    def list_thread_messages(
        self, thread_id: str, *, limit: int = 20, cursor: str | None = None
    ) -> Steps[Page[Message]]:
        """List a thread's messages in this inbox, oldest first; the service lists the first 1,000."""
        check_limit(limit)
        start = _offset(cursor)
        messages = yield from self._in_thread(unquote(thread_id), min(start + limit + 1, MOST))
        shown, more = messages[start : start + limit], len(messages) > start + limit
        note = (
            f"the service lists only the first {MOST} messages of a thread"
            if len(messages) >= MOST and not more
            else None
        )
        return Page(tuple(map(self._message, shown)), str(start + limit) if more else None, note)

    def send_message(self, draft: Draft, *, idempotency_key: str) -> Steps[Sent]:
        """Send a mail, or answer a thread. An answer to an older message goes under the newest, and says so."""
        if draft.forwards:
            raise CapabilityError(self.service, "forward_message")
        inbox_id = yield from self._id()
        thread_id = unquote(draft.answers.thread_id) if draft.answers else None
        note = None
        if draft.answers:
            newest = yield from Threads.messages(unquote(draft.answers.thread_id), limit=1, order="desc")
            if newest and _opaque(newest[0]) != draft.answers.id:
                note = (
                    "Commune puts an answer under the thread's newest message; newer ones than the one named were there"
                )
        sent = yield from Messages.send(
            to=[str(each) for each in draft.to],
            cc=[str(each) for each in draft.cc] or None,
            bcc=[str(each) for each in draft.bcc] or None,
            subject=draft.subject,
            text=draft.text or None,
            html=draft.html,
            thread_id=thread_id,
            inbox_id=inbox_id,
            idempotency_key=idempotency_key,
        )
        ids = (sent.thread_id or thread_id or "", sent.message_id or sent.id or "")
        return Sent(id=_join(*ids), thread_id=_join(ids[0]) or None, status=sent.status, note=note)

    def mark_messages_read(self, message_ids: tuple[str, ...]) -> Steps[int]:  # noqa: ARG002
        """Raise: the service keeps no read state."""
        raise CapabilityError(self.service, "mark_messages_read")

    def get_attachment(self, attachment_id: str) -> Steps[Attachment]:
        """Fetch the facts of a file of a message of this inbox."""
        found = yield from self._file(attachment_id)
        return _attachment(found, attachment_id)

    def download_attachment(self, attachment_id: str, *, limit_bytes: int) -> Steps[bytes]:
        """Fetch a file's content through a link that lasts a minute."""
        found = yield from self._file(attachment_id)
        link = yield from Attachments.url(found.attachment_id, expires_in=60)
        if link.url.startswith("data:"):
            return _inline(link.url, limit_bytes)
        content: bytes = yield from Operation("GET", link.url, bytes, limit_bytes=limit_bytes)
        return content

    def messages(self, *, since: datetime | None = None, until: datetime | None = None) -> Listing[Message]:
        """Describe every message of the inbox, in no particular order; about one request for forty."""

        check_times(since=since, until=until)

        def scanned(inbox_id: str) -> Listing[types.Message]:
            return scan(inbox_id, since and whole(since) - TICK, until and whole(until))

        return Listing.after(self._id, scanned, WIDTH, ordered=False).map(self._message)

    def _in_thread(self, thread_id: str, limit: int = MOST) -> Steps[list[types.Message]]:
        inbox_id = yield from self._id()
        messages = yield from Threads.messages(thread_id, limit=limit)
        own = [each for each in messages if each.metadata.inbox_id in (inbox_id, None)]
        if len(own) < len(messages) == limit < MOST:
            return (yield from self._in_thread(thread_id))  # another inbox's messages took the place of this one's
        if not any(each.metadata.inbox_id == inbox_id for each in own):
            raise NotFoundError(f"no such thread in {self.inbox or 'this inbox'}")
        return own

    def _get(self, message_id: str) -> Steps[types.Message]:
        thread_id, wanted, *_ = _parts(message_id)
        messages = yield from self._in_thread(thread_id)
        for each in messages:
            if each.message_id == wanted:
                return each
        raise NotFoundError(f"no such message in {self.inbox or 'this inbox'}")

    def _file(self, attachment_id: str) -> Steps[types.Attachment]:
        thread_id, message_id, file_id = _parts(attachment_id, 3)
        message = yield from self._get(_join(thread_id, message_id))
        if file_id not in message.attachments:
            raise NotFoundError("that message has no such attachment")
        facts = yield from Attachments.get(file_id)
        return facts

    def _message(self, message: types.Message, files: Iterable[types.Attachment] = ()) -> Message:
        by_role: dict[str, list[Address]] = {}
        for each in message.participants:
            by_role.setdefault(each.role, []).append(_address(each.identity))
        facts = {each.attachment_id: each for each in files}
        known = message.metadata
        return Message(
            id=_opaque(message),
            thread_id=_join(message.thread_id),
            inbox=self.inbox or known.inbox_address or known.inbox_id or "",
            direction=message.direction,
            created_at=instant(message),
            sender=_sender(message),
            to=tuple(by_role.get("to", ())),
            cc=tuple(by_role.get("cc", ())),
            bcc=tuple(by_role.get("bcc", ())),
            subject=known.subject or "",
            snippet=" ".join(message.content[:400].split())[:200],
            text=message.content,
            html=message.content_html,
            attachments=tuple(
                _attachment(facts.get(each), _join(message.thread_id, message.message_id, each))
                for each in message.attachments
            ),
            message_id=known.message_id or message.message_id,
            in_reply_to=known.in_reply_to,
            references=tuple(known.references or ()),
            delivery_status=known.delivery_status,
            warnings=tuple(_warnings(known)),
        )


def _join(*parts: str) -> str:
    """Make an opaque id: safe to print, whatever a stranger's Message-ID holds. A thread's first message often has its id."""
    short = parts[1:] if len(parts) == 2 and parts[0] == parts[1] else parts
    return ":".join(quote(each, safe="") for each in short)


def _parts(opaque: str, count: int = 2) -> list[str]:
    parts = [unquote(each) for each in opaque.split(":")]
    if len(parts) == 1 and count == 2:
        parts *= 2
    if len(parts) != count or not all(parts):
        raise ArgumentError("that id is not one of this inbox's: give back an id as it was listed")
    return parts


def _opaque(message: types.Message) -> str:
    return _join(message.thread_id, message.message_id)


def _digest(message: types.Message) -> str:
    return hashlib.sha256(message.message_id.encode()).hexdigest()[:10]


def _position(cursor: str | None, until: datetime | None) -> tuple[datetime | None, set[str]]:
    """Read where a listing stands: everything before a time, but for what was shown of its last millisecond."""
    if cursor is None:
        return until and whole(until), set()
    if not _CURSOR.fullmatch(cursor):
        raise ArgumentError(_NOT_OURS)
    milliseconds, *seen = cursor.split(".")
    return datetime.fromtimestamp(int(milliseconds) / 1000, UTC) + TICK, set(seen)


def _cursor(shown: list[types.Message], seen: set[str]) -> str:
    last = instant(shown[-1])
    tied = {_digest(each) for each in shown if instant(each) == last}
    if instant(shown[0]) == last:
        tied |= seen
    return ".".join([_before(last + TICK), *sorted(tied)])


def _before(moment: datetime) -> str:
    """Make the cursor from which everything before a time is still to come."""
    return str(round((moment - TICK).timestamp() * 1000))


def _offset(cursor: str | None) -> int:
    if cursor is not None and not _OFFSET.fullmatch(cursor):
        raise ArgumentError(_NOT_OURS)
    return int(cursor or 0)


def _inline(url: str, limit_bytes: int) -> bytes:
    """Decode a file that the service wrote into its link."""
    try:
        content = b64decode(url.partition(",")[2], validate=True)
    except binascii.Error:
        raise ReplyError("the link to the attachment cannot be read") from None
    if len(content) > limit_bytes:
        raise TooLargeError(f"the attachment has over {limit_bytes} bytes")
    return content


def _address(identity: str) -> Address:
    name, bracket, email = identity.strip().rpartition("<")
    return (
        Address(email[:-1].strip(), unquote_name(name.strip()))
        if bracket and email.endswith(">")
        else Address(identity.strip())
    )


def _sender(message: types.Message) -> Address:
    senders = (each.identity for each in message.participants if each.role == "sender")
    return _address(next(senders, ""))


def _attachment(facts: types.Attachment | None, opaque: str) -> Attachment:
    if facts is None:
        return Attachment(id=opaque)
    return Attachment(id=opaque, filename=facts.filename, media_type=facts.mime_type, size_bytes=facts.size)


def _warnings(known: types.MessageMetadata) -> Iterable[str]:
    if known.spam_flagged:
        yield "spam"
    if known.prompt_injection_detected:
        yield f"prompt injection: {known.prompt_injection_risk or 'detected'}"


def _time(text: Any) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _hit(found: types.SearchResult) -> Hit:
    extra = found.model_extra or {}
    return Hit(
        thread_id=_join(found.thread_id or ""),
        subject=found.subject or "",
        snippet=found.snippet or "",
        created_at=_time(found.last_activity or extra.get("last_message_at")),
        score=extra.get("score"),
    )


def _thread(thread: types.Thread) -> Thread:
    return Thread(
        id=_join(thread.thread_id),
        subject=thread.subject or "",
        last_message_at=_time(thread.last_message_at) or datetime.fromtimestamp(0, UTC),
        first_message_at=_time(thread.first_message_at),
        message_count=thread.message_count,
        last_direction=thread.last_direction,
        has_attachments=thread.has_attachments,
        snippet=thread.snippet or "",
    )


def _named(inboxes: list[types.Inbox]) -> str:
    return ", ".join(each.address or each.id for each in inboxes[:10]) or "none"
