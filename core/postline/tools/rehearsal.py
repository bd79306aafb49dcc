"""A rehearsal: everything but the effect, to see what an agent would do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from postline.channels import Draft
from postline.operation import Steps
from postline.tools.call import Call, Guarded, Proceed
from postline.tools.entries import draft_entry
from postline.tools.result import Result, ToolError
from postline.tools.showing import result, room, show
from postline.tools.toolbox import Toolbox


class _RehearsedError(ToolError):
    """Ends a call where it would have had its effect."""

    def __init__(self, draft: Draft | None = None) -> None:
        super().__init__("Dry run: nothing was done.")
        self.draft = draft


def dry_run(toolbox: Toolbox) -> Toolbox:
    """Stop every call before its effect; the result says so, and what would have gone out. Other policies judge it as ever."""
    gates = {each.gate for each in toolbox if each.gate}

    def stop(_: Callable[..., Steps[Any]], *given: Any, **__: Any) -> Steps[Any]:
        raise _RehearsedError(next((each for each in given if isinstance(each, Draft)), None))

    def stopped(channel: Any) -> Any:
        for gate in gates:
            channel = Guarded(channel, gate, stop)
        return channel

    def layer(call: Call, proceed: Proceed) -> Steps[Result]:
        try:
            if call.tool.effect != "read" and not call.tool.gate:
                raise _RehearsedError
            return (yield from proceed(call))
        except _RehearsedError as rehearsed:
            if rehearsed.draft is None:
                return result(rehearsed.message, [], {"dry_run": True})
            entry = draft_entry(rehearsed.draft)
            blocks = [show(entry, room(call))]
            return result(
                "Dry run: nothing was sent. This would have gone out.", blocks, {"dry_run": True, "draft": entry}
            )

    return toolbox.over(stopped).under(layer)
