"""Making, opening, locking a vault and changing its key: what is sent, what comes of it, and what is refused."""

import json
from collections.abc import Callable
from typing import Any
from uuid import UUID

import httpx
import pytest
from tests.core.inkbox.conftest import BothInkboxes
from tests.core.inkbox.vault import vectors as v
from tests.core.inkbox.vault.server import VaultServer

from postline.errors import ArgumentError, ClosedError
from postline.hidden import Hidden
from postline.inkbox import AsyncInkbox, Inkbox, InkboxAPIError, InkboxVaultKeyError, VaultKeyType
from postline.inkbox.vault import crypto
from postline.inkbox.vault import opened as opened_module
from postline.inkbox.vault.exceptions import (
    SecretTamperedError,
    VaultError,
    VaultKeyUnwrapError,
    VaultLockedError,
    VaultNotInitializedError,
    WrongRecoveryCodeError,
    WrongVaultKeyError,
)

UNLOCKING = ["GET vault/info", "GET vault/unlock", "GET vault/keys"]
NEW_KEY = "Newer-Passw0rd!xy"
OTHER_ID = "bbbbbbbb-bbbb-4ccc-8ddd-eeeeeeeeeeee"


@pytest.mark.parametrize("secret", [v.VAULT_KEY, v.RECOVERY_CODE])
def test_a_vault_is_opened_with_its_key_or_a_recovery_code(
    both: BothInkboxes, client: Any, server: VaultServer, secret: str
) -> None:
    """In three requests; the key itself is in none of them."""
    opened = both.do(lambda: client.vault.unlock(secret))

    [login] = opened.secrets
    assert (login.id, login.name, login.payload.username, login.payload.password) == (
        UUID(v.SECRET_ID), "CRM", "bot@crm.com", "s3cret"
    )  # fmt: skip
    assert server.asked == UNLOCKING
    assert [each.id for each in client.vault.unlocked.secrets] == [login.id]
    assert not any(secret in f"{request.url}{request.content.decode()}" for request in server.requests)


@pytest.mark.parametrize("source", ["argument", "environment"])
def test_a_client_is_made_with_its_vault_open(
    server: VaultServer, monkeypatch: pytest.MonkeyPatch, source: str
) -> None:
    """By an argument or the environment."""
    if source == "environment":
        monkeypatch.setenv("INKBOX_VAULT_KEY", v.VAULT_KEY)
    given = v.VAULT_KEY if source == "argument" else None

    with Inkbox(
        "key", base_url="https://x.example.com", vault_key=given, transport=httpx.MockTransport(server)
    ) as client:
        assert server.asked == UNLOCKING
        assert client.vault.unlocked is not None


async def test_an_async_client_opens_its_vault_when_it_is_entered(server: VaultServer) -> None:
    """As a constructor cannot wait; until then it is locked."""
    client = AsyncInkbox(
        "key", base_url="https://x.example.com", vault_key=v.VAULT_KEY, transport=httpx.MockTransport(server)
    )
    assert client.vault.unlocked is None
    assert server.asked == []

    async with client:
        assert server.asked == UNLOCKING
        assert client.vault.unlocked is not None
    async with AsyncInkbox("key", transport=httpx.MockTransport(server)) as other:
        assert other.vault.unlocked is None


async def test_a_client_whose_vault_does_not_open_is_closed(server: VaultServer) -> None:
    """The constructor, or entering it, ends in the error."""
    transport = httpx.MockTransport(server)
    client = AsyncInkbox("key", vault_key="wrong", transport=transport)

    with pytest.raises(WrongVaultKeyError):
        Inkbox("key", vault_key="wrong", transport=transport)
    with pytest.raises(WrongVaultKeyError):
        await client.__aenter__()

    with pytest.raises(ClosedError):
        await client.whoami()


def test_secrets_are_decrypted_when_they_are_asked_for(
    both: BothInkboxes, client: Any, server: VaultServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once, and not before; a spoiled one does not keep the others from being read, and its error comes with its payload."""
    server.store(OTHER_ID, v.LOGIN, name="spoiled")
    read: list[str] = []
    decoded = opened_module.decoded
    monkeypatch.setattr(opened_module, "decoded", lambda kind, plain: read.append(kind) or decoded(kind, plain))

    opened = both.do(lambda: client.vault.unlock(v.VAULT_KEY))

    good, spoiled = opened.secrets
    assert "***" in repr(good)
    assert read == []
    assert (good.payload.password, good.payload.username, spoiled.name) == ("s3cret", "bot@crm.com", "spoiled")
    assert read == ["login"]
    with pytest.raises(SecretTamperedError):
        spoiled.payload  # noqa: B018  # the point


@pytest.mark.parametrize(
    ("secret", "kind"), [("wrong", WrongVaultKeyError), ("2345-" * 7 + "2345", WrongRecoveryCodeError)]
)
def test_a_wrong_key_opens_nothing(
    both: BothInkboxes, client: Any, server: VaultServer, secret: str, kind: type[Exception]
) -> None:
    """The service has nothing for it; a recovery code is called one."""
    with pytest.raises(WrongVaultKeyError, match="No vault key matched") as caught:
        both.do(lambda: client.vault.unlock(secret))

    assert type(caught.value) is kind
    assert isinstance(caught.value, ValueError)
    assert client.vault.unlocked is None


def test_without_a_vault_there_is_nothing_to_open(both: BothInkboxes) -> None:
    """Nor a key to change."""
    client = both.client(VaultServer())
    calls: list[Callable[[], Any]] = [
        lambda: client.vault.unlock(v.VAULT_KEY),
        lambda: client.vault.update_key(NEW_KEY, current_vault_key=v.VAULT_KEY),
    ]

    for call in calls:
        with pytest.raises(VaultNotInitializedError, match="Vault has not been initialized"):
            both.do(call)


@pytest.mark.parametrize("spoil", ["no keys", "other id", "other key", "truncated"])
def test_a_key_that_does_not_open_what_it_should_is_told_so(
    both: BothInkboxes, client: Any, server: VaultServer, spoil: str
) -> None:
    """Though the service knows its hash."""
    match spoil:
        case "no keys":
            server.refuse["GET /api/v1/vault/keys"] = httpx.Response(200, json=[])
        case "other id":
            server.keys[0]["id"] = OTHER_ID
        case "other key":
            server.keys[0]["wrapped_org_encryption_key"] = v.WRAPPED_FOR_RECOVERY
        case "truncated":
            server.keys[0]["wrapped_org_encryption_key"] = v.WRAPPED[:20]

    with pytest.raises(VaultKeyUnwrapError, match="Failed to unwrap org encryption key"):
        both.do(lambda: client.vault.unlock(v.VAULT_KEY))


def test_a_key_id_in_capitals_does_no_harm(both: BothInkboxes, client: Any, server: VaultServer) -> None:
    """However the service spells it."""
    server.keys[0]["id"] = "ABCDEFAB-2222-4333-8444-555555555555"
    server.keys[1]["id"] = v.RECOVERY_KEY_ID.upper()

    opened = both.do(lambda: client.vault.unlock(v.RECOVERY_CODE))

    assert opened.secrets[0].payload.password == "s3cret"


@pytest.mark.parametrize("path", ["info", "unlock", "keys"])
def test_other_refusals_stay_what_they_are(both: BothInkboxes, client: Any, server: VaultServer, path: str) -> None:
    """Not every failure is a wrong key."""
    server.refuse[f"GET /api/v1/vault/{path}"] = httpx.Response(403, json={"detail": "not for you"})

    with pytest.raises(InkboxAPIError, match="not for you"):
        both.do(lambda: client.vault.unlock(v.VAULT_KEY))


def test_an_identity_s_view_has_what_it_may_read(both: BothInkboxes, client: Any, server: VaultServer) -> None:
    """In whatever way its id is written; the client's own view has everything."""
    server.store(OTHER_ID, v.LOGIN)
    for secret_id, identity_id in ((v.SECRET_ID, v.KEY_ID), (OTHER_ID, v.RECOVERY_KEY_ID)):
        server.rules.append(
            {
                "id": v.KEY_ID,
                "vault_secret_id": secret_id,
                "identity_id": identity_id,
                "created_at": "2026-03-18T12:00:00Z",
            }
        )

    opened = both.do(lambda: client.vault.unlock(v.VAULT_KEY, identity_id=v.KEY_ID.upper()))

    assert [str(secret.id) for secret in opened.secrets] == [v.SECRET_ID]
    assert len(client.vault.unlocked.secrets) == 2
    assert sorted(server.asked[3:]) == sorted(f"GET vault/secrets/{each}/access" for each in (v.SECRET_ID, OTHER_ID))


def test_a_closed_client_has_no_key_left(both: BothInkboxes, server: VaultServer) -> None:
    """Also in what it gave out; what was decrypted before stays."""
    client = both.client(server)
    opened = both.do(lambda: client.vault.unlock(v.VAULT_KEY))
    read, unread = opened.secrets[0], opened.secrets[0]
    payload = read.payload

    both.do(client.close)

    assert payload.password == read.payload.password == "s3cret"
    with pytest.raises(VaultLockedError):
        unread.payload  # noqa: B018  # the point
    with pytest.raises(VaultLockedError):
        opened.secrets[0].payload  # noqa: B018  # the point
    assert client.vault.unlocked is None


def test_a_vault_is_locked_when_asked_to(both: BothInkboxes, client: Any, server: VaultServer) -> None:
    """All that was opened of it, as often as that was; it can be opened again."""
    first = both.do(lambda: client.vault.unlock(v.VAULT_KEY))
    second = both.do(lambda: client.vault.unlock(v.VAULT_KEY))

    client.vault.lock()
    client.vault.lock()

    for opened in (first, second):
        with pytest.raises(VaultLockedError):
            opened.secrets[0].payload  # noqa: B018  # the point
    assert client.vault.unlocked is None
    assert both.do(lambda: client.vault.unlock(v.VAULT_KEY)).secrets[0].payload.password == "s3cret"


async def test_a_twin_has_the_vault_open_too(server: VaultServer) -> None:
    """It may lock it, but closing it does not."""
    with Inkbox("key", vault_key=v.VAULT_KEY, transport=httpx.MockTransport(server)) as client:
        async with client.aio as twin:
            assert twin.vault.unlocked is not None
            assert twin.vault.unlocked.secrets[0].payload == client.vault.unlocked.secrets[0].payload  # type: ignore[union-attr]
        assert client.vault.unlocked is not None

        twin.vault.lock()

        assert client.vault.unlocked is None


def test_a_new_vault_has_a_key_and_four_recovery_codes(both: BothInkboxes) -> None:
    """Each opens it, and so does the vault key; it is not opened by being made."""
    server = VaultServer("org_of_a_new_vault")
    client = both.client(server)

    made = both.do(lambda: client.vault.initialize(v.VAULT_KEY))

    assert server.asked == ["GET /api/whoami", "POST vault/initialize"]
    assert client.vault.unlocked is None
    assert (made.vault_id, str(made.vault_key_id), made.recovery_key_count) == (
        UUID(v.KEY_ID), server.keys[0]["id"], 4
    )  # fmt: skip
    assert [key["key_type"] for key in server.keys] == ["primary", *["recovery"] * 4]
    assert len({key["auth_hash"] for key in server.keys}) == len({key["id"] for key in server.keys}) == 5
    assert len(set(made.recovery_codes)) == 4
    both.do(lambda: client.vault.unlock(v.VAULT_KEY))
    both.do(lambda: client.vault.unlock(made.recovery_codes[3]))
    sent = "".join(request.content.decode() for request in server.requests)
    assert not any(secret in sent for secret in (v.VAULT_KEY, *made.recovery_codes))


def test_a_new_vault_needs_a_strong_key(both: BothInkboxes, client: Any, server: VaultServer) -> None:
    """Nothing is sent for a weak one; nor for the next key of a vault."""
    calls: list[Callable[[], Any]] = [
        lambda: client.vault.initialize("weak"),
        lambda: client.vault.update_key("weak", current_vault_key=v.VAULT_KEY),
    ]

    for call in calls:
        with pytest.raises(InkboxVaultKeyError):
            both.do(call)

    assert server.asked == []


def test_a_new_vault_needs_an_organization(both: BothInkboxes, client: Any, server: VaultServer) -> None:
    """Its id goes into every key."""
    server.organization_id = ""

    with pytest.raises(VaultError, match="Could not determine organization ID from API key"):
        both.do(lambda: client.vault.initialize(v.VAULT_KEY))


@pytest.mark.parametrize(
    ("proof", "name"),
    [
        ({"current_vault_key": v.VAULT_KEY}, "current_auth_hash"),
        ({"recovery_code": v.RECOVERY_CODE}, "recovery_auth_hash"),
    ],
)
def test_the_key_is_changed_with_the_old_one_or_a_recovery_code(
    both: BothInkboxes, client: Any, server: VaultServer, unlocked: Any, proof: dict[str, str], name: str
) -> None:
    """The secrets stay as they are, an open vault stays open, and the old key opens nothing any more."""
    changed = both.do(lambda: client.vault.update_key(NEW_KEY, **proof))

    assert server.asked == [*UNLOCKING, "PUT vault/keys/primary"]
    sent = json.loads(server.requests[-1].content)
    assert set(sent) == {"id", "wrapped_org_encryption_key", "auth_hash", name}
    assert sent[name] == (v.AUTH_HASH if name == "current_auth_hash" else v.RECOVERY_AUTH_HASH)
    assert (str(changed.id), changed.key_type) == (sent["id"], "primary")
    assert unlocked.secrets[0].payload.password == "s3cret"
    assert both.do(lambda: client.vault.unlock(NEW_KEY)).secrets[0].payload.password == "s3cret"
    with pytest.raises(WrongVaultKeyError):
        both.do(lambda: client.vault.unlock(v.VAULT_KEY))


@pytest.mark.parametrize("proofs", [{}, {"current_vault_key": v.VAULT_KEY, "recovery_code": v.RECOVERY_CODE}])
def test_one_proof_is_needed_to_change_the_key(
    both: BothInkboxes, client: Any, server: VaultServer, proofs: dict[str, str]
) -> None:
    """No more, no less; nothing is sent."""
    with pytest.raises(ArgumentError, match="Exactly one of current_vault_key or recovery_code"):
        both.do(lambda: client.vault.update_key(NEW_KEY, **proofs))

    assert server.asked == []


@pytest.mark.parametrize(
    ("proof", "kind"), [("current_vault_key", WrongVaultKeyError), ("recovery_code", WrongRecoveryCodeError)]
)
def test_a_wrong_proof_changes_nothing(
    both: BothInkboxes, client: Any, server: VaultServer, proof: str, kind: type[Exception]
) -> None:
    """And is told by its kind."""
    with pytest.raises(WrongVaultKeyError, match="Check that the vault key or recovery code is correct") as caught:
        both.do(lambda: client.vault.update_key(NEW_KEY, **{proof: "wrong"}))

    assert type(caught.value) is kind
    assert server.asked == UNLOCKING[:2]


def test_a_change_of_the_key_is_not_repeated(both: BothInkboxes, client: Any, server: VaultServer) -> None:
    """Its proof may be used up: done or not, it is unknown, and said so."""
    server.refuse["PUT /api/v1/vault/keys/primary"] = httpx.ReadTimeout("too late")

    with pytest.raises(httpx.ReadTimeout, match="may or may not have been done") as caught:
        both.do(lambda: client.vault.update_key(NEW_KEY, current_vault_key=v.VAULT_KEY))

    assert caught.value.may_have_arrived  # type: ignore[attr-defined]  # it is postline's own error as well
    assert server.asked.count("PUT vault/keys/primary") == 1


def test_what_the_vault_needs_is_named_where_it_is_missing(
    both: BothInkboxes, client: Any, server: VaultServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before anything is sent."""
    monkeypatch.setitem(__import__("sys").modules, "postline.inkbox.vault._sealing", None)
    monkeypatch.delattr("postline.inkbox.vault._sealing")

    with pytest.raises(ImportError, match=r"postline\[vault\]"):
        both.do(lambda: client.vault.unlock(v.VAULT_KEY))
    with pytest.raises(ImportError, match=r"postline\[vault\]"):
        crypto.wrapped(Hidden(v.VAULT_KEY), v.ORGANIZATION, crypto.new_key(), VaultKeyType.PRIMARY)

    assert server.asked == []
