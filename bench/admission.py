"""Which requests the latency server refuses with 429, and what it says about trying again. Pure: time is told to it."""

import math
from dataclasses import dataclass

HINTS = ("none", "exact", "whole")


@dataclass
class Admission:
    """A limit of requests a second, and failures at regular places."""

    fail_every: int = 0
    """Each n-th request is refused; 0 for none."""
    rps: float = 0.0
    """A bucket that holds a tenth of a second's worth lets so many requests a second through; 0 for no limit."""
    hint: str = "none"
    """What `Retry-After` says: nothing, the very moment, or as HTTP has it whole seconds, one at least."""
    asked: int = 0
    tokens: float = math.inf
    filled_at: float = 0.0

    def refusal(self, now: float) -> str | None:
        """Headers of a refusal, which may be empty; `None` lets the request through."""
        self.asked += 1
        if self.fail_every and self.asked % self.fail_every == 0:
            return self._headers(0.0)
        if not self.rps:
            return None
        self.tokens = min(max(1.0, self.rps / 10), self.tokens + (now - self.filled_at) * self.rps)
        self.filled_at = now
        if self.tokens >= 1:
            self.tokens -= 1
            return None
        return self._headers((1 - self.tokens) / self.rps)

    def _headers(self, wait_seconds: float) -> str:
        match self.hint:
            case "exact":
                return f"Retry-After: {wait_seconds:.3f}\r\n"
            case "whole":
                return f"Retry-After: {max(1, math.ceil(wait_seconds))}\r\n"
        return ""
