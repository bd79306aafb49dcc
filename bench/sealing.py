"""The cryptography of Inkbox's vault with nothing around it: what the server seals with, and a client is compared with.

Loads argon2 and cryptography, so only what is about the vault imports it.
"""

import base64
import hashlib
import json

from argon2.low_level import Type, hash_secret_raw
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bench.names import VAULT_KEY

ORGANIZATION = "org_bench"
ORG_KEY = bytes(range(32))
NONCE = bytes(12)
TAG_BYTES = 16


def derive() -> bytes:
    """What the vault key becomes; slow on purpose."""
    return hash_secret_raw(VAULT_KEY.encode(), ORGANIZATION.encode(), 3, 64 * 1024, 1, 32, Type.ID)


def auth_hash(master_key: bytes) -> str:
    return hashlib.sha256(master_key).hexdigest()


def payload(number: int) -> bytes:
    """What is secret of a login."""
    login = {"password": f"correct horse {number}", "username": f"clerk{number}", "url": "https://shop.example.com"}
    return json.dumps(login).encode()


def seal(key: bytes, plain: bytes, owner: str) -> bytes:
    """Encrypt for the id of an owner: the ciphertext with its tag."""
    return AESGCM(key).encrypt(NONCE, plain, owner.encode())


def stored(sealed: bytes) -> str:
    """The form in which the service keeps it: ciphertext, nonce, tag."""
    return base64.b64encode(sealed[:-TAG_BYTES] + NONCE + sealed[-TAG_BYTES:]).decode()


def open_all(sealed: list[tuple[bytes, str]]) -> None:
    """Decrypt what was sealed with `ORG_KEY`, each for its owner."""
    cipher = AESGCM(ORG_KEY)
    for ciphertext, owner in sealed:
        cipher.decrypt(NONCE, ciphertext, owner.encode())
