"""What unlocking cannot do without, were all secrets decrypted: a key is derived, and with nothing around it they are."""

from bench import sealing
from bench.names import SECRETS, uuid_of

Sealed = list[tuple[bytes, str]]


def construct(_: str) -> Sealed:
    owners = map(uuid_of, range(SECRETS))
    return [(sealing.seal(sealing.ORG_KEY, sealing.payload(k), owner), owner) for k, owner in enumerate(owners)]


def unlock(sealed: Sealed, _: str) -> None:
    sealing.derive()
    sealing.open_all(sealed)
