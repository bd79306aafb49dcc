"""The errors, all below one root.

    PostlineError
    |-- ArgumentError        a wrong input, found before anything was sent (also a ValueError)
    |-- CapabilityError      the service cannot do this at all
    |-- ClosedError          the client was closed (also a RuntimeError)
    |-- NetworkError         no answer, or a broken one (also the httpx error that it stands for)
    |-- ReplyError           an answer that is not what the service documents (also a ValueError)
    |   `-- TooLargeError    an answer longer than was asked for
    `-- APIError             the service refused; each service's documented exceptions derive from it

None of them holds a key, a message body or a full phone number: messages of this project name ids, fields and statuses. What a
service wrote in its own error text is passed on as documented.
"""

from __future__ import annotations


class PostlineError(Exception):
    """Root of everything that postline raises on purpose."""

    retryable: bool = False
    """Whether the same call can succeed later without a change."""


class ArgumentError(PostlineError, ValueError):
    """A wrong input; nothing was sent."""


class CapabilityError(PostlineError):
    """The service has no such thing; nothing was sent."""

    def __init__(self, service: str, capability: str) -> None:
        self.service = service
        self.capability = capability
        super().__init__(service, capability)

    def __str__(self) -> str:
        return f"{self.service} has nothing for {self.capability}"


class ClosedError(PostlineError, RuntimeError):
    """The client was closed before the call; nothing was sent."""


class NetworkError(PostlineError):
    """No answer came, or not all of it. It is `retryable` where doing it twice does no harm, or nothing was sent."""

    retryable = True
    may_have_arrived: bool = False
    """Whether something may have been changed: what was asked is then neither done nor failed, but unknown."""


class ReplyError(PostlineError, ValueError):
    """The service answered with something other than what it documents, for instance a proxy's HTML page."""


class TooLargeError(ReplyError):
    """The answer was longer than the limit given; it was not read to its end."""


class APIError(PostlineError):
    """The service answered with an error status."""

    status_code: int | None = None
    code: str | None = None
    """The service's own word for the error, where it has one."""
    method: str | None = None
    path: str | None = None
    """Of the request, without its query."""
    retry_after_seconds: float | None = None
    remedy: str | None = None
    """What would have to change for the call to succeed, in a sentence, where the service says why it refused."""

    @property
    def retryable(self) -> bool:  # type: ignore[override]  # computed here, constant elsewhere
        """Whether the status is a passing one."""
        return self.status_code in {408, 425, 429} or (self.status_code or 0) >= 500


class IncompleteWarning(UserWarning):
    """Something could not be read because the service has no way to it; the text says what is missing."""
