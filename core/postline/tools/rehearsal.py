"""A rehearsal: everything but the effect, to see what an agent would do."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from postline.operation import Steps
from postline.tools.call import Call, Guarded, Proceed
from postline.tools.entries import Entry, described, draft_entry
from postline.tools.outgoing import Outgoing, outgoing
from postline.tools.rendering import clean, inline
from postline.tools.result import Result, ToolError
from postline.tools.showing import result, room, show
from postline.tools.toolbox import Toolbox


class _RehearsedError(ToolError):
    """Ends a call where it would have had its effect."""

    def __init__(self, leaving: Outgoing | None = None) -> None:
        super().__init__("Dry run: nothing was done.")
        self.leaving = leaving


def dry_run(toolbox: Toolbox) -> Toolbox:
    """Stop every call before its effect; the result says so, and what would have gone out. Other policies judge it as ever."""
    gates = {each.gate for each in toolbox if each.gate}

    def stop(gate: str, _: Callable[..., Steps[Any]], *given: Any, **options: Any) -> Steps[Any]:
        raise _RehearsedError(outgoing(gate, given, options))

    def stopped(channel: Any) -> Any:
        for gate in gates:
            channel = Guarded(channel, gate, partial(stop, gate))
        return channel

    def layer(call: Call, proceed: Proceed) -> Steps[Result]:
        try:
            if call.tool.effect != "read" and not call.tool.gate:
                raise _RehearsedError
            return (yield from proceed(call))
        except _RehearsedError as rehearsed:
            if rehearsed.leaving is None:
                return result(rehearsed.message, [], {"dry_run": True})
            entry = _entry(rehearsed.leaving)
            blocks = [show(entry, room(call))]
            return result(
                "Dry run: nothing was sent. This would have gone out.", blocks, {"dry_run": True, "draft": entry}
            )

    return toolbox.over(stopped).under(layer)


def _entry(leaving: Outgoing) -> Entry:
    if leaving.draft:
        return draft_entry(leaving.draft)
    return described({"to": [inline(each) for each in leaving.recipients], "text": clean(leaving.text or "")})
