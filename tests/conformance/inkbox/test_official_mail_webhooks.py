"""What a mailbox's webhook is sent, and the official package verifies it."""

import json
from typing import Any

import inkbox
import pytest
from inkbox import AgentIdentity, Inkbox
from tests.conformance.inkbox.conftest import Receiver

from postline_sandbox import Sandbox

OUTSIDE = "jane@shop.example.net"
MESSAGE_KEYS = {
    "id", "mailbox_id", "thread_id", "message_id", "from_address", "to_addresses", "cc_addresses", "bcc_addresses",
    "subject", "snippet", "direction", "status", "has_attachments", "created_at",
}  # fmt: skip


@pytest.fixture
def box(official: Inkbox, alpha: AgentIdentity, receiver: Receiver) -> str:
    """A mailbox whose events go to the receiver."""
    address = str(alpha.email_address)
    official.mailboxes.update(address, webhook_url=receiver.url)
    return address


def events(sandbox: Sandbox, receiver: Receiver) -> list[dict[str, Any]]:
    """Return what was delivered so far, in the order of its happening."""
    sandbox.control.settle()
    return sorted((json.loads(body) for _, body in receiver.received), key=lambda one: str(one["timestamp"]))


def test_mail_received_is_announced_and_signed(
    official: Inkbox, sandbox: Sandbox, box: str, receiver: Receiver
) -> None:
    """The signature fits body, id, time and key, and nothing else; blocked mail is not announced."""
    key = official.create_signing_key().signing_key
    official.mail_contact_rules.create(box, action="block", match_type="domain", match_target="bad.example.net")
    sandbox.control.deliver(box, "x@bad.example.net", "Blocked", "T")

    sandbox.control.deliver(box, f"Jane <{OUTSIDE}>", "Hi", "Text", cc=["c@x.example.net"])

    (event,) = events(sandbox, receiver)
    headers, body = receiver.received[0]
    assert inkbox.verify_webhook(payload=body, headers=headers, secret=key)
    assert not inkbox.verify_webhook(payload=body + b" ", headers=headers, secret=key)
    assert not inkbox.verify_webhook(payload=body, headers=headers, secret=f"{key}x")
    message = event["data"]["message"]
    assert (event["event_type"], event["data"]["contacts"]) == ("message.received", [])
    assert message.keys() == MESSAGE_KEYS
    assert (message["from_address"], message["status"], message["snippet"]) == (OUTSIDE, "received", "Text")
    assert (message["cc_addresses"], message["bcc_addresses"]) == (["c@x.example.net"], None)


def test_deliveries_are_unsigned_before_the_first_key(sandbox: Sandbox, box: str, receiver: Receiver) -> None:
    """Id and time are there, a signature is not."""
    sandbox.control.deliver(box, OUTSIDE, "Hi", "T")
    sandbox.control.settle()

    ((headers, _),) = receiver.received

    assert {"x-inkbox-request-id", "x-inkbox-timestamp"} <= headers.keys()
    assert "x-inkbox-signature" not in headers


def test_a_new_key_replaces_the_old_at_once(official: Inkbox, sandbox: Sandbox, box: str, receiver: Receiver) -> None:
    """What is delivered after the rotation verifies with the new key only."""
    old, new = official.create_signing_key().signing_key, official.create_signing_key().signing_key
    sandbox.control.deliver(box, OUTSIDE, "Hi", "T")
    sandbox.control.settle()

    ((headers, body),) = receiver.received

    assert inkbox.verify_webhook(payload=body, headers=headers, secret=new)
    assert not inkbox.verify_webhook(payload=body, headers=headers, secret=old)


@pytest.mark.parametrize("outcome", ["delivered", "bounced", "failed"])
def test_mail_sent_is_followed_to_its_outcome(
    alpha: AgentIdentity, sandbox: Sandbox, box: str, receiver: Receiver, outcome: Any
) -> None:
    """First sent, then what the test chose; the blind copies are told, and the message says the same."""
    sandbox.control.expect_mail(OUTSIDE, outcome)

    sent = alpha.send_email(to=["d@x.example.net"], bcc=[OUTSIDE], subject="Hi", body_text="T")

    told = events(sandbox, receiver)
    assert {one["event_type"] for one in told} == {"message.sent", f"message.{outcome}"}
    assert {one["data"]["message"]["id"] for one in told} == {str(sent.id)}
    assert all(one["data"]["message"]["bcc_addresses"] == [OUTSIDE] for one in told)
    assert alpha.get_message(str(sent.id)).status == outcome


def test_an_undecided_mail_waits_for_its_outcome(
    alpha: AgentIdentity, sandbox: Sandbox, box: str, receiver: Receiver
) -> None:
    """It stays sent until the test concludes it, by either of its names."""
    sandbox.control.expect_mail(OUTSIDE, "undecided")
    sent = alpha.send_email(to=[OUTSIDE], subject="Hi", body_text="T")
    before = alpha.get_message(str(sent.id)).status

    sandbox.control.conclude_mail(sent.message_id, "bounced")

    assert (before, alpha.get_message(str(sent.id)).status) == ("sent", "bounced")
    assert [one["event_type"] for one in events(sandbox, receiver)] == ["message.sent", "message.bounced"]


def test_mail_to_nobody_here_bounces(alpha: AgentIdentity, sandbox: Sandbox) -> None:
    """An address on the platform's domain without a mailbox is one that mail comes back from."""
    sent = alpha.send_email(to=["nobody@inkbox-sandbox.example.com"], subject="Hi", body_text="T")

    assert alpha.get_message(str(sent.id)).status == "bounced"


def test_a_forward_says_forwarded_and_not_sent(
    alpha: AgentIdentity, sandbox: Sandbox, box: str, receiver: Receiver
) -> None:
    """The event shows the new outbound message."""
    sandbox.control.deliver(box, OUTSIDE, "Hi", "T")
    (original,) = alpha.iter_emails()

    forwarded = alpha.forward_email(str(original.id), to=[OUTSIDE])

    told = {one["event_type"]: one["data"]["message"]["id"] for one in events(sandbox, receiver)}
    assert told.keys() == {"message.received", "message.forwarded", "message.delivered"}
    assert told["message.forwarded"] == str(forwarded.id)


def test_a_failing_receiver_is_tried_three_times(sandbox: Sandbox, box: str, receiver: Receiver) -> None:
    """The same delivery comes again after 5 and 30 seconds, and then no more."""
    receiver.answers = [500, 500, 500, 500]
    sandbox.control.deliver(box, OUTSIDE, "Hi", "T")
    sandbox.control.settle()
    for _ in range(3):
        sandbox.control.advance(30)
        sandbox.control.settle()

    ids = {headers["x-inkbox-request-id"] for headers, _ in receiver.received}
    (delivery,) = sandbox.control.webhook_deliveries(state="dead")

    assert (len(receiver.received), len(ids), delivery["attempts"]) == (3, 1, 3)
