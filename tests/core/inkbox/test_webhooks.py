"""Deliveries are checked by signature and age, and read into events."""

import hashlib
import hmac
import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postline.errors import ReplyError
from postline.inkbox import IncomingCall, MailEvent, TextEvent, UnknownEvent, parse_webhook, verify_webhook

VECTORS = [
    (
        "test-signing-key", "req-abc-123", "1741737600", b'{"event":"message.received"}',
        "sha256=ccab437c803be0681b6357433d3c0baa9cd235e817f3a831cf4cc75a0d789456",
    ),
    (
        "k3y", "11111111-2222-4333-8444-555555555555", "1700000000", b'{"event_type":"text.received"}',
        "sha256=6bbbf8a54b39a565c526f4f03f4ed48e51bf9184270787e36f947c3d62a20e51",
    ),
]  # fmt: skip
ID = "5f0c1c5e-6a3b-4c1e-9a51-0d6a0a6f2b10"
TIME = "2026-04-10T18:13:42.201Z"
CONTACT = {"id": ID, "name": "Jane"}
MAIL: dict[str, Any] = {
    "id": ID, "mailbox_id": ID, "thread_id": None, "message_id": "<a@x.example.net>", "from_address": "jane@customer.example.net",
    "to_addresses": ["support@inkbox.example.com"], "cc_addresses": None, "bcc_addresses": None, "subject": "Hi", "snippet": "x",
    "direction": "inbound", "status": "received", "has_attachments": False, "created_at": TIME,
}  # fmt: skip
TEXT: dict[str, Any] = {
    "id": ID, "direction": "outbound", "local_phone_number": "+12125550100", "remote_phone_number": "+15035550143", "text": "Hi",
    "type": "sms", "media": None, "is_read": False, "delivery_status": "delivery_unconfirmed", "origin": "user_initiated",
    "error_code": None, "error_detail": None, "sent_at": TIME, "delivered_at": None, "failed_at": TIME, "created_at": TIME,
    "updated_at": TIME,
}  # fmt: skip
CALL: dict[str, Any] = {
    "id": ID, "local_phone_number": "+12125550100", "remote_phone_number": "+15035550143", "direction": "inbound",
    "status": "ringing", "client_websocket_url": None, "use_inkbox_tts": None, "use_inkbox_stt": None, "hangup_reason": None,
    "started_at": None, "ended_at": None, "created_at": TIME, "updated_at": TIME, "rate_limit": None, "contact": CONTACT,
}  # fmt: skip


def delivery(body: bytes, moment: float | str | None = None, key: str = "k3y") -> dict[str, str]:
    """Sign as the service does, independently of the code under test."""
    stamp = str(int(time.time()) if moment is None else moment)
    mac = hmac.new(key.encode(), b"req." + stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    return {"X-Inkbox-Signature": f"sha256={mac}", "X-Inkbox-Request-ID": "req", "X-Inkbox-Timestamp": stamp}


@pytest.mark.parametrize(("key", "request_id", "timestamp", "body", "signature"), VECTORS)
@pytest.mark.parametrize("prefix", ["", "whsec_"])
def test_published_signatures_verify(
    key: str, request_id: str, timestamp: str, body: bytes, signature: str, prefix: str
) -> None:
    """With and without the key's prefix, whatever the case of the header names, when age does not matter."""
    headers = {
        "X-INKBOX-SIGNATURE": signature,
        "x-inkbox-request-id": request_id,
        "X-Inkbox-Timestamp": timestamp,
    }

    assert verify_webhook(payload=body, headers=headers, secret=prefix + key, tolerance_seconds=None)


def test_an_old_delivery_is_refused_by_default() -> None:
    """Correctly signed, but not fresh: neither when too old nor when from the future; unless the caller opts out."""
    body, now = b"{}", int(time.time())
    ages = {-3600: False, -290: True, 0: True, 290: True, 3600: False}

    checked = {age: verify_webhook(payload=body, headers=delivery(body, now + age), secret="k3y") for age in ages}
    unchecked = verify_webhook(payload=body, headers=delivery(body, 1), secret="k3y", tolerance_seconds=None)

    assert checked == ages
    assert unchecked


@pytest.mark.parametrize("stamp", ["", "soon", "-5", "1e3", "²"])
def test_a_time_that_cannot_be_read_is_not_fresh(stamp: str) -> None:
    """Even when the signature covers it."""
    headers = delivery(b"{}", stamp)

    assert not verify_webhook(payload=b"{}", headers=headers, secret="k3y")
    assert verify_webhook(payload=b"{}", headers=headers, secret="k3y", tolerance_seconds=None)


@given(body=st.binary(min_size=1, max_size=40), place=st.integers(0, 39), bit=st.integers(0, 7))
def test_one_changed_bit_is_noticed(body: bytes, place: int, bit: int) -> None:
    """A signature holds for its very bytes."""
    headers = delivery(body)
    changed = bytearray(body)
    changed[place % len(body)] ^= 1 << bit

    assert verify_webhook(payload=body, headers=headers, secret="k3y")
    assert not verify_webhook(payload=bytes(changed), headers=headers, secret="k3y")


@pytest.mark.parametrize(
    "change",
    [
        {"X-Inkbox-Signature": ""},
        {"X-Inkbox-Signature": "SHA256=00"},
        {"X-Inkbox-Signature": "sha256=é\udc80"},
        {"X-Inkbox-Request-ID": "other"},
        {"X-Inkbox-Timestamp": "1"},
    ],
)
def test_a_wrong_or_missing_header_is_refused(change: dict[str, str]) -> None:
    """Without an exception: strangers can send anything."""
    headers = {**delivery(b"{}"), **change}

    assert not verify_webhook(payload=b"{}", headers=headers, secret="k3y", tolerance_seconds=None)
    assert not verify_webhook(payload=b"{}", headers={}, secret="k3y", tolerance_seconds=None)


def test_upper_case_hexadecimal_is_refused() -> None:
    """As documented: the comparison is of text."""
    headers = delivery(b"{}")
    headers["X-Inkbox-Signature"] = "sha256=" + headers["X-Inkbox-Signature"].removeprefix("sha256=").upper()

    assert not verify_webhook(payload=b"{}", headers=headers, secret="k3y")


def test_text_is_no_payload() -> None:
    """Only the bytes that came can be checked."""
    with pytest.raises(TypeError):
        verify_webhook(payload="{}", headers=delivery(b"{}"), secret="k3y")  # type: ignore[arg-type]  # the point


def test_a_mail_event_is_read() -> None:
    """With its message and who is known of the people on it."""
    contact = {"bucket": "from", "address": "jane@customer.example.net", **CONTACT}
    body = {"event_type": "message.received", "timestamp": TIME, "data": {"message": MAIL, "contacts": [contact]}}

    event = parse_webhook(json.dumps(body))

    assert isinstance(event, MailEvent)
    assert (event.event_type, event.timestamp.microsecond) == ("message.received", 201000)
    assert (str(event.data.message.id), event.data.message.subject) == (ID, "Hi")
    assert [(one.bucket, one.name) for one in event.data.contacts] == [("from", "Jane")]


def test_a_text_event_is_read() -> None:
    """As the record that the API has for texts."""
    body = {
        "event_type": "text.delivery_unconfirmed",
        "timestamp": TIME,
        "data": {"text_message": TEXT, "contact": None},
    }

    event = parse_webhook(json.dumps(body).encode())

    assert isinstance(event, TextEvent)
    text = event.data.text_message
    assert (text.delivery_status, text.failed_at, text.is_read, text.is_blocked) == (
        "delivery_unconfirmed", event.timestamp, False, False,
    )  # fmt: skip


def test_an_incoming_call_is_read() -> None:
    """It has no envelope."""
    event = parse_webhook(json.dumps(CALL))

    assert isinstance(event, IncomingCall)
    assert event.contact is not None
    assert (event.status, event.contact.name, event.rate_limit) == ("ringing", "Jane", None)


@pytest.mark.parametrize("event_type", ["message.opened", "call.ended", "", "whatever"])
def test_an_unknown_event_passes_through(event_type: str) -> None:
    """Whole, as it came."""
    body = {"event_type": event_type, "anything": [1, {"a": None}]}

    event = parse_webhook(json.dumps(body))

    assert event == UnknownEvent(event_type=event_type, payload=body)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"no",
        b"[]",
        b'"a"',
        b"{}",
        b'{"event_type":"message.sent","data":{"message":"secret words"}}',
        b"\xff",
        b"[" * 100_000,
    ],
)
def test_what_is_not_documented_is_an_error(body: bytes) -> None:
    """It says which fields are wrong, and not what they hold."""
    with pytest.raises(ReplyError) as caught:
        parse_webhook(body)

    assert "secret" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_an_event_does_not_show_what_people_wrote() -> None:
    """Its `repr` has ids and kinds only."""
    shown = repr(parse_webhook(json.dumps(CALL))) + repr(UnknownEvent(event_type="x", payload={"a": "secret"}))

    assert "555" not in shown
    assert "secret" not in shown
