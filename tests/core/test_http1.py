"""HTTP/1.1 as bytes: what is read of an answer is what h11 reads of it, however it arrives; what is unclear is refused."""

from __future__ import annotations

import gzip
from typing import Any

import h11
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from postline.http1 import Answer, ExchangeError, encode, read
from postline.request import Address, Request

HOME = Address("http", "mail.example.com", 80)


def asked(method: str = "GET", target: str = "/v1/messages", limit_bytes: int | None = None, **headers: str) -> Request:
    return Request(method, HOME, target, {"host": "mail.example.com", **headers}, b"", 5, limit_bytes)


def answer(pieces: list[bytes], request: Request | None = None) -> Answer | None:
    """Feed the pieces; an answer that wants more than these is none."""
    reading = read(request or asked())
    next(reading)
    try:
        for piece in pieces:
            reading.send(piece)
    except StopIteration as stop:
        found: Answer = stop.value
        return found
    return None


def content(answered: bytes, request: Request | None = None) -> bytes:
    found = answer([answered], request)
    assert found
    return found.reply.content


def as_h11(answered: bytes, method: str = "GET") -> tuple[int, list[tuple[bytes, bytes]], bytes, bool] | None:
    """Read an answer with h11; `None` where it finds it malformed or wants more."""
    connection = h11.Connection(h11.CLIENT)
    connection.send(h11.Request(method=method, target="/", headers=[("host", "mail.example.com")]))
    connection.send(h11.EndOfMessage())
    connection.receive_data(answered)
    head, body = None, b""
    try:
        while not isinstance(event := connection.next_event(), h11.EndOfMessage):
            if event is h11.NEED_DATA or event is h11.PAUSED or isinstance(event, h11.ConnectionClosed):
                return None
            if isinstance(event, h11.Response):
                head = event
            elif isinstance(event, h11.Data):
                body += event.data
    except h11.RemoteProtocolError:
        return None
    assert head
    again = connection.their_state is h11.DONE and not connection.trailing_data[0]
    return head.status_code, list(head.headers.raw_items()), body, again


TOKENS = st.text("abcXYZ019-_!", min_size=1, max_size=12)
VALUES = st.text("abc XYZ\t019;=,\"'", max_size=20).map(str.strip)
PLAIN_FIELDS = st.lists(st.tuples(TOKENS.map(lambda name: f"x-{name}"), VALUES), max_size=6)
LASTING = st.sampled_from([[], [("Connection", "close")], [("connection", "Keep-Alive")], [("Connection", "x, CLOSE")]])
BODIES = st.binary(max_size=300)
INTERIM = st.sampled_from(
    [b"", b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n" * 2]
)


@st.composite
def answers(draw: st.DrawFn) -> bytes:
    """Whole answers of servers that keep to the rules."""
    body, fields = draw(BODIES), [*draw(PLAIN_FIELDS), *draw(LASTING)]
    version, status = (
        draw(st.sampled_from(["1.1", "1.1", "1.0"])),
        draw(st.sampled_from([200, 201, 301, 404, 429, 503])),
    )
    if version == "1.1" and draw(st.booleans()):
        sizes = draw(st.lists(st.integers(1, 60), max_size=8))
        body, fields = (
            _chunked(draw, body, sizes),
            [*fields, ("Transfer-Encoding", "chunked")],
        )
    else:
        fields = [*fields, ("Content-Length", str(len(body)))]
    lines = [
        f"HTTP/{version} {status} {draw(st.sampled_from(['OK', '', 'Not so fine']))}",
        *(f"{n}: {v}" for n, v in fields),
    ]
    return draw(INTERIM) + "\r\n".join([*lines, "", ""]).encode() + body


def _chunked(draw: st.DrawFn, body: bytes, sizes: list[int]) -> bytes:
    pieces = []
    for size in sizes:
        pieces.append(body[:size])
        body = body[size:]
    extension, trailer = draw(st.sampled_from([b"", b";name=value"])), draw(st.sampled_from([b"", b"x-sum: 1\r\n"]))
    packed = [b"%x%b\r\n%b\r\n" % (len(piece), extension, piece) for piece in [*pieces, body] if piece]
    return b"".join(packed) + b"0\r\n" + trailer + b"\r\n"


@given(answers(), st.lists(st.integers(1, 40), max_size=12))
def test_an_answer_is_read_as_h11_reads_it_however_it_is_cut(answered: bytes, cuts: list[int]) -> None:
    """Status, headers, content, and whether the connection can be used again."""
    pieces, rest = [], answered
    for cut in cuts:
        pieces.append(rest[:cut])
        rest = rest[cut:]

    found = answer([piece for piece in [*pieces, rest] if piece])

    assert found
    reply = found.reply
    assert (reply.status_code, reply.raw_headers, reply.content, found.reusable) == as_h11(answered)


@given(answers(), st.data())
def test_a_spoiled_answer_is_never_read_otherwise_than_h11_reads_it(answered: bytes, data: st.DataObject) -> None:
    """It is refused, or waited for, or read as the same: one byte makes no other answer of it."""
    place = data.draw(st.integers(0, len(answered) - 1))
    byte = data.draw(st.sampled_from([b"\r", b"\n", b"\0", b" ", b":", b"0", b"9", b"f", b"x", b""]))
    spoiled = answered[:place] + byte + answered[place + 1 :]
    known = as_h11(spoiled)

    try:
        found = answer([spoiled])
    except ExchangeError:
        return

    if found and known:
        assert (found.reply.status_code, found.reply.content) == (known[0], known[2])


@given(st.binary(max_size=400))
@example(b"HTTP/1.1 200 OK\r\ncontent-length: 1_0\r\n\r\n0123456789")
def test_anything_at_all_is_an_answer_or_an_error(data: bytes) -> None:
    """No other exception comes of what a server sends."""
    try:
        found = answer([data, b""])
    except ExchangeError:
        return

    assert found


@pytest.mark.parametrize(
    "head",
    [
        "HTTP/2 200 OK",
        "HTTP/1.1 2000 OK",
        "HTTP/1.1 101 Switching Protocols",
        "ICY 200 OK",
        "HTTP/1.1 200 OK\r\nno colon",
        "HTTP/1.1 200 OK\r\nna me: x",
        "HTTP/1.1 200 OK\r\n: x",
        "HTTP/1.1 200 OK\r\nx: a\rb",
        "HTTP/1.1 200 OK\r\nx: a\nb: c",
        "HTTP/1.1 200 OK\r\nx: a\r\n folded",
        "HTTP/1.1 200 OK\r\ncontent-length: -1",
        "HTTP/1.1 200 OK\r\ncontent-length: 1e3",
        "HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2",
        "HTTP/1.1 200 OK\r\ncontent-length: 1\r\ntransfer-encoding: chunked",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: gzip, chunked",
    ],
    ids=lambda head: head.encode("unicode_escape").decode(),
)
def test_a_head_that_is_unclear_is_refused(head: str) -> None:
    """Nothing is guessed about where an answer ends."""
    with pytest.raises(ExchangeError) as caught:
        answer([head.encode() + b"\r\n\r\n"])

    assert caught.value.kind == "RemoteProtocolError"


def test_a_head_that_does_not_end_is_given_up() -> None:
    """A server cannot fill the memory with it."""
    with pytest.raises(ExchangeError, match="does not end"):
        answer([b"HTTP/1.1 200 OK\r\n", *[b"x: " + b"y" * 9_000 + b"\r\n"] * 8])


@pytest.mark.parametrize(
    ("begun", "more"),
    [
        (b"", b"HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n" * 100),
        (b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n", b"x-sum: 1\r\n" * 500),
    ],
    ids=["before", "after"],
)
def test_an_answer_that_goes_on_without_content_is_given_up(begun: bytes, more: bytes) -> None:
    """A server cannot hold a call for ever with what is no answer."""
    with pytest.raises(ExchangeError, match="not end"):
        answer([*filter(None, [begun]), *[more] * 100])


@pytest.mark.parametrize("body", [b"x\r\n", b"-1\r\n", b"1_0\r\n", b"3\r\nabcdef\r\n", b"\r\n", b"1;" + b"x" * 5_000])
def test_a_piece_that_is_unclear_is_refused(body: bytes) -> None:
    """Its length is hexadecimal, and true."""
    with pytest.raises(ExchangeError):
        answer([b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n" + body])


@pytest.mark.parametrize(
    "begun",
    [
        b"",
        b"HTTP/1.1 200",
        b"HTTP/1.1 100 Continue\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\nhalf\r\n",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n",
    ],
)
def test_an_answer_that_breaks_off_is_an_error(begun: bytes) -> None:
    """What is there of it is not taken for all of it."""
    with pytest.raises(ExchangeError):
        answer([piece for piece in [begun] if piece] + [b""])


def test_an_answer_without_a_length_lasts_as_long_as_its_connection() -> None:
    """So servers of old did, and some still do."""
    found = answer([b"HTTP/1.1 200 OK\r\n\r\nall ", b"of it", b""])

    assert found
    assert (found.reply.content, found.reusable) == (b"all of it", False)


@pytest.mark.parametrize(("method", "status"), [("HEAD", 200), ("GET", 204), ("GET", 304)])
def test_some_answers_have_no_content_whatever_they_say(method: str, status: int) -> None:
    """Their length is the one that another answer would have."""
    found = answer([f"HTTP/1.1 {status} -\r\ncontent-length: 9\r\n\r\n".encode()], asked(method))

    assert found
    assert (found.reply.content, found.reusable) == (b"", True)


def test_the_same_length_twice_is_clear() -> None:
    """Some proxies say it again."""
    assert content(b"HTTP/1.1 200 OK\r\ncontent-length: 2, 2\r\ncontent-length: 2\r\n\r\nok") == b"ok"


def test_names_of_codings_come_in_any_case() -> None:
    """As all of HTTP's do."""
    assert content(b"HTTP/1.1 200 OK\r\nTRANSFER-Encoding: Chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n") == b"ok"


def test_what_nobody_asked_for_ends_the_connection() -> None:
    """Bytes beyond an answer are not taken for the next one."""
    found = answer([b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok" + b"HTTP/1.1 200 OK\r\n\r\n"])

    assert found
    assert (found.reply.content, found.reusable) == (b"ok", False)


@given(BODIES, st.integers(1, 30))
def test_a_packed_answer_is_unpacked(body: bytes, size: int) -> None:
    """Piece by piece, as it comes."""
    packed = gzip.compress(body)
    whole = f"HTTP/1.1 200 OK\r\nContent-Encoding: GZIP\r\ncontent-length: {len(packed)}\r\n\r\n".encode() + packed

    found = answer([whole[start : start + size] for start in range(0, len(whole), size)])

    assert found
    assert found.reply.content == body


@pytest.mark.parametrize("body", [b"plain", gzip.compress(b"whole", mtime=0)[:-4]], ids=["not at all", "in part"])
def test_an_answer_that_is_not_packed_as_it_says_is_an_error(body: bytes) -> None:
    """Nor is half of one taken for all of it."""
    with pytest.raises(ExchangeError) as caught:
        content(f"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: {len(body)}\r\n\r\n".encode() + body)

    assert caught.value.kind == "DecodingError"


def test_nothing_is_packed_in_an_empty_answer() -> None:
    """A refusal may say that it is packed and have no content."""
    assert content(b"HTTP/1.1 403 No\r\ncontent-encoding: gzip\r\ncontent-length: 0\r\n\r\n") == b""


def test_an_answer_is_read_no_further_than_its_limit() -> None:
    """Then the connection has unread bytes on it, and is not used again."""
    found = answer([b"HTTP/1.1 200 OK\r\ncontent-length: 900\r\n\r\n", b"x" * 11], asked(limit_bytes=10))

    assert found
    assert (len(found.reply.content), found.reusable) == (11, False)


def test_a_packed_answer_is_unpacked_no_further_than_its_limit() -> None:
    """A small one can hold gigabytes; nor is what comes after its end kept."""
    bomb = gzip.compress(b"x" * 1_000_000)
    head = b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: %d\r\n\r\n"

    found = answer([head % len(bomb) + bomb], asked(limit_bytes=10))
    longer = answer([head % (len(bomb) + 8), bomb, b"not this"], asked(limit_bytes=1_000_000))

    assert found
    assert longer
    assert (len(found.reply.content), found.reusable) == (11, False)
    assert (len(longer.reply.content), longer.reusable) == (1_000_000, True)


@given(st.sampled_from(["GET", "POST", "PATCH"]), st.text("/abc?=&%20.~", max_size=30), st.binary(max_size=50))
def test_a_request_arrives_as_it_was_made(method: str, path: str, body: bytes) -> None:
    """h11 reads it as a server would."""
    headers = {"host": "mail.example.com", "x-name": "a, b", "content-length": str(len(body))}
    request = Request(method, HOME, f"/{path}", headers, body, 5)
    server = h11.Connection(h11.SERVER)

    server.receive_data(encode(request))
    events: list[Any] = []
    while not events or not isinstance(events[-1], h11.EndOfMessage):
        events.append(server.next_event())

    assert (events[0].method, events[0].target) == (method.encode(), f"/{path}".encode())
    assert dict(events[0].headers) == {name.encode(): value.encode() for name, value in headers.items()}
    assert b"".join(event.data for event in events[1:-1]) == body


@pytest.mark.parametrize("target", ["/a b", "/a\r\nx: y", "/a\x00", "/é", "no-slash", ""])
def test_a_path_that_would_make_another_request_is_not_sent(target: str) -> None:
    """It is quoted, or it is refused."""
    with pytest.raises(ExchangeError) as caught:
        encode(asked(target=target))

    assert caught.value.kind == "LocalProtocolError"


def test_an_error_says_what_was_wrong() -> None:
    """Or at least its kind."""
    assert str(ExchangeError("ReadTimeout")) == "ReadTimeout"
    assert str(ExchangeError("ReadError", "reset")) == "reset"
