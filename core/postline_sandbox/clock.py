"""The sandbox's time: read by everything that needs an instant, moved only through the control side."""

import time
from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LAST_MS = 253_402_300_799_999


class Clock:
    """The machine's clock moved by an offset, or a clock that stands still until it is advanced."""

    def __init__(self, *, offset_ms: int = 0, still_ms: int | None = None) -> None:
        self.offset_ms = offset_ms
        self.still_ms = still_ms

    @property
    def ticks(self) -> bool:
        """Whether time passes by itself."""
        return self.still_ms is None

    def now_ms(self) -> int:
        """Return milliseconds since 1970."""
        return (time.time_ns() // 1_000_000 if self.still_ms is None else self.still_ms) + self.offset_ms

    def now(self) -> datetime:
        """Return the instant itself."""
        return _EPOCH + timedelta(milliseconds=self.now_ms())

    def iso(self) -> str:
        """Return now as both services write it."""
        return iso(self.now_ms())

    def advance(self, seconds: float) -> None:
        """Move the clock forward."""
        self.offset_ms += round(seconds * 1000)


def iso(ms: int) -> str:
    """Write an instant as UTC ISO 8601 with milliseconds and `Z`."""
    moment = _EPOCH + timedelta(milliseconds=min(max(ms, 0), _LAST_MS))
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z" if moment.year > 999 else iso(0)


def instant_ms(moment: datetime) -> int:
    """Return milliseconds since 1970; a time without a zone counts as UTC."""
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return (aware - _EPOCH) // timedelta(milliseconds=1)


def parse_ms(text: str) -> int | None:
    """Read an ISO 8601 instant, or return None."""
    try:
        return instant_ms(datetime.fromisoformat(text))
    except (ValueError, OverflowError):
        return None
