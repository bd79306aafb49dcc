"""Signing keys, and how to check with one that a webhook came from Inkbox."""

from __future__ import annotations

import hashlib
import hmac
import time
from collections.abc import Mapping
from datetime import datetime

from postline.inkbox._record import record

__all__ = ["SigningKey", "verify_webhook"]


@record
class SigningKey:
    """The organization's new signing key; `signing_key` is told this once."""

    signing_key: str
    created_at: datetime


def verify_webhook(
    *, payload: bytes, headers: Mapping[str, str], secret: str, tolerance_seconds: float | None = 300.0
) -> bool:
    """Check that a delivery came from Inkbox, unchanged and just now. Answer 401 if not.

    Args:
        payload: The raw body, unparsed.
        headers: The delivery's headers, in any case.
        secret: The signing key, with or without its `whsec_`.
        tolerance_seconds: How far its time may be off, either way; `None` checks no age, as Inkbox's own client does.

    Raises:
        TypeError: The payload is text: only the bytes that were sent can be checked.
    """
    if not isinstance(payload, bytes | bytearray | memoryview):
        raise TypeError(f"payload must be the raw body as bytes, not {type(payload).__name__}")
    lower = {name.lower(): value for name, value in headers.items()}
    request_id, timestamp = lower.get("x-inkbox-request-id", ""), lower.get("x-inkbox-timestamp", "")
    signed = f"{request_id}.{timestamp}.".encode(errors="replace") + bytes(payload)
    expected = "sha256=" + hmac.new(secret.removeprefix("whsec_").encode(), signed, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(lower.get("x-inkbox-signature", "").encode(errors="replace"), expected.encode()):
        return False
    return tolerance_seconds is None or _age_seconds(timestamp) <= tolerance_seconds


def _age_seconds(timestamp: str) -> float:
    return abs(time.time() - int(timestamp)) if timestamp.isdecimal() and timestamp.isascii() else float("inf")
