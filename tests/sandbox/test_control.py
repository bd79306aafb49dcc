"""The control side: who may reach it, what it is described as, how it refuses."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from postline_sandbox import ControlError, Sandbox


@pytest.fixture
def post(sandbox: Sandbox) -> Any:
    base_url = sandbox.control.base_url

    def call(operation: str, headers: dict[str, str] | None = None, **arguments: Any) -> httpx.Response:
        return httpx.post(f"{base_url}/{operation}", json=arguments, headers=headers, trust_env=False)

    return call


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:80", "[::1]:8080", "LOCALHOST:1"])
def test_loopback_hosts_are_answered(post: Any, host: str) -> None:
    """Any spelling and port of a loopback host will do."""
    assert post("now", {"host": host}).status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example.com", "127.0.0.1.evil.example.com", "localhost.evil.example.com", "", "["]
)
def test_other_hosts_are_refused(post: Any, host: str) -> None:
    """A name that was made to point here does not get in."""
    answer = post("now", {"host": host})

    assert answer.status_code == 403


@pytest.mark.parametrize("origin", ["https://evil.example.com", "null", "http://localhost:1", ""])
def test_other_origins_are_refused(post: Any, sandbox: Sandbox, origin: str) -> None:
    """A page from elsewhere can neither act nor read; the sandbox's own origin can."""
    own = sandbox.commune.base_url

    assert post("now", {"origin": origin}).status_code == 403
    assert post("now", {"origin": own}).status_code == 200
    described = httpx.get(f"{sandbox.control.base_url}/openapi.json", headers={"origin": origin}, trust_env=False)
    assert described.status_code == 403


def test_the_path_is_random(sandbox: Sandbox) -> None:
    """Two sandboxes of one seed have the same key and different control paths; a guess finds nothing."""
    with Sandbox() as other:
        assert other.commune.api_key == sandbox.commune.api_key
        assert other.control.base_url.rpartition("/")[2] != sandbox.control.base_url.rpartition("/")[2]
    guess = httpx.post(f"{sandbox.commune.base_url}/control/now", trust_env=False)
    assert guess.status_code == 404


def test_the_document_describes_every_operation(sandbox: Sandbox) -> None:
    """Each public method of the control is a path with the parameters and text of the method."""
    document = httpx.get(f"{sandbox.control.base_url}/openapi.json", trust_env=False).json()

    methods = {name for name in dir(sandbox.control) if not name.startswith("_")} - {"base_url", "portal", "world"}
    assert document["openapi"] == "3.1.0"
    assert {path.lstrip("/") for path in document["paths"]} == methods
    fault = document["paths"]["/fault"]["post"]
    schema = fault["requestBody"]["content"]["application/json"]["schema"]
    assert fault["summary"] == "Make the next requests go wrong."
    assert schema["required"] == ["kind"]
    assert "dropped_reply" in schema["properties"]["kind"]["enum"]
    assert schema["properties"]["status"] == {"type": "integer", "default": 503}


def test_an_operation_does_the_same_over_http(post: Any, http: Any, sandbox: Sandbox) -> None:
    """JSON in, JSON out, the same effect as from Python."""
    address = http.inbox()["address"]

    attachments = [{"filename": "a.txt", "content": "YQ==", "mime_type": "text/plain"}]
    answer = post("deliver", to=address, sender="a@one.example.net", subject="S", text="T", attachments=attachments)

    (report,) = answer.json()
    (message,) = http.messages(report["thread_id"])
    assert report["stored"] is True
    assert http.get(f"/v1/attachments/{message['attachments'][0]}")["data"]["size"] == 1
    assert post("outbox").json() == sandbox.control.outbox() == []
    assert post("settle").json() is None


@pytest.mark.parametrize(
    ("operation", "arguments", "message"),
    [
        ("advance", {"seconds": "1"}, "seconds must be number"),
        ("advance", {"seconds": True}, "seconds must be number"),
        ("advance", {"seconds": -1}, "seconds must be between"),
        ("advance", {}, "missing a required argument: 'seconds'"),
        ("advance", {"seconds": 1, "minutes": 1}, "unexpected keyword argument 'minutes'"),
        (
            "deliver",
            {"to": "nobody@nowhere.example.org", "sender": "a@one.example.net"},
            "no inbox here has the address",
        ),
        ("deliver", {"sender": "a@one.example.net"}, "to is missing"),
        ("deliver", {"to": ["x@y.example.org"], "sender": "nobody"}, "sender must be an address"),
        ("deliver", {"to": "x@y.example.org", "raw": "no mail"}, "no headers"),
        ("deliver", {"to": [1], "sender": "a@one.example.net"}, "to must be string or a list of string"),
        ("bounce", {"message_id": "msg_unknown"}, "no message with the id msg_unknown was sent"),
        ("publish_dns", {"domain": "unknown.example.com"}, "there is no domain unknown.example.com"),
        ("revoke_key", {"api_key": "comm_unknown"}, "there is no such key"),
        ("issue_key", {"organization": "unknown"}, "there is no organization unknown"),
        ("set_limits", {"limits": {"emails": 1}}, "unknown limits emails"),
        ("set_limits", {"limits": {"search": 1}}, "search must be true or false"),
        ("set_limits", {"limits": {"inboxes": -1}}, "inboxes must be a whole number or null"),
        ("set_limits", {"tier": "gold"}, "tier must be one of free"),
    ],
)
def test_wrong_input_gets_a_clear_answer(post: Any, operation: str, arguments: dict[str, Any], message: str) -> None:
    """400 with a text that names the operation and what is wrong."""
    answer = post(operation, **arguments)

    assert answer.status_code == 400
    assert message in answer.json()["error"]


def test_what_is_no_operation_is_not_found(post: Any, sandbox: Sandbox) -> None:
    """Unknown names, helpers and other methods are no operations; a body must be a JSON object."""
    assert post("unknown").status_code == 404
    assert post("_mail").status_code == 404
    assert httpx.get(f"{sandbox.control.base_url}/now", trust_env=False).status_code == 405
    for body in ("[]", "{"):
        answer = httpx.post(f"{sandbox.control.base_url}/now", content=body, trust_env=False)
        assert (answer.status_code, list(answer.json())) == (400, ["error"])


def test_a_still_clock_gives_the_same_answers_every_time() -> None:
    """Seed and instant decide every id and time."""

    def story() -> tuple[Any, str]:
        with Sandbox(now=datetime(2026, 2, 12, tzinfo=UTC), seed="story") as sandbox:
            headers = {"authorization": f"Bearer {sandbox.commune.api_key}"}
            with httpx.Client(base_url=sandbox.commune.base_url, headers=headers, trust_env=False) as client:
                inbox = client.post("/v1/inboxes", json={"local_part": "a"}).json()
                sandbox.control.deliver(inbox["data"]["address"], "a@one.example.net", "S", "T")
                sandbox.control.advance(1.5)
                found = client.get("/v1/messages", params={"inbox_id": inbox["data"]["id"]}).json()
            return (inbox, found), sandbox.control.now()

    first, again = story(), story()

    assert first == again
    assert first[1] == "2026-02-12T00:00:01.500Z"


async def test_a_sandbox_runs_inside_an_event_loop() -> None:
    """`async with` works, and the control can be used from a coroutine."""
    async with Sandbox() as sandbox, httpx.AsyncClient(trust_env=False) as client:
        answer, moved = await asyncio.gather(
            client.get(f"{sandbox.commune.base_url}/health"), asyncio.to_thread(sandbox.control.advance, 60)
        )

    assert answer.json() == {"ok": True}
    assert moved.endswith("Z")


def test_a_sandbox_that_does_not_run_says_so() -> None:
    """Its control cannot be used after the end; stopping twice does nothing."""
    sandbox = Sandbox().start()
    control = sandbox.control
    sandbox.stop()
    sandbox.stop()

    with pytest.raises(RuntimeError, match="not running"):
        control.now()


def test_control_errors_are_value_errors(sandbox: Sandbox) -> None:
    """Python callers may catch them as what they are."""
    with pytest.raises(ValueError, match="seconds must be number") as caught:
        sandbox.control.advance("1")  # type: ignore[arg-type]  # the point of the test

    assert isinstance(caught.value, ControlError)
