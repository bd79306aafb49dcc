"""Every public method of the official `inkbox` 0.4.4, by names such as `messages.get`: tests are held to all of them."""

from __future__ import annotations

import inspect
from operator import attrgetter
from typing import Any

import inkbox
from inkbox.vault.resources.vault import UnlockedVault

CLASSES = {"identity": inkbox.AgentIdentity, "credentials": inkbox.Credentials, "unlocked": UnlockedVault}
"""What a client hands out with methods of its own, by what its methods' names begin with here."""
DATA_PLANE = "tunnels.connect"
"""What carries bytes and asks the service for no more than `tunnels.get` and `tunnels.list` do."""


def groups(client: inkbox.Inkbox) -> list[str]:
    """Return where on a client there are methods: itself, its groups, and theirs."""
    own = [f"{name}.".lstrip(".") for name in ("", *_groups(client))]
    below = [f"{name}{inner}." for name in own if name for inner in _groups(attrgetter(name[:-1])(client))]
    return [*own, *below]


def methods() -> dict[str, Any]:
    """Return the methods by their names."""
    with inkbox.Inkbox("key", base_url="http://127.0.0.1:9") as client:
        owners = {name: attrgetter(name[:-1])(client) if name else client for name in groups(client)}
        owners |= {f"{name}.": kind for name, kind in CLASSES.items()}
        return {
            f"{where}{name}": method
            for where, owner in owners.items()
            for name, method in inspect.getmembers(owner, inspect.isroutine)
            if not name.startswith("_")
        }


def _groups(owner: Any) -> list[str]:
    found = inspect.getmembers(owner, lambda value: type(value).__module__.startswith("inkbox."))
    return [name for name, value in found if not name.startswith("_") and not callable(value)]
