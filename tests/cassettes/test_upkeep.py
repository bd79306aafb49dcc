"""What cassettes hold: nothing secret, nobody real, nothing stale."""

from __future__ import annotations

import asyncio
import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from tests.canaries import RECOVERY_CODE, found_in
from tests.cassetting.scenario import CASSETTES, SERVICES, Scenario, scenarios
from tests.cassetting.scrubbing import ADDRESS, EXAMPLE, Scrubber
from tests.core.inkbox.vault import vectors as v
from tests.record import from_sandbox, record
from vcr.request import Request

from postline.commune import CommuneClient
from postline.inkbox import Inkbox
from postline_sandbox import Sandbox

HOME = "http://127.0.0.1:4321"
SERVICE = SERVICES["commune"].url
HASH = "0123456789abcdef" * 4
SIGNED = f"{HOME}/files/f1?expires=99&signature=abcdef"

FORBIDDEN = {
    "a key": re.compile(r"comm_\w{8}|whsec_\w|apikey_\w|\bsk-\w{8}|bearer |private key", re.IGNORECASE),
    "an authorization": re.compile(
        r"^\s*(?:x-api-key|authorization|cookie|set-cookie)\b", re.IGNORECASE | re.MULTILINE
    ),
    "a signature": re.compile(r"(?:signature|sig|token)=(?!scrubbed)|v1=[0-9a-f]{16}", re.IGNORECASE),
    "a machine": re.compile(r"127\.0\.0\.1|localhost|\[::1\]"),
    "a hash or a recovery code": re.compile(r"\b[0-9a-f]{64}\b|(?:[2-9A-Z]{4}-){7}[2-9A-Z]{4}", re.IGNORECASE),
    "something sealed": re.compile(r"(?:auth_hash|encrypted_payload|org_encryption_key)\W{1,5}(?!scrubbed|null)\w"),
    "a phone number": re.compile(r"\+(?!1\d{3}55501\d\d\b)\d{7,15}(?!\d)"),
}
OWN_HOSTS = {urlsplit(service.url).hostname for service in SERVICES.values()}
URI = re.compile(r"https?://([^/\s\"'\\:?]+)")


@pytest.mark.parametrize(
    "path", sorted(CASSETTES.rglob("*.yaml")), ids=lambda path: "-".join([*path.parts[-3:-1], path.stem])
)
def test_a_recording_holds_nothing_secret_and_nobody_real(path: Path) -> None:
    """No credentials, signed links, real addresses or numbers; no host but the service's and examples."""
    text = path.read_text(encoding="utf-8")

    found = [what for what, pattern in FORBIDDEN.items() if pattern.search(text)]
    hosts = {each.lower() for each in [*URI.findall(text), *ADDRESS.findall(text)]}

    assert found + found_in(text) == []
    assert [each for each in hosts if each not in OWN_HOSTS and not re.fullmatch(EXAMPLE, each)] == []


@pytest.mark.enable_socket
def test_recording_again_gives_the_same_files(tmp_path: Path) -> None:
    """The recordings are what the sandbox says today; where they are not, `make record` renews them."""
    from_sandbox(scenarios(), tmp_path)

    stale = [f"{each.service}: {each.name}" for each in scenarios() if _text(each, tmp_path) != _text(each, CASSETTES)]

    assert stale == []


@pytest.mark.enable_socket
def test_a_live_recording_keeps_nobodys_words_and_still_plays(tmp_path: Path) -> None:
    """Recorded like a live service, a mailbox of real people gives a recording without them, in which ids still agree."""
    with Sandbox() as running:
        with CommuneClient(running.commune.api_key, base_url=running.commune.base_url) as client:
            _correspond(running, client.inboxes.create("anna.keller", name="Anna Keller").address or "")
        text, (*_, opened, messages, _) = _record_live("commune", running, tmp_path)

    assert not PEOPLE.search(text)
    assert '"next_cursor":"scrubbed"' in text
    assert {each.message_id for each in messages} == {each[0].message_id for each in opened}
    assert all(re.fullmatch(r"<person-\d@people\.example\.com>", each.message_id) for each in messages)


@pytest.mark.enable_socket
def test_a_live_recording_of_a_phone_keeps_nobodys_number(tmp_path: Path) -> None:
    """On Inkbox there are calls and texts beside the mail."""
    with Sandbox() as running:
        with Inkbox(running.inkbox.api_key, base_url=running.inkbox.base_url) as client:
            anna = client.create_identity("front-desk", display_name="Anna Keller")
            number = anna.provision_phone_number(type="local", state="NY").number
        _correspond(running, anna.email_address or "")
        running.control.ring(number, "+493012345678")
        running.control.text_in(number, "+493012345678", "Hello Anna, call me")
        text, (mailboxes, messages, _, calls, texts) = _record_live("inkbox", running, tmp_path)

    assert not PEOPLE.search(text)
    assert [len(each) for each in (mailboxes, messages, calls[0], texts[0])] == [1, 5, 1, 1]
    assert {each.remote_phone_number for each in (*calls[0], *texts[0])} == {"+12025550100"}
    assert {each.to_addresses[0] for each in messages} == {mailboxes[0].email_address}


PEOPLE = re.compile(r"vogel|roth|bernd|carla|keller|hello anna|call me|12345678?", re.IGNORECASE)


def _correspond(running: Sandbox, address: str) -> None:
    """Let real people write, more than a page."""
    for number in range(6):
        running.control.deliver(
            address,
            "Bernd Vogel <bernd.vogel@vogel-pumpen.test>",
            "Hello Anna",
            "Call me: +49 30 1234567 or bernd.vogel@vogel-pumpen.test",
            message_id=f"<hello-{number}@vogel-pumpen.test>",
            cc=["Carla Roth <carla@roth.test>"],
        )


def _record_live(service: str, running: Sandbox, root: Path) -> tuple[str, Any]:
    """Record what is declared for live services, and play it; return the recording, and what playing it gave."""
    (scenario,) = (each for each in scenarios() if each.live and each.service == service)
    access = getattr(running, service)
    asyncio.run(record(scenario, "live", access.base_url, access.api_key, root))
    with scenario.cassette("live", root=root) as cassette, SERVICES[service].waiting("key") as client:
        played = asyncio.run(scenario.play(client))
        assert cassette.all_played
    return scenario.path("live", root).read_text(encoding="utf-8"), played


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ({"webhook": {"secret": "s3cret", "endpoint": HOME}}, {"webhook": {"secret": "scrubbed", "endpoint": SERVICE}}),
        ({"url": SIGNED, "n": 1}, {"url": f"{SERVICE}/files/f1?expires=99&signature=scrubbed", "n": 1}),
        ({"signing_key": "s3cret", "last4": "f00d"}, {"signing_key": "scrubbed", "last4": "scrubbed"}),
        ({"detail": "no ApiKey_6f1c.0123abcd here"}, {"detail": "no scrubbed here"}),
        ({"error": "key comm_0123456789abcdef99 is KEY"}, {"error": "key scrubbed is scrubbed"}),
        ({"content": "Hello", "ok": True, "none": None}, {"content": "Hello", "ok": True, "none": None}),
        (
            {"vault_key": {"id": "k1", "auth_hash": v.AUTH_HASH, "wrapped_org_encryption_key": v.WRAPPED}},
            {"vault_key": {"id": "k1", "auth_hash": "scrubbed", "wrapped_org_encryption_key": "scrubbed"}},
        ),
        ({"recovery_auth_hash": "x", "id": "k1"}, {"recovery_auth_hash": "scrubbed", "id": "k1"}),
        (
            {"current_auth_hash": "x", "recovery_codes": ["x"]},
            {"current_auth_hash": "scrubbed", "recovery_codes": ["scrubbed"]},
        ),
        (
            {"encrypted_secrets": [{"name": "CRM", "encrypted_payload": v.LOGIN}], "input": f"not {v.LOGIN}"},
            {"encrypted_secrets": [{"name": "CRM", "encrypted_payload": "scrubbed"}], "input": "not scrubbed"},
        ),
        ({"detail": f"unknown {v.AUTH_HASH.upper()} {RECOVERY_CODE}"}, {"detail": "unknown scrubbed scrubbed"}),
    ],
)
def test_secrets_are_scrubbed_from_bodies(given: dict[str, Any], kept: dict[str, Any]) -> None:
    """Also where a service echoes them; invented mail stays."""
    response = {"headers": {}, "body": {"string": json.dumps(given).encode()}, "status": {"code": 200, "message": "OK"}}

    scrubbed = Scrubber(HOME, SERVICE, ["KEY"]).response(response)

    assert json.loads(scrubbed["body"]["string"]) == kept


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (f"unlock?auth_hash={HASH}", "unlock?auth_hash=scrubbed"),
        (f"keys/{HASH}", "keys/scrubbed"),
        (f"keys/{HASH.upper()}", "keys/scrubbed"),
        (f"secrets/{v.SECRET_ID}/access", f"secrets/{v.SECRET_ID}/access"),
    ],
)
def test_hashes_of_vault_keys_are_scrubbed_from_addresses(given: str, kept: str, strict: bool) -> None:
    """They stand in paths and queries; ids stay."""
    scrub = Scrubber(HOME, SERVICE, strict=strict)

    assert (
        scrub.request(Request("GET", f"{HOME}/api/v1/vault/{given}", b"", {})).uri == f"{SERVICE}/api/v1/vault/{kept}"
    )


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
