"""A vault to open, and derivations that are made once."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
from argon2.low_level import hash_secret_raw
from tests.core.inkbox.conftest import BothInkboxes
from tests.core.inkbox.vault import vectors as v
from tests.core.inkbox.vault.server import VaultServer

from postline.inkbox.vault import _sealing


@pytest.fixture(scope="session")
def derived_once() -> Callable[..., bytes]:
    """Derive each key for real, but only the first time: it is slow and takes much memory."""
    return cache(hash_secret_raw)


@pytest.fixture(autouse=True)
def _derive_once(derived_once: Callable[..., bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_sealing, "hash_secret_raw", derived_once)


@pytest.fixture
def server() -> VaultServer:
    """The vectors' vault."""
    return VaultServer.of_the_vectors()


@pytest.fixture
def client(both: BothInkboxes, server: VaultServer) -> Any:
    """A client of either kind on that vault."""
    return both.client(server)


@pytest.fixture
def unlocked(both: BothInkboxes, client: Any, server: VaultServer) -> Any:
    """The vault, opened; the requests that this took are forgotten."""
    opened = both.do(lambda: client.vault.unlock(v.VAULT_KEY))
    server.requests.clear()
    return opened
