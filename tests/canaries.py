"""Secrets that tests plant, and what finds them again, in whatever form. `watch` looks for them in all that the suite shows."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator, Mapping
from urllib.parse import quote

from tests.core.inkbox.vault import vectors as v

from postline.inkbox.vault.totp import TOTPConfig, generate_totp

NOW = 1_800_000_000.0
"""When codes are made in tests: then what they are is known."""
MARK = "CANARY"
"""In what is planted: whatever else has it is a secret as well."""
VAULT_KEY = "Vault-CANARY-key-7"
RECOVERY_CODE = "CANA-RYCA-NARY-CANA-RY23-4567-89AB-CDEF"
NAME, PASSWORD, TOKEN = "CANARY-bot", "CANARY-password", "CANARY-token"
SEED = "CANARY27CANARY27"
CODES = TOTPConfig(SEED, digits=8)

_CONFIGS = (
    CODES,
    TOTPConfig(SEED),
    TOTPConfig("JBSWY3DPEHPK3PXP"),
    TOTPConfig("JBSWY3DPEHPK3PXP", digits=8),
    TOTPConfig("JBSWY3DPEHPK3PXP", "sha256", digits=8, period=60),
)
_PLANTED: Mapping[str, str] = {
    "a planted value": MARK,
    "a vault key": VAULT_KEY,
    "a name": NAME,
    "a password": PASSWORD,
    "a token": TOKEN,
    "a seed": SEED,
    "a recovery code": RECOVERY_CODE,
    "the vectors' recovery code": v.RECOVERY_CODE,
    "the vectors' master key": v.MASTER_KEY,
    "the vectors' other master key": v.RECOVERY_MASTER_KEY,
    "the vectors' hash": v.AUTH_HASH,
    "the vectors' other hash": v.RECOVERY_AUTH_HASH,
    "the vectors' password": "s3cret",
    "the documentation's seed": "JBSWY3DPEHPK3PXP",
    "a vault key of the interoperability's": "Horse-Battery",
    "a vault key of the documentation's": "-Vault-key-",
    "a new vault key": "-Passw0rd!xy",
}
_PATTERNS = {
    "a one-time code": re.compile(
        rf"(?<![\w.])({'|'.join(generate_totp(each, now=NOW).code for each in _CONFIGS)})(?!\w|\.\d)"
    ),
    "a recovery code": re.compile(r"(?<![\w-])(?:[2-9A-HJKMNP-Z]{4}-){7}[2-9A-HJKMNP-Z]{4}(?![\w-])"),
}
_KEYS = re.compile(r"ApiKey_[0-9a-f-]{36}\.\w{8}|comm_[0-9a-f]{16}")


def _forms(value: bytes) -> Iterator[str]:
    """Yield what a value looks like: as it is, quoted, in hex, and in base64 wherever in a longer text it begins."""
    text = value.decode("latin-1")
    yield from (text, quote(text, safe=""), json.dumps(text)[1:-1], repr(value)[2:-1], value.hex())
    for offset in range(3):
        encoded = base64.b64encode(bytes(offset) + value).decode()
        yield encoded[-(-8 * offset // 6) : 8 * (offset + len(value)) // 6]


_NEEDLES = {form: what for what, value in _PLANTED.items() for form in _forms(value.encode())} | {
    form: f"key material: {what}"
    for what, key in {"organization": v.ORG_KEY, "master": bytes.fromhex(v.MASTER_KEY)}.items()
    for form in _forms(key)
}


def found_in(text: str) -> list[str]:
    """Name the planted secrets that a text has."""
    found = {what for form, what in _NEEDLES.items() if form in text}
    return sorted(found.union(what for what, pattern in _PATTERNS.items() if pattern.search(text)))


def keys_in(text: str) -> list[str]:
    """Name the keys of services that a text has."""
    return ["a service's key"] if _KEYS.search(text) else []
