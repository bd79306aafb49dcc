"""Secrets: stored and given back as they came, to whom they are granted."""

from typing import Annotated, Literal

from pydantic import Field

from postline_sandbox.inkbox.call import Call, found, refuse
from postline_sandbox.inkbox.forms import Form
from postline_sandbox.inkbox.table import public
from postline_sandbox.inkbox.vault import access
from postline_sandbox.inkbox.vault.tables import SECRET_ACCESS, SECRETS, VAULTS
from postline_sandbox.web import Json, Reply

SecretType = Literal["login", "api_key", "key_pair", "ssh_key", "other"]
CLIENT_ID = r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"
"""Ids are made by clients and bound into what they encrypt, so another spelling would ruin it."""
_Name = Annotated[str, Field(min_length=1, max_length=255)]
_Payload = Annotated[str, Field(min_length=1)]


class NewSecret(Form):
    """A new secret."""

    id: str = Field(pattern=CLIENT_ID)
    name: _Name
    secret_type: SecretType
    description: str | None = None
    encrypted_payload: _Payload


class SecretChange(Form):
    """What can change of a secret: never its type."""

    name: _Name = "-"
    description: str | None = None
    encrypted_payload: _Payload = "-"


class SecretQuery(Form):
    """The query of the list of secrets."""

    secret_type: SecretType | None = None


def list_secrets(call: Call) -> Reply:
    """List the secrets that the caller may have, without their payloads."""
    kind = call.query(SecretQuery).secret_type
    return call.json([_outside(one) for one in all_visible(call) if kind in (None, one["secret_type"])])


def get_secret(call: Call) -> Reply:
    """Return one secret with its payload."""
    return call.json(public(visible(call, call.params[0])))


def create_secret(call: Call) -> Reply:
    """Store a secret; an agent may have what it made."""
    form, now = call.body(NewSecret), call.inkbox.clock.iso()
    found(VAULTS.one(call.inkbox.storage, organization_id=call.organization_id), "Vault")
    if SECRETS.one(call.inkbox.storage, id=form.id):
        raise refuse(409, "There is a secret with this id already")
    row = form.model_dump() | {"created_at": now, "updated_at": now}
    SECRETS.insert(call.inkbox.storage, {**row, "_organization_id": call.organization_id})
    if call.caller.identity_id:
        access.add(call.inkbox, form.id, call.caller.identity_id, is_author=True)
    return call.json(_outside(row), 201)


def update_secret(call: Call) -> Reply:
    """Change a secret's name, description or payload."""
    secret, changes = visible(call, call.params[0]), call.body(SecretChange).given()
    if changes:
        changes["updated_at"] = call.inkbox.clock.iso()
    SECRETS.update(call.inkbox.storage, {"id": secret["id"]}, changes)
    return call.json(_outside({**secret, **changes}))


def delete_secret(call: Call) -> Reply:
    """Delete a secret and who may have it."""
    secret_id = visible(call, call.params[0])["id"]
    SECRET_ACCESS.delete(call.inkbox.storage, vault_secret_id=secret_id)
    SECRETS.delete(call.inkbox.storage, id=secret_id)
    return call.gone()


def visible(call: Call, secret_id: str) -> Json:
    """Return a secret; 404 where the caller may not have it."""
    secret = SECRETS.one(call.inkbox.storage, id=secret_id, _organization_id=call.organization_id)
    if secret is None or not access.may_have(call, secret_id):
        raise refuse(404, "Secret not found")
    return secret


def all_visible(call: Call) -> list[Json]:
    """Return the records of the secrets that the caller may have, payloads included."""
    rows = SECRETS.many(call.inkbox.storage, {"_organization_id": call.organization_id})
    return [public(one) for one in rows if access.may_have(call, one["id"])]


def _outside(secret: Json) -> Json:
    return {name: value for name, value in public(secret).items() if name != "encrypted_payload"}
