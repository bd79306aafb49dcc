"""Limits over a rolling day, and how an answer tells of them."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from postline_sandbox.clock import iso, parse_ms
from postline_sandbox.inkbox.table import Table
from postline_sandbox.web import Header, Json

if TYPE_CHECKING:
    from postline_sandbox.inkbox.service import Inkbox

DAY_MS = 86_400_000


@dataclass(frozen=True)
class Window:
    """How much of a limit the last 24 hours have used up."""

    limit: int
    used: int
    reset_seconds: int
    """How long until the oldest of what was used no longer counts."""
    reset_at: int
    """The same as Unix seconds."""

    @property
    def remaining(self) -> int:
        """What is left."""
        return max(0, self.limit - self.used)

    def headers(self, used_now: int = 0) -> tuple[Header, ...]:
        """Tell of the window as it is once a request has used some more of it."""
        numbers = {"limit": self.limit, "remaining": max(0, self.remaining - used_now), "reset": self.reset_at}
        return tuple((f"x-ratelimit-{name}".encode(), b"%d" % number) for name, number in numbers.items())

    def retry_after(self) -> tuple[Header, ...]:
        """Tell when to try again."""
        return ((b"retry-after", b"%d" % max(1, self.reset_seconds)),)


def look(inkbox: "Inkbox", table: Table, where: Json, limit: int) -> Window:
    """Count the records of the last 24 hours under conditions."""
    now = inkbox.clock.now_ms()
    recent = {**where, "created_at >": iso(now - DAY_MS)}
    oldest = table.many(inkbox.storage, recent, order="created_at", limit=1)
    reset_ms = (parse_ms(oldest[0]["created_at"]) or now) + DAY_MS if oldest else now
    used = table.count(inkbox.storage, **recent)
    return Window(limit, used, -(-(reset_ms - now) // 1000), -(-reset_ms // 1000))
