"""HTTP/1.1 as bytes: a request to send, and an answer made of what comes back. No I/O: `lines` and `async_lines` move the bytes.

Chosen by measurement: parsing with h11, and what httpcore and anyio put around it, took two thirds of a call's CPU time. A client
that asks for nothing but whole answers, one at a time, needs little of HTTP; it takes that strictly, and refuses the rest.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Generator
from dataclasses import dataclass
from math import inf
from typing import Protocol

from postline.request import Reply, Request

Fields = list[tuple[bytes, bytes]]
Reading = Generator[None, bytes, "Answer"]
"""Is sent what arrives, and at the server's end an empty piece; returns the answer."""

_MOST_HEAD_BYTES = 65_536
_MOST_LINE_BYTES = 4_096  # of those between the pieces of a chunked answer
_STATUS = re.compile(rb"HTTP/1\.([01]) ([1-9][0-9][0-9])(?: .*)?")
_NAME = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_UNFIT = re.compile(rb"[\x00\r\n]")
_DIGITS = re.compile(rb"[0-9]{1,18}")
_SIZE = re.compile(rb"([0-9A-Fa-f]{1,15})[ \t]*(?:;.*)?")
_TARGET = re.compile(r"/[\x21-\x7e]*")


class ExchangeError(Exception):
    """A request that got no whole answer."""

    def __init__(self, kind: str, text: str = "") -> None:
        super().__init__(kind, text)
        self.kind = kind
        """The name of httpx's error for it."""
        self.text = text

    def __str__(self) -> str:
        return self.text or self.kind


@dataclass(frozen=True, slots=True)
class Answer:
    """A reply, and what became of the connection."""

    reply: Reply
    reusable: bool
    """Whether another request may follow on it."""


def encode(request: Request) -> bytes:
    """Return what to send. The headers' values were checked when the request was made.

    Raises:
        ExchangeError: The path has characters that only come quoted: they would make another request of it.
    """
    if not _TARGET.fullmatch(request.target):
        raise ExchangeError("LocalProtocolError", "a path is not quoted")
    fields = "".join([f"{name}: {value}\r\n" for name, value in request.headers.items()])
    return f"{request.method} {request.target} HTTP/1.1\r\n{fields}\r\n".encode() + request.content


def read(request: Request) -> Reading:
    """Read the answer to a request, to its end or to the request's limit, and unpack it.

    Raises:
        ExchangeError: It is not HTTP/1.1, breaks off, or is not packed as it says.
    """
    status, lasting, fields, piece = yield from _head()
    body = _body(request.method, status, fields)
    unpack = _Unpacking() if _value(fields, b"content-encoding").lower() == b"gzip" else None
    content, room = [], inf if request.limit_bytes is None else request.limit_bytes
    while True:
        piece = body.take(piece)
        content.append(unpack(piece, room) if unpack else piece)
        room -= len(content[-1])
        if body.ended or room < 0:
            break
        piece = yield
        if not piece:
            if not body.ends_with_the_connection:
                raise ExchangeError("RemoteProtocolError", "the answer broke off")
            break
    if unpack and room >= 0:
        unpack.finish()
    reusable = lasting and room >= 0 and body.ended and not body.left_over
    return Answer(Reply(status, fields, b"".join(content)), reusable)


def _head() -> Generator[None, bytes, tuple[int, bool, Fields, bytes]]:
    """Read status, whether the connection lasts, and fields; the last is what came after them."""
    come, heard_bytes = b"", 0
    while True:
        while (end := come.find(b"\r\n\r\n")) < 0:
            if heard_bytes > _MOST_HEAD_BYTES:
                raise ExchangeError("RemoteProtocolError", "the answer's head does not end")
            more = yield
            if not more:
                raise ExchangeError("RemoteProtocolError", "the server closed the connection without an answer")
            come, heard_bytes = come + more, heard_bytes + len(more)
        first, *lines = come[:end].split(b"\r\n")
        come = come[end + 4 :]
        started = _STATUS.fullmatch(first)
        if not started or started[2] == b"101":
            raise ExchangeError("RemoteProtocolError", "that is no answer of HTTP/1.1")
        status, fields = int(started[2]), [_field(line) for line in lines]
        if status >= 200:  # the others only say that an answer will come
            break
    options = {each.strip().lower() for each in _value(fields, b"connection").split(b",")}
    lasting = started[1] == b"1" and b"close" not in options
    return status, lasting, fields, come


def _field(line: bytes) -> tuple[bytes, bytes]:
    name, colon, value = line.partition(b":")
    if not colon or not _NAME.fullmatch(name) or _UNFIT.search(value):
        raise ExchangeError("RemoteProtocolError", "a header is malformed")
    return name, value.strip(b" \t")


def _value(fields: Fields, wanted: bytes) -> bytes:
    return b",".join([value for name, value in fields if name.lower() == wanted])


class _Body(Protocol):
    """Takes an answer's content out of what comes."""

    ended: bool
    ends_with_the_connection: bool
    left_over: bytes
    """What came beyond its end."""

    def take(self, come: bytes) -> bytes: ...


def _body(method: str, status: int, fields: Fields) -> _Body:
    if method == "HEAD" or status in {204, 304}:
        return _Sized(0)
    if coding := _value(fields, b"transfer-encoding"):
        if coding.lower() != b"chunked" or _value(fields, b"content-length"):
            raise ExchangeError("RemoteProtocolError", "it is not clear where the answer ends")
        return _Chunked()
    lengths = {each.strip() for each in _value(fields, b"content-length").split(b",")}
    if lengths == {b""}:
        return _Unsized()
    length = lengths.pop()
    if lengths or not _DIGITS.fullmatch(length):
        raise ExchangeError("RemoteProtocolError", "it is not clear where the answer ends")
    return _Sized(int(length))


class _Sized:
    """A body whose length was told."""

    ends_with_the_connection = False
    left_over = b""

    def __init__(self, length: int) -> None:
        self._left = length
        self.ended = not length

    def take(self, come: bytes) -> bytes:
        piece, self.left_over = come[: self._left], come[self._left :]
        self._left -= len(piece)
        self.ended = not self._left
        return piece


class _Unsized:
    """A body that lasts as long as the connection."""

    ended = False
    ends_with_the_connection = True
    left_over = b""

    def take(self, come: bytes) -> bytes:
        return come


class _Chunked:
    """A body in pieces that each tell their length; an empty one, and perhaps more fields, end it."""

    ends_with_the_connection = False

    def __init__(self) -> None:
        self.ended = False
        self.left_over = b""
        self._left: int | None = None
        """Of the piece that is read; `None` where the next one's length comes."""
        self._last = False
        self._trailer_bytes = 0

    def take(self, come: bytes) -> bytes:
        content, come, at = [], self.left_over + come, 0  # copied once, however small the pieces
        while not self.ended:
            if self._left:
                content.append(come[at : at + self._left])
                at += len(content[-1])
                self._left -= len(content[-1])
            end = come.find(b"\r\n", at)
            line = come[at : None if end < 0 else end]
            if len(line) > _MOST_LINE_BYTES:
                raise ExchangeError("RemoteProtocolError", "a line in the answer does not end")
            if end < 0:
                break
            at = end + 2
            self._follow(line)
        self.left_over = come[at:]
        return b"".join(content)

    def _follow(self, line: bytes) -> None:
        if self._last:
            self.ended = not line
            self._trailer_bytes += len(line)
            if self._trailer_bytes > _MOST_HEAD_BYTES:
                raise ExchangeError("RemoteProtocolError", "the answer does not end")
        elif self._left is not None:
            if line:
                raise ExchangeError("RemoteProtocolError", "a piece of the answer is longer than it said")
            self._left = None
        else:
            told = _SIZE.fullmatch(line)
            if not told:
                raise ExchangeError("RemoteProtocolError", "a piece of the answer does not tell its length")
            self._left = int(told[1], 16)
            self._last = not self._left


class _Unpacking:
    """Undoes gzip, piece by piece."""

    def __init__(self) -> None:
        self._stream = zlib.decompressobj(zlib.MAX_WBITS | 16)
        self._begun = False

    def __call__(self, piece: bytes, room: float) -> bytes:
        """Unpack a piece, or so much of it that there is more than the room; what comes after the end is nothing."""
        self._begun = self._begun or bool(piece)
        try:
            return b"" if self._stream.eof else self._stream.decompress(piece, 0 if room == inf else int(room) + 1)
        except zlib.error as error:
            raise ExchangeError("DecodingError", "the answer is not packed as it says") from error

    def finish(self) -> None:
        """See that nothing is missing; an empty body is never packed."""
        if self._begun and not self._stream.eof:
            raise ExchangeError("DecodingError", "the answer is not packed as it says")
