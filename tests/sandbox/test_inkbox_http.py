"""How the sandbox's Inkbox speaks HTTP: paths, keys, errors, what the official package cannot ask for."""

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from postline_sandbox import ControlError, Sandbox

OUTSIDE = "jane@shop.example.net"


class Wire:
    """Plain HTTP to a sandbox's Inkbox."""

    def __init__(self, sandbox: Sandbox, api_key: str = "") -> None:
        headers = {"x-api-key": api_key or sandbox.inkbox.api_key}
        self.client = httpx.Client(base_url=sandbox.inkbox.base_url + "/api", headers=headers, trust_env=False)

    def ask(self, method: str, path: str, body: Any = None, **query: Any) -> Any:
        answer = self.client.request(method, path, json=body, params=query or None)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    def identity(self, handle: str = "alpha", **more: Any) -> Any:
        return self.ask("POST", "/v1/identities/", {"agent_handle": handle, **more})

    def send(self, box: str, to: str, **more: Any) -> Any:
        body = {"recipients": {"to": [to]}, "subject": "Hi", "body_text": "T", **more}
        return self.ask("POST", f"/v1/mail/mailboxes/{box}/messages", body)


@pytest.fixture
def wire(sandbox: Sandbox) -> Iterator[Wire]:
    plain = Wire(sandbox)
    with plain.client:
        yield plain


@pytest.fixture
def box(wire: Wire) -> str:
    return str(wire.identity()["email_address"])


@pytest.mark.parametrize("path", ["/v1/identities", "/v1/mail/mailboxes", "/v1/domains", "/v1/tunnels", "/whoami"])
def test_a_trailing_slash_does_not_matter(wire: Wire, path: str) -> None:
    """Both spellings answer at once, none with a redirection."""
    answers = [wire.client.get(spelling) for spelling in (path, f"{path}/")]

    assert [one.status_code for one in answers] == [200, 200]
    assert {one.headers["x-postline-sandbox"] for one in answers} == {"inkbox"}


def test_escaped_and_literal_paths_are_one(wire: Wire, box: str) -> None:
    """`@` may be sent as %40."""
    literal = wire.ask("GET", f"/v1/mail/mailboxes/{box}")

    assert wire.ask("GET", f"/v1/mail/mailboxes/{box.replace('@', '%40')}") == literal
    assert wire.ask("GET", "/v1/identities/%40Alpha")["mailbox"] == literal


@pytest.mark.parametrize(("key", "status"), [("", 401), ("ApiKey_unknown", 401), (None, 401)])
def test_no_key_no_answer(sandbox: Sandbox, key: str | None, status: int) -> None:
    """A missing, empty or unknown key is 401 with a detail."""
    headers = {} if key is None else {"x-api-key": key}

    answer = httpx.get(f"{sandbox.inkbox.base_url}/api/v1/identities/", headers=headers, trust_env=False)

    assert answer.status_code == status
    assert isinstance(answer.json()["detail"], str)


def test_errors_have_a_detail(wire: Wire) -> None:
    """Unknown routes and objects are 404 with a text, bodies that are not JSON 422 with a list."""
    unknown = wire.client.get("/v1/nothing")
    broken = wire.client.post("/v1/identities/", content=b"{")

    assert (unknown.status_code, unknown.json()) == (404, {"detail": "Not Found"})
    assert broken.status_code == 422
    assert broken.json()["detail"][0]["loc"] == ["body"]
    assert broken.json()["detail"][0].keys() == {"loc", "msg", "type"}


def test_what_a_mailbox_does_not_have_is_refused(wire: Wire, box: str) -> None:
    """`display_name` on a mailbox, `blocked` as a folder and broken cursors are 422."""
    wire.send(box, OUTSIDE)
    (thread,) = wire.ask("GET", f"/v1/mail/mailboxes/{box}/threads")["items"]

    refused = [
        wire.client.patch(f"/v1/mail/mailboxes/{box}", json={"display_name": "X"}),
        wire.client.patch(f"/v1/mail/mailboxes/{box}", json={"filter_mode": None}),
        wire.client.patch(f"/v1/mail/mailboxes/{box}/threads/{thread['id']}", json={"folder": "blocked"}),
        wire.client.get(f"/v1/mail/mailboxes/{box}/messages", params={"cursor": "?"}),
        wire.client.get(f"/v1/mail/mailboxes/{box}/messages", params={"cursor": "WzEsMl0"}),
        wire.client.get(f"/v1/mail/mailboxes/{box}/messages", params={"limit": 101}),
    ]

    assert [one.status_code for one in refused] == [422] * len(refused)


def test_the_last_page_says_so(wire: Wire, box: str) -> None:
    """`next_cursor` is null exactly where `has_more` is false."""
    for _ in range(2):
        wire.send(box, OUTSIDE)
    path = f"/v1/mail/mailboxes/{box}/messages"

    first = wire.ask("GET", path, limit=1)
    last = wire.ask("GET", path, limit=1, cursor=first["next_cursor"])

    assert (first["has_more"], isinstance(first["next_cursor"], str)) == (True, True)
    assert (last["has_more"], last["next_cursor"]) == (False, None)


def test_a_redirect_has_a_body_too(wire: Wire, box: str) -> None:
    """`redirect=true` is 302 with Location, and the same JSON as without."""
    sent = wire.send(box, OUTSIDE, attachments=[{"filename": "a", "content_type": "a/b", "content_base64": "aGk="}])

    answer = wire.client.get(f"/v1/mail/mailboxes/{box}/messages/{sent['id']}/attachments/a?redirect=true")

    assert answer.status_code == 302
    assert answer.headers["location"] == answer.json()["url"]


def test_creation_is_all_or_nothing(wire: Wire) -> None:
    """A mailbox that cannot be takes identity and tunnel back."""
    body = {"agent_handle": "alpha", "mailbox": {"sending_domain": "x.example.net"}}

    assert wire.client.post("/v1/identities/", json=body).status_code == 404
    assert wire.ask("GET", "/v1/identities/") == []
    assert wire.ask("GET", "/v1/tunnels/") == {"tunnels": []}
    assert wire.identity()["agent_handle"] == "alpha"


def test_organizations_do_not_see_each_other(sandbox: Sandbox, wire: Wire, box: str) -> None:
    """Another organization's administrator finds nothing of the first one's."""
    sent = wire.send(box, OUTSIDE)
    stranger = Wire(sandbox, sandbox.control.make_inkbox_organization()["api_key"])
    tunnel_id = wire.ask("GET", "/v1/tunnels")["tunnels"][0]["id"]
    paths = ["/v1/identities/alpha", f"/v1/mail/mailboxes/{box}", f"/v1/mail/mailboxes/{box}/messages/{sent['id']}"]

    with stranger.client:
        found = [stranger.client.get(path).status_code for path in [*paths, f"/v1/tunnels/{tunnel_id}"]]
        lists = [
            stranger.ask("GET", path) for path in ("/v1/identities", "/v1/mail/mailboxes", "/v1/mail/contact-rules")
        ]

    assert found == [404] * 4
    assert lists == [[], [], []]


def test_a_revoked_key_is_worthless_at_once(sandbox: Sandbox, wire: Wire) -> None:
    """The next request with it is 401."""
    assert wire.ask("GET", "/whoami")["auth_type"] == "api_key"

    sandbox.control.revoke_inkbox_key(sandbox.inkbox.api_key)

    assert wire.client.get("/whoami").status_code == 401
    with pytest.raises(ControlError, match="no such key"):
        sandbox.control.revoke_inkbox_key("x")


def test_an_issued_key_is_what_was_asked_for(sandbox: Sandbox, wire: Wire, box: str) -> None:
    """An agent's or an administrator's; it expires by the sandbox's clock."""
    agent = Wire(sandbox, sandbox.control.issue_inkbox_key("alpha", expires_in_seconds=60))
    admin = Wire(sandbox, sandbox.control.issue_inkbox_key())
    with agent.client, admin.client:
        kinds = [one.ask("GET", "/whoami")["auth_subtype"] for one in (agent, admin)]
        expires_at = agent.ask("GET", "/whoami")["expires_at"]
        sandbox.control.advance(61)
        statuses = [one.client.get("/whoami").status_code for one in (agent, admin)]

    assert kinds == ["api_key.agent_scoped.claimed", "api_key.admin_scoped"]
    assert isinstance(expires_at, float)
    assert statuses == [401, 200]
    with pytest.raises(ControlError, match="no identity"):
        sandbox.control.issue_inkbox_key("nobody")


def test_the_process_says_how_to_reach_it() -> None:
    """The line of JSON names base URL and key."""
    command = [sys.executable, "-m", "postline_sandbox", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said = json.loads(process.stdout.readline())["inkbox"]
        answer = httpx.get(f"{said['base_url']}/api/whoami", headers={"x-api-key": said["api_key"]}, trust_env=False)
        process.terminate()

    assert answer.json()["auth_subtype"] == "api_key.admin_scoped"


def test_the_same_seed_gives_the_same_answers() -> None:
    """With a clock that stands still, two sandboxes answer byte for byte alike; another seed has another key."""

    def answers() -> list[bytes]:
        with Sandbox(now=datetime(2026, 3, 1, tzinfo=UTC)) as sandbox, Wire(sandbox).client as client:
            client.post("/v1/identities/", json={"agent_handle": "alpha"})
            client.post("/v1/agent-signup", json={"human_email": OUTSIDE, "note_to_human": "N"})
            paths = ("/v1/identities/alpha", "/whoami", "/v1/tunnels")
            return [sandbox.inkbox.api_key.encode(), *(client.get(path).content for path in paths)]

    assert answers() == answers()
    with Sandbox(seed="other") as other:
        assert other.inkbox.api_key.encode() != answers()[0]


def test_a_data_file_keeps_everything(tmp_path: Path) -> None:
    """Identities, mail, limits and keys are there after a restart."""
    with Sandbox(data=tmp_path / "kept.db") as sandbox:
        wire = Wire(sandbox)
        with wire.client:
            sent = wire.send(wire.identity()["email_address"], OUTSIDE)
            sandbox.control.set_inkbox_limits({"signups_per_hour": 0})

    with Sandbox(data=tmp_path / "kept.db") as sandbox:
        wire = Wire(sandbox)
        with wire.client:
            listed = wire.ask("GET", "/v1/mail/mailboxes/alpha@inkbox-sandbox.example.com/messages")["items"]
            signup = wire.client.post("/v1/agent-signup", json={"human_email": OUTSIDE, "note_to_human": "N"})

    assert [one["id"] for one in listed] == [sent["id"]]
    assert signup.status_code == 429


@pytest.mark.parametrize(
    ("kind", "status", "answer"),
    [
        ("rate_limit", 429, {"detail": "Rate limit exceeded"}),
        ("server_error", 503, {"detail": "The service is in trouble"}),
    ],
)
def test_faults_happen_to_inkbox_too(sandbox: Sandbox, wire: Wire, kind: Any, status: int, answer: Any) -> None:
    """In the service's own form, once, and only where the fault is for Inkbox."""
    sandbox.control.fault("closed_connection", service="commune")
    sandbox.control.fault(kind, service="inkbox", path="whoami", seconds=3)

    wire.ask("GET", "/v1/identities")
    failed = wire.client.get("/whoami")

    assert (failed.status_code, failed.json()) == (status, answer)
    assert failed.headers.get("retry-after") == ("3" if kind == "rate_limit" else None)
    assert wire.client.get("/whoami").status_code == 200
