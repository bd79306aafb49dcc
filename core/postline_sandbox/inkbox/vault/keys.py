"""The vault itself and its keys: made, shown, opened with, replaced. Whoever knows a key's hash knows the key."""

from typing import Annotated, Any, Literal

from pydantic import Field

from postline_sandbox.inkbox.call import Call, found, refuse
from postline_sandbox.inkbox.forms import Form, invalid
from postline_sandbox.inkbox.table import public
from postline_sandbox.inkbox.tables import KEYS
from postline_sandbox.inkbox.vault import secrets
from postline_sandbox.inkbox.vault.secrets import CLIENT_ID
from postline_sandbox.inkbox.vault.tables import SECRETS, VAULT_KEYS, VAULTS
from postline_sandbox.web import Json, Reply

_RECOVERY_KEYS = 4
_Opaque = Annotated[str, Field(min_length=1)]


class KeyMaterial(Form):
    """A wrapped key, and the hash that is asked for to get it."""

    id: str = Field(pattern=CLIENT_ID)
    wrapped_org_encryption_key: _Opaque
    auth_hash: _Opaque


class Initialization(Form):
    """The keys of a new vault."""

    vault_key: KeyMaterial
    recovery_keys: list[KeyMaterial] = Field(min_length=_RECOVERY_KEYS, max_length=_RECOVERY_KEYS)


class Replacement(KeyMaterial):
    """A new primary key, and the hash of an old one as proof."""

    current_auth_hash: str | None = None
    recovery_auth_hash: str | None = None


class UnlockQuery(Form):
    """With which key the vault shall be opened; without one, all wrapped keys are handed out."""

    auth_hash: str | None = None


def get_info(call: Call) -> Reply:
    """Describe the vault."""
    vault = _vault(call)
    own = {"_organization_id": call.organization_id}
    counts = {
        "key_count": VAULT_KEYS.count(call.inkbox.storage, **own, key_type="primary"),
        "secret_count": SECRETS.count(call.inkbox.storage, **own),
        "recovery_key_count": VAULT_KEYS.count(call.inkbox.storage, **own, key_type="recovery"),
    }
    return call.json({**vault, **counts})


def initialize(call: Call) -> Reply:
    """Make the organization's vault; it has one."""
    form, now = call.body(Initialization), call.inkbox.clock.iso()
    if VAULTS.one(call.inkbox.storage, organization_id=call.organization_id):
        raise refuse(409, "The vault is initialized already")
    vault_id = call.inkbox.ids.uuid()
    vault = {"id": vault_id, "organization_id": call.organization_id, "created_at": now, "updated_at": now}
    VAULTS.insert(call.inkbox.storage, vault)
    _keep(call, form.vault_key, "primary")
    for key in form.recovery_keys:
        _keep(call, key, "recovery")
    count = len(form.recovery_keys)
    return call.json({"vault_id": vault_id, "vault_key_id": form.vault_key.id, "recovery_key_count": count}, 201)


def unlock(call: Call) -> Reply:
    """Hand out the wrapped key of a hash, and the secrets that the caller may have; an unknown hash opens nothing."""
    _vault(call)
    auth_hash = call.query(UnlockQuery).auth_hash
    keys = [one for one in _keys(call) if auth_hash in (None, one["_auth_hash"])]
    shown = [
        {"id": one["id"], "auth_hash": one["_auth_hash"], "wrapped_org_encryption_key": one["_wrapped"]} for one in keys
    ]
    answer: Json = {
        "wrapped_org_encryption_key": keys[0]["_wrapped"] if keys and auth_hash is not None else None,
        "wrapped_org_encryption_keys": shown if auth_hash is None else None,
        "encrypted_secrets": secrets.all_visible(call) if keys else [],
    }
    return call.json(answer)


def list_keys(call: Call) -> Reply:
    """List the vault's keys, without what they are made of."""
    kind = call.request.query.get("type", "").lower()
    if kind not in {"", "primary", "recovery"}:
        raise invalid("Input should be 'primary' or 'recovery'", "query", "type", kind="enum")
    return call.json([public(one) for one in _keys(call, **({"key_type": kind} if kind else {}))])


def replace_primary(call: Call) -> Reply:
    """Replace the primary key by proof of it, or of a recovery key, which that uses up."""
    form = call.body(Replacement)
    proofs = {"primary": form.current_auth_hash, "recovery": form.recovery_auth_hash}
    given = {kind: proof for kind, proof in proofs.items() if proof is not None}
    if len(given) != 1:
        raise refuse(400, "Exactly one of current_auth_hash and recovery_auth_hash is needed")
    _vault(call)
    ((kind, proof),) = given.items()
    proven = _keys(call, key_type=kind, _auth_hash=proof)
    if not proven:
        raise refuse(403, "The proof is not the hash of a key of this vault")
    own = {"_organization_id": call.organization_id}
    VAULT_KEYS.delete(call.inkbox.storage, **own, key_type="primary")
    VAULT_KEYS.delete(call.inkbox.storage, id=proven[0]["id"])
    key = _keep(call, form, "primary")
    VAULTS.update(call.inkbox.storage, {"organization_id": call.organization_id}, {"updated_at": key["updated_at"]})
    return call.json(public(key))


def delete_key(call: Call) -> Reply:
    """Delete a key by its hash; the last primary key stays."""
    keys = _keys(call, _auth_hash=call.params[0])
    key = found(keys[0] if keys else None, "Vault key")
    if key["key_type"] == "primary" and len(_keys(call, key_type="primary")) == 1:
        raise refuse(409, "The last primary key of a vault cannot be deleted")
    VAULT_KEYS.delete(call.inkbox.storage, id=key["id"])
    return call.gone()


def _vault(call: Call) -> Json:
    return found(VAULTS.one(call.inkbox.storage, organization_id=call.organization_id), "Vault")


def _keys(call: Call, **where: Any) -> list[Json]:
    return VAULT_KEYS.many(call.inkbox.storage, {"_organization_id": call.organization_id, **where})


def _keep(call: Call, key: KeyMaterial, kind: Literal["primary", "recovery"]) -> Json:
    if VAULT_KEYS.one(call.inkbox.storage, id=key.id) or _keys(call, _auth_hash=key.auth_hash):
        raise refuse(409, "There is such a key already")
    now = call.inkbox.clock.iso()
    author = (KEYS.one(call.inkbox.storage, id=call.caller.key_id) or {})["created_by"]
    row = {"id": key.id, "key_type": kind, "created_by": author, "created_at": now, "updated_at": now}
    row |= {"_organization_id": call.organization_id, "_auth_hash": key.auth_hash}
    return VAULT_KEYS.insert(call.inkbox.storage, {**row, "_wrapped": key.wrapped_org_encryption_key})
