"""Check that a webhook came from Commune, and when. Verify the raw body before parsing it; answer 401 on an error."""

from __future__ import annotations

import hashlib
import hmac
import time

from postline.commune.exceptions import WebhookVerificationError

__all__ = ["WebhookVerificationError", "compute_signature", "verify_signature"]


def compute_signature(payload: str | bytes, secret: str, timestamp: str) -> str:
    """Return the `x-commune-signature` of a payload; `timestamp` is the `x-commune-timestamp` header (milliseconds)."""
    return f"v1={_digest(f'{timestamp}.'.encode() + _raw(payload), secret)}"


def verify_signature(
    payload: str | bytes,
    signature: str | None,
    secret: str | None,
    timestamp: str | int | None = None,
    tolerance_seconds: float = 300,
    *,
    require_fresh: bool = True,
) -> bool:
    """Check a delivery's signature, then its age.

    Args:
        payload: The raw body, unparsed.
        signature: The `x-commune-signature` header.
        secret: The inbox's `webhook.secret`, whole.
        timestamp: The `x-commune-timestamp` header, milliseconds. `None`: the signature is over the payload alone, of no age.
        tolerance_seconds: How far the time may be off, either way; 0 or less checks no age.
        require_fresh: Refuse an empty or non-numeric timestamp. `False` lets both pass, as Commune's own client does: an empty one
            then counts as none, any other that the signature covers is taken without a check of its age.

    Returns:
        Always `True`.

    Raises:
        WebhookVerificationError: The signature or the secret is missing or wrong, or the delivery is too old.
    """
    if not signature:
        raise WebhookVerificationError("Missing signature")
    if not secret:
        raise WebhookVerificationError("Missing webhook secret")
    if not isinstance(signature, str) or not isinstance(secret, str):
        raise WebhookVerificationError("Invalid signature")
    stamped = timestamp is not None and timestamp != ""
    body = f"{timestamp}.".encode() + _raw(payload) if stamped else _raw(payload)
    expected = _digest(body, secret)
    if not hmac.compare_digest(signature.removeprefix("v1=").encode(errors="replace"), expected.encode()):
        raise WebhookVerificationError("Invalid signature")
    if require_fresh and timestamp is not None and not _is_number(timestamp):
        raise WebhookVerificationError("Invalid timestamp")
    if stamped and tolerance_seconds > 0 and _is_number(timestamp):
        age = abs(time.time() - int(str(timestamp)) / 1000)
        if age > tolerance_seconds:
            raise WebhookVerificationError(f"Webhook timestamp too old ({int(age)}s > {tolerance_seconds:g}s)")
    return True


def _is_number(timestamp: object) -> bool:
    try:
        int(str(timestamp))
    except ValueError:
        return False
    return True


def _raw(payload: str | bytes) -> bytes:
    if isinstance(payload, str):
        return payload.encode()
    if isinstance(payload, bytes | bytearray | memoryview):
        return bytes(payload)
    raise WebhookVerificationError(f"The payload must be the raw body, as bytes or text; got {type(payload).__name__}")


def _digest(body: bytes, secret: str) -> str:
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
