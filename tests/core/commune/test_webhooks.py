"""Which deliveries count as genuine. The official package decides the same, but for one row and where it breaks."""

from __future__ import annotations

import hashlib
import hmac
import time

import commune
import pytest

from postline.commune import WebhookVerificationError, compute_signature, verify_signature

SECRET = "whsec_test_secret_123"
NOW = 1_767_225_600.0
STAMP = "1767225600000"
BODY = b'{"type":"inbound","data":{"message_id":"msg_1"}}'

VECTORS = [
    (SECRET, "1707667200000", BODY, "fc4d852e4cc1b52b971359503756e8c43630bcc75e9b6d19b9bae7ff30c1d9f9"),
    (SECRET, "1707667200000", b"", "35fd680242c315ca3631c5834ba4f52e77dc392a7026d39330e8c52ee11ffb6a"),
    (SECRET, "1707667200000", '{"text":"héllo ☃"}', "a2a51010c2b20a166d4101601bf8bcb1cf7c43074eab6c98877a2339531d4016"),
    ("0123456789abcdef" * 3, STAMP, '{"a":1}', "4ea1cb65c61f9e656b80374955b818956ab7ac0f425befa5a9bc4afb306a050f"),
    ("0123456789abcdef" * 3, STAMP, '{"a": 1}', "4598684c9a43fdc1bd44433f9805389b2c5020cdfbaaf890bda2c569ea473e26"),
    ("sécret", STAMP, '{"a":1}', "f62458d0381e92318c9b56285b979003f07cb8de71eb9ccf77e8540c572ec3c4"),
]


@pytest.fixture(autouse=True)
def _clock(monkeypatch):
    """It is always the same time."""
    monkeypatch.setattr(time, "time", lambda: NOW)


def signed(body=BODY, secret=SECRET, stamp=STAMP):
    text = f"{stamp}.".encode() + body if stamp else body
    return hmac.new(secret.encode(), text, hashlib.sha256).hexdigest()


def at(seconds):
    """The stamp of a moment so many seconds ago."""
    return str(int((NOW - seconds) * 1000))


def verdict(verify, *args, **kwargs):
    try:
        return verify(*args, **kwargs)
    except (WebhookVerificationError, commune.WebhookVerificationError) as error:
        return str(error)


@pytest.mark.parametrize(("secret", "stamp", "body", "digest"), VECTORS)
def test_signatures_are_the_documented_ones(secret, stamp, body, digest):
    """Each worked vector is reproduced, for text and for bytes."""
    raw = body.encode() if isinstance(body, str) else body

    assert compute_signature(body, secret, stamp) == compute_signature(raw, secret, stamp) == f"v1={digest}"
    assert verify_signature(body, f"v1={digest}", secret, timestamp=stamp, tolerance_seconds=0)
    assert verify_signature(bytearray(raw), digest, secret, timestamp=stamp, tolerance_seconds=0)


def test_a_signature_over_the_payload_alone_is_known():
    """The older form, without a time, counts when no time is given, with the prefix and without."""
    digest = "c5f3c1a21ff9924a1a8e81b0e813488e2b5ae1ebaa33d1c4fd41288e20522f18"

    assert verify_signature(BODY, digest, SECRET)
    assert verify_signature(BODY, f"v1={digest}", SECRET)


TABLE = [
    ("with prefix", (BODY, "v1=" + signed(), SECRET), {"timestamp": STAMP}, True),
    ("payload as text", (BODY.decode(), "v1=" + signed(), SECRET), {"timestamp": STAMP}, True),
    ("without prefix", (BODY, signed(), SECRET), {"timestamp": STAMP}, True),
    ("upper case", (BODY, "v1=" + signed().upper(), SECRET), {"timestamp": STAMP}, "Invalid signature"),
    ("prefix in upper case", (BODY, "V1=" + signed(), SECRET), {"timestamp": STAMP}, "Invalid signature"),
    ("another prefix", (BODY, "sha256=" + signed(), SECRET), {"timestamp": STAMP}, "Invalid signature"),
    ("prefix twice", (BODY, "v1=v1=" + signed(), SECRET), {"timestamp": STAMP}, "Invalid signature"),
    ("trailing space", (BODY, "v1=" + signed() + " ", SECRET), {"timestamp": STAMP}, "Invalid signature"),
    ("empty signature", (BODY, "", SECRET), {"timestamp": STAMP}, "Missing signature"),
    ("no signature", (BODY, None, SECRET), {"timestamp": STAMP}, "Missing signature"),
    ("empty secret", (BODY, signed(), ""), {"timestamp": STAMP}, "Missing webhook secret"),
    ("no secret", (BODY, signed(), None), {"timestamp": STAMP}, "Missing webhook secret"),
    ("another secret", (BODY, signed(), "other"), {"timestamp": STAMP}, "Invalid signature"),
    ("another payload", (BODY + b" ", signed(), SECRET), {"timestamp": STAMP}, "Invalid signature"),
    ("another time", (BODY, signed(), SECRET), {"timestamp": at(0.001)}, "Invalid signature"),
    ("wrong and stale", (BODY, "0" * 64, SECRET), {"timestamp": at(301)}, "Invalid signature"),
    ("just in time", (BODY, signed(stamp=at(300)), SECRET), {"timestamp": at(300)}, True),
    (
        "a millisecond late",
        (BODY, signed(stamp=at(300.001)), SECRET),
        {"timestamp": at(300.001)},
        "Webhook timestamp too old (300s > 300s)",
    ),
    ("late", (BODY, signed(stamp=at(301)), SECRET), {"timestamp": at(301)}, "Webhook timestamp too old (301s > 300s)"),
    (
        "early",
        (BODY, signed(stamp=at(-301)), SECRET),
        {"timestamp": at(-301)},
        "Webhook timestamp too old (301s > 300s)",
    ),
    ("no tolerance set", (BODY, signed(stamp=at(9e5)), SECRET), {"timestamp": at(9e5), "tolerance_seconds": 0}, True),
    ("below none", (BODY, signed(stamp=at(9e5)), SECRET), {"timestamp": at(9e5), "tolerance_seconds": -1}, True),
    ("more tolerance", (BODY, signed(stamp=at(599)), SECRET), {"timestamp": at(599), "tolerance_seconds": 600}, True),
    ("time as a number", (BODY, signed(), SECRET), {"timestamp": int(STAMP)}, True),
    ("time withheld", (BODY, signed(), SECRET), {}, "Invalid signature"),
    ("no time at all", (BODY, signed(stamp=""), SECRET), {}, True),
]
SECONDS = str(int(NOW))


@pytest.mark.parametrize(("args", "kwargs", "result"), [pytest.param(*row[1:], id=row[0]) for row in TABLE])
def test_a_delivery_is_judged_as_documented(args, kwargs, result):
    """Each row of the service's table, as this project and as the official package see it."""
    assert verdict(verify_signature, *args, **kwargs) == result
    assert verdict(verify_signature, *args, require_fresh=False, **kwargs) == result
    assert verdict(commune.verify_signature, *args, **kwargs) == result


def test_a_time_in_seconds_is_far_in_the_past():
    """The header is in milliseconds; a correctly signed time in seconds is too old."""
    assert "too old" in verdict(verify_signature, BODY, signed(stamp=SECONDS), SECRET, timestamp=SECONDS)


@pytest.mark.parametrize("stamp", ["abc", "2026-01-01T00:00:00Z", "1767225600000.5", ""])
def test_a_time_that_is_none_is_refused_unless_asked_otherwise(stamp):
    """Ours is stricter in this row: freshness that cannot be checked is no freshness. The opt-out does as the official package."""
    args = (BODY, f"v1={signed(stamp=stamp)}", SECRET)

    assert verdict(verify_signature, *args, timestamp=stamp) == "Invalid timestamp"
    assert verdict(verify_signature, *args, timestamp=stamp, require_fresh=False) is True
    assert verdict(commune.verify_signature, *args, timestamp=stamp) is True
    assert verdict(verify_signature, BODY, "0" * 64, SECRET, timestamp=stamp) == "Invalid signature"


@pytest.mark.parametrize(
    ("payload", "signature", "secret"),
    [
        (BODY, "sígnature", SECRET),
        (BODY, "\ud83d", SECRET),
        (BODY, b"bytes", SECRET),
        (BODY, signed(), b"bytes"),
        ({"a": 1}, signed(), SECRET),
        (None, signed(), SECRET),
    ],
)
def test_whatever_comes_in_raises_the_one_class(payload, signature, secret):
    """Handlers catch `WebhookVerificationError` only, so nothing else comes out; the secret is in no text."""
    with pytest.raises(WebhookVerificationError) as caught:
        verify_signature(payload, signature, secret, timestamp=STAMP)

    assert SECRET not in str(caught.value)


def test_time_and_tolerance_may_be_given_by_position():
    """The service's page writes them without names."""
    stamp = at(400)

    assert verify_signature(BODY, signed(stamp=stamp), SECRET, stamp, 500)
    assert "too old" in verdict(verify_signature, BODY, signed(stamp=stamp), SECRET, stamp, 300)
