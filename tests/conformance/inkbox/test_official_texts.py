"""The official package does everything with texts and consent against the sandbox."""

import json
from typing import Any

import httpx
import inkbox
import pytest
from inkbox import AgentIdentity, Inkbox, PhoneNumber, verify_webhook
from tests.conformance.inkbox.conftest import Connect, Receiver, refusal
from tests.conformance.inkbox.phones import ABSENT, OTHER, OUTSIDE, code, places

from postline_sandbox import ControlError, Sandbox


def texts_of(number: PhoneNumber, official: Inkbox, **query: Any) -> list[str | None]:
    """Return the texts of a number, newest first, confirmations left out."""
    listed = official.texts.list(number.id, **query)
    return [one.text for one in listed if one.origin == "user_initiated"]


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
