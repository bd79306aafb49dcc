"""What goes to a server and comes back, as plain records. No I/O.

httpx's own records cost a fifth of a call, and importing them a third of the time to a program's first answer. So httpx is loaded
only where it is needed: see `through`.
"""

from __future__ import annotations

import re
import string
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from postline.errors import ArgumentError

if TYPE_CHECKING:
    import httpx

PORTS = {"http": 80, "https": 443}
_HOST = re.compile(r"[\w.:-]+", re.ASCII)


@dataclass(frozen=True, slots=True)
class Address:
    """Where a server is."""

    scheme: str
    host: str
    """In ASCII (IDNA); an IPv6 address without its brackets."""
    port: int

    @property
    def netloc(self) -> str:
        """The host as a URL and the `Host` header have it: with its port, unless it is the usual one."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"

    def __str__(self) -> str:
        return f"{self.scheme}://{self.netloc}"


@dataclass(slots=True)
class Request:
    """A request, ready to be sent. Its `repr` shows no path, header or body: any of them may hold a secret."""

    method: str
    address: Address
    target: str
    """Path and query, quoted."""
    headers: dict[str, str]
    """By lower-case names."""
    content: bytes
    timeout: float
    """Seconds, each for connecting, for sending, for receiving, and for a free connection."""
    limit_bytes: int | None = None
    """Where to stop reading the answer: not before there is more of it than this."""

    @property
    def url(self) -> str:
        """The whole address."""
        return f"{self.address}{self.target}"

    def __repr__(self) -> str:
        return f"<Request({self.method!r})>"


class Reply:
    """An answer, read to its end or to the request's limit, and unpacked."""

    __slots__ = ("content", "raw_headers", "status_code")

    def __init__(self, status_code: int, raw_headers: list[tuple[bytes, bytes]], content: bytes) -> None:
        self.status_code = status_code
        self.raw_headers = raw_headers
        self.content = content

    @property
    def is_success(self) -> bool:
        """Whether the status is 200 to 299."""
        return 200 <= self.status_code <= 299

    @property
    def headers(self) -> httpx.Headers:
        """The headers, by names in any case."""
        import httpx

        return httpx.Headers(self.raw_headers)

    @property
    def text(self) -> str:
        """The content as text."""
        return self.content.decode(errors="replace")

    @property
    def reason_phrase(self) -> str:
        """What HTTP calls the status; empty where it has no name for it."""
        from http import HTTPStatus

        return HTTPStatus(self.status_code).phrase if self.status_code in HTTPStatus._value2member_map_ else ""

    def __repr__(self) -> str:
        return f"<Reply({self.status_code})>"


def split_url(text: str) -> tuple[Address, str]:
    """Return where a URL leads, and its path and query, quoted where that is needed.

    Raises:
        ArgumentError: It is not a web address. What it is stays unsaid, as it may be a credential.
    """
    try:
        parts = urlsplit(text)
        scheme, host, port = parts.scheme, parts.hostname or "", parts.port
        if not host.isascii():
            import idna

            host = idna.encode(host).decode()
    except ValueError:  # of brackets, ports and international names
        scheme = host = ""
    if scheme not in PORTS or not _HOST.fullmatch(host):
        raise ArgumentError("that is not a URL of the form http://host or https://host")
    target = quote((parts.path or "/") + (parts.query and f"?{parts.query}"), safe=string.punctuation)
    return Address(scheme, host, port or PORTS[scheme]), target
