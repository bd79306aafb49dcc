"""Mail from the outside world into one neutral record, however badly it is written.

The standard library's strict policy raises on headers that real mail has, so headers are decoded here, tolerantly.
"""

import hashlib
import re
from dataclasses import dataclass, field
from datetime import datetime
from email import policy
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.parser import BytesParser
from email.utils import getaddresses, parsedate_to_datetime
from html import unescape

_SPACE = re.compile(r"\s+")
_ID = re.compile(r"<[^<>\s]+>")
_ADDRESS = re.compile(r"[^\s<>,;:\"'()]+@[^\s<>,;:\"'()]+")
_BLOCK = re.compile(r"(?i)<(script|style)\b.*?</\1>|<br\s*/?>|</(p|div|tr|li|h[1-6])>", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
_SPECIAL = re.compile(r'[()<>@,:;".\[\]\\]')


class MalformedMailError(ValueError):
    """The bytes are not a mail that can be stored."""


@dataclass(frozen=True)
class File:
    """An attachment."""

    filename: str
    mime_type: str
    content: bytes


@dataclass(frozen=True)
class Mail:
    """One mail as its reader sees it. Identities are `Name <address>` or a bare address."""

    sender: str
    message_id: str
    """With its angle brackets; empty where the mail has none."""
    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    bcc: tuple[str, ...] = ()
    reply_to: tuple[str, ...] = ()
    subject: str = ""
    text: str = ""
    html: str | None = None
    in_reply_to: str | None = None
    references: tuple[str, ...] = ()
    sent_at: datetime | None = None
    headers: dict[str, str] = field(default_factory=dict)
    attachments: tuple[File, ...] = ()


def parse(raw: bytes) -> Mail:
    """Read one mail.

    Raises:
        MalformedMailError: There are no headers, or none says who sent it.
    """
    try:
        message = BytesParser(policy=policy.compat32).parsebytes(raw)
        return _mail(message, raw)
    except MalformedMailError:
        raise
    except Exception as error:  # the standard parser fails in many ways; one mail must not end an import
        raise MalformedMailError(f"the parser gave up: {type(error).__name__}") from error


def bare_address(identity: str) -> str:
    """Return the address of `Name <address>` in lower case, or the whole text where there is none."""
    open_at = identity.rfind("<")
    inner = identity[open_at + 1 :].partition(">")[0] if open_at >= 0 else identity
    return inner.strip().lower()


def identity(name: str, address: str) -> str:
    """Write `Name <address>`, quoting the name where it needs that."""
    if not name:
        return address
    quoted = '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"' if _SPECIAL.search(name) else name
    return f"{quoted} <{address}>"


def html_to_text(page: str) -> str:
    """Return the words of a page, for readers of plain text."""
    return unescape(_TAG.sub("", _BLOCK.sub("\n", page))).strip()


def message_ids(text: str) -> tuple[str, ...]:
    """Return all `<...>` tokens in order."""
    return tuple(_ID.findall(text))


def content_id(raw: bytes) -> str:
    """Return the Message-ID that a mail without one gets: the same for the same bytes."""
    return f"<{hashlib.sha256(raw).hexdigest()[:32]}@no-message-id.example.com>"


def _mail(message: Message, raw: bytes) -> Mail:
    if not len(message):
        raise MalformedMailError("no headers")
    senders = _identities(message, "from") or _identities(message, "sender")
    if not senders:
        raise MalformedMailError("no From header")
    own_ids = message_ids(_text(message, "message-id"))
    text, html, files = _content(message)
    replied = message_ids(_text(message, "in-reply-to"))
    return Mail(
        sender=senders[0],
        message_id=own_ids[0] if own_ids else content_id(raw),
        to=_identities(message, "to"),
        cc=_identities(message, "cc"),
        bcc=_identities(message, "bcc"),
        reply_to=_identities(message, "reply-to"),
        subject=_text(message, "subject"),
        text=text,
        html=html,
        in_reply_to=replied[0] if replied else None,
        references=message_ids(_text(message, "references")),
        sent_at=_date(_text(message, "date")),
        headers={name.lower(): _text(message, name) for name, _ in message.raw_items()},
        attachments=tuple(files),
    )


def _values(message: Message, name: str) -> list[str]:
    """Return a header's values unparsed: `Message.get` fails on some, and replaces raw bytes."""
    return [_clean(str(value)) for key, value in message.raw_items() if key.lower() == name.lower()]


def _text(message: Message, name: str) -> str:
    values = _values(message, name)
    return _SPACE.sub(" ", _decoded(values[0])).strip() if values else ""


def _decoded(value: str) -> str:
    if "=?" not in value:
        return value
    try:
        parts = decode_header(value)
    except (HeaderParseError, ValueError):
        return value
    return _clean("".join(part if isinstance(part, str) else _to_text(part, charset) for part, charset in parts))


def _identities(message: Message, name: str) -> tuple[str, ...]:
    found: list[str] = []
    for raw in _values(message, name):
        pairs = [pair for pair in getaddresses([raw]) if _ADDRESS.fullmatch(pair[1])]
        if pairs:
            found += [identity(_SPACE.sub(" ", _decoded(shown)).strip(), address) for shown, address in pairs]
        else:
            found += _ADDRESS.findall(_decoded(raw)) or [_decoded(raw).strip()]
    return tuple(one for one in found if one)


def _date(text: str) -> datetime | None:
    try:
        return parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _content(message: Message) -> tuple[str, str | None, list[File]]:
    texts: list[str] = []
    pages: list[str] = []
    files: list[File] = []
    _collect(message, texts, pages, files)
    return "\n".join(texts), "\n".join(pages) or None, files


def _collect(part: Message, texts: list[str], pages: list[str], files: list[File]) -> None:
    kind = part.get_content_type()
    children = part.get_payload()
    if isinstance(children, list) and kind != "message/rfc822":
        for child in children:
            if isinstance(child, Message):
                _collect(child, texts, pages, files)
    elif kind in {"text/plain", "text/html"} and not _is_file(part):
        (texts if kind == "text/plain" else pages).append(_to_text(_payload(part), _charset(part)))
    else:
        files.append(_file(part, kind, len(files) + 1))


def _is_file(part: Message) -> bool:
    return part.get_content_disposition() == "attachment" or bool(_filename(part))


def _filename(part: Message) -> str:
    try:
        return _SPACE.sub(" ", _decoded(part.get_filename() or "")).strip()
    except (ValueError, LookupError, TypeError):
        return ""


def _file(part: Message, kind: str, number: int) -> File:
    nested = part.get_payload()
    if kind == "message/rfc822" and isinstance(nested, list) and nested and isinstance(nested[0], Message):
        content, default = nested[0].as_bytes(), f"message-{number}.eml"
    else:
        content, default = _payload(part), f"attachment-{number}"
    return File(_filename(part) or default, kind, content)


def _payload(part: Message) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _charset(part: Message) -> str | None:
    try:
        return part.get_content_charset()
    except (ValueError, LookupError, TypeError):
        return None


def _to_text(content: bytes, charset: str | None) -> str:
    for candidate in (charset, "utf-8"):
        try:
            if candidate:
                return _clean(content.decode(candidate)).replace("\r\n", "\n")
        except (LookupError, ValueError):
            continue
    return _clean(content.decode("windows-1252", "replace")).replace("\r\n", "\n")


def _clean(text: str) -> str:
    """Turn raw bytes that the parser carried along into text, and drop what cannot be written as UTF-8."""
    if text.isascii():
        return text
    try:
        raw = text.encode("utf-8", "surrogateescape")
    except UnicodeError:
        raw = text.encode("utf-8", "replace")
    try:
        return raw.decode()
    except UnicodeError:
        return raw.decode("windows-1252", "replace")
