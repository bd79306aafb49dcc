"""What to show of each record: an entry, the same for the text and for the structured data.

An entry's own keys hold what the service or this project says; under `untrusted` stands what strangers wrote, ids taken from mail
included.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, TypeAlias

from postline.channels import Address, Attachment, Draft, Hit, Message, Thread
from postline.documents import email_document
from postline.tools.rendering import clean, inline

Entry: TypeAlias = dict[str, Any]

_LINE_CHARS = 2_000


def message_entry(message: Message) -> Entry:
    """Describe a message without its body."""
    return described(
        {
            "id": message.id,
            "thread_id": message.thread_id,
            "from": _address(message.sender),
            "to": [_address(each) for each in message.to],
            "cc": [_address(each) for each in message.cc],
            "bcc": [_address(each) for each in message.bcc],
            "reply_to": [_address(each) for each in message.reply_to],
            "subject": inline(message.subject, _LINE_CHARS),
            "attachments": [attachment_entry(each)["untrusted"] for each in message.attachments],
        },
        date=moment(message.created_at),
        direction=message.direction,
        is_read=message.is_read,
        delivery_status=message.delivery_status,
        labels=list(message.labels),
        warnings=list(message.warnings),
    )


def summary_entry(message: Message) -> Entry:
    """Describe a message for a listing: with the beginning of its text."""
    entry = message_entry(message)
    entry["untrusted"]["snippet"] = inline(message.snippet or message.text or "", 200)
    return entry


def full_entry(message: Message) -> Entry:
    """Describe a message with its whole text."""
    entry = message_entry(message)
    if message.text is not None or message.html is not None:
        entry["untrusted"]["text"] = clean(email_document(message, service="", text_mode="full").text)
    return entry


def thread_entry(thread: Thread) -> Entry:
    """Describe a thread."""
    return described(
        {"id": thread.id, "subject": inline(thread.subject, _LINE_CHARS), "snippet": inline(thread.snippet, 200)},
        last_message_at=moment(thread.last_message_at),
        message_count=thread.message_count,
        last_direction=thread.last_direction,
        has_attachments=thread.has_attachments,
    )


def hit_entry(hit: Hit) -> Entry:
    """Describe what a search found."""
    return described(
        {
            "thread_id": hit.thread_id,
            "message_id": hit.message_id,
            "subject": inline(hit.subject, _LINE_CHARS),
            "snippet": inline(hit.snippet, 500),
        },
        date=moment(hit.created_at),
    )


def attachment_entry(attachment: Attachment) -> Entry:
    """Describe an attachment."""
    return described(
        {
            "id": attachment.id,
            "filename": inline(attachment.filename, 255),
            "media_type": inline(attachment.media_type, 100),
            "size_bytes": attachment.size_bytes,
        }
    )


def draft_entry(draft: Draft) -> Entry:
    """Describe what goes out, without its text."""
    return described(
        {
            "to": [_address(each) for each in draft.to],
            "cc": [_address(each) for each in draft.cc],
            "bcc": [_address(each) for each in draft.bcc],
            "subject": inline(draft.subject, _LINE_CHARS),
            "forwards": draft.forwards and draft.forwards.id,
        }
    )


def described(untrusted: dict[str, Any], **known: Any) -> Entry:
    """Make an entry of what strangers wrote and of what is known, without what is empty."""
    return {**_filled(known), "untrusted": _filled(untrusted)}


def moment(time: datetime | None) -> str | None:
    """Write a time in ISO 8601, in UTC."""
    return time.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z") if time else None


def facts(entry: Entry) -> list[str]:
    """Write an entry as lines of `key: value`, its text left out."""
    return [f"{key}: {_plain(value)}" for key, value in _pairs(entry)]


def _pairs(entry: Entry) -> Iterator[tuple[str, Any]]:
    for key, value in [*entry["untrusted"].items(), *entry.items()]:
        if key == "attachments":
            yield from (("attachment", each) for each in value)
        elif key not in {"untrusted", "text"}:
            yield key, value


def _filled(facts: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in facts.items() if value not in (None, "", [])}


def _address(address: Address) -> dict[str, str]:
    return _filled({"name": inline(address.name, 200), "email": inline(address.email, 320)})


def _plain(value: Any) -> str:
    match value:
        case bool():
            return "yes" if value else "no"
        case list():
            return inline(", ".join(map(_plain, value)), _LINE_CHARS)
        case {"email": email}:
            return f"{value['name']} <{email}>" if "name" in value else str(email)
        case dict():
            return ", ".join(f"{key} {_plain(part)}" for key, part in value.items())
        case _:
            return inline(str(value), _LINE_CHARS)
