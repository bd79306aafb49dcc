"""Names of tunnels, which are the handles of identities."""

from __future__ import annotations

import re

from postline.inkbox.tunnels.exceptions import TunnelNameInvalid

__all__ = ["normalize_agent_handle", "validate_agent_handle", "validate_tunnel_name"]

_SHORTEST, _LONGEST = 3, 63
_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


def normalize_agent_handle(value: str) -> str:
    """Return a handle without its leading `@`, in lower case."""
    if not isinstance(value, str):
        raise TunnelNameInvalid("agent_handle / tunnel_name must be a string")
    return value.removeprefix("@").lower()


def validate_tunnel_name(name: str) -> str:
    """Return the normalized name.

    Raises:
        TunnelNameInvalid: It has not 3 to 63 of `a-z`, `0-9` and single inner hyphens.
    """
    name = normalize_agent_handle(name)
    if len(name) < _SHORTEST:
        raise TunnelNameInvalid(f"tunnel_name must be at least {_SHORTEST} characters")
    if len(name) > _LONGEST:
        raise TunnelNameInvalid(f"tunnel_name must be at most {_LONGEST} characters")
    if not _NAME.fullmatch(name):
        raise TunnelNameInvalid(
            "tunnel_name may only contain lowercase letters, numbers, and hyphens, one at a time and none at either end"
        )
    return name


validate_agent_handle = validate_tunnel_name
