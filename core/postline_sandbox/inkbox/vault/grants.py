"""The operations on who may have a secret."""

from postline_sandbox.inkbox import identity_rows
from postline_sandbox.inkbox.call import Call, found, refuse
from postline_sandbox.inkbox.forms import Form
from postline_sandbox.inkbox.table import public
from postline_sandbox.inkbox.vault import access
from postline_sandbox.inkbox.vault.secrets import visible
from postline_sandbox.inkbox.vault.tables import SECRET_ACCESS
from postline_sandbox.web import Json, Reply


class SecretGrant(Form):
    """Who shall have a secret."""

    identity_id: str


def list_access(call: Call) -> Reply:
    """List which agents may have a secret."""
    secret = visible(call, call.params[0])
    return call.json(
        [public(one) for one in SECRET_ACCESS.many(call.inkbox.storage, {"vault_secret_id": secret["id"]})]
    )


def grant_access(call: Call) -> Reply:
    """Let one more agent have a secret; an agent can only confirm that it has what it made."""
    pair = _pair(call, call.body(SecretGrant).identity_id)
    before = SECRET_ACCESS.one(call.inkbox.storage, **pair)
    if before and not before["_is_author"]:
        raise refuse(409, "Access already granted")
    SECRET_ACCESS.delete(call.inkbox.storage, **pair)
    return call.json(public(access.add(call.inkbox, pair["vault_secret_id"], pair["identity_id"])), 201)


def revoke_access(call: Call) -> Reply:
    """Take a secret from an agent."""
    if not SECRET_ACCESS.delete(call.inkbox.storage, **_pair(call, call.params[1])):
        raise refuse(404, "Access not found")
    return call.gone()


def _pair(call: Call, identity_id: str) -> Json:
    secret = visible(call, call.params[0])
    if call.caller.identity_id not in (None, identity_id.lower()):
        raise refuse(403, "An identity-scoped API key can only change its own access")
    identity = found(identity_rows.by_id(call.inkbox, call.organization_id, identity_id), "Identity")
    return {"vault_secret_id": secret["id"], "identity_id": identity["id"]}
