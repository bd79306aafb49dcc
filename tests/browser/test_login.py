"""An agent logs in through a real browser: the browser types what the vault has, on the page of the right site and nowhere else."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator, Iterator
from functools import cache
from typing import Any

import pytest
from argon2.low_level import hash_secret_raw
from playwright.async_api import Page as AsyncPage
from playwright.async_api import async_playwright
from playwright.sync_api import Page, sync_playwright
from tests.canaries import NAME, PASSWORD, SEED, VAULT_KEY, found_in
from tests.core.inkbox.vault.leaks import shown_of_error

from postline.channels import Channels
from postline.channels.inkbox_people import inkbox_channels
from postline.inkbox import Inkbox, LoginPayload, TOTPConfig
from postline.inkbox.vault import _sealing, totp
from postline.operation import Offload, Steps
from postline.tools import CATALOGUE, FunctionPlace, HandleError, Lending, Result, Toolbox, tool
from postline_sandbox import LoginSite, Sandbox, login_site

FOUND = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
LAUNCH: dict[str, Any] = {
    "executable_path": FOUND,
    "args": [*(["--no-sandbox"] if os.geteuid() == 0 else []), "--disable-dev-shm-usage"],
}

pytestmark = pytest.mark.skipif(FOUND is None, reason="no Chromium is installed")


@pytest.fixture(scope="module")
def site() -> Iterator[LoginSite]:
    """The site that the login was stored for."""
    with LoginSite(NAME, PASSWORD, SEED, title="Orders", text="Order 4511 leaves on Wednesday.") as running:
        yield running


@pytest.fixture(scope="module")
def client(site: LoginSite) -> Iterator[Inkbox]:
    """A client whose vault is open and has the login."""
    with (
        pytest.MonkeyPatch.context() as patch,
        Sandbox() as sandbox,
        Inkbox(sandbox.inkbox.api_key, base_url=sandbox.inkbox.base_url) as inkbox,
    ):
        patch.setattr(_sealing, "hash_secret_raw", cache(hash_secret_raw))
        inkbox.vault.initialize(VAULT_KEY)
        inkbox.vault.unlock(VAULT_KEY)
        login = LoginPayload(PASSWORD, NAME, url=site.url, totp=TOTPConfig(SEED))
        inkbox.create_identity("desk").create_secret("Orders", login)
        yield inkbox


@pytest.fixture
def lending(client: Inkbox, site: LoginSite, monkeypatch: pytest.MonkeyPatch) -> Lending:
    """What lends, with a site that nobody has logged in to yet, and that has the same clock for its codes."""
    monkeypatch.setattr(login_site, "time", totp.time)
    site.logins.clear()
    credentials = client.run(inkbox_channels(client, "desk")).credentials
    assert credentials
    return Lending(credentials)


@pytest.fixture
def page() -> Iterator[Page]:
    """A page of a browser."""
    with sync_playwright() as playwright, playwright.chromium.launch(**LAUNCH) as browser:
        yield browser.new_page()


@pytest.fixture
async def async_page() -> AsyncIterator[AsyncPage]:
    """A page of a browser, to be awaited."""
    async with async_playwright() as playwright, await playwright.chromium.launch(**LAUNCH) as browser:
        yield await browser.new_page()


def submits(page: Page) -> Any:
    """Return what fills in the form of a page and sends it."""

    def submit(username: str, password: str, code: str) -> str:
        page.get_by_label("User name").fill(username)
        page.get_by_label("Password").fill(password)
        page.get_by_label("One-time code").fill(code)
        page.get_by_role("button", name="Log in").click()
        return page.inner_text("body")

    return submit


def handles(toolbox: Toolbox, destination: str) -> dict[str, str]:
    """Do what a model does: list, and get a handle for each part."""
    [found] = toolbox.call("list_credentials").data["credentials"]
    about = {"credential_id": found["id"], "destination": destination}
    lent = {part: toolbox.call("use_credential", {**about, "part": part}) for part in ("username", "password")}
    lent["code"] = toolbox.call("get_one_time_code", about)
    return {part: each.data["handle"] for part, each in lent.items()}


def lending_toolbox(lending: Lending, *more: Any) -> Toolbox:
    return Toolbox(Channels(credentials=lending), allow={"secret"}, tools=[*CATALOGUE, *more])


def test_a_browser_logs_in_and_the_model_sees_the_page_only(lending: Lending, site: LoginSite, page: Page) -> None:
    """The site gets what is in the vault; the tool's result is the page behind the login."""
    place = FunctionPlace(lending, site.url, submits(page), where=lambda: page.url)

    @tool(effect="secret")
    def log_in(credentials: Lending, *, username: str, password: str, code: str) -> Steps[Result]:
        """Log in to the site with orders.

        Args:
            username: A handle.
            password: A handle.
            code: A handle.
        """
        return Result((yield from Offload(lambda: place(username, password, code))))

    toolbox = lending_toolbox(lending, log_in)
    page.goto(site.url)

    given = handles(toolbox, site.url)
    result = toolbox.call("log_in", given)

    assert "Order 4511 leaves on Wednesday." in result.text
    assert found_in(f"{given}{result.text}{result.data}") == []
    [form] = site.logins
    assert (form["username"], form["password"]) == (NAME, PASSWORD)
    assert form["code"] not in f"{given}{result.text}"


async def test_a_browser_that_is_awaited_logs_in_as_well(
    lending: Lending, site: LoginSite, async_page: AsyncPage
) -> None:
    """As in a notebook, where an event loop runs."""
    page = async_page

    async def submit(username: str, password: str, code: str) -> str:
        await page.get_by_label("User name").fill(username)
        await page.get_by_label("Password").fill(password)
        await page.get_by_label("One-time code").fill(code)
        await page.get_by_role("button", name="Log in").click()
        return await page.inner_text("body")

    place = FunctionPlace(lending, site.url, submit, where=lambda: page.url)
    await page.goto(site.url)

    shown = await place(**handles(lending_toolbox(lending), site.url))

    assert "Order 4511 leaves on Wednesday." in shown


def test_a_page_of_another_site_gets_nothing(lending: Lending, site: LoginSite, page: Page) -> None:
    """Though it looks the same, and however the browser came there; the handles stay good for the right one."""
    place = FunctionPlace(lending, site.url, submits(page), where=lambda: page.url)
    given = handles(lending_toolbox(lending), site.url)

    with LoginSite("x", "x", SEED, title="Orders") as other:
        page.goto(site.url)
        page.evaluate("address => { location = address }", f"{other.url}/login")
        page.wait_for_url(f"{other.url}/login")
        with pytest.raises(HandleError, match="do not go to"):
            place(**given)
        typed = [page.get_by_label(name).input_value() for name in ("User name", "Password", "One-time code")]
        assert (typed, other.logins) == (["", "", ""], [])
    page.goto(site.url)

    assert "Order 4511" in place(**given)


def test_a_browser_that_fails_shows_nothing(lending: Lending, site: LoginSite, page: Page) -> None:
    """A driver's error may quote what it was to type; its class alone is told."""
    place = FunctionPlace(lending, site.url, lambda value: page.locator(value).click(), where=lambda: page.url)
    page.goto(site.url)
    page.set_default_timeout(10)

    with pytest.raises(HandleError, match=r"failed \((Timeout)?Error\)") as caught:
        place(handles(lending_toolbox(lending), site.url)["password"])

    assert found_in(shown_of_error(caught.value)) == []
