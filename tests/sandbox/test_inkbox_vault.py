"""Inkbox's vault in the sandbox: what is stored comes back as it was, also after a restart."""

from pathlib import Path

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
