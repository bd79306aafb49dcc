"""Places turn handles into secrets and show nothing of them, however that ends."""

from __future__ import annotations

import base64
import hashlib
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.canaries import CODES, NAME, NOW, PASSWORD, VAULT_KEY
from tests.core.inkbox.vault.leaks import shown_of_error
from tests.core.tools.lending import Desk, Site, derive_once, desk, nothing_is_shown, sandbox, site, stocked

from postline.channels import Channels
from postline.channels.inkbox_credentials import InkboxCredentials
from postline.errors import ArgumentError
from postline.inkbox import Inkbox
from postline.operation import Offload, Steps
from postline.tools import (
    FunctionPlace,
    HandleError,
    HttpPlace,
    Lending,
    ProgramPlace,
    Result,
    Toolbox,
    ToolError,
    UnknownOutcomeError,
    tool,
)
from postline.tools.handles import web_origin
from postline_sandbox import Sandbox

__all__ = ["derive_once", "desk", "nothing_is_shown", "sandbox", "site", "stocked"]
CAPTURED = {"capture_output": True}


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


@pytest.mark.parametrize("name", ["note", "line", "null", "half", "blank"])
@pytest.mark.parametrize("way", ["basic", "bearer"])
def test_what_no_header_can_hold_shows_nothing(desk: Desk, site: Site, name: str, way: str) -> None:
    """HTTP libraries quote a header that they refuse: such a secret does not get that far, and is no second header."""
    place = HttpPlace(desk.lending, site.url)
    handle = desk.handle(name, "text", site.url)
    auth = place.bearer(handle) if way == "bearer" else place.basic("me", handle)
    is_fine = name == "note" or (way == "basic" and name != "half")

    if is_fine:
        assert httpx.get(site.url, auth=auth, trust_env=False).status_code == 200
    else:
        with pytest.raises(HandleError, match="cannot be sent in a header") as caught:
            httpx.get(site.url, auth=auth, trust_env=False)
        assert "CANARY" not in shown_of_error(caught.value)


@pytest.mark.parametrize(
    ("target", "keeps"),
    [
        ("/landing", True),
        ("https://CRM.example.com:443/landing", True),
        ("http://crm.example.com/landing", False),
        ("https://crm.example.com:8443/landing", False),
        ("https://crm.example.com.evil.example.com/landing", False),
        ("https://www.crm.example.com/landing", False),
        ("//evil.example.com/landing", False),
    ],
)
def test_a_redirect_keeps_a_secret_at_its_site(desk: Desk, target: str, keeps: bool) -> None:
    """Not to plain HTTP, another port, a host that begins alike, or one below it."""
    place = HttpPlace(desk.lending, "https://crm.example.com")
    handle = desk.handle("anywhere", "password", "https://crm.example.com")
    seen: list[str | None] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers.get("authorization"))
        return httpx.Response(200 if request.url.path == "/landing" else 302, headers={"location": target})

    with httpx.Client(transport=httpx.MockTransport(answer), follow_redirects=True) as browser:
        browser.get("https://crm.example.com", auth=place.bearer(handle))

    assert seen == [f"Bearer {PASSWORD}", f"Bearer {PASSWORD}" if keeps else None]


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


PRINTS = "import os, sys, time; print(os.environ['IT'], flush=True); sys.stderr.write(os.environ['IT']); "


@pytest.mark.parametrize(
    ("name", "arguments", "options", "kind"),
    [
        ("note", ["-c", "raise SystemExit(3)"], {"check": True}, subprocess.CalledProcessError),
        ("note", ["-c", f"{PRINTS} sys.exit(3)"], {"check": True, **CAPTURED}, subprocess.CalledProcessError),
        ("note", ["-c", f"{PRINTS} time.sleep(9)"], {"timeout": 0.5, **CAPTURED}, subprocess.TimeoutExpired),
        ("note", ["-c", f"{PRINTS} print('\xff')"], {"encoding": "ascii", **CAPTURED}, HandleError),
        ("note", [], {"cwd": "/no/such/folder"}, FileNotFoundError),
        ("note", ["-c", "pass"], {"no_such_option": 1}, TypeError),
        ("note", ["\0"], {}, ValueError),
        ("null", ["-c", "pass"], {}, ValueError),
        ("half", ["-c", "pass"], {}, HandleError),
    ],
)  # fmt: skip
def test_a_program_that_fails_shows_nothing(
    desk: Desk, name: str, arguments: list[str], options: dict[str, Any], kind: type[Exception]
) -> None:
    """Neither what its environment was nor what it printed, nor what of the secret no environment can take."""
    place = ProgramPlace(desk.lending, sys.executable)
    handle = desk.handle(name, "text", place.destination)

    with pytest.raises(kind) as caught:
        place.run(arguments, env={"IT": handle}, **options)

    assert "CANARY" not in shown_of_error(caught.value)


def test_an_interrupt_shows_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The frames that had the environment are not in its traceback."""
    place = ProgramPlace(desk.lending, sys.executable)
    handle = desk.handle("note", "text", place.destination)

    def run(*_: Any, env: dict[str, str]) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("subprocess.run", run)
    with pytest.raises(KeyboardInterrupt) as caught:
        place.run(env={"IT": handle})

    assert [each.name for each in caught.traceback][1:] == ["run"]
    assert "CANARY" not in shown_of_error(caught.value)


def test_what_a_program_prints_has_no_secret(desk: Desk) -> None:
    """Nor as bytes; what was no secret is as it was."""
    place = ProgramPlace(desk.lending, sys.executable)

    for text in (True, False):
        handle = desk.handle("note", "text", place.destination)
        done = place.run(["-c", f"{PRINTS} print(1)"], env={"IT": handle, "PLAIN": "1"}, capture_output=True, text=text)
        assert (done.stdout, done.stderr) == (("***\n1\n", "***") if text else (b"***\n1\n", b"***"))


def test_two_programs_of_one_name_are_not_confused(desk: Desk, tmp_path: Path) -> None:
    """A handle is lent for a program, not for whatever is called the same."""
    ProgramPlace(desk.lending, sys.executable)
    other = tmp_path / Path(sys.executable).name
    other.write_text("#!/bin/sh\n")
    other.chmod(0o755)

    ProgramPlace(desk.lending, sys.executable)
    with pytest.raises(ArgumentError, match="another program:"):
        ProgramPlace(desk.lending, str(other))


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


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://Crm.Example.com/login?x=1#y", "https://crm.example.com"),
        ("https://crm.example.com:443", "https://crm.example.com"),
        ("https://crm.example.com:8443", "https://crm.example.com:8443"),
        ("http://127.0.0.1:80/", "http://127.0.0.1"),
        ("http://[::1]:8080", "http://[::1]:8080"),
        ("https://bücher.example.com", "https://xn--bcher-kva.example.com"),
        ("HTTPS://BÜCHER.example.com:0443", "https://xn--bcher-kva.example.com"),
        ("https://crm.example.com.", "https://crm.example.com."),
        ("https://crm.example.com#@evil.example.com", "https://crm.example.com"),
    ],
)
def test_an_origin_has_one_spelling(url: str, origin: str) -> None:
    """Scheme, host and port."""
    assert web_origin(url) == origin


@pytest.mark.parametrize(
    "url",
    [
        *(
            "",
            "crm.example.com",
            "ftp://crm.example.com",
            "https://",
            "http://crm.example.com",
            "javascript://localhost",
        ),
        *("https://a@crm.example.com", "https://crm.example.com:443@evil.example.com", "https://crm.example.com:x"),
        *("https://crm.example.com\\.evil.example.com", "https://crm.example.com%2eevil.example.com"),
        *(
            "https://crm.example.com\n.evil.example.com",
            "https://crm.exam\tple.com",
            "https://crm.example.com evil.example.com",
        ),
        *("https://crm.example.com;.evil.example.com", "https://[::1", "https://" + "a" * 70 + ".example.com"),
        *("https://fa\xdf.example.com", "https://\uff43rm.example.com", "https://cr\u200dm.example.com"),
        *("https://crm\u3002example.com", "https://crm..example.com", "https://crm.example.com:\u0664\u0664\u0663"),
        *("http://127.1", "http://localhost.", "http://[::1%25lo]"),
    ],
)
def test_other_addresses_are_no_places(url: str) -> None:
    """Nor is a site that anybody on the way could read along with."""
    with pytest.raises(ArgumentError):
        web_origin(url)


@tool(effect="secret")
def log_in(credentials: Lending, *, password: str) -> Steps[Result]:
    """Log in.

    Args:
        password: A handle for it.
    """
    done = yield from Offload(lambda: credentials.place(password))  # type: ignore[attr-defined]  # the test's own
    return Result(str(done))


@pytest.mark.parametrize(("spoiled", "unknown"), [(True, False), (False, True)])
def test_a_login_is_in_doubt_only_if_its_place_had_the_secret(
    desk: Desk, site: Site, spoiled: bool, unknown: bool
) -> None:
    """A handle that is not good has done nothing; a place that failed may have done anything."""

    def act(password: str) -> None:
        raise RuntimeError(password)

    desk.lending.place = FunctionPlace(desk.lending, site.url, act)  # type: ignore[attr-defined]
    toolbox = Toolbox(Channels(credentials=desk.lending), allow={"secret"}, tools=[log_in])
    handle = desk.handle("anywhere", "password", site.url)

    with pytest.raises(ToolError) as caught:
        desk.call("log_in", toolbox, password=handle + "x" if spoiled else handle)

    assert isinstance(caught.value, UnknownOutcomeError) == unknown
    assert "CANARY" not in shown_of_error(caught.value)
