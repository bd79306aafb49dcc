"""The vault's cryptography: Argon2id, AES-256-GCM, and the form in which sealed data is kept. Loads the extra `vault`."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from os import urandom

from argon2.exceptions import HashingError
from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from postline.errors import ArgumentError
from postline.hidden import Hidden
from postline.inkbox.vault.exceptions import (
    SecretSwappedError,
    SecretTamperedError,
    SecretTruncatedError,
    VaultError,
    VaultLockedError,
)

KEY_BYTES = 32
NONCE_BYTES = 12
TAG_BYTES = 16


class WrongTagError(SecretTamperedError, InvalidTag):
    """Sealed data that does not belong to its key and owner; also the `InvalidTag` that the official client lets through."""


class WrongOwnerError(SecretSwappedError, InvalidTag):
    """Sealed data that belongs to another owner."""


class Key:
    """A key of 256 bits that seals and opens; nothing gets it out again."""

    def __init__(self, key: Hidden[bytes]) -> None:
        if len(key.reveal()) != KEY_BYTES:
            raise VaultError(f"a key has {KEY_BYTES} bytes; this one has {len(key.reveal())}")
        self._cipher: AESGCM | None = AESGCM(key.reveal())

    @property
    def dropped(self) -> bool:
        """Whether it was dropped."""
        return self._cipher is None

    def drop(self) -> None:
        """Forget the key; from then on it neither seals nor opens."""
        self._cipher = None

    def seal(self, plain: Hidden[bytes], owner: str) -> str:
        """Encrypt for the id of an owner; the result opens for no other. Two seals of the same are never the same."""
        nonce = urandom(NONCE_BYTES)
        sealed = self._open_cipher().encrypt(nonce, plain.reveal(), owner.encode() or None)
        return base64.b64encode(sealed[:-TAG_BYTES] + nonce + sealed[-TAG_BYTES:]).decode()

    def open(self, sealed: str, owner: str) -> Hidden[bytes]:
        """Decrypt what was sealed for an owner.

        Raises:
            SecretTruncatedError: It is too short, or not base64.
            SecretTamperedError: It was sealed by another key, for another owner, or has changed since.
        """
        blob = _decoded(sealed)
        nonce = blob[-NONCE_BYTES - TAG_BYTES : -TAG_BYTES]
        data = blob[: -NONCE_BYTES - TAG_BYTES] + blob[-TAG_BYTES:]
        cipher = self._open_cipher()
        for spelling in dict.fromkeys(
            (owner, owner.upper())
        ):  # other clients sealed for ids as their callers wrote them
            plain = _opened(lambda: cipher.decrypt(nonce, data, spelling.encode() or None))  # noqa: B023  # called at once
            if plain is not None:
                return plain
        raise WrongTagError("it was sealed with another key or for another id, or has changed since")

    def _open_cipher(self) -> AESGCM:
        if self._cipher is None:
            raise VaultLockedError
        return self._cipher


class MasterKey(Key):
    """What a vault key or a recovery code is turned into: it opens the organization's key."""

    def __init__(self, key: Hidden[bytes]) -> None:
        super().__init__(key)
        self.auth_hash = Hidden(hashlib.sha256(key.reveal()).hexdigest())
        """By which the service finds what the key opens."""


def derive(secret: Hidden[str], organization_id: str) -> MasterKey:
    """Turn a vault key or recovery code into its master key. Takes a third of a second and 64 MiB, on purpose.

    Raises:
        VaultError: The organization's id is too short to be a salt, or there is too little memory.
    """
    encoded = _encoded(secret)
    if encoded is None:
        raise ArgumentError("a vault key or recovery code is text, without halves of surrogate pairs")
    master = _stretched(encoded, organization_id.encode())
    if master is None:
        raise VaultError("no key can be derived: the organization's id has under 8 bytes, or memory is short")
    return MasterKey(master)


def _encoded(secret: Hidden[str]) -> Hidden[bytes] | None:
    try:
        return Hidden(secret.reveal().encode())
    except (UnicodeEncodeError, AttributeError):  # whose text would quote it
        return None


def _stretched(secret: Hidden[bytes], salt: bytes) -> Hidden[bytes] | None:
    try:
        return Hidden(
            hash_secret_raw(
                secret.reveal(),
                salt,
                time_cost=3,
                memory_cost=64 * 1024,
                parallelism=1,
                hash_len=KEY_BYTES,
                type=Type.ID,
            )
        )
    except HashingError:  # whose traceback has the secret in it
        return None


def _opened(decrypt: Callable[[], bytes]) -> Hidden[bytes] | None:
    try:
        return Hidden(decrypt())
    except InvalidTag:
        return None


def _decoded(sealed: str) -> bytes:
    try:
        blob = base64.b64decode(sealed, validate=True)
    except ValueError as error:
        raise SecretTruncatedError("what is stored is not base64") from error
    if len(blob) < NONCE_BYTES + TAG_BYTES:
        raise SecretTruncatedError(f"what is stored has {len(blob)} bytes, too few for its nonce and tag")
    return blob
