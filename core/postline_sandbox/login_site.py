"""A web site to practise logging in to: user name, password and one-time code, a session cookie, and one page behind it."""

import base64
import hashlib
import hmac
import html
import secrets
import threading
import time
from http.cookies import CookieError, SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self
from urllib.parse import parse_qs

_STEP_SECONDS = 30
_PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>{title}</title>
<h1>{title}</h1>
{body}
</html>
"""
_FORM = """<p>{said}</p>
<form method="post" action="/login">
<p><label>User name <input name="username" autocomplete="username"></label></p>
<p><label>Password <input name="password" type="password" autocomplete="current-password"></label></p>
<p><label>One-time code <input name="code" autocomplete="one-time-code"></label></p>
<p><button>Log in</button></p>
</form>"""


class LoginSite:
    """A web site with a login, on loopback, for as long as it is open. Use it as a context manager, or start and stop it.

    `/` is the page behind the login; without a session it leads to `/login`, whose form has `username`, `password` and `code`.

    Args:
        username: Who may log in.
        password: With what.
        totp_secret: Base32; the one-time code is RFC 6238's, of six digits and 30 seconds. Those just before and after count too.
        text: What stands on the page behind the login.
        title: The site's name.
    """

    url: str
    logins: list[dict[str, str]]
    """The forms that came, right ones and wrong ones, the newest last."""

    def __init__(
        self, username: str, password: str, totp_secret: str, *, text: str = "You are in.", title: str = "Practice site"
    ) -> None:
        self.logins = []
        self._right = {"username": username, "password": password}
        self._key = base64.b32decode(totp_secret.upper() + "=" * (-len(totp_secret) % 8))
        self._text = text
        self._title = title
        self._sessions: set[str] = set()
        self._server: ThreadingHTTPServer | None = None

    def start(self) -> Self:
        """Serve, on a thread of its own, at a free port."""
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), lambda *given: _Visit(self, *given))
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        arguments = {"poll_interval": 0.05}
        threading.Thread(target=self._server.serve_forever, kwargs=arguments, name="login-site", daemon=True).start()
        return self

    def stop(self) -> None:
        """Serve no longer."""
        server, self._server = self._server, None
        if server:
            server.shutdown()
            server.server_close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def log_in(self, form: dict[str, str]) -> str | None:
        """Check a form; return a new session's name, or `None` if something in it is wrong."""
        self.logins.append(form)
        now = int(time.time()) // _STEP_SECONDS
        known = [_same(form.get(name, ""), value) for name, value in self._right.items()]
        fresh = [_same(form.get("code", ""), self._code(now + shift)) for shift in (-1, 0, 1)]
        if not (all(known) and any(fresh)):
            return None
        session = secrets.token_urlsafe(24)
        self._sessions.add(session)
        return session

    def page(self, session: str | None, *, said: str = "Please log in.") -> str:
        """Return the page behind the login for a session, and without one the form."""
        body = f"<p>{html.escape(self._text)}</p>" if self.knows(session) else _FORM.format(said=html.escape(said))
        return _PAGE.format(title=html.escape(self._title), body=body)

    def knows(self, session: str | None) -> bool:
        """Say whether somebody is logged in by this session."""
        return session in self._sessions

    def _code(self, step: int) -> str:
        digest = hmac.digest(self._key, step.to_bytes(8, "big"), hashlib.sha1)
        start = digest[-1] & 15
        return f"{(int.from_bytes(digest[start : start + 4], 'big') & 0x7FFFFFFF) % 1_000_000:06}"


class _Visit(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"

    def __init__(self, site: LoginSite, *given: object) -> None:
        self._site = site
        super().__init__(*given)  # type: ignore[arg-type]  # as the server passes it on

    def do_GET(self) -> None:
        session = self._session()
        match self.path, self._site.knows(session):
            case ("/", False) | ("/login", True):
                self._lead("/login" if self.path == "/" else "/")
            case ("/" | "/login", _):
                self._answer(200, self._site.page(session))
            case _:
                self._answer(404, "")

    def do_POST(self) -> None:
        length = self.headers.get("content-length", "")
        if not length.isdecimal():
            self.close_connection = True
            return self._answer(411, "")
        form = parse_qs(self.rfile.read(int(length)).decode(errors="replace"))
        if self.path != "/login":
            return self._answer(404, "")
        session = self._site.log_in({name: values[-1] for name, values in form.items()})
        if session is None:
            return self._answer(403, self._site.page(None, said="That is not right."))
        return self._lead("/", cookie=f"session={session}; HttpOnly; SameSite=Strict; Path=/")

    def _session(self) -> str | None:
        try:
            cookie = SimpleCookie(self.headers.get("cookie")).get("session")
        except CookieError:
            return None
        return cookie.value if cookie else None

    def _lead(self, path: str, cookie: str | None = None) -> None:
        self._answer(303, "", location=path, **({"set-cookie": cookie} if cookie else {}))

    def _answer(self, status: int, page: str, **headers: str) -> None:
        body = page.encode()
        self.send_response(status)
        known = {
            "content-type": "text/html; charset=utf-8",
            "content-length": str(len(body)),
            "cache-control": "no-store",
        }
        for name, value in {**known, **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: object) -> None:
        """Say nothing."""


def _same(given: str, right: str) -> bool:
    return hmac.compare_digest(given.encode(), right.encode())
