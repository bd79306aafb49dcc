"""What the service's README does with webhooks, done with ones that the sandbox really delivers."""

import json
from typing import Any, cast

import pytest
from tests.cassetting.scenario import done, every
from tests.core.inkbox.conftest import OUTSIDE, Receiver

from postline.inkbox import (
    IncomingCall,
    MailEvent,
    MailWebhookPayload,
    PhoneIncomingCallWebhookPayload,
    TextEvent,
    TextWebhookPayload,
    WebhookEvent,
    parse_webhook,
    verify_webhook,
)
from postline_sandbox import Sandbox

JANE = "jane@shop.example.net"
SOCKET = "wss://agent.example.com/ws"


class Handler:
    """Takes what a receiver got: nothing that is not signed with the key."""

    def __init__(self, receiver: Receiver, sandbox: Sandbox, key: str) -> None:
        self._receiver, self._sandbox, self.key = receiver, sandbox, key

    def bodies(self) -> list[bytes]:
        """Return the bodies so far, all of them verified, in the order of their events."""
        self._sandbox.control.settle()
        assert all(
            verify_webhook(payload=body, headers=headers, secret=self.key) for headers, body in self._receiver.received
        )
        return sorted(
            (body for _, body in self._receiver.received), key=lambda body: str(json.loads(body).get("timestamp"))
        )

    def events(self) -> list[WebhookEvent]:
        """Return the events so far."""
        return [parse_webhook(body) for body in self.bodies()]

    def only(self, event_type: str) -> Any:
        """Return the one event of a type."""
        (event,) = [one for one in self.events() if getattr(one, "event_type", None) == event_type]
        return event


@pytest.fixture
async def jane(inkbox: Any) -> Any:
    """A person whom every identity knows."""
    phones = [{"value_e164": OUTSIDE}]
    return await done(inkbox.contacts.create(preferred_name="Jane", emails=[{"value": JANE}], phones=phones))


@pytest.fixture
async def handler(inkbox: Any, sandbox: Sandbox, receiver: Receiver) -> Handler:
    """A receiver that knows the signing key."""
    return Handler(receiver, sandbox, (await done(inkbox.create_signing_key())).signing_key)


@pytest.fixture
async def box(inkbox: Any, alpha: Any, receiver: Receiver) -> str:
    """A mailbox whose events are delivered."""
    return str((await done(inkbox.mailboxes.update(alpha.email_address, webhook_url=receiver.url))).email_address)


@pytest.fixture
async def told(inkbox: Any, line: Any, receiver: Receiver) -> Any:
    """A number whose calls and texts are delivered."""
    return await done(
        inkbox.phone_numbers.update(
            line.id, incoming_call_action="webhook", client_websocket_url=SOCKET,
            incoming_call_webhook_url=receiver.url, incoming_text_webhook_url=receiver.url,
        )
    )  # fmt: skip


async def test_mail_received_is_told_with_the_known_people(
    alpha: Any, sandbox: Sandbox, handler: Handler, box: str, jane: Any
) -> None:
    """As an event and as the raw shape; the message can be fetched by its id."""
    sandbox.control.deliver(box, f"Jane <{JANE}>", "Hello", "Text", cc=["c@shop.example.net"])

    event = handler.only("message.received")

    message = await done(alpha.get_message(event.data.message.id))
    assert isinstance(event, MailEvent)
    assert (message.body_text, message.subject, message.created_at) == ("Text", "Hello", event.data.message.created_at)
    assert (event.data.message.direction, event.data.message.bcc_addresses) == ("inbound", None)
    payload = cast("MailWebhookPayload", json.loads(handler.bodies()[0]))
    assert payload["data"]["contacts"] == [{"bucket": "from", "address": JANE, "id": str(jane.id), "name": "Jane"}]
    assert [(one.bucket, one.id) for one in event.data.contacts] == [("from", jane.id)]


@pytest.mark.parametrize("outcome", ["delivered", "bounced", "failed"])
async def test_mail_sent_is_told_to_its_end(
    alpha: Any, sandbox: Sandbox, handler: Handler, box: str, jane: Any, outcome: Any
) -> None:
    """With the blind copies, and the people known in each field."""
    sandbox.control.expect_mail(JANE, outcome)

    sent = await done(alpha.send_email(to=["a@shop.example.net"], bcc=[JANE], subject="Hi", body_text="T"))

    ended = handler.only(f"message.{outcome}")
    assert handler.only("message.sent").data.message.id == ended.data.message.id == sent.id
    assert (ended.data.message.status, ended.data.message.bcc_addresses) == (outcome, [JANE])
    assert [(one.bucket, one.name) for one in ended.data.contacts] == [("bcc", "Jane")]


async def test_a_forward_is_told_as_one(alpha: Any, sandbox: Sandbox, handler: Handler, box: str) -> None:
    """Not as mail sent."""
    sandbox.control.deliver(box, JANE, "Hello", "Text")
    (original,) = await every(alpha.iter_emails())

    forwarded = await done(alpha.forward_email(original.id, to=["a@shop.example.net"]))

    assert handler.only("message.forwarded").data.message.id == forwarded.id
    assert {getattr(one, "event_type", "") for one in handler.events()} == {
        "message.received", "message.forwarded", "message.delivered",
    }  # fmt: skip


async def test_a_removed_webhook_is_told_nothing(inkbox: Any, sandbox: Sandbox, handler: Handler, box: str) -> None:
    """From then on."""
    await done(inkbox.mailboxes.update(box, webhook_url=None))

    sandbox.control.deliver(box, JANE, "Hello", "Text")

    assert handler.events() == []


@pytest.mark.parametrize(
    ("reply", "status", "socket"),
    [
        (
            {"action": "answer", "client_websocket_url": "wss://other.example.com"},
            "answered",
            "wss://other.example.com",
        ),
        ({"action": "answer"}, "answered", SOCKET),
        ({"action": "reject"}, "failed", SOCKET),
    ],
)
async def test_the_answer_to_a_call_webhook_decides(
    inkbox: Any, sandbox: Sandbox, receiver: Receiver, handler: Handler, told: Any, jane: Any,
    reply: dict[str, str], status: str, socket: str,
) -> None:  # fmt: skip
    """The payload is flat, and says who calls."""
    receiver.replies.append(json.dumps(reply).encode())

    sandbox.control.ring(told.number, OUTSIDE)

    (event,), (body,) = handler.events(), handler.bodies()
    assert isinstance(event, IncomingCall)
    assert event.contact is not None
    assert (event.remote_phone_number, event.status, event.contact.id) == (OUTSIDE, "ringing", jane.id)
    payload = cast("PhoneIncomingCallWebhookPayload", json.loads(body))
    assert (payload["direction"], payload["contact"]) == ("inbound", {"id": str(jane.id), "name": "Jane"})
    call = await done(inkbox.calls.get(told.id, event.id))
    assert (call.status, call.client_websocket_url) == (status, socket)


async def test_a_text_received_is_told_with_its_sender(
    alpha: Any, sandbox: Sandbox, handler: Handler, told: Any, jane: Any
) -> None:
    """It can be fetched by its id."""
    sandbox.control.text_in(told.number, OUTSIDE, "Where is it?")

    event = handler.only("text.received")

    assert isinstance(event, TextEvent)
    assert event.data.contact is not None
    assert (event.data.text_message.text, event.data.contact.id) == ("Where is it?", jane.id)
    assert (await done(alpha.get_text(event.data.text_message.id))).delivery_status is None


@pytest.mark.parametrize("outcome", ["delivered", "delivery_failed", "delivery_unconfirmed"])
async def test_a_text_sent_is_told_to_its_end(
    alpha: Any, sandbox: Sandbox, handler: Handler, told: Any, outcome: Any
) -> None:
    """First sent, then what became of it, with the carrier's code where it failed."""
    sandbox.control.expect_text(OUTSIDE, outcome)

    sent = await done(alpha.send_text(to=OUTSIDE, text="Hi"))

    event = handler.only(f"text.{outcome}")
    assert handler.only("text.sent").data.text_message.id == event.data.text_message.id == sent.id
    payloads = [cast("TextWebhookPayload", json.loads(body)) for body in handler.bodies()]
    (message,) = [one["data"]["text_message"] for one in payloads if one["event_type"] == f"text.{outcome}"]
    assert (message["delivery_status"], message["error_code"]) == (
        outcome, "30007" if outcome == "delivery_failed" else None,
    )  # fmt: skip
    assert (message["delivered_at"] is not None, message["failed_at"] is not None) == (
        outcome == "delivered", outcome != "delivered",
    )  # fmt: skip


async def test_what_was_signed_otherwise_or_at_another_time_is_refused(
    inkbox: Any, sandbox: Sandbox, receiver: Receiver, handler: Handler, box: str
) -> None:
    """With another key, for another body, not at all, or ten minutes off, which a receiver may allow."""
    sandbox.control.deliver(box, JANE, "Hello", "Text")
    (body,) = handler.bodies()
    ((headers, _),) = receiver.received
    new = (await done(inkbox.create_signing_key())).signing_key
    sandbox.control.advance(600)
    sandbox.control.deliver(box, JANE, "Ten minutes later", "Text")
    sandbox.control.settle()
    late_headers, late = receiver.received[1]

    def fits(body: bytes = body, headers: dict[str, str] = headers, **options: Any) -> bool:
        return verify_webhook(payload=body, headers=headers, **{"secret": handler.key, **options})

    assert fits()
    assert not fits(secret=new)
    assert not fits(body + b" ")
    assert not fits(headers={name: value for name, value in headers.items() if name != "x-inkbox-signature"})
    assert not fits(late, late_headers, secret=new)
    assert fits(late, late_headers, secret=new, tolerance_seconds=None)
