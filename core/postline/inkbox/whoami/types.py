"""Records of who a key speaks for."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Discriminator, Tag

from postline.inkbox._record import record

__all__ = [
    "AUTH_SUBTYPE_API_KEY_ADMIN_SCOPED",
    "AUTH_SUBTYPE_API_KEY_AGENT_SCOPED_CLAIMED",
    "AUTH_SUBTYPE_API_KEY_AGENT_SCOPED_UNCLAIMED",
    "WhoamiApiKeyResponse",
    "WhoamiJwtResponse",
    "WhoamiResponse",
]

AUTH_SUBTYPE_API_KEY_ADMIN_SCOPED = "api_key.admin_scoped"
AUTH_SUBTYPE_API_KEY_AGENT_SCOPED_CLAIMED = "api_key.agent_scoped.claimed"
AUTH_SUBTYPE_API_KEY_AGENT_SCOPED_UNCLAIMED = "api_key.agent_scoped.unclaimed"


@record
class WhoamiApiKeyResponse:
    """The key that was used. Times are Unix seconds."""

    auth_type: str
    auth_subtype: str | None = None
    """Its scope, one of the `AUTH_SUBTYPE_...` constants."""
    organization_id: str | None = None
    created_by: str | None = None
    creator_type: str | None = None
    key_id: str | None = None
    label: str | None = None
    description: str | None = None
    created_at: float | None = None
    last_used_at: float | None = None
    expires_at: float | None = None


@record
class WhoamiJwtResponse:
    """The person who is signed in."""

    auth_type: str
    auth_subtype: str | None = None
    user_id: str | None = None
    email: str | None = None
    name: str | None = None
    organization_id: str | None = None
    org_role: str | None = None
    org_slug: str | None = None


WhoamiResponse = WhoamiApiKeyResponse | WhoamiJwtResponse


def _kind(value: Any) -> str:
    return "api_key" if isinstance(value, dict) and value.get("auth_type") == "api_key" else "jwt"


Whoami = Annotated[
    Annotated[WhoamiApiKeyResponse, Tag("api_key")] | Annotated[WhoamiJwtResponse, Tag("jwt")], Discriminator(_kind)
]
"""How an answer is read: anything but a key's is a person's."""
