"""The official package does everything with calls and transcripts against the sandbox."""

import hashlib
import hmac
import json
from datetime import UTC, datetime

import httpx
import inkbox
import pytest
from inkbox import AgentIdentity, Inkbox, PhoneNumber, verify_webhook
from tests.conformance.inkbox.conftest import Receiver, refusal
from tests.conformance.inkbox.phones import ABSENT, OTHER, OUTSIDE, SOCKET, code, places

from postline_sandbox import ControlError, Sandbox


def test_a_placed_call_is_answered_spoken_and_ended(
    official: Inkbox, sandbox: Sandbox, alpha: AgentIdentity, line: PhoneNumber
) -> None:
    """The person picks up, both speak, the person hangs up; the transcript keeps order, party and time."""
    placed = alpha.place_call(to_number=OUTSIDE, client_websocket_url=SOCKET)
    call_id = str(placed.id)
    with pytest.raises(ControlError, match="nobody has answered"):
        sandbox.control.speak(call_id, "Too early")

    sandbox.control.answer_call(call_id)
    sandbox.control.speak(call_id, "Hello, the pump drips.", at_ms=800)
    sandbox.control.speak(call_id, "I will send somebody.", "local", at_ms=2500)
    sandbox.control.advance(90)
    sandbox.control.hang_up(call_id)

    assert (placed.direction, placed.status, placed.started_at) == ("outbound", "initiated", None)
    assert (placed.local_phone_number, placed.remote_phone_number) == (line.number, OUTSIDE)
    assert placed.rate_limit is not None
    assert (placed.rate_limit.calls_used, placed.rate_limit.calls_remaining) == (1, 99)
    call = official.calls.get(line.id, call_id)
    assert (call.status, call.hangup_reason, call.use_inkbox_tts, call.use_inkbox_stt) == (
        "completed",
        "remote",
        True,
        True,
    )
    assert alpha.list_calls() == [call]
    spoken = alpha.list_transcripts(call_id)
    assert spoken == official.transcripts.list(line.id, call_id)
    assert [(one.seq, one.party, one.ts_ms) for one in spoken] == [(0, "remote", 800), (1, "local", 2500)]
    again = alpha.place_call(to_number=OUTSIDE)
    assert again.rate_limit is not None
    assert 1.5 <= again.rate_limit.minutes_used < 1.6
    assert [one.id for one in alpha.list_calls(limit=1)] == [again.id]
    assert [one.id for one in alpha.list_calls(limit=1, offset=1)] == [call.id]


def test_calls_are_searched_by_what_was_said(official: Inkbox, sandbox: Sandbox, line: PhoneNumber) -> None:
    """Over all calls of the number, the most relevant first; a party narrows it."""
    for words in ("The pump drips and the valve sticks", "A valve and a hose"):
        call_id = str(official.calls.place(from_number=str(line.id), to_number=OUTSIDE).id)
        sandbox.control.answer_call(call_id)
        sandbox.control.speak(call_id, words)
        sandbox.control.speak(call_id, "Which valve?", "local")

    found = official.phone_numbers.search_transcripts(line.id, q="pump valve", party="remote")

    assert [one.text for one in found] == ["The pump drips and the valve sticks", "A valve and a hose"]
    assert len(official.phone_numbers.search_transcripts(line.id, q="valves")) == 4
    assert len(official.phone_numbers.search_transcripts(line.id, q="valve", limit=1)) == 1
    assert official.phone_numbers.search_transcripts(line.id, q="refund") == []
    assert places(lambda: official.phone_numbers.search_transcripts(line.id, q="x" * 501)) == ["query.q"]
    assert places(lambda: official.phone_numbers.search_transcripts(line.id, q="x", limit=201)) == ["query.limit"]


def test_an_incoming_call_meets_the_action_of_its_number(official: Inkbox, sandbox: Sandbox, line: PhoneNumber) -> None:
    """Rejected by default; accepted with the number's own socket."""
    rejected = sandbox.control.ring(line.number, OUTSIDE)
    official.phone_numbers.update(line.id, incoming_call_action="auto_accept", client_websocket_url=SOCKET)

    accepted = sandbox.control.ring(line.number, OUTSIDE)

    assert (rejected["status"], rejected["hangup_reason"]) == ("failed", "rejected")
    call = official.calls.get(line.id, accepted["id"])
    assert (call.status, call.direction, call.client_websocket_url, call.use_inkbox_stt) == (
        "answered",
        "inbound",
        SOCKET,
        True,
    )
    assert [str(one.id) for one in official.calls.list(line.id)] == [accepted["id"], rejected["id"]]


@pytest.mark.parametrize(
    ("answer", "status", "url"),
    [
        (
            {"action": "answer", "client_websocket_url": "wss://other.example.com"},
            "answered",
            "wss://other.example.com",
        ),
        ({"action": "answer"}, "answered", SOCKET),
        ({"action": "reject"}, "failed", SOCKET),
        ({"action": "dance"}, "failed", SOCKET),
        ({"action": "answer", "client_websocket_url": "ftp://x.example.com"}, "failed", SOCKET),
        (None, "failed", SOCKET),
    ],
)
def test_the_webhook_decides_over_an_incoming_call(
    official: Inkbox,
    sandbox: Sandbox,
    receiver: Receiver,
    line: PhoneNumber,
    answer: dict[str, str] | None,
    status: str,
    url: str,
) -> None:
    """Only a 200 that says answer connects; the payload is flat, whole and signed."""
    key = official.create_signing_key().signing_key
    receiver.replies.append(b"not JSON" if answer is None else json.dumps(answer).encode())
    official.phone_numbers.update(
        line.id, incoming_call_action="webhook", incoming_call_webhook_url=receiver.url, client_websocket_url=SOCKET
    )

    call = sandbox.control.ring(line.number, OUTSIDE)

    assert (call["status"], call["client_websocket_url"]) == (status, url)
    ((headers, body),) = receiver.received
    assert verify_webhook(payload=body, headers=headers, secret=key)
    told = json.loads(body)
    assert (told["id"], told["direction"], told["status"]) == (call["id"], "inbound", "ringing")
    assert told["rate_limit"]["calls_used"] == 0
    assert told["contact"] is None
    assert told.keys() == inkbox.PhoneIncomingCallWebhookPayload.__annotations__.keys()


def test_a_webhook_that_fails_declines(
    official: Inkbox, sandbox: Sandbox, receiver: Receiver, line: PhoneNumber
) -> None:
    """A status other than 200 and a receiver that is not there count as no."""
    receiver.answers = [201]
    receiver.replies.append(b'{"action":"answer"}')
    set_up = {"incoming_call_action": "webhook", "incoming_call_webhook_url": receiver.url}
    official.phone_numbers.update(line.id, **set_up)
    wrong_status = sandbox.control.ring(line.number, OUTSIDE)
    official.phone_numbers.update(line.id, incoming_call_webhook_url="http://127.0.0.1:1/")

    nobody = sandbox.control.ring(line.number, OUTSIDE)

    assert (wrong_status["status"], nobody["status"]) == ("failed", "failed")


def test_two_numbers_of_the_sandbox_call_each_other(
    official: Inkbox,
    sandbox: Sandbox,
    alpha: AgentIdentity,
    bravo: AgentIdentity,
    line: PhoneNumber,
    other_line: PhoneNumber,
) -> None:
    """Each end has a call of its own; what one says the other hears, and one hangs up for both."""
    rejected = alpha.place_call(to_number=other_line.number)
    official.phone_numbers.update(other_line.id, incoming_call_action="auto_accept", client_websocket_url=SOCKET)

    placed = alpha.place_call(to_number=other_line.number)
    sandbox.control.speak(str(placed.id), "Hello bravo", "local", at_ms=1)
    sandbox.control.hang_up(str(placed.id), "local")

    assert official.calls.get(line.id, rejected.id).hangup_reason == "rejected"
    own, theirs = official.calls.get(line.id, placed.id), bravo.list_calls()[0]
    assert (own.status, own.hangup_reason, own.direction) == ("completed", "local", "outbound")
    assert (theirs.status, theirs.hangup_reason, theirs.direction) == ("completed", "remote", "inbound")
    assert [(one.party, one.text) for one in bravo.list_transcripts(str(theirs.id))] == [("remote", "Hello bravo")]
    assert [one.party for one in alpha.list_transcripts(str(placed.id))] == ["local"]


def test_calls_that_cannot_be_placed_say_why(
    official: Inkbox, sandbox: Sandbox, alpha: AgentIdentity, line: PhoneNumber
) -> None:
    """Not a number, not E.164, no legal socket, quota used up by calls or by minutes."""
    place = alpha.place_call
    assert refusal(lambda: official.calls.place(from_number=OTHER, to_number=OUTSIDE)).status_code == 403
    assert places(lambda: place(to_number="5125550101")) == ["body.to_number"]
    assert places(lambda: place(to_number=OUTSIDE, client_websocket_url="http://x.example.com")) == [
        "body.client_websocket_url"
    ]
    sandbox.control.set_inkbox_limits({"calls_per_day": 1})
    first = place(to_number=OUTSIDE)

    assert code(lambda: place(to_number=OUTSIDE), 429) == "rate_limited"
    sandbox.control.set_inkbox_limits({"calls_per_day": 9, "call_minutes_per_day": 2})
    sandbox.control.answer_call(str(first.id))
    sandbox.control.advance(121)
    assert code(lambda: place(to_number=OUTSIDE), 429) == "rate_limited"
    sandbox.control.advance(86_400)
    assert place(to_number=OUTSIDE).status == "initiated"
    assert refusal(lambda: official.calls.get(line.id, ABSENT)).status_code == 404
    assert refusal(lambda: official.transcripts.list(line.id, ABSENT)).status_code == 404


def test_a_used_up_call_quota_tells_when_to_try_again(sandbox: Sandbox, line: PhoneNumber) -> None:
    """The headers name the limit, what is left, and the wait."""
    sandbox.control.set_inkbox_limits({"calls_per_day": 1})
    body = {"from_number": line.number, "to_number": OUTSIDE}
    url, headers = f"{sandbox.inkbox.base_url}/api/v1/phone/place-call", {"x-api-key": sandbox.inkbox.api_key}

    first, second = (httpx.post(url, json=body, headers=headers, trust_env=False) for _ in range(2))

    assert (first.status_code, first.headers["x-ratelimit-remaining"]) == (200, "0")
    assert (second.status_code, second.headers["x-ratelimit-limit"]) == (429, "1")
    assert 86_000 < int(second.headers["retry-after"]) <= 86_400
    assert int(second.headers["x-ratelimit-reset"]) > datetime.now(UTC).timestamp()


def test_signatures_of_call_webhooks_are_plain_hmac(
    official: Inkbox, sandbox: Sandbox, receiver: Receiver, line: PhoneNumber
) -> None:
    """One changed byte breaks it; before the first key there is none."""
    receiver.replies.append(b'{"action":"reject"}')
    official.phone_numbers.update(line.id, incoming_call_action="webhook", incoming_call_webhook_url=receiver.url)
    sandbox.control.ring(line.number, OUTSIDE)
    key = official.create_signing_key().signing_key
    sandbox.control.ring(line.number, OUTSIDE)

    (unsigned, _), (headers, body) = receiver.received

    assert "x-inkbox-signature" not in unsigned
    message = f"{headers['x-inkbox-request-id']}.{headers['x-inkbox-timestamp']}.".encode() + body
    expected = hmac.new(key.removeprefix("whsec_").encode(), message, hashlib.sha256).hexdigest()
    assert headers["x-inkbox-signature"] == f"sha256={expected}"
    assert not verify_webhook(payload=body + b" ", headers=headers, secret=key)
