"""What the official client writes into a vault is read by postline's, and the other way round, on the sandbox."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any
from uuid import uuid4

import inkbox
import inkbox.vault.crypto
import pytest

import postline.inkbox
from postline.inkbox.vault import _sealing
from postline_sandbox import Sandbox

KEY, NEW_KEY, NEWER_KEY = "Correct-Horse-Battery-7", "Another-Horse-Battery-8", "Third-Horse-Battery-9x"
URI = "otpauth://totp/Example:b%C3%B6t?secret=JBSWY3DPEHPK3PXP&algorithm=SHA256&digits=8&period=60"
KINDS: dict[str, tuple[tuple[Any, ...], dict[str, Any]]] = {
    "LoginPayload": (
        ("s3cret ✓", "bot", "bot@crm.example.com", "https://crm.example.com"),
        {"notes": 'n"é\n\U0001f511'},
    ),
    "SSHKeyPayload": (("-----BEGIN-----\nx\n", "pub", "fp", "pass"), {}),
    "APIKeyPayload": (("sk-123", "https://api.example.com"), {"notes": ""}),
    "KeyPairPayload": (("AK", "SK"), {}),
    "OtherPayload": (("freeform \x00\u2028",), {}),
}


class Side:
    """One client of the vault: the official one, or one of postline's."""

    def __init__(self, package: Any, kind: str, sandbox: Sandbox) -> None:
        self.package = package
        self._loop = asyncio.Runner()
        self.client = getattr(package, kind)(sandbox.inkbox.api_key, base_url=sandbox.inkbox.base_url)

    def do(self, call: Callable[[Any], Any]) -> Any:
        """Make a call, and await it where it has to be."""

        async def done() -> Any:
            result = call(self.client)
            return await result if asyncio.iscoroutine(result) else result

        return self._loop.run(done())

    def payload(self, name: str) -> Any:
        """Make a payload of this side's own kind; a login with one-time codes."""
        args, kwargs = KINDS[name]
        if name == "LoginPayload":
            kwargs = {**kwargs, "totp": self.package.parse_totp_uri(URI)}
        return getattr(self.package, name)(*args, **kwargs)

    def write(self) -> list[Any]:
        """Write a secret of each type, and return their ids."""
        vault = self.client.vault.unlocked
        return [
            self.do(lambda _, n=name: vault.create_secret(n, self.payload(n), description="d")).id for name in KINDS
        ]

    def read(self, secret: str) -> dict[str, Any]:
        """Open the vault and return what is in it, by id: name, type, description and plain payload."""
        vault = self.do(lambda client: client.vault.unlock(secret))
        return {
            str(each.id): (each.name, str(each.secret_type), each.description, plain(each.payload))
            for each in vault.secrets
        }

    def close(self) -> None:
        """Close the client."""
        self.do(lambda client: client.close())
        self._loop.close()


def plain(payload: Any) -> dict[str, Any]:
    """Return a payload's attributes, the same for either package."""
    names = ("password", "username", "email", "url", "private_key", "public_key", "fingerprint", "passphrase", "api_key",
             "endpoint", "access_key", "secret_key", "data", "notes", "secret_type", "secret", "algorithm", "digits", "period",
             "issuer", "account_name")  # fmt: skip
    values = {name: getattr(payload, name, None) for name in names}
    if values["api_key"]:
        values["access_key"] = None  # another name for it, here
    totp = getattr(payload, "totp", None)
    return {**values, "totp": plain(totp) if totp else None}


@pytest.fixture(scope="module")
def derivations() -> Iterator[None]:
    """Let each side derive each key for real, but only once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_sealing, "hash_secret_raw", cache(_sealing.hash_secret_raw))
        patch.setattr(inkbox.vault.crypto, "hash_secret_raw", cache(inkbox.vault.crypto.hash_secret_raw))
        yield


@pytest.fixture(scope="module")
def stage(derivations: None) -> Iterator[Sandbox]:
    """A sandbox for this module: a vault is slow to make."""
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def official(stage: Sandbox) -> Iterator[Side]:
    """The official package, unmodified."""
    side = Side(inkbox, "Inkbox", stage)
    yield side
    side.close()


@pytest.fixture(scope="module", params=["Inkbox", "AsyncInkbox"])
def ours(request: pytest.FixtureRequest, stage: Sandbox) -> Iterator[Side]:
    """Each of postline's clients."""
    side = Side(postline.inkbox, request.param, stage)
    yield side
    side.close()


@pytest.fixture(scope="module")
def codes(official: Side) -> list[str]:
    """The recovery codes of a vault that the official client made."""
    made: list[str] = official.do(lambda client: client.vault.initialize(KEY)).recovery_codes
    return made


def test_each_reads_what_the_other_wrote(official: Side, ours: Side, codes: list[str]) -> None:
    """Every type, by the vault key, by a recovery code, and after the key was changed, by either side in turn."""
    official.read(KEY)
    ours.read(KEY)
    written = {str(each) for each in (*official.write(), *ours.write())}
    expected = official.read(KEY)

    assert written <= set(expected)
    assert ours.read(KEY) == expected
    assert ours.read(codes[-1]) == official.read(codes[-1]) == expected
    ours.do(lambda client: client.vault.update_key(NEW_KEY, current_vault_key=KEY))
    assert ours.read(NEW_KEY) == official.read(NEW_KEY) == expected
    used = [codes.pop(0), codes.pop(0)]
    official.do(lambda client: client.vault.update_key(NEWER_KEY, recovery_code=used[0]))
    assert ours.read(NEWER_KEY) == official.read(NEWER_KEY) == expected
    ours.do(lambda client: client.vault.update_key(KEY, recovery_code=used[1]))
    assert ours.read(KEY) == official.read(KEY) == expected
    for side in (official, ours):
        with pytest.raises(ValueError, match="No vault key matched"):
            side.read(used[1])


def test_the_official_client_opens_a_vault_made_here(derivations: None) -> None:
    """With the key and with a recovery code."""
    with Sandbox(seed="made here") as sandbox:
        official, ours = Side(inkbox, "Inkbox", sandbox), Side(postline.inkbox, "Inkbox", sandbox)

        made = ours.do(lambda client: client.vault.initialize(KEY))
        ours.read(KEY)
        ours.write()

        for secret in (KEY, made.recovery_codes[2]):
            assert official.read(secret) == ours.read(KEY) != {}
        official.close()
        ours.close()


def test_an_id_in_capitals_spoils_nothing(official: Side, ours: Side, codes: list[str]) -> None:
    """What is changed here by such an id is read by the official client, under its one spelling."""
    ours.read(KEY)
    vault = ours.client.vault.unlocked
    [secret_id, *_] = ours.write()

    ours.do(lambda _: vault.update_secret(str(secret_id).upper(), payload=postline.inkbox.LoginPayload("changed")))
    ours.do(lambda _: vault.set_totp(str(secret_id).upper(), URI))

    name, _, _, payload = official.read(KEY)[str(secret_id)]
    assert (name, payload["password"], payload["totp"]["secret"]) == ("LoginPayload", "changed", "JBSWY3DPEHPK3PXP")


def test_what_the_official_client_sealed_for_capitals_is_read(official: Side, ours: Side, codes: list[str]) -> None:
    """It cannot read that again itself."""
    official.read(KEY)
    secret_id = str(uuid4())
    sealed = inkbox.vault.crypto.encrypt_payload(
        official.client.vault.unlocked._org_key, {"data": "lost"}, secret_id.upper()
    )
    body = {"id": secret_id, "name": "lost", "secret_type": "other", "encrypted_payload": sealed}
    official.client.vault._http.post("/secrets", json=body)

    read = ours.read(KEY)[secret_id]
    ours.do(
        lambda _: ours.client.vault.unlocked.update_secret(secret_id, payload=postline.inkbox.OtherPayload("found"))
    )

    assert read[3]["data"] == "lost"
    assert official.read(KEY)[secret_id][3]["data"] == "found"
    assert ours.do(lambda client: client.vault.delete_secret(secret_id)) is None


def test_codes_are_the_same_at_the_same_time(official: Side, ours: Side, codes: list[str], monkeypatch: Any) -> None:
    """Of the same secret in the vault, and through an identity."""
    monkeypatch.setattr("time.time", lambda: 1_800_000_000.5)
    official.read(KEY)
    ours.read(KEY)
    [secret_id, *_] = official.write()

    theirs = official.client.vault.unlocked.get_totp_code(secret_id)
    mine = ours.do(lambda client: client.vault.unlocked.get_totp_code(secret_id))

    names = ("code", "period_start", "period_end", "seconds_remaining")
    assert [getattr(mine, name) for name in names] == [getattr(theirs, name) for name in names]


def test_an_agent_s_secrets_are_its_own(stage: Sandbox, official: Side, ours: Side, codes: list[str]) -> None:
    """A client with a key of an identity's reads what that was granted, made by either side."""
    handle = f"agent-{uuid4().hex[:8]}"
    identity = ours.do(lambda client: client.create_identity(handle))
    ours.read(KEY)
    made = ours.do(lambda _: identity.create_secret("own", ours.payload("LoginPayload")))
    key = ours.do(lambda client: client.api_keys.create(label="l", scoped_identity_id=identity.id)).api_key

    with postline.inkbox.Inkbox(key, base_url=stage.inkbox.base_url, vault_key=KEY) as agent:
        credentials = agent.get_identity(handle).credentials
        own = agent.get_identity(handle).create_secret("more", postline.inkbox.OtherPayload("d"))

        assert [secret.id for secret in credentials.list()] == [made.id]
        assert credentials.get_login(made.id).password == "s3cret ✓"
    with inkbox.Inkbox(key, base_url=stage.inkbox.base_url, vault_key=KEY) as theirs:
        assert {each.id for each in theirs.vault.unlocked.secrets} == {made.id, own.id}


def test_nothing_secret_is_logged(ours: Side, codes: list[str], caplog: pytest.LogCaptureFixture) -> None:
    """By any library, at any level."""
    caplog.set_level(logging.DEBUG)

    ours.read(KEY)
    ours.write()

    secrets = (KEY, *codes, "s3cret", "sk-123", "JBSWY3DPEHPK3PXP", "freeform", "auth_hash")
    assert [secret for secret in secrets if secret in caplog.text] == []
