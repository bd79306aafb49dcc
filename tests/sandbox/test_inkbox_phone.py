"""Inkbox's phone side of the sandbox: its control operations, and what no client sees of it."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.sandbox.conftest import Receiver

from postline_sandbox import ControlError, Sandbox
from postline_sandbox.inkbox.e164 import normalized
from postline_sandbox.inkbox.phone import call_flow

OUTSIDE = "+15125550101"


class Api:
    """Plain HTTP to a sandbox's Inkbox, with its first key."""

    def __init__(self, sandbox: Sandbox) -> None:
        headers = {"x-api-key": sandbox.inkbox.api_key}
        self.client = httpx.Client(base_url=f"{sandbox.inkbox.base_url}/api/v1", headers=headers, trust_env=False)

    def get(self, path: str, **query: Any) -> Any:
        return self.client.get(path, params=query).raise_for_status().json()

    def post(self, path: str, **body: Any) -> Any:
        return self.client.post(path, json=body).raise_for_status().json()

    def patch(self, path: str, **body: Any) -> Any:
        return self.client.patch(path, json=body).raise_for_status().json()

    def agent(self, handle: str, **number: Any) -> Any:
        """Make an identity and return its number."""
        return self.post("identities", agent_handle=handle, phone_number={"type": "local", **number})["phone_number"]


@pytest.fixture
def api(sandbox: Sandbox) -> Iterator[Api]:
    made = Api(sandbox)
    with made.client:
        yield made


@pytest.fixture
def line(api: Api) -> Any:
    return api.agent("alpha")


def test_control_operations_say_what_cannot_be_done(sandbox: Sandbox, api: Api, line: Any) -> None:
    """Each refusal names the operation and the reason, and holds no number."""
    control, number = sandbox.control, line["number"]
    placed = api.post("phone/place-call", from_number=number, to_number=OUTSIDE)["id"]
    control.answer_call(placed)
    over = control.ring(number, OUTSIDE)["id"]
    refused: list[tuple[Callable[[], Any], str]] = [
        (lambda: control.ring(OUTSIDE, OUTSIDE), "ring: no Inkbox phone number"),
        (lambda: control.ring(number, "nobody"), "ring: not a phone number"),
        (lambda: control.ring(number, number), "ring: this number is the sandbox's own"),
        (lambda: control.text_in(OUTSIDE, OUTSIDE), "text_in: no Inkbox phone number"),
        (lambda: control.text_in(number, OUTSIDE, media=[{"content": "?"}]), "text_in: the content of a medium"),
        (lambda: control.expect_text(number, "delivered"), "expect_text: this number is the sandbox's own"),
        (lambda: control.set_number_sms(OUTSIDE), "set_number_sms: no Inkbox phone number"),
        (lambda: control.answer_call(placed), "answer_call: this call is answered"),
        (lambda: control.answer_call(over), "answer_call: this call is answered or over"),
        (lambda: control.hang_up(over), "hang_up: this call is over"),
        (lambda: control.speak("x", "Hi"), "speak: there is no call"),
        (lambda: control.speak(placed, "Hi", at_ms=-1), "speak: at_ms"),
        (lambda: control.conclude_text("x"), "conclude_text: no text"),
        (lambda: control.set_own_campaign(organization="org_x"), "there is no organization org_x"),
    ]

    for call, reason in refused:
        with pytest.raises(ControlError, match=reason) as caught:
            call()
        assert number not in str(caught.value)


def test_control_operations_are_served_and_described(sandbox: Sandbox, line: Any) -> None:
    """Over HTTP they take JSON, and the document has them all."""
    base_url = sandbox.control.base_url

    call = httpx.post(f"{base_url}/ring", json={"to": line["number"], "caller": "(512) 555-0101"}, trust_env=False)

    assert call.json()["remote_phone_number"] == OUTSIDE
    document = httpx.get(f"{base_url}/openapi.json", trust_env=False).json()
    assert {
        "/ring", "/answer_call", "/speak", "/hang_up", "/text_in", "/expect_text", "/conclude_text",
        "/set_number_sms", "/set_own_campaign",
    } <= document["paths"].keys()  # fmt: skip


def test_a_caller_can_give_up_while_the_webhook_thinks(
    sandbox: Sandbox, api: Api, line: Any, receiver: Receiver
) -> None:
    """The answer comes too late; the call stays as it ended."""
    receiver.replies.append(b'{"action":"answer"}')
    url = f"phone/numbers/{line['id']}"
    api.patch(url, incoming_call_action="webhook", incoming_call_webhook_url=receiver.url)
    receiver.before = lambda: sandbox.control.hang_up(api.get(f"{url}/calls")[0]["id"])

    call = sandbox.control.ring(line["number"], OUTSIDE)

    assert (call["status"], call["hangup_reason"], call["started_at"]) == ("failed", "remote", None)


def test_a_webhook_that_takes_too_long_declines(
    sandbox: Sandbox, api: Api, line: Any, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody waits longer than the service does, and others are served meanwhile."""
    url = f"phone/numbers/{line['id']}"
    api.patch(url, incoming_call_action="webhook", incoming_call_webhook_url=receiver.url)
    seen: list[str] = []

    def until_declined() -> None:
        while not seen or seen[-1] == "ringing":
            seen.append(api.get(f"{url}/calls")[0]["status"])

    # The first webhook of a process takes longer: it makes the client that posts them.
    sandbox.control.ring(line["number"], OUTSIDE)
    monkeypatch.setattr(call_flow, "_DECISION_SECONDS", 0.3)
    receiver.before = until_declined

    call = sandbox.control.ring(line["number"], OUTSIDE)

    assert (call["status"], call["hangup_reason"]) == ("failed", "rejected")
    assert seen[0] == "ringing"


def test_a_call_to_a_sandbox_number_waits_for_its_webhook_without_blocking(
    sandbox: Sandbox, api: Api, line: Any, receiver: Receiver
) -> None:
    """The callee's webhook sees the call ring at both ends; the answer of the placing tells how it began."""
    receiver.replies.append(b'{"action":"answer","client_websocket_url":"wss://media.example.com"}')
    other = api.agent("bravo", incoming_call_action="webhook", incoming_call_webhook_url=receiver.url)
    seen: list[str] = []
    for number in (line, other):
        path = f"phone/numbers/{number['id']}/calls"
        receiver.before = _and(receiver.before, lambda path=path: seen.append(api.get(path)[0]["status"]))

    placed = api.post("phone/place-call", from_number=line["number"], to_number=other["number"])

    assert (seen, placed["status"]) == (["initiated", "ringing"], "initiated")
    assert api.get(f"phone/numbers/{line['id']}/calls/{placed['id']}")["status"] == "answered"
    answered = api.get(f"phone/numbers/{other['id']}/calls")[0]
    assert (answered["status"], answered["client_websocket_url"]) == ("answered", "wss://media.example.com")


def _and(first: Callable[[], Any], second: Callable[[], Any]) -> Callable[[], Any]:
    return lambda: (first(), second())


def test_an_area_runs_out_of_numbers_and_a_released_one_is_given_again(sandbox: Sandbox, api: Api) -> None:
    """A hundred numbers of an area can be nobody's; the hundred and first order is 404."""
    sandbox.control.set_inkbox_limits({"phone_numbers": 200})
    made = [api.agent(f"agent-{number}", state="TX") for number in range(100)]
    order = {
        "agent_handle": api.post("identities", agent_handle="late")["agent_handle"],
        "type": "local",
        "state": "tx",
    }

    full = api.client.post("phone/numbers", json=order)
    api.client.delete(f"phone/numbers/{made[7]['id']}").raise_for_status()
    again = api.post("phone/numbers", **order)

    assert {one["number"] for one in made} == {f"+12145550{last}" for last in range(100, 200)}
    assert full.status_code == 404
    assert (again["number"], again["id"] != made[7]["id"]) == (made[7]["number"], True)
    assert api.get(f"phone/numbers/{again['id']}/calls") == []


def test_what_was_said_and_texted_outlives_the_process(tmp_path: Path) -> None:
    """Calls, transcripts, texts, consent and chosen outcomes are in the file, and found by their words."""
    data = tmp_path / "twin.db"
    with Sandbox(data=data) as sandbox, Api(sandbox).client as client:
        number = client.post("identities", json={"agent_handle": "alpha", "phone_number": {"type": "local"}}).json()
        line = number["phone_number"]
        sandbox.control.set_number_sms(line["number"])
        sandbox.control.text_in(line["number"], OUTSIDE, "START")
        sandbox.control.expect_text(OUTSIDE, "delivery_failed")
        placed = {"from_number": line["number"], "to_number": OUTSIDE}
        call = client.post("phone/place-call", json=placed).json()["id"]
        sandbox.control.answer_call(call)
        sandbox.control.speak(call, "The pump drips")

    with Sandbox(data=data) as sandbox, Api(sandbox).client as client:
        url = f"phone/numbers/{line['id']}"
        spoken = client.get(f"{url}/search", params={"q": "pumps"}).json()
        sent = client.post(f"{url}/texts", json={"to": OUTSIDE, "text": "Hi"})
        sandbox.control.speak(call, "And leaks")

        assert [one["text"] for one in spoken] == ["The pump drips"]
        assert sent.status_code == 201
        assert client.get(f"{url}/texts/{sent.json()['id']}").json()["delivery_status"] == "delivery_failed"
        assert [one["seq"] for one in client.get(f"{url}/calls/{call}/transcripts").json()] == [0, 1]


def test_a_still_clock_gives_the_same_calls_twice() -> None:
    """Same seed, same instant, same steps: the same records, ids and times included."""

    def run() -> Any:
        with Sandbox(now=datetime(2026, 1, 2, tzinfo=UTC)) as sandbox:
            api = Api(sandbox)
            with api.client:
                number = api.agent("alpha", incoming_call_action="auto_accept", client_websocket_url="ws://localhost/")
                call = sandbox.control.ring(number["number"], OUTSIDE)
                sandbox.control.advance(3)
                return number, call, sandbox.control.speak(call["id"], "Hello")

    first = run()

    assert first == run()
    assert first[2]["ts_ms"] == 3000


def test_a_number_that_is_made_pending_stays_so(sandbox: Sandbox, line: Any, api: Api) -> None:
    """Time alone does not end what a test has set."""
    shown = sandbox.control.set_number_sms(line["number"], "pending")
    sandbox.control.advance(10**8)

    assert (shown["sms_status"], shown["sms_ready_at"]) == ("pending", None)
    assert api.get(f"phone/numbers/{line['id']}")["sms_status"] == "pending"
    sandbox.control.set_number_sms(line["number"])
    assert api.get(f"phone/numbers/{line['id']}")["sms_status"] == "ready"


@pytest.mark.parametrize("url", ["wss://[", "wss://", "ws://media.example.com", "https://media.example.com"])
def test_media_goes_to_sockets_under_tls_or_on_this_machine(api: Api, line: Any, url: str) -> None:
    """Anything else is refused wherever it may be set."""
    answer = api.client.patch(f"phone/numbers/{line['id']}", json={"client_websocket_url": url})

    assert answer.status_code == 422
    assert answer.json()["detail"][0]["loc"] == ["body", "client_websocket_url"]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("+1 (512) 555-0101", OUTSIDE),
        ("512.555.0101", OUTSIDE),
        ("1-512-555-0101", OUTSIDE),
        ("tel:+15125550101", OUTSIDE),
        ("+44/20 7946 0958", "+442079460958"),
        ("555", None),
        ("+0125550101", None),
        ("+1512555010\uff11", None),
        ("+1512555010112345", None),
        ("", None),
    ],
)
def test_numbers_are_kept_in_one_spelling(text: str, number: str | None) -> None:
    """Punctuation goes, ten digits are American, and what is no number is none."""
    assert normalized(text) == number
