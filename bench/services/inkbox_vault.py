"""Inkbox's vault: what a client asks for to unlock it."""

from typing import Any

from bench.corpus import dumps
from bench.names import uuid_of
from bench.services import Answer, Query, Route

AT = "2026-01-01T00:00:00Z"


class Vault:
    """A vault of so many logins; of none, there is no vault."""

    def __init__(self, secrets: int) -> None:
        self.routes: dict[str, Route] = _routes(secrets) if secrets else {}


def _routes(secrets: int) -> dict[str, Route]:
    from bench import sealing

    master_key, key_id, times = sealing.derive(), uuid_of(0), {"created_at": AT, "updated_at": AT}

    def secret(number: int) -> dict[str, Any]:
        sealed = sealing.seal(sealing.ORG_KEY, sealing.payload(number), uuid_of(number))
        return {
            "id": uuid_of(number),
            "name": f"Login {number}",
            "description": None,
            "secret_type": "login",
            "encrypted_payload": sealing.stored(sealed),
            **times,
        }

    counts = {"key_count": 1, "secret_count": secrets, "recovery_key_count": 0}
    info = dumps({"id": uuid_of(0), "organization_id": sealing.ORGANIZATION, **counts, **times})
    bundle = {
        "wrapped_org_encryption_key": sealing.stored(sealing.seal(master_key, sealing.ORG_KEY, key_id)),
        "encrypted_secrets": [secret(number) for number in range(secrets)],
    }
    unlocked = dumps(bundle)
    nothing = dumps({"wrapped_org_encryption_key": None, "encrypted_secrets": []})
    keys = dumps([{"id": key_id, "key_type": "primary", "created_by": None, **times}])

    def unlock(_: list[str], query: Query) -> Answer:
        return 200, unlocked if query.get("auth_hash") == sealing.auth_hash(master_key) else nothing

    return {
        "api/v1/vault/info": lambda _, __: (200, info),
        "api/v1/vault/unlock": unlock,
        "api/v1/vault/keys": lambda _, __: (200, keys),
    }
