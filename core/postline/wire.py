"""One operation as requests to send and pauses to take: addresses, encoding, retries, errors, parsing. No I/O.

`Wire.exchange` is a generator: it yields an `httpx.Request` and is sent the response (or has the transport's error thrown
in), or yields a `Sleep`. A service adds its credentials, its envelope and its errors by overriding the methods at the end.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Generator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache
from typing import Any, TypeVar
from urllib.parse import urlencode

import httpx
from pydantic import TypeAdapter, ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError

from postline.config import Settings
from postline.errors import APIError, ArgumentError, NetworkError, PostlineError, ReplyError, TooLargeError
from postline.operation import Operation, Sleep

T = TypeVar("T")

READING_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
REPEATABLE_STATUSES = frozenset({408, 425, 500, 502, 503, 504})
NEVER_LEFT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)
NEVER_HELPS = (httpx.UnsupportedProtocol, httpx.LocalProtocolError)
_UNSHOWN = re.compile(r"%2B\d+|[0-9a-f]{64}")

Exchange = Generator["httpx.Request | Sleep", Any, T]


class Wire:
    """How one service is spoken to, with one set of credentials."""

    service = "the service"

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._base_url = _BaseUrl(settings.base_url.rstrip("/"))
        own = {"host": self._base_url.host, "accept-encoding": "gzip, deflate", **self.headers()}
        self._headers = httpx.Headers(_checked(own))
        self._extensions = {"timeout": httpx.Timeout(settings.timeout).as_dict()}

    def exchange(self, operation: Operation[T]) -> Exchange[T]:
        """Yield the requests and pauses that `operation` takes; return its answer or raise its error."""
        retry, slept, attempt = self.settings.retry, 0.0, 0
        while True:
            request = self.request(operation)
            try:
                response: httpx.Response = yield request
            except httpx.RequestError as error:
                failure: PostlineError = network_error(operation, error)
                cause: Exception | None = error
                again = isinstance(error, NEVER_LEFT) or (operation.may_repeat and not isinstance(error, NEVER_HELPS))
                wait = None
            else:
                self.learn(request, response)
                if self.succeeded(response):
                    return self.parse(operation, response)
                failure = rejected = self.rejection(operation, response)
                cause, wait, status = None, rejected.retry_after_seconds, response.status_code
                again = status == 429 or (operation.may_repeat and status in REPEATABLE_STATUSES)
            if wait is None:
                wait = random.uniform(0, min(retry.base_seconds * 2**attempt, retry.cap_seconds))  # noqa: S311  # no secret
            slept, attempt = slept + wait, attempt + 1
            if not again or attempt == retry.attempts or wait > retry.cap_seconds or slept > retry.budget_seconds:
                raise failure from cause
            yield Sleep(wait)

    def request(self, operation: Operation[Any]) -> httpx.Request:
        """Build the request. An absolute URL gets no header of this service: credentials stay at home.

        Raises:
            ArgumentError: Something in the operation cannot be put into a request.
        """
        extensions = self._extensions
        if operation.timeout is not None:
            extensions = {"timeout": httpx.Timeout(operation.timeout).as_dict()}
        if is_absolute(operation):
            return httpx.Request(operation.method, _web_url(operation.path), extensions=extensions)
        try:
            query = urlencode([(key, _text(value)) for key, value in operation.query.items() if value is not None])
            content = operation.body if isinstance(operation.body, bytes | None) else dump(operation.body)
        except (TypeError, ValueError):  # whose text may quote what it is about
            what = f"{operation.method} {operation.path}"
            raise ArgumentError(f"{what}: a value is neither JSON nor text (half of a surrogate pair?)") from None
        target = f"{operation.path}?{query}" if query else operation.path
        headers = self._headers
        if operation.headers or content is not None:
            headers = headers.copy()
            if content is not operation.body:
                headers["content-type"] = "application/json"
            headers.update(_checked(operation.headers))
        made = httpx.Request(
            operation.method, self._base_url.url, headers=headers, content=content, extensions=extensions
        )
        made.url = self._base_url / target  # afterwards: given to the constructor, it would be parsed there
        return made

    def parse(self, operation: Operation[T], response: httpx.Response) -> T:
        """Validate a successful answer.

        Raises:
            ReplyError: It is not what the operation says that it returns.
        """
        answer: Any
        if operation.returns is None:
            answer = None
        elif operation.returns is bytes:
            answer = response.content
        else:
            try:
                answer = self.decode(operation, response.content)
            except ValidationError as error:
                raise malformed(operation, response, error) from None
        parsed: T = answer
        return parsed

    def rejection(self, operation: Operation[Any], response: httpx.Response) -> APIError:
        """Make the error that stands for an unsuccessful answer, with what the engine knows of it."""
        try:
            body = json.loads(response.content)
        except (ValueError, RecursionError):
            body = None
        error = self.error(response, body)
        error.method, error.path = operation.method, shown_path(operation)
        if error.retry_after_seconds is None:
            error.retry_after_seconds = retry_after(response.headers)
        return error

    def headers(self) -> Mapping[str, str]:
        """Return the headers of every request: credentials, accepted types."""
        return {}

    def learn(self, request: httpx.Request, response: httpx.Response) -> None:
        """Note what an answer of any status says beside its body, such as a cookie."""

    def succeeded(self, response: httpx.Response) -> bool:
        """Whether an answer is what was asked for; else it is an error."""
        return response.is_success

    def decode(self, operation: Operation[Any], content: bytes) -> Any:
        """Validate the body, which should be JSON, as what the operation returns."""
        return adapter(operation.returns).validate_json(content)

    def error(self, response: httpx.Response, body: Any) -> APIError:  # noqa: ARG002  # for services
        """Make the service's own error for an answer; `body` is its JSON, or `None` where it has none."""
        error = APIError(f"HTTP {response.status_code} {response.reason_phrase}".rstrip())
        error.status_code = response.status_code
        return error


class _BaseUrl:
    """A base address, parsed once."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.url = url = _web_url(text)
        if url.userinfo or url.query or url.fragment:
            raise ArgumentError("a base URL has a host, and at most a port and a path; credentials are given apart")
        self.host = url.netloc.decode()
        self.origin = (url.raw_scheme, url.raw_host, url.port)
        self.prefix = url.raw_path.rstrip(b"/")

    def __truediv__(self, target: str) -> httpx.URL:
        return _Url(self, target)


class _Url(httpx.URL):
    """A URL below a base address, in four parts, as the transport reads it; anything else parses it then.

    Parsing each URL anew is a tenth of the work of a request.
    """

    def __init__(self, base: _BaseUrl, target: str) -> None:
        self._base = base
        self._target = target

    @property
    def raw_scheme(self) -> bytes:
        return self._base.origin[0]

    @property
    def raw_host(self) -> bytes:
        return self._base.origin[1]

    @property
    def port(self) -> int | None:
        return self._base.origin[2]

    @property
    def raw_path(self) -> bytes:
        return self._base.prefix + self._target.encode()

    @property
    def _uri_reference(self) -> Any:  # type: ignore[override]  # httpx sets it, here it is made when read
        return httpx.URL(self._base.text + self._target)._uri_reference


@cache
def adapter(kind: Any) -> TypeAdapter[Any]:
    """Return the validator of a type, built once."""
    return TypeAdapter(kind)


def dump(body: Any) -> bytes:
    """Encode as compact JSON in UTF-8."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def _text(value: Any) -> str:
    return ("false", "true")[value] if isinstance(value, bool) else str(value)


def is_absolute(operation: Operation[Any]) -> bool:
    """Whether the operation names a whole URL (a signed link), and so leaves the service's own address."""
    return not operation.path.startswith("/")


def _web_url(text: str) -> httpx.URL:
    try:
        url = httpx.URL(text)
    except httpx.InvalidURL:
        url = httpx.URL()
    if url.scheme not in {"http", "https"} or not url.host:
        # Unquoted: the URL may be a credential.
        raise ArgumentError("that is not a URL of the form http://host or https://host")
    return url


def _checked(headers: Mapping[str, str]) -> Mapping[str, str]:
    for name, value in headers.items():
        if not (value.isascii() and value.isprintable()):
            raise ArgumentError(f"the {name} header can hold printable ASCII only; a line break in a key or an id?")
    return headers


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
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())


class MalformedReplyError(ReplyError, ValidationError):
    """An answer that does not validate; also the `pydantic.ValidationError` that services' own clients let through."""


def malformed(operation: Operation[Any], response: httpx.Response, error: ValidationError) -> MalformedReplyError:
    """Say where an answer is wrong, by field names and rules; what it holds stays unsaid."""
    kind = response.headers.get("content-type", "no content type").partition(";")[0]
    size = f"HTTP {response.status_code}, {kind}, {len(response.content)} bytes"
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


def network_error(operation: Operation[Any], error: httpx.RequestError) -> NetworkError:
    """Make the error for a request without an answer: a `NetworkError` that is the httpx error too, without its request."""
    sent = not isinstance(error, (*NEVER_LEFT, *NEVER_HELPS))
    changes = operation.method not in READING_METHODS
    what = f"{operation.method} {shown_path(operation)}: {type(error).__name__}"
    if not sent:
        what += "; nothing was sent"
    elif changes:
        what += "; it may or may not have been done: "
        what += "repeating it does no harm" if operation.may_repeat else "look before you repeat it"
    helps = not isinstance(error, NEVER_HELPS)
    return _rebuild(type(error), what, sent and changes, helps and (operation.may_repeat or not sent))


@cache
def _both(kind: Any) -> type[NetworkError]:
    return type(kind.__name__, (NetworkError, kind), {"__module__": __name__, "__reduce__": _reduce})


def _reduce(self: NetworkError) -> tuple[Any, ...]:
    return _rebuild, (type(self).__bases__[1], str(self), self.may_have_arrived, self.retryable)


def _rebuild(kind: Any, text: str, may_have_arrived: bool, retryable: bool) -> NetworkError:
    error = _both(kind)(text)
    error.may_have_arrived, error.retryable = may_have_arrived, retryable
    return error
