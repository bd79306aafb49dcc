"""One-time codes by the clock: RFC 6238, and the `otpauth` addresses that set them up. Standard library only."""

from __future__ import annotations

import base64
import hmac
import time
from enum import StrEnum
from functools import partial
from typing import Any, cast
from urllib.parse import parse_qs, unquote, urlsplit

from postline.errors import ArgumentError
from postline.hidden import Hidden
from postline.inkbox.vault._masked import Masked

__all__ = ["TOTPAlgorithm", "TOTPCode", "TOTPConfig", "generate_totp", "parse_totp_uri"]

DIGITS = (6, 8)
PERIODS = (30, 60)


class TOTPAlgorithm(StrEnum):
    """What a code is computed with."""

    SHA1 = "sha1"
    SHA256 = "sha256"
    SHA512 = "sha512"


class TOTPCode(Masked, shown=("period_start", "period_end", "seconds_remaining")):
    """A one-time code and the time in which it holds, in Unix seconds."""

    code: str
    period_start: int
    period_end: int
    seconds_remaining: int

    @property
    def expires_in(self) -> int:
        """Another name of `seconds_remaining`."""
        return self.seconds_remaining


class TOTPConfig(Masked):
    """What one-time codes are made from.

    Args:
        secret: Base32, in any case, padded or not.
        digits: 6 or 8.
        period: Seconds that a code holds, 30 or 60.

    Raises:
        ValueError: One of them is not what it should be.
    """

    secret: str
    algorithm: TOTPAlgorithm = TOTPAlgorithm.SHA1
    digits: int = 6
    period: int = 30
    issuer: str | None = None
    account_name: str | None = None

    def __init__(
        self,
        secret: str,
        algorithm: TOTPAlgorithm | str = TOTPAlgorithm.SHA1,
        digits: int = 6,
        period: int = 30,
        issuer: str | None = None,
        account_name: str | None = None,
    ) -> None:
        self.secret, self.algorithm, self.digits = secret, cast("TOTPAlgorithm", algorithm), digits
        self.period, self.issuer, self.account_name = period, issuer, account_name
        del secret, algorithm, digits, period, issuer, account_name  # what follows may raise
        self._check()

    def _check(self) -> None:
        _check_base32(Hidden(self.secret))
        if self.digits not in DIGITS:
            raise ArgumentError(f"digits must be 6 or 8, got {_short(self.digits)}")
        if self.period not in PERIODS:
            raise ArgumentError(f"period must be 30 or 60, got {_short(self.period)}")
        if self.algorithm not in [*TOTPAlgorithm]:
            raise ArgumentError(f"{_short(self.algorithm)} is not a valid TOTPAlgorithm")
        self.algorithm = TOTPAlgorithm(self.algorithm)

    def generate_code(self) -> TOTPCode:
        """Compute the code of this moment."""
        return generate_totp(self)


def generate_totp(config: TOTPConfig, *, now: float | None = None) -> TOTPCode:
    """Compute a code.

    Args:
        config: What to compute it from.
        now: Unix seconds; by default the clock's.
    """
    seconds = int(time.time() if now is None else now)
    counter = seconds // config.period
    start = counter * config.period
    end = start + config.period
    return TOTPCode(_code(config, counter), start, end, end - seconds)


def parse_totp_uri(uri: str) -> TOTPConfig:
    """Read an `otpauth://totp/...` address, as QR codes have it.

    Raises:
        ValueError: It is none, or says something that no code can be made from.
    """
    hidden = Hidden(uri)
    del uri
    parts = _parts(hidden)
    if parts is None:
        raise ArgumentError("Invalid URI: it cannot be taken apart")
    scheme, kind, label, given = parts
    if scheme.reveal() != "otpauth":
        raise ArgumentError(f"Invalid scheme: expected 'otpauth', got {_short(scheme.reveal())}")
    if kind.reveal() == "hotp":
        raise ArgumentError("HOTP is not supported — only TOTP URIs are accepted")
    if kind.reveal() != "totp":
        raise ArgumentError(f"Invalid OTP type: expected 'totp', got {_short(kind.reveal())}")
    return _configured(label, given)


def _configured(label: Hidden[str], given: Hidden[dict[str, str]]) -> TOTPConfig:
    if "secret" not in given.reveal():
        raise ArgumentError("Missing required 'secret' parameter")
    secret = Hidden(given.reveal()["secret"].upper())
    _check_base32(secret)
    algorithm = Hidden(given.reveal().get("algorithm", "sha1").lower())
    if algorithm.reveal() not in [*TOTPAlgorithm]:
        raise ArgumentError(
            f"Invalid algorithm: {_short(algorithm.reveal())}. Must be one of: {', '.join(TOTPAlgorithm)}"
        )
    digits = _number("digits", given, DIGITS)
    period = _number("period", given, PERIODS)
    before, colon, after = label.reveal().partition(":")
    issuer, account = (before.strip(), after.strip()) if colon else (None, before.strip())
    make = partial(TOTPConfig, algorithm=TOTPAlgorithm(algorithm.reveal()), digits=digits, period=period)
    return make(secret.reveal(), issuer=given.reveal().get("issuer", issuer), account_name=account or None)


def _parts(uri: Hidden[str]) -> tuple[Hidden[str], Hidden[str], Hidden[str], Hidden[dict[str, str]]] | None:
    """Take an address apart: scheme, kind, label, and the first value of each parameter. Never raises."""
    if not isinstance(uri.reveal(), str):
        return None
    try:
        split = urlsplit(uri.reveal())
        given = parse_qs(split.query)
    except ValueError:
        return None
    first = {name: values[0] for name, values in given.items()}
    return Hidden(split.scheme), Hidden(split.netloc.lower()), Hidden(unquote(split.path.lstrip("/"))), Hidden(first)


def _number(name: str, given: Hidden[dict[str, str]], allowed: tuple[int, int]) -> int:
    text = Hidden(given.reveal().get(name, str(allowed[0])))
    number: int | None
    try:
        number = int(text.reveal())
    except ValueError:
        number = None
    if number is None:
        raise ArgumentError(f"Invalid {name}: {_short(text.reveal())}")
    if number not in allowed:
        raise ArgumentError(f"Invalid {name}: {_short(number)}. Must be {allowed[0]} or {allowed[1]}")
    return number


def _check_base32(secret: Hidden[Any]) -> None:
    if not isinstance(secret.reveal(), str) or not secret.reveal().strip():
        raise ArgumentError("secret must be a non-empty base32 string")
    if _key(secret) is None:
        raise ArgumentError(f"Invalid base32 secret (length={len(secret.reveal())})")


def _key(secret: Hidden[str]) -> Hidden[bytes] | None:
    text = secret.reveal().upper()
    try:
        return Hidden(base64.b32decode(text + "=" * (-len(text) % 8)))
    except ValueError:
        return None


def _code(config: TOTPConfig, counter: int) -> str:
    key = _key(Hidden(config.secret))
    if key is None:
        raise ArgumentError("the secret was changed to something that is not base32")
    digest = hmac.digest(key.reveal(), counter.to_bytes(8, "big"), str(config.algorithm))
    offset = digest[-1] & 0xF
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFFFFFF
    return str(number % 10**config.digits).zfill(config.digits)


def _short(value: object) -> str:
    """Quote what was given where a word or number was expected; something longer may be a secret in the wrong place."""
    return repr(value) if len(repr(value)) <= 8 else "..."
