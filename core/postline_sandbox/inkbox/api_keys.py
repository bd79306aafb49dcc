"""API keys, signing keys, and who is calling."""

from pydantic import Field

from postline_sandbox.clock import parse_ms
from postline_sandbox.inkbox.accounts import make_key
from postline_sandbox.inkbox.call import Call, found, refuse
from postline_sandbox.inkbox.forms import Form
from postline_sandbox.inkbox.tables import IDENTITIES, KEYS, ORGANIZATIONS
from postline_sandbox.web import Reply


class NewKey(Form):
    """The body of a new key."""

    label: str = Field(min_length=1, max_length=255)
    description: str | None = Field(None, max_length=1000)
    scoped_identity_id: str | None = None


def create_key(call: Call) -> Reply:
    """Make a key that is confined to one identity; the answer is the only place that shows it."""
    form = call.body(NewKey)
    if form.scoped_identity_id is None:
        raise refuse(403, "An API key can only make keys that are scoped to an identity")
    identity = IDENTITIES.one(call.inkbox.storage, id=form.scoped_identity_id, organization_id=call.organization_id)
    own = KEYS.one(call.inkbox.storage, id=call.caller.key_id) or {}
    api_key, record = make_key(
        call.inkbox,
        call.organization_id,
        form.label,
        description=form.description,
        created_by=own["created_by"],
        identity_id=found(identity, "Identity")["id"],
    )
    return call.json({"api_key": api_key, "record": record}, 201)


def whoami(call: Call) -> Reply:
    """Describe the calling key; times are Unix seconds here."""
    key = KEYS.one(call.inkbox.storage, id=call.caller.key_id) or {}
    agent = "claimed" if call.caller.claimed else "unclaimed"
    return call.json(
        {
            "auth_type": "api_key",
            "auth_subtype": "api_key.admin_scoped" if call.caller.is_admin else f"api_key.agent_scoped.{agent}",
            "organization_id": call.organization_id,
            "created_by": key["created_by"],
            "creator_type": key["creator_type"],
            "key_id": key["id"],
            "label": key["label"],
            "description": key["description"],
            "created_at": _seconds(key["created_at"]),
            "last_used_at": call.inkbox.clock.now_ms() / 1000,
            "expires_at": _seconds(key["expires_at"]),
        }
    )


def create_signing_key(call: Call) -> Reply:
    """Replace the organization's signing key at once; the answer is the only place that shows it."""
    signing_key = f"whsec_{call.inkbox.ids.hex(48)}"
    ORGANIZATIONS.update(call.inkbox.storage, {"id": call.organization_id}, {"signing_key": signing_key})
    return call.json({"signing_key": signing_key, "created_at": call.inkbox.clock.iso()}, 201)


def _seconds(at: str | None) -> float | None:
    ms = None if at is None else parse_ms(at)
    return None if ms is None else ms / 1000
