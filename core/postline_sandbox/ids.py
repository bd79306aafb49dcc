"""Identifiers that look random and are the same in every run: a hash of the seed and a counter."""

import hashlib


class Ids:
    """A reproducible sequence of identifiers in the services' shapes."""

    def __init__(self, seed: str, counter: int = 0) -> None:
        self._key = hashlib.blake2b(seed.encode(), digest_size=32).digest()
        self.counter = counter

    def hex(self, length: int = 32) -> str:
        """Return the next identifier as lower-case hex of at most 64 digits."""
        self.counter += 1
        return self.secret(str(self.counter), length)

    def uuid(self) -> str:
        """Return the next identifier in the shape of a UUID4."""
        return as_uuid(self.hex())

    def secret(self, name: str, length: int = 64) -> str:
        """Return the hex value that belongs to a name, always the same one."""
        return hashlib.blake2b(name.encode(), digest_size=32, key=self._key).hexdigest()[:length]


def as_uuid(digits: str) -> str:
    """Lay 32 hex digits out as a UUID4."""
    variant = "89ab"[int(digits[16], 16) & 3]
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:32]}"
