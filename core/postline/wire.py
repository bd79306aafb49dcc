"""One operation as requests to send and pauses to take: addresses, encoding, retries, errors, parsing. No I/O.

`Wire.exchange` is a generator: it yields a `Request` and is sent the `Reply` (or has the error of sending it thrown in), or yields
a `Sleep`. A service adds its credentials, its envelope and its errors by overriding the methods at the end.
"""

from __future__ import annotations

import json
import random
import re
import threading
from collections.abc import Callable, Generator, Mapping
from datetime import UTC, datetime
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlencode

from pydantic import TypeAdapter, ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError

from postline.config import Settings
from postline.errors import APIError, ArgumentError, PostlineError, ReplyError, TooLargeError
from postline.operation import Operation, Sleep
from postline.pace import Pace
from postline.request import Reply, Request, split_url

if TYPE_CHECKING:
    import httpx

T = TypeVar("T")

REPEATABLE_STATUSES = frozenset({408, 425, 500, 502, 503, 504})
METHODS_WITH_BODY = frozenset({"POST", "PUT", "PATCH"})
READING_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_UNSHOWN = re.compile(r"%2B\d+|[0-9a-f]{64}")

Exchange = Generator[Request | Sleep, Any, T]


class Wire:
    """How one service is spoken to, with one set of credentials."""

    service = "the service"

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.pace = Pace()
        self.address, base = split_url(settings.base_url)
        if any(mark in settings.base_url for mark in "@?#"):
            raise ArgumentError("a base URL has a host, and at most a port and a path; credentials are given apart")
        self._base = base.rstrip("/")
        self._headers = _checked({"host": self.address.netloc, "accept-encoding": "gzip", **self.headers()})

    def exchange(self, operation: Operation[T]) -> Exchange[T]:
        """Yield the requests and pauses that `operation` takes; return its answer or raise its error."""
        retry, slept, attempt = self.settings.retry, 0.0, 0
        reads = operation.method in READING_METHODS and not is_absolute(operation)
        while True:
            request = self.request(operation)
            if reads and (turn := self.pace.wait()):
                yield Sleep(turn)
            sent_at = self.pace.clock()
            try:
                reply: Reply = yield request
            except Exception as error:  # noqa: BLE001  # raised again unless it is the network's
                from postline.network import network_error  # with httpx, which takes long to load

                failure: PostlineError = network_error(operation, request.address, error)
                cause: Exception | None = error
                again, wait = failure.retryable, None
            else:
                self.learn(request, reply)
                if reads:
                    self.pace.note(sent_at, refused=reply.status_code == 429)
                if self.succeeded(reply):
                    return self.parse(operation, reply)
                failure = rejected = self.rejection(operation, reply)
                cause, wait, status = None, rejected.retry_after_seconds, reply.status_code
                again = status == 429 or (operation.may_repeat and status in REPEATABLE_STATUSES)
            if not wait:  # also where a service says 0: all would come back at once
                wait = random.uniform(0, min(retry.base_seconds * 2**attempt, retry.cap_seconds))  # noqa: S311  # no secret
            slept, attempt = slept + wait, attempt + 1
            if not again or attempt == retry.attempts or wait > retry.cap_seconds or slept > retry.budget_seconds:
                raise failure from cause
            yield Sleep(wait)

    def request(self, operation: Operation[Any]) -> Request:
        """Build the request. An absolute URL gets no header of this service: credentials stay at home.

        Raises:
            ArgumentError: Something in the operation cannot be put into a request.
        """
        if is_absolute(operation):
            (address, target), content = split_url(operation.path), b""
            headers = {"host": address.netloc}
        else:
            address, (target, content) = self.address, _encoded(operation)
            target, headers = self._base + target, dict(self._headers)
            if operation.body is not None and not isinstance(operation.body, bytes):
                headers["content-type"] = "application/json"
            headers |= _checked(operation.headers)
        if content or operation.method in METHODS_WITH_BODY:
            headers["content-length"] = str(len(content))
        timeout = self.settings.timeout if operation.timeout is None else operation.timeout
        return Request(operation.method, address, target, headers, content, timeout, operation.limit_bytes)

    def parse(self, operation: Operation[T], reply: Reply) -> T:
        """Validate a successful answer.

        Raises:
            ReplyError: It is not what the operation says that it returns, or longer than it may be.
        """
        if operation.limit_bytes is not None and len(reply.content) > operation.limit_bytes:
            raise too_large(operation)
        answer: Any
        if operation.returns is None:
            answer = None
        elif operation.returns is bytes:
            answer = reply.content
        else:
            try:
                answer = self.decode(operation, reply.content)
            except ValidationError as error:
                raise malformed(operation, reply, error) from None
        parsed: T = answer
        return parsed

    def rejection(self, operation: Operation[Any], reply: Reply) -> APIError:
        """Make the error that stands for an unsuccessful answer, with what the engine knows of it."""
        try:
            body = json.loads(reply.content)
        except (ValueError, RecursionError):
            body = None
        error = self.error(reply, body)
        error.method, error.path = operation.method, shown_path(operation)
        if error.retry_after_seconds is None:
            error.retry_after_seconds = retry_after(reply.headers)
        return error

    def headers(self) -> Mapping[str, str]:
        """Return the headers of every request: credentials, accepted types."""
        return {}

    def learn(self, request: Request, reply: Reply) -> None:
        """Note what an answer of any status says beside its body, such as a cookie."""

    def succeeded(self, reply: Reply) -> bool:
        """Whether an answer is what was asked for; else it is an error."""
        return reply.is_success

    def decode(self, operation: Operation[Any], content: bytes) -> Any:
        """Validate the body, which should be JSON, as what the operation returns."""
        return adapter(operation.returns).validate_json(content)

    def error(self, reply: Reply, body: Any) -> APIError:  # noqa: ARG002  # for services
        """Make the service's own error for an answer; `body` is its JSON, or `None` where it has none."""
        error = APIError(f"HTTP {reply.status_code} {reply.reason_phrase}".rstrip())
        error.status_code = reply.status_code
        return error


def built_once(build: Callable[[Any], T]) -> Callable[[Any], T]:
    """Keep what a function gives for an argument. Threads that ask for the same one at first do not each build it."""
    built: dict[Any, T] = {}
    building = threading.Lock()

    @wraps(build)
    def get(key: Any) -> T:
        if key not in built:
            with building:
                if key not in built:
                    built[key] = build(key)
        return built[key]

    return get


@built_once
def adapter(kind: Any) -> TypeAdapter[Any]:
    """Return the validator of a type."""
    return TypeAdapter(kind)


def dump(body: Any) -> bytes:
    """Encode as compact JSON in UTF-8."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def _encoded(operation: Operation[Any]) -> tuple[str, bytes]:
    body = operation.body
    try:
        query = urlencode([(key, _text(value)) for key, value in operation.query.items() if value is not None])
        content = (body or b"") if isinstance(body, bytes | None) else dump(body)
    except (TypeError, ValueError):  # whose text may quote what it is about
        what = f"{operation.method} {operation.path}"
        raise ArgumentError(f"{what}: a value is neither JSON nor text (half of a surrogate pair?)") from None
    return (f"{operation.path}?{query}" if query else operation.path), content


def _text(value: Any) -> str:
    return ("false", "true")[value] if isinstance(value, bool) else str(value)


def is_absolute(operation: Operation[Any]) -> bool:
    """Whether the operation names a whole URL (a signed link), and so leaves the service's own address."""
    return not operation.path.startswith("/")


def _checked(headers: Mapping[str, str]) -> dict[str, str]:
    for name, value in headers.items():
        if not (value.isascii() and value.isprintable()):
            raise ArgumentError(f"the {name} header can hold printable ASCII only; a line break in a key or an id?")
    return {name.lower(): value for name, value in headers.items()}


def too_large(operation: Operation[Any]) -> TooLargeError:
    """Make the error for an answer that is longer than its limit."""
    return TooLargeError(
        f"{operation.method} {shown_path(operation)}: the answer has over {operation.limit_bytes} bytes"
    )


def shown_path(operation: Operation[Any]) -> str:
    """Return the path for a message: without the query of a signed link (a credential), telephone numbers or hashes of keys."""
    return _UNSHOWN.sub("...", operation.path.partition("?")[0])


def retry_after(headers: httpx.Headers) -> float | None:
    """Return the seconds that `Retry-After` asks for, given as a number or as an HTTP date."""
    value = headers.get("retry-after", "").strip()
    if not value:
        return None
    if value.replace(".", "", 1).isdecimal():
        return float(value)
    from email.utils import parsedate_to_datetime  # takes long to load, and is seldom needed

    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())


class MalformedReplyError(ReplyError, ValidationError):
    """An answer that does not validate; also the `pydantic.ValidationError` that services' own clients let through."""


def malformed(operation: Operation[Any], reply: Reply, error: ValidationError) -> MalformedReplyError:
    """Say where an answer is wrong, by field names and rules; what it holds stays unsaid."""
    kind = reply.headers.get("content-type", "no content type").partition(";")[0]
    size = f"HTTP {reply.status_code}, {kind}, {len(reply.content)} bytes"
    found = MalformedReplyError.from_exception_data(
        f"the answer to {operation.method} {shown_path(operation)} ({size})",
        [
            InitErrorDetails(type=PydanticCustomError(line["type"], _literal(line["msg"])), loc=line["loc"], input=None)
            for line in error.errors(include_url=False, include_context=False, include_input=False)
        ],
        hide_input=True,
    )
    assert isinstance(found, MalformedReplyError)
    return found


def _literal(text: str) -> Any:
    return text.replace("{", "(").replace("}", ")")
