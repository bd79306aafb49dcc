"""The official package does everything with phones against the sandbox: numbers, calls, transcripts, consent, texts."""

import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import inkbox
import pytest
from inkbox import AgentIdentity, Inkbox, PhoneNumber, SmsStatus, verify_webhook
from tests.conformance.inkbox.conftest import Connect, Receiver, refusal

from postline_sandbox import ControlError, Sandbox

OUTSIDE = "+15125550101"
OTHER = "+15125550102"
SOCKET = "wss://media.example.com/agent"
ABSENT = str(uuid4())


@pytest.fixture
def line(official: Inkbox, sandbox: Sandbox, alpha: AgentIdentity) -> PhoneNumber:
    """Alpha's local number, ready for texts; whoever is at OUTSIDE has consented to them."""
    number = official.phone_numbers.provision(agent_handle="alpha", type="local", state="TX")
    sandbox.control.set_number_sms(number.number)
    sandbox.control.text_in(number.number, OUTSIDE, "START")
    alpha.refresh()
    return number


@pytest.fixture
def other_line(official: Inkbox, sandbox: Sandbox, bravo: AgentIdentity) -> PhoneNumber:
    """Bravo's local number, ready for texts."""
    number = official.phone_numbers.provision(agent_handle="bravo", type="local")
    sandbox.control.set_number_sms(number.number)
    bravo.refresh()
    return number


def code(call: Callable[[], Any], status: int) -> str:
    """Return the code of a refusal whose status is known."""
    error = refusal(call)
    assert error.status_code == status
    assert isinstance(error.detail, dict)
    assert error.detail["message"]
    return str(error.detail["error"])


def places(call: Callable[[], Any]) -> list[str]:
    """Return what a validation error names."""
    error = refusal(call)
    assert error.status_code == 422
    assert isinstance(error.detail, list)
    return [".".join(map(str, one["loc"])) for one in error.detail]


def texts_of(number: PhoneNumber, official: Inkbox, **query: Any) -> list[str | None]:
    """Return the texts of a number, newest first, confirmations left out."""
    listed = official.texts.list(number.id, **query)
    return [one.text for one in listed if one.origin == "user_initiated"]


# numbers


def test_a_toll_free_number_has_no_state_and_cannot_send_texts(official: Inkbox, alpha: AgentIdentity) -> None:
    """The identity holds it at once; sending says why not."""
    made = alpha.provision_phone_number()

    assert (made.type, made.status, made.state, made.incoming_call_action) == (
        "toll_free",
        "active",
        None,
        "auto_reject",
    )
    number = official.phone_numbers.get(made.id)
    assert official.get_identity("alpha").phone_number == made
    assert official.phone_numbers.list() == [number]
    assert vars(number) == vars(made)
    assert code(lambda: alpha.send_text(to=OUTSIDE, text="Hi"), 409) == "toll_free_sms_unsupported"


def test_a_local_number_is_ready_after_ten_minutes_of_the_sandbox(sandbox: Sandbox, alpha: AgentIdentity) -> None:
    """Until then a send is refused; the moment it became ready is kept."""
    made = alpha.provision_phone_number(type="local", state="ca")
    refused = code(lambda: alpha.send_text(to=OUTSIDE, text="Hi"), 409)
    sandbox.control.advance(599)
    waiting = alpha.refresh().phone_number
    now = datetime.fromisoformat(sandbox.control.advance(60))

    ready = alpha.refresh().phone_number

    assert refused == "sender_sms_pending"
    assert (made.state, made.number[:5], made.sms_status, made.sms_ready_at) == ("CA", "+1415", SmsStatus.PENDING, None)
    assert waiting is not None
    assert waiting.sms_status == SmsStatus.PENDING
    assert ready is not None
    assert ready.sms_ready_at is not None
    assert (ready.sms_status, timedelta(0) < now - ready.sms_ready_at < timedelta(seconds=60)) == ("ready", True)


def test_a_number_can_come_with_its_identity(official: Inkbox) -> None:
    """Its wishes hold; what does not fit leaves nothing behind."""
    wish = inkbox.IdentityPhoneNumberCreateOptions(
        type="local",
        state="NY",
        incoming_call_action="webhook",
        incoming_call_webhook_url="https://hooks.example.com/call",
        incoming_text_webhook_url="https://hooks.example.com/text",
    )
    number = official.create_identity("charlie", phone_number=wish).phone_number
    wrong = inkbox.IdentityPhoneNumberCreateOptions(incoming_text_webhook_url="http://hooks.example.com")

    error = refusal(lambda: official.create_identity("delta", phone_number=wrong))

    assert number is not None
    assert (number.number[:5], number.incoming_call_action) == ("+1212", "webhook")
    assert number.incoming_call_webhook_url == "https://hooks.example.com/call"
    assert number.incoming_text_webhook_url == "https://hooks.example.com/text"
    assert error.status_code == 422
    assert refusal(lambda: official.get_identity("delta")).status_code == 404


def test_orders_that_cannot_be_filled_say_why(official: Inkbox, alpha: AgentIdentity, bravo: AgentIdentity) -> None:
    """Unknown handle, no such place, a second number, a state for toll-free, the organization's cap."""
    provision = official.phone_numbers.provision
    official.create_identity("charlie")
    official.create_identity("delta")
    provision(agent_handle="@Alpha")

    assert refusal(lambda: provision(agent_handle="nobody")).status_code == 404
    assert refusal(lambda: provision(agent_handle="bravo", type="local", state="ZZ")).status_code == 404
    assert refusal(lambda: provision(agent_handle="alpha")).status_code == 409
    assert places(lambda: provision(agent_handle="bravo", state="NY")) == ["body"]
    assert places(lambda: provision(agent_handle="bravo", type="mobile")) == ["body.type"]
    provision(agent_handle="bravo", incoming_text_webhook_url="https://hooks.example.com")
    provision(agent_handle="charlie")
    assert refusal(lambda: provision(agent_handle="delta")).status_code == 429


def test_a_number_is_set_up(official: Inkbox, line: PhoneNumber) -> None:
    """Null takes a URL away; an action needs its URL; nothing given changes nothing."""
    update = official.phone_numbers.update
    assert places(lambda: update(line.id, incoming_call_action="auto_accept")) == ["body.client_websocket_url"]
    accepting = update(line.id, incoming_call_action="auto_accept", client_websocket_url=SOCKET)
    answering = update(line.id, incoming_call_action="webhook", incoming_call_webhook_url="https://hooks.example.com")

    cleared = update(line.id, client_websocket_url=None, incoming_text_webhook_url=None)

    assert (accepting.incoming_call_action, accepting.client_websocket_url) == ("auto_accept", SOCKET)
    assert (answering.client_websocket_url, cleared.client_websocket_url) == (SOCKET, None)
    assert update(line.id).updated_at == cleared.updated_at
    assert places(lambda: update(line.id, incoming_call_webhook_url=None)) == ["body.incoming_call_webhook_url"]
    assert places(lambda: update(line.id, client_websocket_url="ws://media.example.com")) == [
        "body.client_websocket_url"
    ]
    assert places(lambda: update(line.id, incoming_call_action="ring")) == ["body.incoming_call_action"]


def test_a_released_number_is_gone_and_its_identity_can_have_another(
    official: Inkbox, line: PhoneNumber, alpha: AgentIdentity, other_line: PhoneNumber, bravo: AgentIdentity
) -> None:
    """Through the number or through the identity; a second release is 404."""
    official.phone_numbers.release(line.id)
    bravo.release_phone_number()

    assert official.phone_numbers.list() == []
    assert bravo.phone_number is None
    assert refusal(lambda: official.phone_numbers.get(line.id)).status_code == 404
    assert refusal(alpha.release_phone_number).status_code == 404
    assert refusal(lambda: official.calls.list(line.id)).status_code == 404
    assert refusal(lambda: official.calls.place(from_number=line.number, to_number=OUTSIDE)).status_code == 400
    assert alpha.provision_phone_number().type == "toll_free"


def test_a_deleted_identity_releases_its_number(official: Inkbox, line: PhoneNumber, alpha: AgentIdentity) -> None:
    """The number goes with the identity."""
    alpha.delete()

    assert official.phone_numbers.list() == []
    assert refusal(lambda: official.phone_numbers.get(line.id)).status_code == 404


def test_numbers_of_others_are_out_of_reach(
    official: Inkbox,
    agent: Inkbox,
    sandbox: Sandbox,
    connect: Connect,
    line: PhoneNumber,
    other_line: PhoneNumber,
) -> None:
    """403 for another organization, 404 for another agent; agents leave filter modes and rules alone."""
    stranger = connect(sandbox.control.make_inkbox_organization()["api_key"])
    rule = agent.phone_contact_rules.create(line.id, action="block", match_target=OTHER)

    assert refusal(lambda: stranger.phone_numbers.get(line.id)).status_code == 403
    assert refusal(lambda: stranger.texts.list(line.id)).status_code == 403
    assert refusal(lambda: stranger.calls.place(from_number=line.number, to_number=OUTSIDE)).status_code == 403
    assert refusal(lambda: agent.phone_numbers.get(other_line.id)).status_code == 404
    assert refusal(lambda: agent.calls.place(from_number=other_line.number, to_number=OUTSIDE)).status_code == 403
    assert refusal(lambda: agent.phone_numbers.update(line.id, filter_mode="whitelist")).status_code == 403
    assert refusal(lambda: agent.phone_contact_rules.update(line.id, rule.id, status="paused")).status_code == 403
    assert refusal(lambda: agent.phone_contact_rules.delete(line.id, rule.id)).status_code == 403
    assert refusal(agent.phone_contact_rules.list_all).status_code == 403
    assert [one.id for one in agent.phone_numbers.list()] == [line.id]
    assert [one.id for one in agent.phone_contact_rules.list(line.id)] == [rule.id]
    assert stranger.phone_numbers.list() == []
    for forbidden in (
        agent.sms_opt_ins.list,
        lambda: agent.sms_opt_ins.get(OUTSIDE),
        lambda: agent.sms_opt_ins.opt_in(OUTSIDE),
        lambda: agent.sms_opt_ins.opt_out(OUTSIDE),
    ):
        assert refusal(forbidden).status_code == 403


# calls


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


# texts


def test_a_text_is_queued_then_sent_then_delivered(
    official: Inkbox, sandbox: Sandbox, receiver: Receiver, alpha: AgentIdentity, line: PhoneNumber
) -> None:
    """The answer shows it queued, the row how it ended, the webhook both steps, signed."""
    key = official.create_signing_key().signing_key
    official.phone_numbers.update(line.id, incoming_text_webhook_url=receiver.url)

    sent = alpha.send_text(to=OUTSIDE, text="Your parcel is here")

    sandbox.control.settle()
    assert (sent.delivery_status, sent.direction, sent.type, sent.is_read) == ("queued", "outbound", "sms", True)
    assert (sent.origin, sent.sent_at, sent.media) == ("user_initiated", None, None)
    row = alpha.get_text(str(sent.id))
    assert (row.delivery_status, row.error_code) == ("delivered", None)
    assert row.sent_at is not None
    assert row.delivered_at is not None
    told = {(event := json.loads(body))["event_type"]: event["data"] for _, body in receiver.received}
    assert told.keys() == {"text.sent", "text.delivered"}
    message = told["text.sent"]["text_message"]
    assert (message["delivery_status"], message["delivered_at"], message["is_read"]) == ("sent", None, False)
    assert message.keys() == inkbox.TextWebhookMessage.__annotations__.keys()
    assert told["text.delivered"]["contact"] is None
    assert all(verify_webhook(payload=body, headers=headers, secret=key) for headers, body in receiver.received)


@pytest.mark.parametrize(
    ("outcome", "events", "moments", "error"),
    [
        ("delivery_failed", {"text.sent", "text.delivery_failed"}, (True, False, True), "30007"),
        ("delivery_unconfirmed", {"text.sent", "text.delivery_unconfirmed"}, (True, False, True), None),
        ("sending_failed", set(), (False, False, True), "30007"),
    ],
)
def test_a_text_can_fail(
    official: Inkbox,
    sandbox: Sandbox,
    receiver: Receiver,
    line: PhoneNumber,
    outcome: Any,
    events: set[str],
    moments: tuple[bool, ...],
    error: str | None,
) -> None:
    """As the test chooses for a number beforehand."""
    official.phone_numbers.update(line.id, incoming_text_webhook_url=receiver.url)
    sandbox.control.expect_text(OUTSIDE, outcome)

    sent = official.texts.send(line.id, to=OUTSIDE, text="Hi")

    sandbox.control.settle()
    row = official.texts.get(line.id, sent.id)
    assert (row.delivery_status, row.error_code) == (outcome, error)
    assert tuple(at is not None for at in (row.sent_at, row.delivered_at, row.failed_at)) == moments
    assert {json.loads(body)["event_type"] for _, body in receiver.received} == events


def test_a_sent_text_can_wait_for_its_end(official: Inkbox, sandbox: Sandbox, line: PhoneNumber) -> None:
    """Undecided, it stays sent until the test concludes it, once."""
    sandbox.control.expect_text(OUTSIDE, "undecided")
    sent = official.texts.send(line.id, to=OUTSIDE, text="Hi")
    waiting = official.texts.get(line.id, sent.id)

    ended = sandbox.control.conclude_text(
        str(sent.id), "delivery_failed", error_code="30003", error_detail="Unreachable"
    )

    assert waiting.delivery_status == "sent"
    assert (ended["error_code"], ended["error_detail"]) == ("30003", "Unreachable")
    assert official.texts.get(line.id, sent.id).delivery_status == "delivery_failed"
    with pytest.raises(ControlError, match="its end already"):
        sandbox.control.conclude_text(str(sent.id))


def test_a_text_that_comes_in_is_told_and_marked(
    official: Inkbox, sandbox: Sandbox, receiver: Receiver, alpha: AgentIdentity, line: PhoneNumber
) -> None:
    """Unread until it is marked; the webhook has all of it."""
    official.phone_numbers.update(line.id, incoming_text_webhook_url=receiver.url)

    text_id = sandbox.control.text_in(line.number, OUTSIDE, "Where is my parcel?")["id"]

    sandbox.control.settle()
    (told,) = [json.loads(body) for _, body in receiver.received]
    assert (told["event_type"], told["data"]["text_message"]["id"]) == ("text.received", text_id)
    row = alpha.get_text(text_id)
    assert (row.direction, row.delivery_status, row.is_read, row.is_blocked) == ("inbound", None, False, False)
    assert str(alpha.list_texts(is_read=False)[0].id) == text_id
    assert alpha.mark_text_read(text_id).is_read is True
    assert text_id not in [str(one.id) for one in alpha.list_texts(is_read=False)]
    assert official.texts.update(line.id, text_id, is_read=False).is_read is False
    assert official.texts.update(line.id, text_id).is_read is False


def test_pictures_come_with_links_that_run_out(official: Inkbox, sandbox: Sandbox, line: PhoneNumber) -> None:
    """A text with media is an MMS; each link gives the bytes for an hour."""
    media = [{"content_type": "image/png", "content": b"pixels"}, {"content": "aGk="}]

    text_id = sandbox.control.text_in(line.number, OUTSIDE, None, media=media)["id"]

    text = official.texts.get(line.id, text_id)
    assert (text.type, text.text) == ("mms", None)
    assert text.media is not None
    assert [(one.content_type, one.size) for one in text.media] == [("image/png", 6), ("application/octet-stream", 2)]
    fetched = httpx.get(text.media[0].url, trust_env=False)
    assert (fetched.content, fetched.headers["content-type"]) == (b"pixels", "image/png")
    sandbox.control.advance(3601)
    assert httpx.get(text.media[0].url, trust_env=False).status_code == 403


def test_texts_are_listed_searched_and_deleted(official: Inkbox, sandbox: Sandbox, line: PhoneNumber) -> None:
    """Newest first by offset; search ranks; a deleted text is nowhere any more."""
    for words in ("The pump drips and the valve sticks", "A valve", "Nothing"):
        sandbox.control.text_in(line.number, OUTSIDE, words)

    found = official.texts.search(line.id, q="pump valve")

    assert [one.text for one in found] == ["The pump drips and the valve sticks", "A valve"]
    assert texts_of(line, official, limit=2) == ["Nothing", "A valve"]
    assert texts_of(line, official, limit=1, offset=1) == ["A valve"]
    assert len(official.texts.search(line.id, q="valve", limit=1)) == 1
    assert places(lambda: official.texts.list(line.id, limit=201)) == ["query.limit"]
    url = f"{sandbox.inkbox.base_url}/api/v1/phone/numbers/{line.id}/texts/{found[1].id}"
    key = {"x-api-key": sandbox.inkbox.api_key}
    wrong, right = (httpx.patch(url, json={"status": one}, headers=key, trust_env=False) for one in ("gone", "deleted"))
    assert (wrong.status_code, right.status_code) == (422, 200)
    assert [one.id for one in official.texts.search(line.id, q="valve")] == [found[0].id]
    assert "A valve" not in texts_of(line, official)
    assert refusal(lambda: official.texts.get(line.id, found[1].id)).status_code == 404


def test_conversations_gather_texts_by_the_other_end(
    official: Inkbox, sandbox: Sandbox, alpha: AgentIdentity, line: PhoneNumber
) -> None:
    """The latest first, with counts; marking one says how many texts that changed."""
    sandbox.control.text_in(line.number, OTHER, "One")
    sandbox.control.text_in(line.number, OTHER, "Two")
    alpha.send_text(to=OUTSIDE, text="Three")

    latest, earlier = alpha.list_text_conversations()

    assert (latest.remote_phone_number, latest.latest_text, latest.latest_direction) == (OUTSIDE, "Three", "outbound")
    assert (latest.unread_count, latest.total_count) == (1, 3)
    assert (earlier.remote_phone_number, earlier.unread_count, earlier.total_count) == (OTHER, 2, 2)
    assert [one.text for one in alpha.get_text_conversation(OTHER)] == ["Two", "One"]
    assert [one.text for one in alpha.get_text_conversation(OTHER, limit=1, offset=1)] == ["One"]
    assert alpha.mark_text_conversation_read(OTHER) == {
        "remote_phone_number": OTHER,
        "is_read": True,
        "updated_count": 2,
    }
    again = official.texts.update_conversation(line.id, OTHER, is_read=True)
    assert again["updated_count"] == 0
    assert official.texts.list_conversations(line.id, limit=1, offset=1)[0].unread_count == 0


def test_two_numbers_of_an_organization_text_each_other_without_consent(
    alpha: AgentIdentity, bravo: AgentIdentity, line: PhoneNumber, other_line: PhoneNumber, sandbox: Sandbox
) -> None:
    """The text really arrives; between organizations consent is needed."""
    sent = alpha.send_text(to=other_line.number, text="Hello bravo")

    (received,) = bravo.list_texts()
    assert (received.text, received.direction, received.remote_phone_number) == ("Hello bravo", "inbound", line.number)
    assert alpha.get_text(str(sent.id)).delivery_status == "delivered"
    with pytest.raises(ControlError, match="the sandbox's own"):
        sandbox.control.text_in(line.number, other_line.number, "Hi")


def test_numbers_of_two_organizations_need_consent(
    sandbox: Sandbox, connect: Connect, alpha: AgentIdentity, line: PhoneNumber
) -> None:
    """START and STOP from a number of the sandbox count as anybody's."""
    stranger = connect(sandbox.control.make_inkbox_organization()["api_key"])
    identity = stranger.create_identity("stranger")
    number = identity.provision_phone_number(type="local")
    sandbox.control.set_number_sms(number.number)
    assert code(lambda: alpha.send_text(to=number.number, text="Hi"), 403) == "recipient_not_opted_in"
    stranger_cannot = code(lambda: identity.send_text(to=line.number, text="START"), 403)
    assert stranger_cannot == "recipient_not_opted_in"


def test_consent_is_given_and_withdrawn_by_text(
    official: Inkbox, sandbox: Sandbox, alpha: AgentIdentity, line: PhoneNumber
) -> None:
    """START and STOP in any case; each is confirmed, and counts for the whole organization."""
    assert code(lambda: alpha.send_text(to=OTHER, text="Hi"), 403) == "recipient_not_opted_in"
    sandbox.control.text_in(line.number, OTHER, " start ")
    assert alpha.send_text(to=OTHER, text="Hi").delivery_status == "queued"
    sandbox.control.text_in(line.number, OTHER, "Stop")

    assert code(lambda: alpha.send_text(to=OTHER, text="Hi"), 403) == "recipient_opted_out"
    confirmations = [one for one in alpha.get_text_conversation(OTHER) if one.origin == "auto_reply"]
    assert [(one.direction, one.delivery_status) for one in confirmations] == [("outbound", "delivered")] * 2
    row = official.sms_opt_ins.get(OTHER)
    assert (row.status, row.source, row.opted_in_at) == ("opted_out", "sms", None)
    assert row.opted_out_at is not None
    assert [one.receiver_number for one in official.sms_opt_ins.list()] == [OTHER, OUTSIDE]
    assert [one.receiver_number for one in official.sms_opt_ins.list(status="opted_in")] == [OUTSIDE]
    assert [one.receiver_number for one in official.sms_opt_ins.list(limit=1, offset=1)] == [OUTSIDE]
    assert refusal(lambda: official.sms_opt_ins.get("+15125550199")).status_code == 404
    assert places(lambda: official.sms_opt_ins.list(limit=201)) == ["query.limit"]


def test_consent_is_written_only_on_a_campaign_of_ones_own(official: Inkbox, sandbox: Sandbox) -> None:
    """On the shared one the service refuses; on its own the row says where it came from."""
    assert code(lambda: official.sms_opt_ins.opt_in(OUTSIDE), 409) == "customer_campaign_required"
    assert code(lambda: official.sms_opt_ins.opt_out(OUTSIDE), 409) == "customer_campaign_required"
    sandbox.control.set_own_campaign()

    given = official.sms_opt_ins.opt_in(OUTSIDE)
    withdrawn = official.sms_opt_ins.opt_out(OUTSIDE)

    assert (given.status, given.source, given.opted_out_at) == ("opted_in", "api", None)
    assert (withdrawn.id, withdrawn.status, withdrawn.opted_in_at) == (given.id, "opted_out", None)
    assert withdrawn.created_at == given.created_at
    assert refusal(lambda: official.sms_opt_ins.opt_in("nobody")).status_code == 422


@pytest.mark.parametrize(
    ("state", "code_"),
    [
        ("pending", "sender_sms_pending"),
        ("assignment_failed", "sender_sms_assignment_failed"),
        ("sender_not_registered", "sender_not_registered"),
        ("sender_registration_required", "sender_registration_required"),
        ("messaging_profile_disabled", "messaging_profile_disabled"),
        ("toll_free_verification_pending", "toll_free_verification_pending"),
    ],
)
def test_a_sender_that_is_not_set_up_is_refused(
    official: Inkbox, sandbox: Sandbox, line: PhoneNumber, state: Any, code_: str
) -> None:
    """With the code that says what is missing, before anything about the receiver."""
    shown = sandbox.control.set_number_sms(line.number, state)

    assert code(lambda: official.texts.send(line.id, to=OTHER, text="Hi"), 409) == code_
    number = official.phone_numbers.get(line.id)
    assert number.sms_status == shown["sms_status"]
    assert (number.sms_error_code is not None) == (state == "assignment_failed")


@pytest.mark.parametrize(
    ("outcome", "status"), [("carrier_rejected", 502), ("carrier_unavailable", 502), ("carrier_rate_limit", 429)]
)
def test_a_carrier_can_refuse(official: Inkbox, sandbox: Sandbox, line: PhoneNumber, outcome: Any, status: int) -> None:
    """Then nothing is kept and nothing counts."""
    sandbox.control.expect_text(OUTSIDE, outcome)

    assert code(lambda: official.texts.send(line.id, to=OUTSIDE, text="Hi"), status) == outcome
    assert "Hi" not in texts_of(line, official)


def test_texts_that_do_not_fit_are_422(official: Inkbox, line: PhoneNumber) -> None:
    """Blank, too long, or to something that is no number."""
    send = official.texts.send
    assert code(lambda: send(line.id, to="5125550101", text="Hi"), 422) == "invalid_phone_number"
    assert code(lambda: send(line.id, to=OUTSIDE, text="x" * 1601), 422) == "message_too_long"
    assert places(lambda: send(line.id, to=OUTSIDE, text=" \n")) == ["body.text"]
    assert places(lambda: send(line.id, to=OUTSIDE, text="")) == ["body.text"]
    assert send(line.id, to=OUTSIDE, text="x" * 1600).delivery_status == "queued"
    assert refusal(lambda: send(ABSENT, to=OUTSIDE, text="Hi")).status_code == 404
    assert refusal(lambda: official.texts.get(line.id, ABSENT)).status_code == 404


def test_the_sixteenth_text_in_24_hours_is_refused(official: Inkbox, sandbox: Sandbox, line: PhoneNumber) -> None:
    """The window rolls; the headers of every send count down; confirmations do not count."""
    url = f"{sandbox.inkbox.base_url}/api/v1/phone/numbers/{line.id}/texts"
    key = {"x-api-key": sandbox.inkbox.api_key}

    def send(to: str = OUTSIDE) -> httpx.Response:
        return httpx.post(url, json={"to": to, "text": "Hi"}, headers=key, trust_env=False)

    first, unfit = send(), send("nobody")
    for _ in range(14):
        official.texts.send(line.id, to=OUTSIDE, text="Hi")
    sixteenth = send()

    assert (first.headers["x-ratelimit-limit"], first.headers["x-ratelimit-remaining"]) == ("15", "14")
    assert (unfit.status_code, unfit.headers["x-ratelimit-remaining"]) == (422, "14")
    assert (sixteenth.status_code, sixteenth.headers["x-ratelimit-remaining"]) == (429, "0")
    assert sixteenth.json()["detail"]["error"] == "sender_rate_limited"
    sandbox.control.advance(int(sixteenth.headers["retry-after"]))
    assert send().status_code == 201


# rules


def test_contact_rules_stop_both_directions(
    official: Inkbox, agent: Inkbox, sandbox: Sandbox, receiver: Receiver, line: PhoneNumber
) -> None:
    """Blocked traffic is kept, told nobody, hidden from agents; sends and calls are refused with the rule's id."""
    rule = official.phone_contact_rules.create(line.id, action="block", match_target="+1 (512) 555-0101")
    official.phone_numbers.update(line.id, incoming_text_webhook_url=receiver.url)
    text_id = sandbox.control.text_in(line.number, OUTSIDE, "Secret")["id"]
    call_id = sandbox.control.ring(line.number, OUTSIDE)["id"]
    sandbox.control.settle()

    texting = refusal(lambda: official.texts.send(line.id, to=OUTSIDE, text="Hi"), inkbox.RecipientBlockedError)
    calling = refusal(
        lambda: official.calls.place(from_number=line.number, to_number=OUTSIDE), inkbox.RecipientBlockedError
    )

    for error in (texting, calling):
        assert isinstance(error, inkbox.RecipientBlockedError)
        assert (error.matched_rule_id, error.address) == (rule.id, OUTSIDE)
        assert error.reason
    assert receiver.received == []
    assert rule.match_target == OUTSIDE
    assert official.texts.get(line.id, text_id).is_blocked
    assert [str(one.id) for one in official.texts.list(line.id, is_blocked=True)] == [text_id]
    assert text_id not in [str(one.id) for one in official.texts.list(line.id, is_blocked=False)]
    assert [str(one.id) for one in official.calls.list(line.id, is_blocked=True)] == [call_id]
    assert official.calls.list(line.id, is_blocked=False) == []
    assert text_id not in [str(one.id) for one in agent.texts.list(line.id, is_blocked=True)]
    assert agent.calls.list(line.id) == []
    assert agent.texts.search(line.id, q="secret") == []
    assert agent.texts.list_conversations(line.id)[0].latest_text != "Secret"
    assert refusal(lambda: agent.texts.get(line.id, text_id)).status_code == 404
    assert refusal(lambda: agent.calls.get(line.id, call_id)).status_code == 404


def test_a_whitelist_stops_everybody_else(official: Inkbox, sandbox: Sandbox, line: PhoneNumber) -> None:
    """The notice counts redundant rules; a refusal by the default names no rule."""
    rules = official.phone_contact_rules
    rules.create(line.id, action="block", match_target=OTHER)
    changed = official.phone_numbers.update(line.id, filter_mode="whitelist")
    again = official.phone_numbers.update(line.id, filter_mode="whitelist")

    error = refusal(lambda: official.texts.send(line.id, to=OUTSIDE, text="Hi"), inkbox.RecipientBlockedError)

    assert isinstance(error, inkbox.RecipientBlockedError)
    assert error.matched_rule_id is None
    assert changed.filter_mode_change_notice is not None
    assert changed.filter_mode_change_notice.redundant_rule_count == 1
    assert again.filter_mode_change_notice is None
    rules.create(line.id, action="allow", match_target=OUTSIDE)
    assert official.texts.send(line.id, to=OUTSIDE, text="Hi").delivery_status == "queued"
    assert sandbox.control.ring(line.number, "+15125550103")["is_blocked"] is True


def test_phone_rules_are_made_changed_listed_and_deleted(official: Inkbox, line: PhoneNumber) -> None:
    """Newest first, for one number and for all; a duplicate names the first."""
    rules = official.phone_contact_rules
    first = rules.create(line.id, action="block", match_target=OUTSIDE, match_type="exact_number")
    second = rules.create(line.id, action="allow", match_target=OTHER)

    changed = rules.update(line.id, first.id, action="allow", status="paused")

    assert (changed.action, changed.status, changed.phone_number_id) == ("allow", "paused", line.id)
    assert rules.get(line.id, first.id) == changed
    assert [one.id for one in rules.list(line.id)] == [second.id, first.id]
    assert [one.id for one in rules.list_all(phone_number_id=line.id, limit=1, offset=1)] == [first.id]
    duplicate = refusal(
        lambda: rules.create(line.id, action="block", match_target=OUTSIDE), inkbox.DuplicateContactRuleError
    )
    assert isinstance(duplicate, inkbox.DuplicateContactRuleError)
    assert duplicate.existing_rule_id == first.id
    rules.delete(line.id, first.id)
    assert refusal(lambda: rules.get(line.id, first.id)).status_code == 404
    assert places(lambda: rules.create(line.id, action="block", match_target="nobody")) == ["body.match_target"]


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
