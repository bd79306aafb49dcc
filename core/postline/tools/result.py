"""What a tool call comes to: a result, or a failure that says whether trying again can help."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from postline.errors import ArgumentError, PostlineError


@dataclass(frozen=True, slots=True, repr=False)
class Result:
    """What a tool found or did. `str(result)` is the text for the model."""

    text: str
    """For the model, within the toolbox's budget; strangers' text in it is fenced."""
    data: Mapping[str, Any] = field(default_factory=dict)
    """The same as JSON-able data; what strangers wrote stands under keys named `untrusted`."""
    left_out: str | None = None
    """What the text and the data lack, in sentences that say how to get it."""
    cursor: str | None = None
    """Where to read on: the same call with it continues exactly behind the last item shown."""

    @property
    def complete(self) -> bool:
        """Whether nothing was left out and nothing follows."""
        return self.left_out is None and self.cursor is None

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return f"<Result: {len(self.text):,} characters, {'complete' if self.complete else 'incomplete'}; print it to read it>"


class ToolError(PostlineError):
    """A tool call that failed. `str(error)` is a sentence without mail text, fit for a log; `text` is for the model."""

    def __init__(self, message: str, *, retryable: bool = False) -> None:
        super().__init__(message)
        self.message = message
        self.retryable = retryable

    @property
    def text(self) -> str:
        """The failure as the model should read it: what happened, and whether trying again can help."""
        again = "can help later" if self.retryable else "will not help"
        return f"Error: {self.message} Trying the same call again {again}."


class UnknownOutcomeError(ToolError):
    """A call that may have had its effect, or not: no usable answer came."""

    def __init__(self) -> None:
        super().__init__("No usable answer came, so it is not known whether it was done.")

    @property
    def text(self) -> str:
        """The failure as the model should read it."""
        return f"Error: {self.message} Look whether it was before you do it again."


class ToolArgumentError(ToolError, ArgumentError):
    """A call with a wrong input, found before anything was sent."""
