"""The service's vault in memory: it keeps what it is given and cannot read any of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import httpx
from tests.conformance.inkbox.answers import IDENTITY_DETAIL
from tests.core.inkbox.vault import vectors as v

TIMES = {"created_at": "2026-03-18T12:00:00Z", "updated_at": "2026-03-18T12:00:00Z"}
Record = dict[str, Any]


class VaultServer:
    """Answers requests about a vault; `requests` has them, and `refuse` says which end how instead."""

    def __init__(self, organization_id: str = v.ORGANIZATION) -> None:
        self.organization_id = organization_id
        self.keys: list[Record] = []
        self.secrets: dict[str, Record] = {}
        self.rules: list[Record] = []
        self.requests: list[httpx.Request] = []
        self.refuse: dict[str, httpx.Response | Exception | Callable[[httpx.Request], httpx.Response]] = {}
        self.blind = False
        """Whether it tells nobody what is stored."""

    @classmethod
    def of_the_vectors(cls) -> VaultServer:
        """Return one that has the vectors' vault key, recovery code and login."""
        server = cls()
        server.keys = [
            _key(v.KEY_ID, "primary", v.AUTH_HASH, v.WRAPPED),
            _key(v.RECOVERY_KEY_ID, "recovery", v.RECOVERY_AUTH_HASH, v.WRAPPED_FOR_RECOVERY),
        ]
        server.store(v.SECRET_ID, v.LOGIN)
        return server

    def store(self, secret_id: str, sealed: str, secret_type: str = "login", name: str = "CRM") -> None:
        """Keep a secret."""
        self.secrets[secret_id] = {
            "id": secret_id, "name": name, "description": None, "secret_type": secret_type, "encrypted_payload": sealed, **TIMES
        }  # fmt: skip

    @property
    def asked(self) -> list[str]:
        """Method and path of each request."""
        return [f"{request.method} {request.url.path.removeprefix('/api/v1/')}" for request in self.requests]

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Answer a request."""
        content = request.read()
        self.requests.append(request)
        for where, answer in self.refuse.items():
            if f"{request.method} {request.url.path}".endswith(where):
                if isinstance(answer, Exception):
                    raise answer
                return answer(request) if callable(answer) else answer
        if request.url.path == "/api/whoami":
            return httpx.Response(200, json={"auth_type": "api_key", "organization_id": self.organization_id})
        if request.url.path.startswith("/api/v1/identities"):
            return httpx.Response(200, json=IDENTITY_DETAIL)
        _, _, rest = request.url.path.partition("/vault/")
        first, *ids = rest.split("/")
        handler: Callable[..., httpx.Response] = getattr(self, f"_{first}")
        return handler(request, json.loads(content) if content else {}, *ids)

    def _info(self, request: httpx.Request, body: Record) -> httpx.Response:
        if not self.keys:
            return httpx.Response(404, json={"detail": "no vault"})
        kinds = [key["key_type"] for key in self.keys]
        counts = {"key_count": kinds.count("primary"), "recovery_key_count": kinds.count("recovery")}
        counts["secret_count"] = len(self.secrets)
        return httpx.Response(200, json={"id": v.KEY_ID, "organization_id": self.organization_id, **counts, **TIMES})

    def _initialize(self, request: httpx.Request, body: Record) -> httpx.Response:
        self.keys = [{**each, "created_by": None, **TIMES} for each in (body["vault_key"], *body["recovery_keys"])]
        answer = {"vault_id": v.KEY_ID, "vault_key_id": body["vault_key"]["id"], "recovery_key_count": 4}
        return httpx.Response(201, json=answer)

    def _unlock(self, request: httpx.Request, body: Record) -> httpx.Response:
        wrapped = [
            key["wrapped_org_encryption_key"]
            for key in self.keys
            if key["auth_hash"] == request.url.params["auth_hash"]
        ]
        answer = {"wrapped_org_encryption_key": wrapped[0] if wrapped else None, "wrapped_org_encryption_keys": None}
        return httpx.Response(200, json={**answer, "encrypted_secrets": [*self.secrets.values()] if wrapped else []})

    def _keys(self, request: httpx.Request, body: Record, which: str = "") -> httpx.Response:
        if request.method == "GET":
            hidden = {"wrapped_org_encryption_key", "auth_hash"}
            return httpx.Response(200, json=[{n: x for n, x in key.items() if n not in hidden} for key in self.keys])
        if request.method == "DELETE":
            self.keys = [key for key in self.keys if key["auth_hash"] != which]
            return httpx.Response(204)
        proof = body.get("current_auth_hash") or body["recovery_auth_hash"]
        used = "recovery" if "recovery_auth_hash" in body else "primary"
        if (used, proof) not in [(key["key_type"], key["auth_hash"]) for key in self.keys]:
            return httpx.Response(403, json={"detail": "wrong proof"})
        self.keys = [key for key in self.keys if key["auth_hash"] != proof and key["key_type"] != "primary"]
        self.keys.append(_key(body["id"], "primary", body["auth_hash"], body["wrapped_org_encryption_key"]))
        return httpx.Response(200, json=self.keys[-1])

    def _secrets(self, request: httpx.Request, body: Record, secret_id: str = "", *access: str) -> httpx.Response:
        if access:
            return self._access(request, body, secret_id)
        if request.method == "POST":
            self.secrets[body["id"]] = {"description": None, **body, **TIMES}
            return httpx.Response(201, json=_public(self.secrets[body["id"]]))
        if secret_id and secret_id not in self.secrets:
            return httpx.Response(404, json={"detail": "no such secret"})
        match request.method:
            case "GET" if self.blind:
                return httpx.Response(403, json={"detail": "not now"})
            case "GET" if not secret_id:
                return httpx.Response(200, json=[_public(each) for each in self.secrets.values()])
            case "PATCH":
                self.secrets[secret_id].update(body)
                return httpx.Response(200, json=_public(self.secrets[secret_id]))
            case "DELETE":
                del self.secrets[secret_id]
                return httpx.Response(204)
        return httpx.Response(200, json=self.secrets[secret_id])

    def _access(self, request: httpx.Request, body: Record, secret_id: str) -> httpx.Response:
        if request.method == "GET":
            return httpx.Response(200, json=[rule for rule in self.rules if rule["vault_secret_id"] == secret_id])
        if request.method == "DELETE":
            return httpx.Response(204)
        self.rules.append({"id": str(uuid4()), "vault_secret_id": secret_id, **body, "created_at": TIMES["created_at"]})
        return httpx.Response(201, json=self.rules[-1])


def _key(key_id: str, key_type: str, auth_hash: str, wrapped: str) -> Record:
    return {
        "id": key_id, "key_type": key_type, "auth_hash": auth_hash, "wrapped_org_encryption_key": wrapped, "created_by": "u",
        **TIMES,
    }  # fmt: skip


def _public(secret: Record) -> Record:
    return {name: value for name, value in secret.items() if name != "encrypted_payload"}
