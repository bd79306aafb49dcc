"""What cassettes hold: nothing secret, nobody real, nothing stale."""

from __future__ import annotations

import asyncio
import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from tests.cassetting.scenario import CASSETTES, SERVICES, Scenario, scenarios
from tests.cassetting.scrubbing import ADDRESS, EXAMPLE, Scrubber
from tests.record import from_sandbox, record
from vcr.request import Request

from postline.commune import CommuneClient
from postline_sandbox import Sandbox

HOME = "http://127.0.0.1:4321"
SERVICE = SERVICES["commune"].url
SIGNED = f"{HOME}/files/f1?expires=99&signature=abcdef"

FORBIDDEN = {
    "a key": re.compile(r"comm_\w{8}|whsec_\w|\bsk-\w{8}|bearer ", re.IGNORECASE),
    "an authorization": re.compile(
        r"^\s*(?:x-api-key|authorization|cookie|set-cookie)\b", re.IGNORECASE | re.MULTILINE
    ),
    "a signature": re.compile(r"(?:signature|sig|token)=(?!scrubbed)|v1=[0-9a-f]{16}", re.IGNORECASE),
    "a machine": re.compile(r"127\.0\.0\.1|localhost|\[::1\]"),
    "a phone number": re.compile(r"\+(?!1\d{3}55501\d\d\b)\d{7,15}(?!\d)"),
}
OWN_HOSTS = {urlsplit(service.url).hostname for service in SERVICES.values()}
URI = re.compile(r"https?://([^/\s\"'\\:?]+)")


@pytest.mark.parametrize("path", sorted(CASSETTES.rglob("*.yaml")), ids=lambda path: f"{path.parts[-3]}-{path.stem}")
def test_a_recording_holds_nothing_secret_and_nobody_real(path: Path) -> None:
    """No credentials, signed links, real addresses or numbers; no host but the service's and examples."""
    text = path.read_text(encoding="utf-8")

    found = [what for what, pattern in FORBIDDEN.items() if pattern.search(text)]
    hosts = {each.lower() for each in [*URI.findall(text), *ADDRESS.findall(text)]}

    assert found == []
    assert [each for each in hosts if each not in OWN_HOSTS and not re.fullmatch(EXAMPLE, each)] == []


@pytest.mark.enable_socket
def test_recording_again_gives_the_same_files(tmp_path: Path) -> None:
    """The recordings are what the sandbox says today; where they are not, `make record` renews them."""
    from_sandbox(scenarios(), tmp_path)

    stale = [each.name for each in scenarios() if _text(each, tmp_path) != _text(each, CASSETTES)]

    assert stale == []


@pytest.mark.enable_socket
def test_a_live_recording_keeps_nobodys_words_and_still_plays(tmp_path: Path) -> None:
    """Recorded like a live service, a mailbox of real people gives a recording without them, in which ids still agree."""
    (scenario,) = (each for each in scenarios() if each.live)
    with Sandbox() as running:
        with CommuneClient(running.commune.api_key, base_url=running.commune.base_url) as client:
            address = client.inboxes.create("anna.keller", name="Anna Keller").address or ""
        for number in range(6):  # more than a page
            running.control.deliver(
                address,
                "Bernd Vogel <bernd.vogel@vogel-pumpen.test>",
                "Hello Anna",
                "Call me: +49 30 1234567 or bernd.vogel@vogel-pumpen.test",
                message_id=f"<hello-{number}@vogel-pumpen.test>",
                cc=["Carla Roth <carla@roth.test>"],
            )
        asyncio.run(record(scenario, "live", running.commune.base_url, running.commune.api_key, tmp_path))

    text = scenario.path("live", tmp_path).read_text(encoding="utf-8")
    with scenario.cassette("live", root=tmp_path) as cassette, CommuneClient("key") as client:
        *_, opened, messages, _ = asyncio.run(scenario.play(client))

    assert not re.search(r"vogel|roth|bernd|carla|keller|hello anna|call me|1234567", text, re.IGNORECASE)
    assert '"next_cursor":"scrubbed"' in text
    assert cassette.all_played
    assert {each.message_id for each in messages} == {each[0].message_id for each in opened}
    assert all(re.fullmatch(r"<person-\d@people\.example\.com>", each.message_id) for each in messages)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ({"webhook": {"secret": "s3cret", "endpoint": HOME}}, {"webhook": {"secret": "scrubbed", "endpoint": SERVICE}}),
        ({"url": SIGNED, "n": 1}, {"url": f"{SERVICE}/files/f1?expires=99&signature=scrubbed", "n": 1}),
        ({"error": "key comm_0123456789abcdef99 is KEY"}, {"error": "key scrubbed is scrubbed"}),
        ({"content": "Hello", "ok": True, "none": None}, {"content": "Hello", "ok": True, "none": None}),
    ],
)
def test_secrets_are_scrubbed_from_bodies(given: dict[str, Any], kept: dict[str, Any]) -> None:
    """Also where a service echoes them; invented mail stays."""
    response = {"headers": {}, "body": {"string": json.dumps(given).encode()}, "status": {"code": 200, "message": "OK"}}

    scrubbed = Scrubber(HOME, SERVICE, ["KEY"]).response(response)

    assert json.loads(scrubbed["body"]["string"]) == kept


def test_only_headers_that_matter_are_kept() -> None:
    """By a list of those to keep, in both directions; a random idempotency key becomes a fixed one."""
    sent = {"Authorization": "Bearer KEY", "Idempotency-Key": "0" * 32, "Content-Type": "application/json", "Host": "h"}
    answered = {"content-type": ["text/plain"], "set-cookie": ["session=1"], "date": ["today"], "retry-after": ["3"]}
    scrub = Scrubber(HOME, SERVICE)

    request = scrub.request(Request("GET", SIGNED, b"", sent))
    response = scrub.response({"headers": answered, "body": {"string": b"plain"}, "status": {}})

    assert dict(request.headers) == {"Idempotency-Key": "scrubbed", "Content-Type": "application/json"}
    assert request.uri == f"{SERVICE}/files/f1?expires=99&signature=scrubbed"
    assert response["headers"] == {"content-type": ["text/plain"], "retry-after": ["3"]}
    assert response["body"] == {"string": b"plain"}


def _text(each: Scenario, root: Path) -> str:
    return each.path("sandbox", root).read_text(encoding="utf-8")
