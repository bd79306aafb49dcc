"""What every answer has in common: who may ask, headers, the odd request."""

import gzip
import json
import socket
from typing import Any

import httpx
import pytest

from postline_sandbox import Sandbox


@pytest.mark.parametrize(
    ("header", "error"),
    [
        (None, "Missing Authorization header"),
        ("Bearer comm_unknown", "Invalid or expired API key"),
        ("Bearer  comm_two_spaces", "Invalid or expired API key"),
        ("bearer comm_lower", "invalid_authorization_format"),
        ("Basic abc", "invalid_authorization_format"),
    ],
)
@pytest.mark.parametrize("path", ["/v1/domains", "/v1/unknown"])
def test_a_key_is_asked_for_first(sandbox: Sandbox, header: str | None, error: str, path: str) -> None:
    """401 with the service's words, on unknown routes as well."""
    headers = {"authorization": header} if header else {}

    answer = httpx.get(sandbox.commune.base_url + path, headers=headers, trust_env=False)

    assert (answer.status_code, answer.json()["error"]) == (401, error)


def test_unknown_routes_are_pages(http: Any) -> None:
    """With a key an unknown route is a 404 in HTML, and so is anything outside the API without one."""
    for path in ("/v1/<nothing>", "/other", "/v1/domains/a/b/c/d"):
        answer = http.client.get(path)

        assert (answer.status_code, answer.headers["content-type"]) == (404, "text/html; charset=utf-8")
        assert "Cannot GET" in answer.text
        assert "<nothing>" not in answer.text
    assert http.client.patch("/v1/domains").status_code == 404


def test_every_answer_says_that_it_is_the_sandboxs(http: Any) -> None:
    """Success, refusal and error carry the mark."""
    for path in ("/v1/domains", "/v1/domains/unknown", "/v1/unknown", "/health", "/files/x"):
        assert http.client.get(path).headers["x-postline-sandbox"] == "commune", path


def test_lists_may_be_cached_and_nothing_else(http: Any) -> None:
    """Cache-Control as documented."""
    inbox = http.inbox()
    fresh = {
        "/v1/domains": "private, max-age=30, stale-while-revalidate=60",
        "/v1/inboxes": "private, max-age=30, stale-while-revalidate=60",
        f"/v1/threads?inbox_id={inbox['id']}": "private, max-age=5, stale-while-revalidate=15",
        f"/v1/delivery/metrics?inbox_id={inbox['id']}": "private, max-age=10, stale-while-revalidate=20",
        f"/v1/domains/{inbox['domain_id']}/inboxes/{inbox['id']}": "no-store",
    }
    for path, expected in fresh.items():
        assert http.client.get(path).headers["cache-control"] == expected


def test_requests_have_an_id(http: Any) -> None:
    """The caller's is echoed unless it is too long; otherwise each answer has its own."""
    given = http.client.get("/v1/domains", headers={"x-request-id": "mine"})
    long = http.client.get("/v1/domains", headers={"x-request-id": "x" * 129})
    none = [http.client.get("/v1/domains").headers["x-request-id"] for _ in range(2)]

    assert given.headers["x-request-id"] == "mine"
    assert len(long.headers["x-request-id"]) == 36
    assert none[0] != none[1]


def test_long_answers_are_packed_for_those_who_ask(http: Any) -> None:
    """gzip above 1 KiB with Accept-Encoding, plain otherwise, the same content."""
    for number in range(5):
        http.inbox(f"box{number}", name="A name that takes some room")

    packed = http.client.get("/v1/inboxes")
    plain = http.client.get("/v1/inboxes", headers={"accept-encoding": "identity"})
    short = http.client.get("/v1/domains")

    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert "content-encoding" not in short.headers
    assert packed.json() == plain.json()
    assert int(packed.headers["content-length"]) < int(plain.headers["content-length"])
    assert len(gzip.compress(plain.content, 1)) >= int(packed.headers["content-length"]) - 20


@pytest.mark.parametrize(
    ("path", "status"),
    [("/v1/domains/%zz", 400), ("/v1/domains/%ff", 400), ("/v1/domains/a%2Fb", 404), ("/v1/domains/", 200)],
)
def test_path_segments_are_decoded(sandbox: Sandbox, path: str, status: int) -> None:
    """Broken escapes are 400, an escaped slash stays inside its segment, a trailing slash does not matter."""
    host, _, port = sandbox.commune.base_url.removeprefix("http://").partition(":")
    request = f"GET {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {sandbox.commune.api_key}\r\nConnection: close\r\n\r\n"
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(request.encode())
        answer = b"".join(iter(lambda: connection.recv(65536), b""))

    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.split()[1] == str(status).encode()
    if status == 400:
        assert json.loads(body)["code"] == "INTERNAL_ERROR"


@pytest.mark.parametrize(
    ("content", "content_type", "status", "error"),
    [
        (b"{", "application/json", 400, "Unexpected token in JSON"),
        (b'"text"', "application/json", 400, "Unexpected token in JSON"),
        (b'{"local_part":"a"}', "text/plain", 400, "Missing required field: local_part"),
        (b"", "application/json", 400, "Missing required field: local_part"),
        (b"[]", "application/json", 400, "Missing required field: local_part"),
        (b"[" * 100_000, "application/json", 400, "Unexpected token in JSON"),
        (b" " * 10_485_761, "application/json", 413, "request entity too large"),
    ],
)
def test_bodies_that_are_no_object_are_refused(
    http: Any, content: bytes, content_type: str, status: int, error: str
) -> None:
    """Broken JSON is 400, other types of content count as empty, 10 MiB is the end."""
    answer = http.client.post("/v1/inboxes", content=content, headers={"content-type": content_type})

    assert (answer.status_code, answer.json()["error"]) == (status, error)


def test_half_a_character_is_no_reason_to_fail(http: Any, sandbox: Sandbox) -> None:
    """A lone surrogate in JSON is replaced, a whole pair is kept."""
    content = b'{"to":"a@b.example.net","subject":"\\ud83d\\ude00 \\ud83d","text":"T"}'

    answer = http.client.post("/v1/messages/send", content=content, headers={"content-type": "application/json"})

    assert answer.status_code == 202
    assert sandbox.control.outbox()[0]["subject"] == "\U0001f600 ?"


def test_health_needs_no_key(sandbox: Sandbox) -> None:
    """The one open route."""
    assert httpx.get(f"{sandbox.commune.base_url}/health", trust_env=False).json() == {"ok": True}


def test_a_handler_that_crashes_answers_500(http: Any, monkeypatch: pytest.MonkeyPatch, sandbox: Sandbox) -> None:
    """Whatever happens, there is an answer, and nothing is half-written."""
    import postline_sandbox.commune.delivery as delivery

    def crash(*_: object) -> None:
        raise RuntimeError("made to fail")

    inbox = http.inbox()
    monkeypatch.setattr(delivery, "report_sending", crash)

    answer = http.client.post(
        "/v1/messages/send", json={"to": "a@b.example.net", "subject": "S", "text": "T", "inboxId": inbox["id"]}
    )

    assert (answer.status_code, answer.json()) == (500, {"error": "Internal server error", "code": "INTERNAL_ERROR"})
    assert http.get("/v1/messages", inbox_id=inbox["id"])["data"] == []
