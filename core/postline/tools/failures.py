"""Failures as a model should read them: short, without mail text, and with a word on whether trying again can help."""

from __future__ import annotations

import math

from postline.errors import APIError, ArgumentError, CapabilityError, ClosedError, NetworkError, PostlineError
from postline.tools.declare import Tool
from postline.tools.handles import HandleError, PlaceError
from postline.tools.rendering import sentence
from postline.tools.result import ToolArgumentError, ToolError

_READING = {"GET", "HEAD"}


def failure(tool: Tool, error: Exception) -> ToolError:
    """Return the failure that an exception means. What was not raised on purpose is named by its class alone."""
    match error:
        case APIError():
            # Where there is a word for what to do, a service's whole answer adds nothing to it but JSON.
            reason = f"the service refused it ({error.code})" if error.code and error.remedy else str(error)
            told = [sentence(reason or type(error).__name__), error.remedy, _wait(error)]
            return ToolError(" ".join(filter(None, told)), retryable=error.retryable)
        case ArgumentError():
            return ToolArgumentError(sentence(str(error) or type(error).__name__))
        case PostlineError():
            return ToolError(sentence(str(error) or type(error).__name__), retryable=error.retryable)
    return ToolError(f"{tool.name} failed unexpectedly ({type(error).__name__}).")


def may_have_happened(error: Exception) -> bool:
    """Whether what was asked of a service may have been done although asking ended in this error."""
    match error:
        case NetworkError():
            return error.may_have_arrived
        case APIError():
            return error.remedy is None and error.method not in _READING and (error.status_code or 500) >= 500
        case PlaceError():
            return True
        case ToolError() | ArgumentError() | CapabilityError() | ClosedError() | HandleError():
            return False
    return True


def is_repeatable(error: Exception) -> bool:
    """Whether a send that ended in this error may be made again under its key, as the engine sees it, which knows the service."""
    return isinstance(error, NetworkError) and error.retryable


def _wait(error: APIError) -> str | None:
    seconds = error.retry_after_seconds
    return f"The service asks to wait {math.ceil(seconds)} seconds." if seconds else None
