"""However a call fails, nothing shows a key, a code or a secret: no text, no log, no local of a frame."""

import base64
import logging
import pickle
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from tests.core.inkbox.conftest import BothInkboxes
from tests.core.inkbox.vault import vectors as v
from tests.core.inkbox.vault.leaks import shown, shown_of_error
from tests.core.inkbox.vault.server import VaultServer

from postline.hidden import Hidden
from postline.inkbox import (
    AsyncInkbox,
    Inkbox,
    InkboxAPIError,
    LoginPayload,
    OtherPayload,
    TOTPConfig,
    generate_recovery_code,
    generate_totp,
    generate_vault_key_material,
    parse_totp_uri,
)
from postline.inkbox.vault._sealing import Key

CANARY = "CANARYx7"
WRONG_KEY = f"Wrong-{CANARY}-Key-1"
CODE = "22CA-NARY-JKLM-NPQR-STUV-WXYZ-2345-6789"
SEED = "CANARY27CANARY27"
URI = f"otpauth://totp/A:b?secret={SEED}"
CONFIG = TOTPConfig(SEED)
CANARIES = [
    CANARY, WRONG_KEY, CODE, SEED, generate_totp(CONFIG, now=0).code, v.VAULT_KEY, v.RECOVERY_CODE, v.MASTER_KEY, v.AUTH_HASH,
    v.RECOVERY_MASTER_KEY, v.RECOVERY_AUTH_HASH, v.ORG_KEY.hex(), repr(v.ORG_KEY)[2:-1], "s3cret", "bot@crm",
    repr(bytes.fromhex(v.MASTER_KEY))[2:-1], base64.b64encode(v.ORG_KEY).decode(),
]  # fmt: skip
OTHER_ID = "bbbbbbbb-bbbb-4ccc-8ddd-eeeeeeeeeeee"
LOGIN = LoginPayload(CANARY, CANARY, totp=CONFIG, notes=CANARY)
PATHS = {name: f"/api/v1/vault/{name}" for name in ("unlock", "keys", "initialize", "keys/primary", "secrets")}
FAILURES: list[httpx.Response | Exception] = [
    httpx.Response(500, json={"detail": "broken"}),
    httpx.Response(409, json={"detail": "conflict"}),
    httpx.Response(200, text="<html>"),
    httpx.Response(200, json={"wrapped_org_encryption_key": 5, "id": None}),
    httpx.ReadTimeout("slow"),
    httpx.ConnectError("refused"),
]


def check(error: BaseException) -> None:
    """Fail if anything that shows the error has a canary in it."""
    text = shown_of_error(error)

    assert [canary for canary in CANARIES if canary in text] == []


CALLS: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "unlock": ("GET /api/v1/vault/unlock", lambda c: c.vault.unlock(v.VAULT_KEY)),
    "unlock by code": ("GET /api/v1/vault/keys", lambda c: c.vault.unlock(v.RECOVERY_CODE)),
    "initialize": ("POST /api/v1/vault/initialize", lambda c: c.vault.initialize(v.VAULT_KEY)),
    "update_key": ("PUT /api/v1/vault/keys/primary", lambda c: c.vault.update_key(v.VAULT_KEY, recovery_code=v.RECOVERY_CODE)),
    "delete_key": (f"DELETE /api/v1/vault/keys/{v.AUTH_HASH}", lambda c: c.vault.delete_key(v.AUTH_HASH)),
    "create": ("POST /api/v1/vault/secrets", lambda c: c.vault.unlocked.create_secret("S", LOGIN)),
    "update": (f"PATCH /vault/secrets/{v.SECRET_ID}", lambda c: c.vault.unlocked.update_secret(v.SECRET_ID, payload=LOGIN)),
    "set_totp": (f"PATCH /vault/secrets/{v.SECRET_ID}", lambda c: c.vault.unlocked.set_totp(v.SECRET_ID, URI)),
}  # fmt: skip


@pytest.mark.parametrize("failure", FAILURES, ids=lambda f: type(f).__name__ + str(getattr(f, "status_code", "")))
@pytest.mark.parametrize("name", CALLS)
def test_a_call_that_fails_on_its_way_shows_nothing(
    both: BothInkboxes, client: Any, server: VaultServer, unlocked: Any, name: str, failure: Any,
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    """Whatever the service or the network does."""
    caplog.set_level(logging.DEBUG)
    monkeypatch.setattr("postline.inkbox.vault.crypto.secrets.choice", lambda alphabet: alphabet[0])
    where, call = CALLS[name]
    server.refuse[where.replace(" /vault", " /api/v1/vault")] = failure

    if name == "delete_key" and getattr(failure, "status_code", 500) == 200:
        both.do(lambda: call(client))  # what a deletion answers is not read
    else:
        with pytest.raises(Exception) as caught:  # noqa: PT011  # of many kinds
            both.do(lambda: call(client))
        check(caught.value)

    assert [canary for canary in CANARIES if canary in caplog.text] == []


@pytest.mark.parametrize("form", ["text", "argument", "object"])
@pytest.mark.parametrize("name", CALLS)
def test_a_service_that_repeats_what_it_refused_shows_nothing(
    both: BothInkboxes, client: Any, server: VaultServer, unlocked: Any, name: str, form: str
) -> None:
    """Unless it is asked for by name: `detail` and the bare `args` have what it said."""
    where, call = CALLS[name]

    def refuse(request: httpx.Request) -> httpx.Response:
        said = request.content.decode() or str(request.url)
        details = {
            "text": f"no: {said}",
            "argument": [{"msg": "no", "input": said}],
            "object": {"error": "no", "it": said},
        }
        return httpx.Response(422, json={"detail": details[form]})

    server.refuse[where.replace(" /vault", " /api/v1/vault")] = refuse

    with pytest.raises(InkboxAPIError) as caught:
        both.do(lambda: call(client))

    text = shown_of_error(caught.value, besides=("args", "detail"))
    assert [canary for canary in CANARIES if canary in text] == []
    assert caught.value.detail


MISTAKES: dict[str, Callable[[Any], Any]] = {
    "wrong key": lambda c: c.vault.unlock(WRONG_KEY),
    "wrong code": lambda c: c.vault.unlock(CODE),
    "wrong proof": lambda c: c.vault.update_key(v.VAULT_KEY, current_vault_key=WRONG_KEY),
    "wrong code as proof": lambda c: c.vault.update_key(v.VAULT_KEY, recovery_code=CODE),
    "two proofs": lambda c: c.vault.update_key(v.VAULT_KEY, current_vault_key=WRONG_KEY, recovery_code=CODE),
    "weak key": lambda c: c.vault.initialize(CANARY),
    "weak new key": lambda c: c.vault.update_key(CANARY, current_vault_key=v.VAULT_KEY),
    "too many arguments": lambda c: c.vault.unlock(WRONG_KEY, WRONG_KEY),
    "unknown argument": lambda c: c.vault.initialize(WRONG_KEY, key=WRONG_KEY),
    "half a character": lambda c: c.vault.unlock(WRONG_KEY + "\ud800"),
    "no text": lambda c: c.vault.unlock(WRONG_KEY.encode()),
    "bad identity": lambda c: c.vault.unlock(v.VAULT_KEY, identity_id="x"),
    "no payload": lambda c: c.vault.unlocked.create_secret("S", Hidden({"password": CANARY})),
    "payload of no text": lambda c: c.vault.unlocked.create_secret("S", LoginPayload(CANARY, notes=[CANARY])),  # type: ignore[arg-type]  # the point
    "other type": lambda c: c.vault.unlocked.update_secret(v.SECRET_ID, payload=OtherPayload(CANARY)),
    "bad code address": lambda c: c.vault.unlocked.set_totp(v.SECRET_ID, URI + "&digits=" + CANARY),
    "no code address": lambda c: c.vault.unlocked.set_totp(v.SECRET_ID, SEED + ":" + SEED),
    "no login": lambda c: c.vault.unlocked.set_totp(OTHER_ID, URI),
    "codes of no login": lambda c: c.vault.unlocked.get_totp_code(OTHER_ID),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_in_a_call_shows_nothing(
    both: BothInkboxes, client: Any, server: VaultServer, unlocked: Any, name: str
) -> None:
    """Not even what was mistaken."""
    other = Key(Hidden(v.ORG_KEY)).seal(Hidden(f'{{"data":"{CANARY}"}}'.encode()), OTHER_ID)
    server.store(OTHER_ID, other, "other")

    with pytest.raises(Exception) as caught:  # noqa: PT011  # of many kinds
        both.do(lambda: MISTAKES[name](client))

    check(caught.value)


def test_a_locked_vault_shows_nothing(both: BothInkboxes, client: Any) -> None:
    """Of what it was asked to keep."""
    identity = both.do(lambda: client.get_identity("sales-bot"))

    for call in (lambda: identity.set_totp(OTHER_ID, URI), lambda: identity.create_secret("S", LOGIN)):
        with pytest.raises(Exception, match="must be unlocked") as caught:
            both.do(call)
        check(caught.value)


@pytest.mark.parametrize(
    "plain",
    [
        f'{{"password": "{CANARY}"', f'{{"notes": "{CANARY}"}}', f'["{CANARY}"]', f'{{"password": ["{CANARY}"]}}',
        f'{{"password": "{CANARY}", "totp": {{"secret": "{CANARY}!"}}}}', f"\xff{CANARY}", f'{{"password": 1{CANARY}}}',
        f'{{"password": "{CANARY}", "totp": {{"secret": "{SEED}", "digits": "{CANARY}"}}}}', "[" * 100_000 + CANARY,
    ],
    ids=range(9),
)  # fmt: skip
def test_a_secret_of_no_form_shows_nothing(both: BothInkboxes, server: VaultServer, unlocked: Any, plain: str) -> None:
    """Though it was decrypted."""
    blob = Key(Hidden(v.ORG_KEY)).seal(Hidden(plain.encode("latin-1")), v.SECRET_ID)
    server.secrets[v.SECRET_ID]["encrypted_payload"] = blob

    with pytest.raises(ValueError) as caught:  # noqa: PT011  # of many kinds
        both.do(lambda: unlocked.get_secret(v.SECRET_ID))

    check(caught.value)


@pytest.mark.parametrize(
    "options",
    [{"vault_key": WRONG_KEY}, {"vault_key": v.VAULT_KEY, "base_url": "http://x.example.com"}, {"vault_key": CODE, "api_key": ""}],
)  # fmt: skip
def test_a_client_that_is_not_made_shows_nothing(server: VaultServer, options: dict[str, Any]) -> None:
    """For a wrong key or for something else."""
    for kind in (Inkbox, AsyncInkbox):
        arguments = {"api_key": "key", "transport": httpx.MockTransport(server), **options}
        if kind is AsyncInkbox and len(options) == 1:
            continue
        with pytest.raises(ValueError) as caught:  # noqa: PT011  # of two kinds
            kind(**arguments)
        check(caught.value)


async def test_a_client_that_is_not_entered_shows_nothing(server: VaultServer) -> None:
    """Its vault key being wrong."""
    client = AsyncInkbox("key", vault_key=WRONG_KEY, transport=httpx.MockTransport(server))

    with pytest.raises(ValueError, match="No vault key matched") as caught:
        await client.__aenter__()

    check(caught.value)
    assert CANARY not in shown(client)


@pytest.mark.parametrize(
    "call",
    [
        lambda: generate_vault_key_material(CANARY, v.ORGANIZATION, v.ORG_KEY),
        lambda: generate_vault_key_material(v.VAULT_KEY, "short", v.ORG_KEY),
        lambda: generate_recovery_code("short", v.ORG_KEY),
        lambda: TOTPConfig(CANARY + "!", issuer=CANARY),
        lambda: TOTPConfig(SEED, account_name=CANARY, digits=7),
        lambda: TOTPConfig("A", SEED),
        lambda: TOTPConfig(SEED, SEED),
        lambda: TOTPConfig(SEED, digits=SEED),  # type: ignore[arg-type]  # the point
        lambda: TOTPConfig(SEED, period=SEED),  # type: ignore[arg-type]  # the point
        lambda: parse_totp_uri(URI + "&period=" + SEED),
        lambda: parse_totp_uri(f"otpauth://{SEED}/x"),
        lambda: parse_totp_uri("otpauth://[" + SEED),
        lambda: parse_totp_uri("otpauth://totp/x?secret=" + CANARY + "!"),
        lambda: pickle.dumps(LOGIN),
    ],
    ids=range(14),
)
def test_a_helper_that_fails_shows_nothing(call: Callable[[], Any]) -> None:
    """Of what it was given."""
    with pytest.raises((ValueError, TypeError, Exception)) as caught:
        call()

    check(caught.value)


def test_what_is_open_shows_nothing(both: BothInkboxes, client: Any, unlocked: Any) -> None:
    """Client, vault, secrets, and what they are made of."""
    secret = both.do(lambda: unlocked.get_secret(v.SECRET_ID))
    identity = both.do(lambda: client.get_identity("sales-bot"))
    objects = [client, client.wire, client.vault, unlocked, unlocked._opened, unlocked._opened.key, secret, identity.credentials,
               unlocked.secrets, secret.payload]  # fmt: skip

    text = "\n".join(shown(each) for each in objects)

    assert [canary for canary in CANARIES if canary in text] == []
    for each in objects:
        with pytest.raises((TypeError, AttributeError, pickle.PicklingError)):
            pickle.dumps(each)
