"""The short way for plain GETs answers exactly as the long way does."""

import socket
from collections.abc import Iterator

import pytest

from postline_sandbox import Sandbox


class Wire:
    """A bare connection."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.host, _, port = sandbox.commune.base_url.removeprefix("http://").partition(":")
        self._socket = socket.create_connection((self.host, int(port)), timeout=5)
        self._file = self._socket.makefile("rb")

    def send(self, data: bytes) -> None:
        self._socket.sendall(data)

    def read(self) -> tuple[int, dict[str, str], bytes]:
        status = int(self._file.readline().split()[1])
        headers: dict[str, str] = {}
        while (line := self._file.readline()) != b"\r\n":
            name, _, value = line.decode().partition(":")
            headers[name.lower()] = value.strip()
        return status, headers, self._file.read(int(headers["content-length"]))

    def ended(self) -> bool:
        return self._file.read() == b""

    def close(self) -> None:
        self._file.close()
        self._socket.close()


@pytest.fixture
def wire(sandbox: Sandbox) -> Iterator[Wire]:
    connection = Wire(sandbox)
    yield connection
    connection.close()


def _get(sandbox: Sandbox, path: str = "/v1/domains", *more: str, version: str = "1.1") -> bytes:
    lines = [f"GET {path} HTTP/{version}", "Host: x", f"Authorization: Bearer {sandbox.commune.api_key}", *more, "", ""]
    return "\r\n".join(lines).encode()


@pytest.mark.parametrize("path", ["/v1/domains", "/v1/domains/unknown", "/v1/unknown", "/v1/domains/%zz", "/health"])
def test_both_ways_answer_alike(sandbox: Sandbox, wire: Wire, path: str) -> None:
    """Status, headers and body are the same, but for the request's own id."""
    wire.send(_get(sandbox, path, "X-Request-ID: same"))
    short = wire.read()

    wire.send(_get(sandbox, path, "X-Request-ID: same", "Content-Length: 0"))
    long = wire.read()

    assert short[0] == long[0]
    assert short[2] == long[2]
    assert short[1] | {"date": ""} == long[1] | {"date": ""}


def test_requests_in_one_packet_are_answered_in_order(sandbox: Sandbox, wire: Wire) -> None:
    """Pipelined requests, and one behind a body, get their answers one after the other."""
    body = b'{"local_part":"a"}'
    post = _get(sandbox, "/v1/inboxes", f"Content-Length: {len(body)}", "Content-Type: application/json")
    wire.send(_get(sandbox, "/v1/domains", "X-Request-ID: 1") + _get(sandbox, "/v1/inboxes", "X-Request-ID: 2"))
    wire.send(post.replace(b"GET", b"POST", 1) + body + _get(sandbox, "/v1/inboxes", "X-Request-ID: 4"))

    answers = [wire.read() for _ in range(4)]

    assert [status for status, _, _ in answers] == [200, 200, 201, 200]
    assert [headers["x-request-id"] for _, headers, _ in answers][::3] == ["1", "4"]
    assert b'"localPart":"a"' in answers[3][2]


def test_a_request_may_come_in_pieces(sandbox: Sandbox, wire: Wire) -> None:
    """Cut anywhere, it is one request, and the next one is well."""
    request = _get(sandbox)
    for cut in (3, 20, len(request) - 1):
        wire.send(request[:cut])
        wire.send(request[cut:])

        assert wire.read()[0] == 200
        wire.send(request)
        assert wire.read()[0] == 200


@pytest.mark.parametrize("more", [["Connection: close"], ["Connection: Close, x"]])
def test_a_connection_that_is_to_close_closes(sandbox: Sandbox, wire: Wire, more: list[str]) -> None:
    """`Connection: close` is kept."""
    wire.send(_get(sandbox, "/v1/domains", *more))

    assert wire.read()[0] == 200
    assert wire.ended()


def test_old_clients_are_served(sandbox: Sandbox, wire: Wire) -> None:
    """HTTP/1.0 gets its answer and the end of the connection."""
    wire.send(_get(sandbox, version="1.0"))

    assert wire.read()[0] == 200
    assert wire.ended()


def test_a_broken_request_is_refused(sandbox: Sandbox, wire: Wire) -> None:
    """What is not HTTP is 400."""
    wire.send(b"GET /v1/domains HTTP/1.1\r\nno header at all\r\n\r\n")

    assert wire._file.readline().split()[1] == b"400"


def test_a_sandbox_that_listens_everywhere_is_reached_on_loopback() -> None:
    """The addresses that it tells are usable ones, the control side's too."""
    with Sandbox(host="0.0.0.0") as sandbox:
        wire = Wire(sandbox)
        wire.send(_get(sandbox))
        answer = wire.read()
        wire.close()

    assert sandbox.commune.base_url.startswith("http://127.0.0.1:")
    assert answer[0] == 200
