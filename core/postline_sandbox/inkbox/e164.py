"""Phone numbers in E.164, the only spelling that is kept."""

import re

_SHAPE = re.compile(r"\+[1-9][0-9]{6,14}")
_PUNCTUATION = re.compile(r"[\s().\-/]")
_AMERICAN_DIGITS = 10


def is_e164(text: str) -> bool:
    """Say whether a text is a number in E.164."""
    return _SHAPE.fullmatch(text) is not None


def normalized(text: str) -> str | None:
    """Return a number in E.164, or None; without a country it counts as American."""
    digits = _PUNCTUATION.sub("", text.strip().lower().removeprefix("tel:"))
    if not digits.startswith("+"):
        digits = f"+1{digits}" if len(digits) == _AMERICAN_DIGITS else f"+{digits}"
    return digits if is_e164(digits) else None
