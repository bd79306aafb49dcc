"""What is about to leave: the doors of the channels, and what a policy sees of whatever goes through one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from postline.channels import Draft


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """A mail, a text or a call on its way out."""

    recipients: tuple[str, ...] = field(repr=False)
    """Everybody whom it reaches: addresses of a mail, the number of a text or a call."""
    draft: Draft | None = None
    """The mail."""
    text: str | None = field(default=None, repr=False)
    """What a text message says."""


def outgoing(door: str | None, given: Sequence[Any], options: Mapping[str, Any]) -> Outgoing | None:
    """Read what is passed to a channel's method; `None` where the method lets nothing out."""
    read = DOORS.get(door or "")
    return read(*given, **options) if read else None


def _mail(draft: Draft, **_: Any) -> Outgoing:
    return Outgoing(recipients=tuple(each.email for each in draft.recipients), draft=draft)


def _text(to: str, text: str) -> Outgoing:
    return Outgoing(recipients=(to,), text=text)


def _call(to: str) -> Outgoing:
    return Outgoing(recipients=(to,))


DOORS: Mapping[str, Callable[..., Outgoing]] = {"send_message": _mail, "send_text": _text, "place_call": _call}
"""The only methods of channels that reach somebody, with the parameters that they have there."""
