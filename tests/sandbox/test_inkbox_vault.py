"""Inkbox's vault in the sandbox: what is stored comes back as it was, also after a restart."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from postline_sandbox import Sandbox

SECRET_ID = "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee"
KEYS = [
    {
        "id": f"11111111-2222-4333-8444-55555555555{number}",
        "wrapped_org_encryption_key": f"+/wrapped=={number}",
        "auth_hash": f"hash-{number}",
    }
    for number in range(5)
]


def client(sandbox: Sandbox) -> httpx.Client:
    """Return plain HTTP to the vault, with the administrator's key."""
    headers = {"x-api-key": sandbox.inkbox.api_key}
    return httpx.Client(base_url=f"{sandbox.inkbox.base_url}/api/v1/vault", headers=headers, trust_env=False)


@pytest.mark.parametrize("payload", ["b3BhcXVl", "not base64 at all", '{"looks": "like JSON"}', "Größe\n\u2028"])
def test_payloads_outlive_the_process_unopened(tmp_path: Path, payload: str) -> None:
    """Keys, secrets and ids are given back character by character; nothing is parsed."""
    secret = {"id": SECRET_ID, "name": "CRM", "secret_type": "login", "encrypted_payload": payload}
    with Sandbox(data=tmp_path / "twin.db") as sandbox, client(sandbox) as vault:
        vault.post("/initialize", json={"vault_key": KEYS[0], "recovery_keys": KEYS[1:]}).raise_for_status()
        vault.post("/secrets", json=secret).raise_for_status()

    with Sandbox(data=tmp_path / "twin.db") as sandbox, client(sandbox) as vault:
        bundle = vault.get("/unlock", params={"auth_hash": "hash-3"}).json()

        assert bundle["wrapped_org_encryption_key"] == "+/wrapped==3"
        assert [(one["id"], one["encrypted_payload"]) for one in bundle["encrypted_secrets"]] == [(SECRET_ID, payload)]
        assert [one["id"] for one in vault.get("/keys").json()] == [one["id"] for one in KEYS]


def test_two_organizations_keep_their_vaults_apart() -> None:
    """Neither sees, opens nor takes the other's; an id that is taken is taken for both."""
    with Sandbox() as sandbox, client(sandbox) as vault:
        vault.post("/initialize", json={"vault_key": KEYS[0], "recovery_keys": KEYS[1:]}).raise_for_status()
        secret = {"id": SECRET_ID, "name": "CRM", "secret_type": "other", "encrypted_payload": "x"}
        vault.post("/secrets", json=secret).raise_for_status()
        headers = {"x-api-key": sandbox.control.make_inkbox_organization()["api_key"]}
        own = [{**key, "id": key["id"].replace("1111", "2222")} for key in KEYS]
        body = {"vault_key": own[0], "recovery_keys": own[1:]}
        vault.post("/initialize", json=body, headers=headers).raise_for_status()

        opened = vault.get("/unlock", params={"auth_hash": "hash-0"}, headers=headers).json()

        assert opened["encrypted_secrets"] == []
        assert vault.get(f"/secrets/{SECRET_ID}", headers=headers).status_code == 404
        assert vault.post("/secrets", json=secret, headers=headers).status_code == 409
        assert vault.get("/info", headers=headers).json()["secret_count"] == 0


def initialized(vault: httpx.Client) -> None:
    vault.post("/initialize", json={"vault_key": KEYS[0], "recovery_keys": KEYS[1:]}).raise_for_status()


def test_a_deleted_secret_leaves_no_access_behind() -> None:
    """One made again under its id is nobody's but the administrator's."""
    with Sandbox() as sandbox, client(sandbox) as vault:
        initialized(vault)
        secret = {"id": SECRET_ID, "name": "CRM", "secret_type": "login", "encrypted_payload": "x"}
        vault.post("/secrets", json=secret).raise_for_status()
        url = str(vault.base_url).replace("/vault", "/identities")
        identity = vault.post(url, json={"agent_handle": "alpha", "vault_secret_ids": "*"}).raise_for_status().json()
        access = f"/secrets/{SECRET_ID}/access"
        assert [rule["identity_id"] for rule in vault.get(access).json()] == [identity["id"]]

        assert vault.delete(f"/secrets/{SECRET_ID}").status_code == 204

        assert vault.get(access).status_code == 404
        assert vault.delete(f"/secrets/{SECRET_ID}").status_code == 404
        vault.post("/secrets", json=secret).raise_for_status()
        assert vault.get(access).json() == []
        headers = {"x-api-key": sandbox.control.issue_inkbox_key("alpha")}
        assert vault.get("/secrets", headers=headers).json() == []
        assert vault.get("/unlock", params={"auth_hash": "hash-0"}, headers=headers).json()["encrypted_secrets"] == []


def test_a_recovery_key_is_used_up_once_by_whoever_comes_first() -> None:
    """Of many who use the same at the same time, one replaces the vault key; after that it opens nothing."""
    with Sandbox() as sandbox, client(sandbox) as vault, ThreadPoolExecutor(8) as pool:
        initialized(vault)
        made = [{**KEYS[0], "id": str(uuid4()), "auth_hash": f"new-{number}"} for number in range(8)]

        def replace(key: dict[str, str]) -> int:
            return vault.put("/keys/primary", json={**key, "recovery_auth_hash": "hash-1"}).status_code

        assert sorted(pool.map(replace, made)) == [200, *[403] * 7]

        info = vault.get("/info").json()
        assert (info["key_count"], info["recovery_key_count"]) == (1, 3)
        for gone in ("hash-0", "hash-1"):
            assert vault.get("/unlock", params={"auth_hash": gone}).json()["wrapped_org_encryption_key"] is None
        [primary] = vault.get("/keys", params={"type": "Primary"}).json()
        assert primary["id"] in {key["id"] for key in made}
        assert primary.keys() == {"id", "key_type", "created_by", "created_at", "updated_at"}


def test_recovery_keys_can_all_be_deleted_and_the_primary_one_not() -> None:
    """Each by its hash, once."""
    with Sandbox() as sandbox, client(sandbox) as vault:
        initialized(vault)

        statuses = [vault.delete(f"/keys/{key['auth_hash']}").status_code for key in (*KEYS[1:], KEYS[1], KEYS[0])]

        assert statuses == [204, 204, 204, 204, 404, 409]
        info = vault.get("/info").json()
        assert (info["key_count"], info["recovery_key_count"], info["secret_count"]) == (1, 0, 0)


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"name": ""}, 422), ({"name": "x" * 255}, 201), ({"name": "x" * 256}, 422), ({"secret_type": "LOGIN"}, 422),
        ({"encrypted_payload": None}, 422), ({"id": "not an id"}, 422), ({"description": None}, 201),
    ],
)  # fmt: skip
def test_a_secret_must_fit(change: dict[str, object], status: int) -> None:
    """A name of up to 255 characters, one of five types, a payload, an id in its one spelling."""
    with Sandbox() as sandbox, client(sandbox) as vault:
        initialized(vault)
        secret = {"id": SECRET_ID, "name": "CRM", "secret_type": "login", "encrypted_payload": "x", **change}

        assert vault.post("/secrets", json=secret).status_code == status
        assert vault.get("/info").json()["secret_count"] == (status == 201)


def test_five_recovery_keys_are_as_wrong_as_three() -> None:
    """A vault has exactly four; what is refused leaves nothing."""
    with Sandbox() as sandbox, client(sandbox) as vault:
        for count in (0, 3, 5):
            body = {"vault_key": KEYS[0], "recovery_keys": [{**KEYS[1], "id": str(uuid4())}] * count}
            assert vault.post("/initialize", json=body).status_code == 422

        assert vault.get("/info").status_code == 404
        assert vault.put("/keys/primary", json={**KEYS[0], "current_auth_hash": "hash-0"}).status_code == 404
        assert vault.get("/keys").json() == []
        assert vault.get("/unlock", params={"auth_hash": "hash-0"}).status_code == 404
