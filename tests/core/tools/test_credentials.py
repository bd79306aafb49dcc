"""An agent logs in with what is in the vault and never sees it: handles go once, in time, to the place they were lent for."""

from __future__ import annotations

import base64
import hashlib
import logging
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from functools import cache
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest
from argon2.low_level import hash_secret_raw
from tests.canaries import CODES, NAME, NOW, PASSWORD, TOKEN, VAULT_KEY, found_in
from tests.core.inkbox.vault.leaks import shown_of_error
from tests.core.tools.line import Connect

from postline.channels import Channels, Credentials
from postline.channels.inkbox_credentials import InkboxCredentials
from postline.errors import ArgumentError
from postline.inkbox import (
    APIKeyPayload,
    Inkbox,
    KeyPairPayload,
    LoginPayload,
    OtherPayload,
    SSHKeyPayload,
)
from postline.inkbox.vault import _sealing
from postline.tools import (
    ApprovalRequest,
    FunctionPlace,
    HandleError,
    HttpPlace,
    Lending,
    ProgramPlace,
    Result,
    Toolbox,
    ToolError,
    UnknownOutcomeError,
    approve,
    dry_run,
    reveal_secrets,
)
from postline.tools.handles import web_origin
from postline_sandbox import Sandbox

SECRETS: dict[str, Any] = {
    "shop": lambda url: LoginPayload(PASSWORD, NAME, url=f"{url}/login", totp=CODES),
    "anywhere": lambda url: LoginPayload(PASSWORD, NAME),
    "elsewhere": lambda url: LoginPayload(PASSWORD, NAME, url="https://bank.example.com"),
    "unclear": lambda url: LoginPayload(PASSWORD, NAME, url="http://intranet.example.com"),
    "api": lambda url: APIKeyPayload(TOKEN, endpoint="api.example.com/v1"),
    "pair": lambda url: KeyPairPayload("CANARY-access", "CANARY-secret"),
    "ssh": lambda url: SSHKeyPayload("CANARY-private", passphrase="CANARY-pass"),
    "note": lambda url: OtherPayload("CANARY-text"),
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


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    """A site that runs."""
    server = Site()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module", autouse=True)
def _derive_once() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_sealing, "hash_secret_raw", cache(hash_secret_raw))
        yield


@pytest.fixture(scope="module")
def stocked(tmp_path_factory: pytest.TempPathFactory, site: Site) -> Path:
    """What a sandbox keeps whose vault has secrets of `desk`, and one of somebody else."""
    data = tmp_path_factory.mktemp("sandbox") / "vault.db"
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
        self.reveals = False

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


@pytest.fixture
def desk(both: Any, sandbox: Sandbox, connect: Connect, run: Callable[..., Result]) -> Desk:
    """The desk, its vault open."""
    client = connect()
    both.do(lambda: client.vault.unlock(VAULT_KEY))
    return Desk(both, client, run)


@pytest.fixture(autouse=True)
def _nothing_is_shown(request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Hold every test here to it: no result and no log has a secret, whatever the test is about."""
    caplog.set_level(logging.DEBUG)
    yield
    desk: Desk | None = request.node.funcargs.get("desk")
    if desk and not desk.reveals:
        text = "\n".join([*desk.shown, caplog.text, repr(desk.lending), repr(desk.toolbox)])
        assert found_in(text) == []


def test_credentials_are_listed_by_name(desk: Desk) -> None:
    """Kinds, descriptions and parts, in order of their names; those of others are not there."""
    result = desk.call("list_credentials")

    listed = result.data["credentials"]
    assert [each["untrusted"]["name"] for each in listed] == sorted(SECRETS)
    shop = next(each for each in listed if each["untrusted"]["name"] == "shop")
    assert (shop["kind"], shop["parts"]) == ("login", ["username", "email", "password", "code"])
    assert shop["untrusted"]["description"] == "The shop's"
    assert "8 credentials" in result.text
    assert "parts: " in result.text


def test_a_short_listing_says_that_there_is_more(desk: Desk) -> None:
    """It has no second page; a larger one shows the rest."""
    result = desk.call("list_credentials", limit=3)

    assert len(result.data["credentials"]) == 3
    assert not result.complete


def test_an_agent_logs_in_by_http_without_seeing_how(desk: Desk, site: Site) -> None:
    """With a name and a password, or with a token."""
    place = HttpPlace(desk.lending, site.url)
    name, password = (desk.handle("shop", part, f"{site.url}/login") for part in ("username", "password"))
    again = desk.handle("anywhere", "password", site.url)

    basic = httpx.get(f"{site.url}/in", auth=place.basic(name, password), trust_env=False)
    bearer = httpx.get(site.url, auth=place.bearer(again), trust_env=False)

    assert (basic.status_code, bearer.status_code) == (200, 200)
    expected = base64.b64encode(f"{NAME}:{PASSWORD}".encode()).decode()
    assert site.authorizations[-2:] == [f"Basic {expected}", f"Bearer {PASSWORD}"]
    assert password.startswith("secret://")


def test_an_agent_logs_in_to_a_page_with_a_code(desk: Desk, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """The code is the one of the moment in which it is used, not of the one in which the handle was lent."""
    place = FunctionPlace(
        desk.lending, site.url, lambda **form: httpx.post(f"{site.url}/login", data=form, trust_env=False).status_code
    )
    handles = {part: desk.handle("shop", part, site.url) for part in ("username", "password", "code")}
    monkeypatch.setattr("postline.inkbox.vault.totp.time.time", lambda: NOW + 60)

    status = place(user=handles["username"], password=handles["password"], code=handles["code"])

    assert status == 200
    assert site.forms[-1]["code"] == [CODES.generate_code().code]


def test_a_program_gets_secrets_in_its_environment(desk: Desk) -> None:
    """Every kind has its parts; the program is the one that was found when it was registered."""
    place = ProgramPlace(desk.lending, sys.executable)
    parts = {"pair": ("access_key", "secret_key"), "ssh": ("private_key", "passphrase"), "note": ("text",)}
    code = "import hashlib, os; print(hashlib.sha256(os.environ['IT'].encode()).hexdigest())"

    for name, values in parts.items():
        for part in values:
            handle = desk.handle(name, part, place.destination)
            done = place.run(["-c", code], env={"IT": handle, "PLAIN": "x"}, check=True, capture_output=True, text=True)
            secret = f"CANARY-{part.partition('_')[0] if part != 'passphrase' else 'pass'}"
            assert done.stdout.strip() == hashlib.sha256(secret.encode()).hexdigest()
    assert place.run(["-c", "raise SystemExit(3)"], env={"PLAIN": "x"}).returncode == 3
    with pytest.raises(ArgumentError, match="no such program"):
        ProgramPlace(desk.lending, "no-such-program-at-all")


def test_a_program_that_fails_shows_nothing(desk: Desk, tmp_path: Path) -> None:
    """Neither what its environment was nor what else it was given."""
    place = ProgramPlace(desk.lending, sys.executable)
    for arguments, options, kind in (
        (["-c", "raise SystemExit(3)"], {"check": True}, subprocess.CalledProcessError),
        (["-c", "import time; time.sleep(9)"], {"timeout": 0.01}, subprocess.TimeoutExpired),
        ([], {"cwd": tmp_path / "missing"}, FileNotFoundError),
        (["\0"], {}, ValueError),
    ):
        handle = desk.handle("note", "text", place.destination)
        with pytest.raises(kind) as caught:
            place.run(arguments, env={"IT": handle}, **options)
        assert "CANARY" not in shown_of_error(caught.value)


@pytest.mark.parametrize("is_async", [False, True])
async def test_a_function_that_fails_shows_nothing(sandbox: Sandbox, site: Site, is_async: bool) -> None:
    """Its error may quote what it was given: its class alone is told, of a coroutine function as well."""

    def fail(secret: str) -> None:
        raise LookupError(f"cannot type {secret}")

    async def fail_later(secret: str) -> None:
        fail(secret)

    async def succeed(secret: str) -> int:
        return len(secret)

    with Inkbox(sandbox.inkbox.api_key, base_url=sandbox.inkbox.base_url, vault_key=VAULT_KEY) as client:
        lending = Lending(InkboxCredentials(client, "desk"))
        failing = FunctionPlace(lending, site.url, fail_later if is_async else fail)
        working = FunctionPlace(lending, site.url, succeed)
        [shop] = [each.id for each in client.vault.unlocked.secrets if each.name == "shop"]  # type: ignore[union-attr]
        handles = [client.run(lending.lend(str(shop), "password", site.url)).handle for _ in range(2)]

    with pytest.raises(HandleError, match=r"failed \(LookupError\)") as caught:
        await failing(handles[0])

    assert "CANARY" not in shown_of_error(caught.value)
    assert await working(handles[1]) == len(PASSWORD)


def test_a_handle_is_good_once_and_in_time(desk: Desk, site: Site) -> None:
    """A second use, a late one and an invented handle are refused."""
    place = HttpPlace(desk.lending, site.url)
    used, late = (desk.handle("shop", "password", site.url) for _ in range(2))
    desk.lending.redeem(used, place.destination)

    for handle, seconds, why in ((used, 0, "good once"), ("secret://x", 0, "no such handle"), (late, 301, "too old")):
        desk.time += seconds
        with pytest.raises(HandleError, match=why) as caught:
            httpx.get(site.url, auth=place.bearer(handle), trust_env=False)
        assert "CANARY" not in shown_of_error(caught.value)


def test_old_handles_are_forgotten(desk: Desk, site: Site) -> None:
    """Their secrets with them."""
    HttpPlace(desk.lending, site.url)
    desk.handle("shop", "password", site.url)
    desk.time = 1000
    desk.handle("shop", "password", site.url)

    assert len(desk.lending._lent) == 1


def test_a_handle_is_good_at_its_place_only(desk: Desk, site: Site) -> None:
    """Elsewhere it is refused, and used up by the attempt."""
    here, there = HttpPlace(desk.lending, site.url), HttpPlace(desk.lending, "https://evil.example.com")
    handle = desk.handle("anywhere", "password", site.url)

    with pytest.raises(HandleError, match="do not go to https://evil"):
        httpx.get("https://evil.example.com", auth=here.bearer(handle), trust_env=False)
    with pytest.raises(HandleError, match="was lent for http://127"):
        httpx.get("https://evil.example.com", auth=there.bearer(handle), trust_env=False)
    with pytest.raises(HandleError, match="good once"):
        httpx.get(site.url, auth=here.bearer(handle), trust_env=False)


def test_a_function_acts_on_its_page_only(desk: Desk, site: Site) -> None:
    """A page that went to another site gets nothing, and the handle stays good."""
    typed: list[str] = []
    page = [f"{site.url}/login"]
    place = FunctionPlace(desk.lending, site.url, typed.append, where=lambda: page[0])
    handle = desk.handle("shop", "password", site.url)

    for address in ("https://evil.example.com/login", "about:blank"):
        page[0] = address
        with pytest.raises(HandleError, match="do not go to"):
            place(handle)
    page[0] = f"{site.url}/again"
    place(handle)

    assert typed == [PASSWORD]


@pytest.mark.parametrize("name", ["elsewhere", "unclear", "api"])
def test_a_credential_stored_for_another_place_is_not_lent(desk: Desk, site: Site, name: str) -> None:
    """Whatever the model was talked into; the operator may name it all the same."""
    part = "api_key" if name == "api" else "password"
    credential = desk.id_of(name)
    HttpPlace(desk.lending, site.url)

    with pytest.raises(ToolError, match="stored for another place"):
        desk.handle(name, part, site.url)
    HttpPlace(desk.lending, site.url, only=[credential.upper()])

    assert desk.handle(name, part, site.url).startswith("secret://")
    with pytest.raises(ToolError, match="does not let this credential be used there"):
        desk.handle("shop", "password", site.url)


def test_a_site_may_be_stored_without_its_scheme(desk: Desk) -> None:
    """It is HTTPS then."""
    HttpPlace(desk.lending, "https://API.example.com:443/")

    assert desk.handle("api", "api_key", "https://api.example.com/v2").startswith("secret://")


def test_handles_are_lent_for_registered_places_only(desk: Desk, site: Site) -> None:
    """The model is told which there are."""
    with pytest.raises(ToolError, match="registered no place"):
        desk.handle("shop", "password", site.url)
    HttpPlace(desk.lending, site.url)

    for destination in ("https://evil.example.com", "program:sh", "nowhere", f"{site.url}@evil.example.com"):
        with pytest.raises(ToolError, match=f"registered {site.url}") as caught:
            desk.handle("shop", "password", destination)
        assert not isinstance(caught.value, UnknownOutcomeError)


@pytest.mark.parametrize(
    ("name", "part", "why"),
    [
        ("shop", "api_key", "of kind login has no api_key"),
        ("anywhere", "email", "has no email"),
        ("anywhere", "code", "no TOTP"),
    ],
)
def test_a_part_that_is_not_there_is_named(desk: Desk, site: Site, name: str, part: str, why: str) -> None:
    """A credential's kind says what it can have; not each has it."""
    HttpPlace(desk.lending, site.url)

    with pytest.raises(ToolError, match=why):
        desk.handle(name, part, site.url)


def test_what_is_somebody_else_s_is_not_lent(desk: Desk, site: Site, both: Any) -> None:
    """Though the client's key may read it."""
    HttpPlace(desk.lending, site.url)
    [other] = [s for s in desk.client.vault.unlocked.secrets if s.name == "not the desk's"]

    for wrong in (str(other.id), "no id"):
        with pytest.raises(ToolError, match=r"no such credential|is a UUID"):
            desk.call("use_credential", credential_id=wrong, part="text", destination=site.url)


def test_a_locked_vault_lends_nothing(desk: Desk, site: Site) -> None:
    """It says so, and the names can still be listed."""
    HttpPlace(desk.lending, site.url)
    desk.client.vault.lock()

    with pytest.raises(ToolError, match="must be unlocked") as caught:
        desk.handle("shop", "password", site.url)

    assert type(caught.value) is ToolError


def test_what_lends_is_a_credentials_channel_itself(desk: Desk, site: Site, both: Any) -> None:
    """Code of the operator's may read through it."""
    channel: Credentials = desk.lending
    place = FunctionPlace(desk.lending, site.url, print)
    credential = desk.id_of("shop")

    secret = both.run(desk.client, channel.read_secret(credential, "password"))

    assert secret.value.reveal() == PASSWORD
    assert "CANARY" not in repr(secret)
    assert (channel.service, desk.lending.handle, desk.lending.destinations) == ("Inkbox", "desk", (site.url,))
    assert repr(place) == f"FunctionPlace('{site.url}')"


def test_secrets_are_lent_where_the_operator_allows_it(desk: Desk, sandbox: Sandbox) -> None:
    """Not by a toolbox that reads only, nor by a channel that lends nothing."""
    lending, plain = Channels(credentials=desk.lending), Channels(credentials=InkboxCredentials(desk.client, "desk"))

    reads = Toolbox(lending)
    lends_nothing = Toolbox(plain, allow={"secret"})

    assert [each.name for each in reads] == [each.name for each in lends_nothing] == ["list_credentials"]
    assert [each.name for each in desk.toolbox] == ["list_credentials", "use_credential", "get_one_time_code"]


def test_policies_judge_a_loan(desk: Desk, site: Site) -> None:
    """It can be denied, and rehearsed; a person sees which part of what is to go where."""
    HttpPlace(desk.lending, site.url)
    asked: list[str] = []

    def ask(request: ApprovalRequest) -> bool:
        asked.append(request.summary)
        return False

    asking = approve(desk.toolbox, ask)
    arguments = {"credential_id": desk.id_of("shop"), "part": "password", "destination": site.url}

    with pytest.raises(ToolError, match="not approved"):
        desk.call("use_credential", asking, **arguments)
    rehearsed = desk.call("use_credential", dry_run(desk.toolbox), **arguments)

    assert "part: password" in asked[0]
    assert site.url in asked[0]
    assert rehearsed.data == {"dry_run": True}
    assert desk.lending._lent == {}


def test_an_operator_may_reveal_secrets(desk: Desk, site: Site) -> None:
    """By a policy that is named so; where they may go is judged as ever, and other channels are left alone."""
    HttpPlace(desk.lending, site.url)
    revealing = reveal_secrets(desk.toolbox)
    desk.reveals = True

    result = desk.call(
        "use_credential", revealing, credential_id=desk.id_of("shop"), part="password", destination=site.url
    )

    assert result.data["value"] == PASSWORD
    assert PASSWORD in result.text
    assert PASSWORD not in repr(result)
    with pytest.raises(ToolError, match="stored for another place"):
        desk.call(
            "use_credential", revealing, credential_id=desk.id_of("elsewhere"), part="password", destination=site.url
        )
    assert reveal_secrets(Toolbox(Channels())).tools == ()


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://Crm.Example.com/login?x=1#y", "https://crm.example.com"),
        ("https://crm.example.com:443", "https://crm.example.com"),
        ("https://crm.example.com:8443", "https://crm.example.com:8443"),
        ("http://127.0.0.1:80/", "http://127.0.0.1"),
        ("http://[::1]:8080", "http://[::1]:8080"),
        ("https://bücher.example.com", "https://xn--bcher-kva.example.com"),
    ],
)
def test_an_origin_has_one_spelling(url: str, origin: str) -> None:
    """Scheme, host and port."""
    assert web_origin(url) == origin


@pytest.mark.parametrize(
    "url",
    ["", "crm.example.com", "ftp://crm.example.com", "https://", "https://a@crm.example.com", "http://crm.example.com",
     "https://crm.example.com:x", "https://[::1", "https://" + "a" * 70 + ".example.com", "javascript://localhost"],
)  # fmt: skip
def test_other_addresses_are_no_places(url: str) -> None:
    """Nor is a site that anybody on the way could read along with."""
    with pytest.raises(ArgumentError):
        web_origin(url)
