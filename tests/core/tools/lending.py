"""A desk that may log in: its vault open, a site to log in to, and an eye on what is shown."""

from __future__ import annotations

import logging
import shutil
import threading
from collections.abc import Callable, Iterator
from functools import cache
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from argon2.low_level import hash_secret_raw
from tests.canaries import CODES, NAME, PASSWORD, TOKEN, VAULT_KEY, found_in
from tests.core.tools.line import Connect

from postline.channels import Channels
from postline.channels.inkbox_credentials import InkboxCredentials
from postline.inkbox import (
    APIKeyPayload,
    Inkbox,
    KeyPairPayload,
    LoginPayload,
    OtherPayload,
    SSHKeyPayload,
)
from postline.inkbox.vault import _sealing
from postline.tools import Lending, Result, Toolbox
from postline_sandbox import Sandbox

__all__ = ["Desk", "Site", "derive_once", "desk", "nothing_is_shown", "sandbox", "site", "stocked"]

TOLD = "This may be seen"
SECRETS: dict[str, Any] = {
    "shop": lambda url: LoginPayload(PASSWORD, NAME, url=f"{url}/login", totp=CODES),
    "told": lambda url: LoginPayload(TOLD, url=url),
    "anywhere": lambda url: LoginPayload(PASSWORD, NAME),
    "elsewhere": lambda url: LoginPayload(PASSWORD, NAME, url="https://bank.example.com"),
    "unclear": lambda url: LoginPayload(PASSWORD, NAME, url="http://intranet.example.com"),
    "api": lambda url: APIKeyPayload(TOKEN, endpoint="api.example.com/v1"),
    "pair": lambda url: KeyPairPayload("CANARY-access", "CANARY-secret"),
    "ssh": lambda url: SSHKeyPayload("CANARY-private", passphrase="CANARY-pass"),
    "note": lambda url: OtherPayload("CANARY-text"),
    "line": lambda url: OtherPayload("CANARY\r\nX-Role: admin"),
    "null": lambda url: OtherPayload("CANARY\0"),
    "half": lambda url: OtherPayload("CANARY\ud800"),
    "blank": lambda url: OtherPayload("CANARY "),
}


class Site(HTTPServer):
    """A web site with a login page."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Page)
        self.authorizations: list[str | None] = []
        self.forms: list[dict[str, list[str]]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Page(BaseHTTPRequestHandler):
    server: Site

    def do_GET(self) -> None:
        self.server.authorizations.append(self.headers["authorization"])
        self._answer(200)

    def do_POST(self) -> None:
        form = parse_qs(self.rfile.read(int(self.headers["content-length"])).decode())
        self.server.forms.append(form)
        right = {"user": [NAME], "password": [PASSWORD], "code": [CODES.generate_code().code]}
        self._answer(200 if form == right else 403)

    def _answer(self, status: int) -> None:
        self.send_response(status)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="session")
def site() -> Iterator[Site]:
    """A site that runs."""
    server = Site()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


derived_once = cache(hash_secret_raw)
"""Derives each key for real, but only the first time: it is slow and takes much memory."""


@pytest.fixture(autouse=True)
def derive_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Derive a key once."""
    monkeypatch.setattr(_sealing, "hash_secret_raw", derived_once)


@pytest.fixture(scope="session")
def stocked(tmp_path_factory: pytest.TempPathFactory, site: Site) -> Path:
    """What a sandbox keeps whose vault has secrets of `desk`, and one of somebody else."""
    data = tmp_path_factory.mktemp("sandbox") / "vault.db"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_sealing, "hash_secret_raw", derived_once)
        with Sandbox(data=data) as sandbox, Inkbox(sandbox.inkbox.api_key, base_url=sandbox.inkbox.base_url) as client:
            client.vault.initialize(VAULT_KEY)
            client.vault.unlock(VAULT_KEY)
            desk, other = client.create_identity("desk"), client.create_identity("other")
            for name, make in SECRETS.items():
                desk.create_secret(name, make(site.url), description=f"The {name}'s")
            other.create_secret("not the desk's", OtherPayload("CANARY-other"))
    return data


@pytest.fixture
def sandbox(stocked: Path, tmp_path: Path) -> Iterator[Sandbox]:
    """A sandbox of the test's own."""
    with Sandbox(data=shutil.copy(stocked, tmp_path)) as running:
        yield running


class Desk:
    """A toolbox with the desk's credentials, and what to call it by."""

    def __init__(self, both: Any, client: Any, run: Callable[..., Result], **options: Any) -> None:
        self.time = 0.0
        self.client, self._both, self._run = client, both, run
        self.lending = Lending(InkboxCredentials(client, "desk"), clock=lambda: self.time, **options)
        channels = Channels(credentials=self.lending)
        self.toolbox = Toolbox(channels, allow={"secret"})
        self.shown: list[str] = []

    def call(self, name: str, toolbox: Toolbox | None = None, **arguments: Any) -> Result:
        """Call a tool, and keep what it shows."""
        result = self._run(toolbox or self.toolbox, name, **arguments)
        self.shown.append(f"{result}{result!r}{result.data}")
        return result

    def id_of(self, name: str) -> str:
        """Return a credential's id."""
        found = self.call("list_credentials").data["credentials"]
        [match] = [each["id"] for each in found if each["untrusted"]["name"] == name]
        return str(match)

    def handle(self, name: str, part: str, destination: str) -> str:
        """Get a handle."""
        if part == "code":
            result = self.call("get_one_time_code", credential_id=self.id_of(name), destination=destination)
        else:
            result = self.call("use_credential", credential_id=self.id_of(name), part=part, destination=destination)
        return str(result.data["handle"])

    def client_handle(self, name: str, destination: str) -> str:
        """Get a handle for a password, without a tool."""
        [found] = [each.id for each in self.client.vault.unlocked.secrets if each.name == name]
        return str(self._both.run(self.client, self.lending.lend(str(found), "password", destination)).handle)


@pytest.fixture
def desk(both: Any, sandbox: Sandbox, connect: Connect, run: Callable[..., Result]) -> Desk:
    """The desk, its vault open."""
    client = connect()
    both.do(lambda: client.vault.unlock(VAULT_KEY))
    return Desk(both, client, run)


@pytest.fixture(autouse=True)
def nothing_is_shown(request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Hold every test here to it: no result and no log has a secret, whatever the test is about."""
    caplog.set_level(logging.DEBUG)
    yield
    desk: Desk | None = request.node.funcargs.get("desk")
    if desk:
        text = "\n".join([*desk.shown, caplog.text, repr(desk.lending), repr(desk.toolbox)])
        assert found_in(text) == []
