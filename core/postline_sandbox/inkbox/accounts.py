"""Organizations and API keys: how they are made, and how a request is known by its key."""

import hashlib
from typing import TYPE_CHECKING

from postline_sandbox.ids import as_uuid
from postline_sandbox.inkbox.call import Caller
from postline_sandbox.inkbox.tables import KEYS, ORGANIZATIONS, SIGNUPS
from postline_sandbox.web import Json

if TYPE_CHECKING:
    from postline_sandbox.inkbox.service import Inkbox


def make_organization(inkbox: "Inkbox", organization_id: str = "") -> str:
    """Make an organization and return its id."""
    organization_id = organization_id or f"org_{inkbox.ids.hex(24)}"
    ORGANIZATIONS.insert(inkbox.storage, {"id": organization_id, "created_at": inkbox.clock.iso()})
    return organization_id


def make_key(
    inkbox: "Inkbox",
    organization_id: str,
    label: str,
    *,
    created_by: str,
    creator_type: str = "human",
    description: str | None = None,
    identity_id: str | None = None,
    expires_at: str | None = None,
    secret: str = "",
) -> tuple[str, Json]:
    """Make an API key; return it and its record. Only a digest of it is kept."""
    digits = secret or inkbox.ids.hex(64)
    key_id = f"ApiKey_{as_uuid(digits[:32])}"
    api_key, now = f"{key_id}.{digits[32:]}", inkbox.clock.iso()
    record = {
        "id": key_id,
        "organization_id": organization_id,
        "created_by": created_by,
        "creator_type": creator_type,
        "scoped_identity_id": identity_id,
        "label": label,
        "description": description,
        "status": "active",
        "last4": api_key[-4:],
        "display_prefix": key_id.partition("-")[0],
        "last_used_at": None,
        "expires_at": expires_at,
        "revoked_at": None,
        "created_at": now,
        "updated_at": now,
    }
    KEYS.insert(inkbox.storage, {**record, "_digest": _digest(api_key)})
    return api_key, record


def revoke_key(inkbox: "Inkbox", api_key: str) -> bool:
    """Make a key worthless; return whether there was one."""
    return bool(_revoke(inkbox, {"_digest": _digest(api_key)}))


def revoke_keys_of(inkbox: "Inkbox", identity_id: str) -> None:
    """Make every key that is confined to an identity worthless."""
    _revoke(inkbox, {"scoped_identity_id": identity_id})


def first_account(inkbox: "Inkbox") -> str:
    """Return the administrator's key of the organization that is there from the start; the first time, make both."""
    secret = inkbox.ids.secret("inkbox key")
    api_key = f"ApiKey_{as_uuid(secret[:32])}.{secret[32:]}"
    if KEYS.one(inkbox.storage, _digest=_digest(api_key)) is None:
        organization_id = f"org_{inkbox.ids.secret('inkbox organization', 24)}"
        with inkbox.world.transaction():
            make_organization(inkbox, organization_id)
            creator = f"user_{inkbox.ids.secret('inkbox user', 24)}"
            make_key(inkbox, organization_id, "Sandbox", created_by=creator, secret=secret)
    return api_key


def find_caller(inkbox: "Inkbox", api_key: str) -> Caller | None:
    """Return whom a key belongs to, or None where it is unknown or revoked."""
    key = KEYS.one(inkbox.storage, _digest=_digest(api_key), status="active")
    if key is None:
        return None
    identity_id = key["scoped_identity_id"]
    signup = SIGNUPS.one(inkbox.storage, identity_id=identity_id) if identity_id else None
    claimed = signup is None or signup["claimed"]
    return Caller(key["organization_id"], key["id"], identity_id, claimed, key["expires_at"])


def _revoke(inkbox: "Inkbox", where: Json) -> int:
    now = inkbox.clock.iso()
    changes = {"status": "revoked", "revoked_at": now, "updated_at": now}
    inkbox.forget_callers()
    return KEYS.update(inkbox.storage, {**where, "status": "active"}, changes)


def _digest(api_key: str) -> str:
    return hashlib.sha256(api_key.encode()).hexdigest()
