"""The site to practise on lets in who has all three, and shows its page to nobody else."""

from __future__ import annotations

import http.client
from collections.abc import Iterator

import httpx
import pytest

from postline_sandbox import LoginSite

SEED = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # of the examples of RFC 6238
NOW, CODE = 1_111_111_109, "081804"  # eight digits there, of which the last six are these
RIGHT = {"username": "ada", "password": "Pass & word", "code": CODE}


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[LoginSite]:
    """A site at a known time."""
    monkeypatch.setattr("postline_sandbox.login_site.time.time", lambda: NOW)
    with LoginSite("ada", "Pass & word", SEED, text="Order 4511 <ready>", title="Orders") as running:
        yield running


@pytest.fixture
def browser(site: LoginSite) -> Iterator[httpx.Client]:
    """What keeps cookies and follows redirects."""
    with httpx.Client(base_url=site.url, follow_redirects=True, trust_env=False) as client:
        yield client


def test_who_has_all_three_is_let_in(site: LoginSite, browser: httpx.Client) -> None:
    """The page is shown from then on, and the form no more."""
    before = browser.get("/")

    after = browser.post("/login", data=RIGHT)

    assert (before.url.path, after.url.path) == ("/login", "/")
    assert 'name="code"' in before.text
    assert "Order 4511 &lt;ready&gt;" in after.text
    assert browser.get("/login").url.path == "/"
    assert site.logins == [RIGHT]


@pytest.mark.parametrize(
    "wrong",
    [{"username": "bob"}, {"password": "pass & word"}, {"code": "081805"}, {"code": ""}, {"password": "\u2028"}],
)
def test_nobody_else_is(site: LoginSite, browser: httpx.Client, wrong: dict[str, str]) -> None:
    """One wrong part of three is enough, and which one it was is not told."""
    answer = browser.post("/login", data={**RIGHT, **wrong})

    assert answer.status_code == 403
    assert "That is not right." in answer.text
    assert not any(value in answer.text for value in RIGHT.values())
    assert "4511" not in browser.get("/").text


@pytest.mark.parametrize(("seconds", "status"), [(-60, 403), (-59, 200), (30, 200), (31, 403)])
def test_a_code_is_good_for_a_while(
    browser: httpx.Client, monkeypatch: pytest.MonkeyPatch, seconds: int, status: int
) -> None:
    """In its own half minute, and in the one before and after it."""
    monkeypatch.setattr("postline_sandbox.login_site.time.time", lambda: NOW + seconds)

    assert browser.post("/login", data=RIGHT).status_code == status


@pytest.mark.parametrize("cookie", ["session=invented", "session", "\xff=\xff; ,"])
def test_a_session_cannot_be_invented(site: LoginSite, cookie: str) -> None:
    """Any other cookie counts as none."""
    headers = {"cookie": cookie.encode("latin-1")}

    assert httpx.get(site.url, headers=headers, trust_env=False).status_code == 303


def test_a_cookie_keeps_to_its_site(site: LoginSite) -> None:
    """No script reads it, and no other site sends it."""
    answer = httpx.post(f"{site.url}/login", data=RIGHT, trust_env=False)

    assert "HttpOnly; SameSite=Strict" in answer.headers["set-cookie"]


def test_other_requests_are_turned_away(site: LoginSite, browser: httpx.Client) -> None:
    """Other paths, and what does not say how long it is."""
    assert browser.get("/elsewhere").status_code == 404
    assert browser.post("/", data=RIGHT).status_code == 404
    line = http.client.HTTPConnection(site.url.removeprefix("http://"))
    line.putrequest("POST", "/login")
    line.endheaders()
    assert line.getresponse().status == 411
    line.close()
    assert site.logins == []


def test_it_ends(site: LoginSite) -> None:
    """Once stopped it answers nobody; stopping it again does nothing."""
    site.stop()
    site.stop()

    with pytest.raises(httpx.ConnectError):
        httpx.get(site.url, trust_env=False)
