"""The official package's vault works against the sandbox, which sees nothing but opaque strings."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import httpx
import inkbox
import pytest
from inkbox import AgentIdentity, Inkbox, LoginPayload, TOTPConfig
from inkbox.vault.resources.vault import UnlockedVault
from tests.conformance.inkbox.conftest import Connect, refusal
from tests.conformance.inkbox.phones import ABSENT

from postline_sandbox import Sandbox

KEY, NEW_KEY, NEWER_KEY = "Correct-Horse-Battery-7", "Another-Horse-Battery-8", "Third-Horse-Battery-9x"
PAYLOADS: list[Any] = [
    LoginPayload(password="s3cret", username="bot@crm.example.com", url="https://crm.example.com", notes="é"),
    inkbox.APIKeyPayload(api_key="sk-123", endpoint="https://api.example.com"),
    inkbox.KeyPairPayload(access_key="AK", secret_key="SK"),
    inkbox.SSHKeyPayload(private_key="-----BEGIN-----\nx\n", public_key="pub"),
    inkbox.OtherPayload(data="freeform"),
]


class Vault:
    """The vault's operations without any cryptography: whatever is stored comes back."""

    def __init__(self, sandbox: Sandbox, api_key: str) -> None:
        self._base = f"{sandbox.inkbox.base_url}/api/v1/vault"
        self._headers = {"x-api-key": api_key}

    def ask(self, method: str, path: str, status: int = 200, query: Any = None, **body: Any) -> Any:
        """Return the answer's JSON after a look at its status."""
        json = body if method in {"POST", "PUT", "PATCH"} else None
        url = f"{self._base}/{path}"
        answer = httpx.request(method, url, json=json, params=query, headers=self._headers, trust_env=False)
        assert answer.status_code == status, answer.text
        return answer.json() if answer.content else None

    def initialize(self) -> list[dict[str, str]]:
        """Make a vault and return its keys, the primary one first."""
        keys = [material(f"hash-{number}") for number in range(5)]
        self.ask("POST", "initialize", 201, vault_key=keys[0], recovery_keys=keys[1:])
        return keys

    def add(self, name: str = "CRM") -> str:
        """Store a secret and return its id."""
        secret = {"id": str(uuid4()), "name": name, "secret_type": "other", "encrypted_payload": f"opaque {name}"}
        return str(self.ask("POST", "secrets", 201, **secret)["id"])


def material(auth_hash: str) -> dict[str, str]:
    return {"id": str(uuid4()), "wrapped_org_encryption_key": f"wrapped {auth_hash}", "auth_hash": auth_hash}


@pytest.fixture
def vault(sandbox: Sandbox) -> Vault:
    """The administrator's, initialized."""
    made = Vault(sandbox, sandbox.inkbox.api_key)
    made.initialize()
    return made


@pytest.fixture
def agents(sandbox: Sandbox, alpha: AgentIdentity) -> Vault:
    """The same vault with alpha's key."""
    return Vault(sandbox, sandbox.control.issue_inkbox_key("alpha"))


def counts(official: Inkbox) -> tuple[int, int, int]:
    info = official.vault.info()
    assert info is not None
    return info.key_count, info.recovery_key_count, info.secret_count


# with the official package's cryptography


def test_the_whole_life_of_a_vault(official: Inkbox, sandbox: Sandbox) -> None:
    """Initialize, unlock by key and by code, secrets of every type, change the key by key and by code, delete."""
    assert official.vault.info() is None
    with pytest.raises(ValueError, match="not been initialized"):
        official.vault.unlock(KEY)
    made = official.vault.initialize(KEY)
    assert (made.recovery_key_count, len(made.recovery_codes), counts(official)) == (4, 4, (1, 4, 0))
    unlocked = official.vault.unlock(KEY)

    secrets = [unlocked.create_secret(f"Secret {number}", one) for number, one in enumerate(PAYLOADS)]

    listed = official.vault.list_secrets()
    assert {one.id for one in listed} == {one.id for one in secrets}
    assert [one.secret_type for one in official.vault.list_secrets(secret_type="login")] == ["login"]
    reopened = official.vault.unlock(made.recovery_codes[0])
    assert {one.name: one.payload for one in reopened.secrets} == {f"Secret {n}": one for n, one in enumerate(PAYLOADS)}
    check_changes(unlocked, str(secrets[0].id))
    with pytest.raises(ValueError, match="No vault key matched"):
        official.vault.unlock(NEW_KEY)

    by_key = official.vault.update_key(NEW_KEY, current_vault_key=KEY)
    by_code = official.vault.update_key(NEWER_KEY, recovery_code=made.recovery_codes[0])

    assert [one.id for one in official.vault.list_keys(key_type="primary")] == [by_code.id]
    assert by_key.id != by_code.id != made.vault_key_id
    assert counts(official) == (1, 3, 5)
    for gone in (KEY, made.recovery_codes[0]):
        with pytest.raises(ValueError, match="No vault key matched"):
            official.vault.unlock(gone)
    with Inkbox(sandbox.inkbox.api_key, base_url=sandbox.inkbox.base_url, vault_key=NEWER_KEY) as again:
        assert again.vault.unlocked is not None
        assert again.vault.unlocked.get_secret(str(secrets[4].id)).payload == PAYLOADS[4]
        again.vault.unlocked.delete_secret(str(secrets[4].id))
        again.vault.delete_secret(str(secrets[3].id))
    assert counts(official) == (1, 3, 3)


def check_changes(unlocked: UnlockedVault, login_id: str) -> None:
    """Rename, replace the payload, set, use and remove a one-time password."""
    renamed = unlocked.update_secret(login_id, name="Renamed", description="For the CRM")
    cleared = unlocked.update_secret(login_id, description=None, payload=LoginPayload(password="new"))
    unlocked.set_totp(login_id, TOTPConfig(secret="JBSWY3DPEHPK3PXP"))
    assert (renamed.name, renamed.description, cleared.name, cleared.description) == (
        "Renamed",
        "For the CRM",
        "Renamed",
        None,
    )
    assert len(unlocked.get_totp_code(login_id).code) == 6
    unlocked.remove_totp(login_id)
    assert unlocked.get_secret(login_id).payload == LoginPayload(password="new")


def test_an_agent_has_only_what_it_is_granted(
    official: Inkbox, agent: Inkbox, alpha: AgentIdentity, bravo: AgentIdentity, connect: Connect
) -> None:
    """Its credentials are those of its grants; what it makes is its own; revoked, a secret is gone."""
    official.vault.initialize(KEY)
    unlocked = official.vault.unlock(KEY)
    shared, hidden = (unlocked.create_secret(name, PAYLOADS[0]) for name in ("Shared", "Hidden"))
    rule = official.vault.grant_access(shared.id, alpha.id)
    agent.vault.unlock(KEY)
    identity = agent.get_identity("alpha")

    own = identity.create_secret("Own", PAYLOADS[1])

    assert {one.name for one in identity.credentials.list()} == {"Shared", "Own"}
    assert identity.credentials.get_login(str(shared.id)).password == "s3cret"
    assert identity.get_secret(str(own.id)).payload == PAYLOADS[1]
    assert refusal(lambda: identity.get_secret(str(hidden.id))).status_code == 404
    assert official.vault.list_access_rules(shared.id) == [rule]
    assert [one.name for one in official.vault.unlock(KEY, identity_id=alpha.id).secrets] == ["Shared", "Own"]
    identity.set_totp(str(shared.id), TOTPConfig(secret="JBSWY3DPEHPK3PXP"))
    assert len(identity.get_totp_code(str(shared.id)).code) == 6
    identity.remove_totp(str(shared.id))
    identity.revoke_credential_access(str(shared.id))
    assert refusal(lambda: identity.get_secret(str(shared.id))).status_code == 404
    identity.delete_secret(str(own.id))
    assert agent.vault.list_secrets() == []
    everything = official.create_identity("charlie", vault_secret_ids="*")
    assert [one.identity_id for one in official.vault.list_access_rules(hidden.id)] == [everything.id]
    everything.delete()
    assert official.vault.list_access_rules(hidden.id) == []


# without cryptography


def test_an_organization_has_one_vault(sandbox: Sandbox, official: Inkbox) -> None:
    """A second one is refused, and so are too few recovery keys and ids that are spelled otherwise."""
    vault = Vault(sandbox, sandbox.inkbox.api_key)
    keys = [material(f"hash-{number}") for number in range(5)]
    vault.ask("GET", "unlock", 404, query={"auth_hash": "hash-0"})
    vault.ask("POST", "initialize", 422, vault_key=keys[0], recovery_keys=keys[1:4])
    loud = {**keys[0], "id": keys[0]["id"].upper()}
    vault.ask("POST", "initialize", 422, vault_key=loud, recovery_keys=keys[1:])
    vault.ask("POST", "initialize", 409, vault_key=keys[0], recovery_keys=[keys[0], *keys[2:]])
    vault.ask("POST", "secrets", 404, id=ABSENT, name="x", secret_type="other", encrypted_payload="x")

    vault.initialize()

    vault.ask("POST", "initialize", 409, vault_key=keys[0], recovery_keys=keys[1:])
    assert counts(official) == (1, 4, 0)
    stranger = Vault(sandbox, sandbox.control.make_inkbox_organization()["api_key"])
    stranger.ask("GET", "info", 404)


def test_a_hash_opens_its_key_and_an_unknown_one_nothing(vault: Vault) -> None:
    """200 either way; without a hash all wrapped keys are handed out."""
    vault.add()

    opened = vault.ask("GET", "unlock", query={"auth_hash": "hash-2"})
    unknown = vault.ask("GET", "unlock", query={"auth_hash": "other"})
    whole = vault.ask("GET", "unlock")

    assert opened["wrapped_org_encryption_key"] == "wrapped hash-2"
    assert opened["wrapped_org_encryption_keys"] is None
    assert [one["encrypted_payload"] for one in opened["encrypted_secrets"]] == ["opaque CRM"]
    assert (unknown["wrapped_org_encryption_key"], unknown["encrypted_secrets"]) == (None, [])
    assert whole["wrapped_org_encryption_key"] is None
    assert [one["auth_hash"] for one in whole["wrapped_org_encryption_keys"]] == [f"hash-{n}" for n in range(5)]


def test_the_primary_key_is_replaced_by_proof(vault: Vault, official: Inkbox) -> None:
    """Of it or of a recovery key, by exactly one of them; a recovery key is good for once."""
    replace = material("hash-new")
    vault.ask("PUT", "keys/primary", 400, **replace)
    vault.ask("PUT", "keys/primary", 400, **replace, current_auth_hash="hash-0", recovery_auth_hash="hash-1")
    vault.ask("PUT", "keys/primary", 403, **replace, current_auth_hash="hash-1")
    vault.ask("PUT", "keys/primary", 403, **replace, recovery_auth_hash="hash-0")

    replaced = vault.ask("PUT", "keys/primary", **replace, recovery_auth_hash="hash-1")

    assert (replaced["id"], replaced["key_type"]) == (replace["id"], "primary")
    assert replaced.keys() == {"id", "key_type", "created_by", "created_at", "updated_at"}
    vault.ask("PUT", "keys/primary", 403, **material("x"), recovery_auth_hash="hash-1")
    vault.ask("PUT", "keys/primary", 409, **material("hash-2"), current_auth_hash="hash-new")
    assert counts(official) == (1, 3, 0)


def test_keys_are_listed_by_type_and_deleted_but_the_last(vault: Vault, official: Inkbox) -> None:
    """The type in any case; the only primary key stays."""
    primary = official.vault.list_keys(key_type="PRIMARY")
    recovery = official.vault.list_keys(key_type=inkbox.VaultKeyType.RECOVERY)
    official.vault.delete_key("hash-4")

    assert [one.key_type for one in primary] == ["primary"]
    assert len(recovery) == 4
    assert {one.id for one in official.vault.list_keys()} == {one.id for one in (*primary, *recovery[:3])}
    assert refusal(lambda: official.vault.delete_key("hash-4")).status_code == 404
    assert refusal(lambda: official.vault.delete_key("hash-0")).status_code == 409
    assert refusal(lambda: official.vault.list_keys(key_type="spare")).status_code == 422


def test_secrets_are_stored_as_they_are(vault: Vault) -> None:
    """Under the client's id, once; the type never changes; what does not fit is 422."""
    secret_id = vault.add()
    secret = {"id": secret_id, "name": "x", "secret_type": "other", "encrypted_payload": "x"}

    vault.ask("POST", "secrets", 409, **secret)
    vault.ask("POST", "secrets", 422, **{**secret, "id": ABSENT, "secret_type": "wallet"})
    vault.ask("POST", "secrets", 422, **{**secret, "id": ABSENT, "name": "x" * 256})
    vault.ask("POST", "secrets", 422, **{**secret, "id": ABSENT.upper()})
    changed = vault.ask("PATCH", f"secrets/{secret_id}", description="d", secret_type="login")
    same = vault.ask("PATCH", f"secrets/{secret_id}")

    assert (changed["name"], changed["description"], changed["secret_type"]) == ("CRM", "d", "other")
    assert same == changed
    assert "encrypted_payload" not in changed
    assert vault.ask("GET", f"secrets/{secret_id}")["encrypted_payload"] == "opaque CRM"
    vault.ask("PATCH", f"secrets/{secret_id}", 422, name=None)
    vault.ask("GET", f"secrets/{secret_id.upper()}", 404)
    vault.ask("GET", "secrets", 422, query={"secret_type": "wallet"})
    vault.ask("DELETE", f"secrets/{secret_id}", 204)
    vault.ask("GET", f"secrets/{secret_id}", 404)


def test_grants_are_made_once_and_taken_back(vault: Vault, official: Inkbox, alpha: AgentIdentity) -> None:
    """A second grant is 409, an unknown secret or identity 404, and so is what was never granted."""
    secret_id = vault.add()
    rule = official.vault.grant_access(secret_id, alpha.id)

    assert (str(rule.vault_secret_id), rule.identity_id) == (secret_id, alpha.id)
    twice = refusal(lambda: official.vault.grant_access(secret_id, alpha.id))
    assert (twice.status_code, twice.detail) == (409, "Access already granted")
    assert refusal(lambda: official.vault.grant_access(secret_id, ABSENT)).status_code == 404
    assert refusal(lambda: official.vault.grant_access(ABSENT, alpha.id)).status_code == 404
    official.vault.revoke_access(secret_id, alpha.id)
    assert refusal(lambda: official.vault.revoke_access(secret_id, alpha.id)).status_code == 404
    assert refusal(lambda: official.vault.list_access_rules(ABSENT)).status_code == 404


def test_a_new_identity_can_be_given_secrets(vault: Vault, official: Inkbox) -> None:
    """One, some, or all there are; an unknown one leaves nothing behind."""
    first, second = vault.add("First"), vault.add("Second")
    one = official.create_identity("one-secret", vault_secret_ids=first)
    some = official.create_identity("some-secrets", vault_secret_ids=[first, second])
    every = official.create_identity("every-secret", vault_secret_ids="all")
    official.create_identity("no-secret", vault_secret_ids=[])

    unknown = refusal(lambda: official.create_identity("unlucky", vault_secret_ids=[first, ABSENT]))

    assert unknown.status_code == 404
    assert refusal(lambda: official.get_identity("unlucky")).status_code == 404
    assert [rule.identity_id for rule in official.vault.list_access_rules(first)] == [one.id, some.id, every.id]
    assert [rule.identity_id for rule in official.vault.list_access_rules(second)] == [some.id, every.id]


def test_an_agent_manages_its_own_secrets_and_no_keys(
    vault: Vault, agents: Vault, official: Inkbox, alpha: AgentIdentity, bravo: AgentIdentity
) -> None:
    """Keys are the administrator's; grants to others too; a secret it made it has, and may confirm that once."""
    hidden, own = vault.add("Hidden"), agents.add("Own")
    forbidden: list[Callable[[], Any]] = [
        lambda: agents.ask("POST", "initialize", 403),
        lambda: agents.ask("PUT", "keys/primary", 403),
        lambda: agents.ask("DELETE", "keys/hash-1", 403),
        lambda: agents.ask("POST", f"secrets/{own}/access", 403, identity_id=str(bravo.id)),
        lambda: agents.ask("DELETE", f"secrets/{own}/access/{bravo.id}", 403),
    ]
    for attempt in forbidden:
        attempt()

    agents.ask("POST", f"secrets/{own}/access", 201, identity_id=str(alpha.id))

    agents.ask("POST", f"secrets/{own}/access", 409, identity_id=str(alpha.id))
    assert [one["name"] for one in agents.ask("GET", "secrets")] == ["Own"]
    bundle = agents.ask("GET", "unlock", query={"auth_hash": "hash-0"})
    assert [one["id"] for one in bundle["encrypted_secrets"]] == [own]
    for method in ("GET", "PATCH", "DELETE"):
        agents.ask(method, f"secrets/{hidden}", 404)
    agents.ask("GET", f"secrets/{hidden}/access", 404)
    assert counts(official) == (1, 4, 2)
    agents.ask("DELETE", f"secrets/{own}/access/{alpha.id}", 204)
    agents.ask("GET", f"secrets/{own}", 404)
    assert vault.ask("GET", f"secrets/{own}")["name"] == "Own"
