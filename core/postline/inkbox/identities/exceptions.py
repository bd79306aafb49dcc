"""Exceptions of identities."""

from __future__ import annotations

from typing import Any, Literal, get_args

from postline.inkbox.exceptions import InkboxAPIError, InkboxError

__all__ = ["BlockingNamespace", "HandleUnavailableError", "InkboxAPIError", "InkboxError"]

_Namespace = Literal["identities", "tunnels", "mail"]
BlockingNamespace = _Namespace | None


class HandleUnavailableError(InkboxAPIError):
    """Somebody has this handle, or an address or tunnel of its name; or it is reserved.

    Args:
        status_code: The HTTP status, 409.
        detail: The answer's `detail`.
        blocking_namespace: Where the name is taken, if the service says so.
    """

    def __init__(self, status_code: int, detail: Any, blocking_namespace: BlockingNamespace) -> None:
        super().__init__(status_code, detail)
        self.args = (status_code, detail, blocking_namespace)
        self.blocking_namespace = blocking_namespace


def unavailable(error: InkboxAPIError) -> HandleUnavailableError:
    """Make what any conflict about a handle is raised as."""
    space = error.detail.get("blocking_namespace") if isinstance(error.detail, dict) else None
    return HandleUnavailableError(error.status_code, error.detail, space if space in get_args(_Namespace) else None)
