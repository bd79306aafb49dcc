"""Called alike, the vault's methods of both clients and of the official `inkbox` 0.4.4 send the same requests."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import httpx
import inkbox
import inkbox.vault.crypto
import pytest
from tests.conformance.inkbox.answers import WHOAMI
from tests.core.inkbox.vault import vectors as v
from tests.core.inkbox.vault.server import VaultServer

import postline.inkbox
from postline.inkbox.vault import _sealing

URL = "http://127.0.0.1:9"
RANDOM = {"id", "wrapped_org_encryption_key", "encrypted_payload"}
"""What is another in every request: ids that clients make, and what is sealed."""
URI = "otpauth://totp/A:b?secret=JBSWY3DPEHPK3PXP"
NEW_KEY = "Another-Horse-Battery-8"
Call = Callable[[Any, Any, Any], Any]
CALLS: dict[str, Call] = {
    "vault.info": lambda p, c, i: c.vault.info(),
    "vault.unlock": lambda p, c, i: c.vault.unlock(v.VAULT_KEY),
    "vault.unlock, by code": lambda p, c, i: c.vault.unlock(v.RECOVERY_CODE),
    "vault.unlock, of an identity": lambda p, c, i: c.vault.unlock(v.VAULT_KEY, identity_id=v.KEY_ID),
    "vault.update_key": lambda p, c, i: c.vault.update_key(NEW_KEY, current_vault_key=v.VAULT_KEY),
    "vault.update_key, by code": lambda p, c, i: c.vault.update_key(NEW_KEY, recovery_code=v.RECOVERY_CODE),
    "unlocked.create_secret": lambda p, c, i: c.vault.unlocked.create_secret("S", p.LoginPayload("pw", notes="n")),
    "unlocked.create_secret, described": lambda p, c, i: c.vault.unlocked.create_secret(
        "S", p.OtherPayload("d"), description="d"
    ),
    "unlocked.get_secret": lambda p, c, i: c.vault.unlocked.get_secret(v.SECRET_ID),
    "unlocked.update_secret": lambda p, c, i: c.vault.unlocked.update_secret(v.SECRET_ID, payload=p.LoginPayload("pw")),
    "unlocked.update_secret, its name": lambda p, c, i: c.vault.unlocked.update_secret(
        v.SECRET_ID, name="N", payload=None
    ),
    "unlocked.update_secret, all": lambda p, c, i: c.vault.unlocked.update_secret(
        v.SECRET_ID, name="N", description=None, payload=p.LoginPayload("pw")
    ),
    "unlocked.update_secret, nothing": lambda p, c, i: c.vault.unlocked.update_secret(v.SECRET_ID),
    "unlocked.delete_secret": lambda p, c, i: c.vault.unlocked.delete_secret(v.SECRET_ID),
    "unlocked.set_totp": lambda p, c, i: c.vault.unlocked.set_totp(v.SECRET_ID, URI),
    "unlocked.remove_totp": lambda p, c, i: c.vault.unlocked.remove_totp(v.SECRET_ID),
    "unlocked.get_totp_code": lambda p, c, i: c.vault.unlocked.get_totp_code(v.SECRET_ID),
    "identity.create_secret": lambda p, c, i: i.create_secret("S", p.APIKeyPayload("k")),
    "identity.get_secret": lambda p, c, i: i.get_secret(v.SECRET_ID),
    "identity.set_totp": lambda p, c, i: i.set_totp(v.SECRET_ID, p.TOTPConfig("JBSWY3DPEHPK3PXP")),
    "identity.remove_totp": lambda p, c, i: i.remove_totp(v.SECRET_ID),
    "identity.get_totp_code": lambda p, c, i: i.get_totp_code(v.SECRET_ID),
    "identity.delete_secret": lambda p, c, i: i.delete_secret(v.SECRET_ID),
}


class Whole(VaultServer):
    """The vectors' vault with an answer about the caller that the official client can read."""

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Answer a request."""
        answer = super().__call__(request)
        who = {**WHOAMI, "organization_id": self.organization_id}
        return httpx.Response(200, json=who) if request.url.path == "/api/whoami" else answer

    @property
    def meant(self) -> list[Any]:
        """Each request, without what is random in it."""
        return [_meaning(request) for request in self.requests]


def _meaning(request: httpx.Request) -> tuple[Any, ...]:
    body = json.loads(request.content) if request.content else None
    known = {name: "?" if name in RANDOM else value for name, value in body.items()} if body is not None else None
    return request.method, request.url.path, sorted(request.url.params.items()), known


@pytest.fixture(scope="module", autouse=True)
def _derive_once() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_sealing, "hash_secret_raw", cache(_sealing.hash_secret_raw))
        patch.setattr(inkbox.vault.crypto, "hash_secret_raw", cache(inkbox.vault.crypto.hash_secret_raw))
        yield


def requests_of(package: Any, kind: str, call: Call, monkeypatch: pytest.MonkeyPatch) -> tuple[list[Any], list[Any]]:
    """Open a vault, make a call, and return its requests and the secrets that are known afterwards."""
    server = Whole.of_the_vectors()
    server.store(v.SECRET_ID, v.PAYLOADS["login, all fields"][2])
    # The official client's requests are logged by httpx, hashes and all.
    monkeypatch.setattr(logging.getLogger("httpx"), "disabled", package is inkbox)
    if package is inkbox:
        monkeypatch.setattr(httpx.HTTPTransport, "handle_request", lambda _, request: server(request))
        client = package.Inkbox("key", base_url=URL)
    else:
        client = getattr(package, kind)("key", base_url=URL, transport=httpx.MockTransport(server))

    async def done(result: Any) -> Any:
        return await result if asyncio.iscoroutine(result) else result

    async def run() -> tuple[list[Any], list[Any]]:
        await done(client.vault.unlock(v.VAULT_KEY))
        identity = await done(client.get_identity("sales-bot"))
        server.requests.clear()
        await done(call(package, client, identity))
        requests = without_made_ids(server.meant)
        known = sorted((each.name, each.secret_type, each.description) for each in client.vault.unlocked.secrets)
        await done(client.close())
        return requests, known

    return asyncio.run(run())


def without_made_ids(requests: list[Any]) -> list[Any]:
    """Blank ids that the client made in the paths of the requests that follow."""
    blank = []
    for method, path, query, body in requests:
        parts = ["?" if len(part) == 36 and part not in {v.SECRET_ID, v.KEY_ID} else part for part in path.split("/")]
        blank.append((method, "/".join(parts), query, body))
    return blank


@pytest.mark.parametrize("kind", ["Inkbox", "AsyncInkbox"])
@pytest.mark.parametrize("name", CALLS)
def test_equal_calls_send_equal_requests(name: str, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Method, path, query and body, in the same order; and the same secrets are known afterwards."""
    theirs = requests_of(inkbox, kind, CALLS[name], monkeypatch)

    ours = requests_of(postline.inkbox, kind, CALLS[name], monkeypatch)

    assert theirs[0]
    assert ours == theirs


def test_a_vault_is_made_by_equal_requests(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the same shape: all that is in them is random."""
    shapes = []
    for package in (inkbox, postline.inkbox):
        server = Whole()
        monkeypatch.setattr(httpx.HTTPTransport, "handle_request", lambda _, request, s=server: s(request))
        options = {} if package is inkbox else {"transport": httpx.MockTransport(server)}
        with package.Inkbox("key", base_url=URL, **options) as client:
            client.vault.initialize(v.VAULT_KEY)
        shapes.append([*server.asked, _shape(json.loads(server.requests[-1].content))])

    assert shapes[0] == shapes[1]


def _shape(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: each if name == "key_type" else _shape(each) for name, each in value.items()}
    return [_shape(each) for each in value] if isinstance(value, list) else len(value)
