"""The numbers that the live service sets, each of which a test may change."""

from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from postline_sandbox.inkbox.service import Inkbox

_KEPT_AS = "inkbox limits"


@dataclass(frozen=True)
class Limits:
    """How much of each; the defaults are what was seen of the live service."""

    signups_per_hour: int = 3
    unclaimed_sends_per_day: int = 10
    claimed_sends_per_day: int = 500
    certificates_per_week: int = 4
    phone_numbers: int = 3
    texts_per_day: int = 15
    calls_per_day: int = 100
    call_minutes_per_day: int = 100
    sms_ready_seconds: int = 600
    """How long a new local number cannot send texts yet."""


NAMES = tuple(one.name for one in fields(Limits))


def load(inkbox: "Inkbox") -> Limits:
    """Return the limits as they were last set."""
    return Limits(**(inkbox.storage.recall(_KEPT_AS) or {}))


def change(inkbox: "Inkbox", changes: dict[str, int]) -> dict[str, Any]:
    """Set some limits, those not named stay; return all."""
    inkbox.limits = Limits(**{**asdict(inkbox.limits), **changes})
    inkbox.storage.keep(_KEPT_AS, asdict(inkbox.limits))
    return asdict(inkbox.limits)
