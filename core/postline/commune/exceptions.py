"""Commune's exceptions, by their documented names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from postline.errors import APIError, PostlineError
from postline.request import Reply


class CommuneError(APIError):
    """The service refused a call.

    Args:
        message: What the service said, or the HTTP reason where it said nothing.
        status_code: The HTTP status.
    """

    default_status: int | None = None
    default_message: str | None = None

    def __init__(self, message: str | None = None, status_code: int | None = None) -> None:
        message = self.default_message if message is None else message
        if message is None:
            raise TypeError(f"{type(self).__name__} needs a message")
        super().__init__(message)
        self.message = message
        self.status_code = self.default_status if status_code is None else status_code
        self.headers: Mapping[str, str] = {}
        """The answer's headers, by names in any case; `X-RateLimit-*` and `Retry-After` are among them."""
        self.body: Any = None
        """The answer's JSON: `details` of a refused argument, `required` scopes, limits."""

    @property
    def retry_after(self) -> float | None:
        """Seconds that the service asks to wait."""
        return self.retry_after_seconds

    def __repr__(self) -> str:
        return f"{type(self).__name__}(message={self.message!r}, status_code={self.status_code!r})"


class AuthenticationError(CommuneError):
    """The key is missing, unknown, revoked or expired."""

    default_status, default_message = 401, "Invalid or expired API key"


class PermissionDeniedError(CommuneError):
    """The key lacks a scope, or the plan a feature."""

    default_status, default_message = 403, "Insufficient permissions"


PermissionError = PermissionDeniedError  # noqa: A001  # the documented alias


class ValidationError(CommuneError):
    """An argument was refused; `body["details"]` says which."""

    default_status, default_message = 400, "Invalid request"


class NotFoundError(CommuneError):
    """No such thing, or it belongs to another organization."""

    default_status, default_message = 404, "Resource not found"


class RateLimitError(CommuneError):
    """A limit is used up; `retry_after` says for how long, where the service does."""

    default_status, default_message = 429, "Rate limit exceeded"


class WebhookVerificationError(PostlineError):
    """A webhook's signature or time is not right. Not a `CommuneError`."""


BY_STATUS: dict[int, type[CommuneError]] = {
    kind.default_status: kind
    for kind in (AuthenticationError, PermissionDeniedError, ValidationError, NotFoundError, RateLimitError)
    if kind.default_status
}


def from_reply(reply: Reply, body: Any) -> CommuneError:
    """Make the exception that Commune documents for an answer. Only the body's `error` is read for the message."""
    fields: dict[str, Any] = body if isinstance(body, dict) else {}
    said: Any = fields.get("error")
    code = said if isinstance(said, str) else None
    if isinstance(said, dict):
        said, code = said.get("message"), said.get("name")
    message = str(said) if said else (reply.reason_phrase or "Unknown error")
    error = BY_STATUS.get(reply.status_code, CommuneError)(message, reply.status_code)
    error.headers, error.body, error.code = reply.headers, body, code
    waits = fields.get("retryAfter")
    if isinstance(waits, int | float) and not isinstance(waits, bool) and waits >= 0:
        error.retry_after_seconds = float(waits)
    return error
