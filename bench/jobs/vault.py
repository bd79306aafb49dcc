"""Unlocking a vault."""

from typing import Any

from bench.jobs import Meter, Report, awaited, client_module
from bench.names import VAULT_KEY


def unlock(client: str, url: str) -> Report:
    """Unlock a vault, and another time with a new client, when all is loaded that takes loading."""
    module = client_module(client)
    first, second = module.construct(url), module.construct(url)
    meter = Meter()
    _unlock(module, first)
    cold_ms = meter.report()["wall_ms"]
    meter = Meter()
    _unlock(module, second)
    return meter.report() | {"cold_ms": cold_ms}


def decrypted(client: str, url: str) -> Report:
    """Unlock a vault, and count the payloads that were decrypted by that: all decryptions but the one of its key."""
    from cryptography.hazmat.primitives.ciphers import aead

    count, cipher = 0, aead.AESGCM

    class Counting:
        def __init__(self, key: bytes) -> None:
            self.cipher = cipher(key)

        def decrypt(self, *arguments: Any, **named: Any) -> bytes:
            nonlocal count
            count += 1
            return self.cipher.decrypt(*arguments, **named)

    aead.AESGCM = Counting  # type: ignore[assignment]  # before the client imports it
    module = client_module(client)
    _unlock(module, module.construct(url))
    return {"decrypted": count - 1}


def _unlock(module: Any, made: Any) -> None:
    unlocking = module.unlock(made, VAULT_KEY)
    if hasattr(unlocking, "__await__"):
        awaited(unlocking)
