"""Organizations and API keys. The protocol has no operation for them: the control side makes them."""

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from postline_sandbox.commune.service import Commune

RESOURCES = ("domains", "inboxes", "threads", "messages", "attachments", "sms", "phoneNumbers")
UNLIMITED = "enterprise"
DEFAULT_SCOPES = ("read", "write")


def scopes_of(names: list[str]) -> frozenset[str]:
    """Spell out the shorthands `read` and `write`; unknown names are kept and mean nothing."""
    spelled = set(names)
    for verb in ("read", "write"):
        if verb in spelled:
            spelled |= {f"{resource}:{verb}" for resource in RESOURCES}
    return frozenset(spelled)


def make_organization(commune: "Commune", name: str, tier: str = UNLIMITED) -> str:
    """Make an organization and return its id."""
    organization_id = commune.ids.hex(24)
    commune.storage.run(
        "INSERT INTO commune_organizations (organization_id, name, tier) VALUES (?, ?, ?)", organization_id, name, tier
    )
    return organization_id


def issue_key(
    commune: "Commune", organization_id: str, scopes: list[str], *, expires_ms: int | None = None, key: str = ""
) -> str:
    """Issue an API key and return it."""
    api_key = key or f"comm_{commune.ids.hex(64)}"
    commune.storage.run(
        "INSERT INTO commune_keys VALUES (?, ?, ?, ?)", api_key, organization_id, json.dumps(scopes), expires_ms
    )
    commune.forget_callers()
    return api_key


def first_account(commune: "Commune") -> str:
    """Return the key of the organization that is there from the start; the first time, make both."""
    api_key = f"comm_{commune.ids.secret('commune key')}"
    if not commune.storage.value("SELECT 1 FROM commune_keys WHERE api_key = ?", api_key):
        with commune.world.transaction():
            organization_id = make_organization(commune, "Sandbox")
            issue_key(commune, organization_id, list(DEFAULT_SCOPES), key=api_key)
            number = (commune.ids.uuid(), organization_id, "+12025550100")
            commune.storage.run("INSERT INTO commune_phone_numbers VALUES (?, ?, ?, 1)", *number)
    return api_key
