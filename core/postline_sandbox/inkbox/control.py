"""Control operations of the Inkbox half: what its protocol leaves to a console, to DNS, or to the outside world."""

from typing import TYPE_CHECKING, Any, cast

from postline_sandbox.control.operation import ControlError, Operations, operation
from postline_sandbox.inkbox import limits

if TYPE_CHECKING:
    from postline_sandbox.inkbox.service import Inkbox


class InkboxControl(Operations):
    """What an operator, a name server or a stranger can do to the Inkbox half."""

    @operation
    def set_inkbox_limits(self, changes: dict[str, Any]) -> dict[str, Any]:
        """Change the numbers that the live service sets and return all of them.

        They are: signups_per_hour, unclaimed_sends_per_day, claimed_sends_per_day, certificates_per_week,
        phone_numbers, texts_per_day, calls_per_day, call_minutes_per_day, and sms_ready_seconds, how long a new
        local number cannot send texts yet.
        """
        unknown = changes.keys() - set(limits.NAMES)
        if unknown:
            raise ControlError(f"set_inkbox_limits: unknown limits {', '.join(sorted(unknown))}")
        if not all(type(value) is int and value >= 0 for value in changes.values()):
            raise ControlError("set_inkbox_limits: every limit is a whole number from 0 on")
        return limits.change(self._inkbox, changes)

    @property
    def _inkbox(self) -> "Inkbox":
        return cast("Inkbox", self.world.services["inkbox"])
