"""An account of every call, for the operator."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from postline.operation import Offload, Steps
from postline.tools.call import Call, Proceed
from postline.tools.result import Result, ToolError
from postline.tools.toolbox import Toolbox


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEvent:
    """A call that was made, and what it came to."""

    tool: str
    arguments: Mapping[str, Any] = field(repr=False)
    duration_ms: float
    result: Result | None = None
    error: ToolError | None = None


def audit(toolbox: Toolbox, tell: Callable[[AuditEvent], Any]) -> Toolbox:
    """Tell of every call after it was made, failed ones included.

    A call whose record cannot be kept fails, and says that it was made.

    Args:
        toolbox: What to watch.
        tell: Takes the event. A coroutine function serves callers that await.
    """

    def layer(call: Call, proceed: Proceed) -> Steps[Result]:
        start = time.perf_counter()
        try:
            result = yield from proceed(call)
        except ToolError as error:
            yield from record(call, start, error=error)
            raise
        yield from record(call, start, result=result)
        return result

    def record(call: Call, start: float, **outcome: Any) -> Steps[None]:
        duration_ms = (time.perf_counter() - start) * 1000
        event = AuditEvent(tool=call.tool.name, arguments=call.arguments, duration_ms=duration_ms, **outcome)
        try:
            yield from Offload(partial(tell, event))
        except Exception as error:  # whatever the callback raises, the call was made
            raise ToolError("The call was made, but its record could not be kept. Do not repeat it.") from error

    return toolbox.under(layer)
