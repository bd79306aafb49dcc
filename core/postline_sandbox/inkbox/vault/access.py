"""Which agents may have a secret."""

from typing import TYPE_CHECKING

from postline_sandbox.inkbox.call import Call, refuse
from postline_sandbox.inkbox.vault.tables import SECRET_ACCESS, SECRETS
from postline_sandbox.web import Json

if TYPE_CHECKING:
    from postline_sandbox.inkbox.service import Inkbox

_ALL = frozenset({"*", "all"})


def may_have(call: Call, secret_id: str) -> bool:
    """Say whether the caller may have a secret of its organization."""
    pair = {"vault_secret_id": secret_id, "identity_id": call.caller.identity_id}
    return call.caller.is_admin or SECRET_ACCESS.one(call.inkbox.storage, **pair) is not None


def add(inkbox: "Inkbox", secret_id: str, identity_id: str, *, is_author: bool = False) -> Json:
    """Let an agent have a secret."""
    row = {"id": inkbox.ids.uuid(), "vault_secret_id": secret_id, "identity_id": identity_id}
    return SECRET_ACCESS.insert(inkbox.storage, {**row, "created_at": inkbox.clock.iso(), "_is_author": is_author})


def grant_new(inkbox: "Inkbox", identity: Json, wish: str | list[str]) -> None:
    """Let a new identity have secrets: one, some, or by `*` and `all` every one there is."""
    own = {"_organization_id": identity["organization_id"]}
    if isinstance(wish, str) and wish in _ALL:
        ids = [one["id"] for one in SECRETS.many(inkbox.storage, own)]
    else:
        ids = [wish] if isinstance(wish, str) else list(dict.fromkeys(wish))
    for secret_id in ids:
        if SECRETS.one(inkbox.storage, id=secret_id, **own) is None:
            raise refuse(404, "Secret not found")
        add(inkbox, secret_id, identity["id"])


def forget_identity(inkbox: "Inkbox", identity_id: str) -> None:
    """Take back everything that an identity was granted."""
    SECRET_ACCESS.delete(inkbox.storage, identity_id=identity_id)
