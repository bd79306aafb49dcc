"""How Inkbox is spoken to: its key, its cookies, its errors, and which addresses are safe to send a key to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from postline.config import Retry, Settings, from_environment
from postline.errors import ArgumentError
from postline.inkbox.exceptions import InkboxAPIError, from_reply, signup_refusal
from postline.operation import Operation
from postline.request import Reply, Request
from postline.wire import Wire, is_absolute

if TYPE_CHECKING:
    import httpx

    from postline.inkbox.vault.opened import Opened

BASE_URL = "https://inkbox.ai"
_ONLY_HTTPS = "Only HTTPS base URLs are permitted (HTTP is allowed for localhost and 127.0.0.1)."


class SignupWire(Wire):
    """Inkbox before there is an account: perhaps a key, no cookies, plain errors."""

    service = "Inkbox"

    def __init__(self, settings: Settings, api_key: str) -> None:
        self._api_key = api_key
        super().__init__(settings)

    def headers(self) -> Mapping[str, str]:
        """Return what Inkbox documents for every request."""
        from postline import __version__  # the package's root loads this module when it is asked for

        key = {"x-api-key": self._api_key} if self._api_key else {}
        return {**key, "accept": "application/json", "user-agent": f"postline/{__version__}"}

    def succeeded(self, reply: Reply) -> bool:
        """Whether the status is below 400: a redirect is an answer too, and is not followed."""
        return reply.status_code < 400

    def error(self, reply: Reply, body: Any) -> InkboxAPIError:
        """Make the one exception of signups."""
        return signup_refusal(reply, body)


class InkboxWire(SignupWire):
    """Inkbox with one API key. Cookies keep a client at one server of the service: all its connections share them."""

    def __init__(self, settings: Settings, api_key: str) -> None:
        super().__init__(settings, api_key)
        self.opened: Opened | None = None
        """The open vault: a client and its twin share it."""
        self._cookies: httpx.Cookies | None = None

    def request(self, operation: Operation[Any]) -> Request:
        """Build the request, with the cookies that belong to it."""
        request = super().request(operation)
        if self._cookies and not is_absolute(operation):
            import httpx

            made = httpx.Request(request.method, request.url)  # with a length of its own: it has no content
            self._cookies.set_cookie_header(made)
            if "cookie" in made.headers:
                request.headers["cookie"] = made.headers["cookie"]
        return request

    def learn(self, request: Request, reply: Reply) -> None:
        """Keep the cookies that an answer sets."""
        if any(name.lower() == b"set-cookie" for name, _ in reply.raw_headers):
            import httpx  # which takes a while, and not every server has cookies

            asked = httpx.Request(request.method, request.url)
            self._cookies = httpx.Cookies() if self._cookies is None else self._cookies
            self._cookies.extract_cookies(httpx.Response(reply.status_code, headers=reply.raw_headers, request=asked))

    def error(self, reply: Reply, body: Any) -> InkboxAPIError:
        """Make the documented exception."""
        return from_reply(reply, body)


def settings(base_url: str | None, timeout: float, retry: Retry) -> Settings:
    """Return where to find Inkbox: as given, else as the environment says, else the live service.

    Raises:
        ArgumentError: The address is neither HTTPS nor on this machine.
    """
    url = from_environment(None, "INKBOX_BASE_URL", BASE_URL) if base_url is None else base_url
    if not url.startswith("https://") and urlsplit(url).hostname not in {"localhost", "127.0.0.1"}:
        raise ArgumentError(f"{_ONLY_HTTPS} Received a base_url that does not start with 'https://'.")
    return Settings(url.rstrip("/"), timeout, retry)
