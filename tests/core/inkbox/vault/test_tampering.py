"""Whatever is done to what is stored, it is refused as what it is, and nothing is shown."""

import base64
from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.core.inkbox.vault import vectors as v
from tests.core.inkbox.vault.leaks import shown_of_error

from postline.hidden import Hidden
from postline.inkbox import VaultKey, VaultSecretDetail
from postline.inkbox.vault import keys
from postline.inkbox.vault._sealing import Key, MasterKey
from postline.inkbox.vault.exceptions import (
    SecretSwappedError,
    SecretTamperedError,
    SecretTruncatedError,
    SecretUnreadableError,
    VaultKeyUnwrapError,
)
from postline.inkbox.vault.opened import Opened

NOW = datetime(2026, 3, 18, tzinfo=UTC)
CANARIES = ("s3cret", "bot@crm", "JBSWY3DPEHPK3PXP", "sk-123", "BEGIN", "freeform")
BLOBS = {name: base64.b64decode(blob) for name, (_, _, blob) in v.PAYLOADS.items()}
WRAPPED = base64.b64decode(v.WRAPPED)
OTHER_ID = UUID("bbbbbbbb-bbbb-4ccc-8ddd-eeeeeeeeeeee")
KEYS = [VaultKey(id=UUID(v.KEY_ID), key_type="primary", created_at=NOW, updated_at=NOW)]


@st.composite
def spoiled(draw: st.DrawFn, whole: bytes) -> bytes:
    """Spoil bytes: change some, cut them, add to them, or mix them up."""
    size = len(whole)
    match draw(st.sampled_from(["flip", "cut", "grow", "swap", "zero", "anything"])):
        case "flip":
            at, mask = draw(st.integers(0, size - 1)), draw(st.integers(1, 255))
            made = whole[:at] + bytes([whole[at] ^ mask]) + whole[at + 1 :]
        case "cut":
            start, end = draw(st.integers(0, size)), draw(st.integers(0, size))
            made = whole[:start] + whole[end:] if start < end else whole[end:start]
        case "grow":
            at = draw(st.integers(0, size))
            made = whole[:at] + draw(st.binary(min_size=1, max_size=40)) + whole[at:]
        case "swap":
            at = draw(st.integers(1, size - 1))
            made = whole[at:] + whole[:at]
        case "zero":
            at = draw(st.integers(0, size - 1))
            made = whole[:at] + bytes(size - at)
        case _:
            made = draw(st.binary(max_size=120))
    return made if made != whole else made + b"\0"


def opened(stored: bytes | str, secret_type: str = "login", key: bytes = v.ORG_KEY) -> Opened:
    """Return a vault with one secret."""
    text = stored if isinstance(stored, str) else base64.b64encode(stored).decode()
    secret = VaultSecretDetail(
        id=UUID(v.SECRET_ID), name="S", secret_type=secret_type, created_at=NOW, updated_at=NOW, encrypted_payload=text
    )
    return Opened(Key(Hidden(key)), [secret])


@settings(max_examples=3000)
@given(data=st.data(), name=st.sampled_from(sorted(BLOBS)))
def test_a_spoiled_secret_is_never_read(data: st.DataObject, name: str) -> None:
    """Thousands of ways to spoil one: each is found, as too short where it is, else as tampered with."""
    blob = data.draw(spoiled(BLOBS[name]))
    [secret] = opened(blob, v.PAYLOADS[name][0]).secrets()

    with pytest.raises(SecretUnreadableError) as caught:
        secret.payload  # noqa: B018  # the point

    expected = SecretTruncatedError if len(blob) < 28 else SecretTamperedError
    assert isinstance(caught.value, expected)
    assert not any(canary in repr(each) for canary in CANARIES for each in (caught.value, caught.value.__context__))


@settings(max_examples=500)
@given(st.text(max_size=60))
def test_any_text_in_place_of_a_secret_is_refused(text: str) -> None:
    """Base64 or not."""
    with pytest.raises(SecretUnreadableError):
        opened(text).secrets()[0].payload  # noqa: B018  # the point


@settings(max_examples=500)
@given(spoiled(WRAPPED))
def test_a_spoiled_key_is_never_used(blob: bytes) -> None:
    """What a vault key should open has one error, whatever is wrong with it."""
    master = MasterKey(Hidden(bytes.fromhex(v.MASTER_KEY)))

    with pytest.raises(VaultKeyUnwrapError):
        keys._unwrapped(master, base64.b64encode(blob).decode(), KEYS)


@settings(max_examples=200)
@given(st.binary(min_size=32, max_size=32).filter(lambda key: key != v.ORG_KEY))
def test_another_key_opens_nothing(key: bytes) -> None:
    """And says so as for what was tampered with: the two cannot be told apart."""
    with pytest.raises(SecretTamperedError):
        opened(v.LOGIN, key=key).secrets()[0].payload  # noqa: B018  # the point


@pytest.mark.parametrize("name", BLOBS)
def test_an_error_about_a_secret_shows_nothing_of_it(name: str) -> None:
    """Truncated, tampered with, or another's."""
    kind, _, blob = v.PAYLOADS[name]
    vault = opened(blob, kind)
    swapped = VaultSecretDetail(**{**vars(vault._stored[UUID(v.SECRET_ID)]), "id": OTHER_ID})
    with_swapped = Opened(vault.key, [*vault._stored.values(), swapped])
    cases = {
        SecretTruncatedError: opened(blob[:16], kind).secrets()[0],
        SecretTamperedError: opened("AAAA" + blob[4:], kind).secrets()[0],
        SecretSwappedError: with_swapped.secrets()[1],
    }

    for expected, secret in cases.items():
        with pytest.raises(expected) as caught:
            secret.payload  # noqa: B018  # the point
        assert type(caught.value) is expected or issubclass(type(caught.value), expected)
        assert not any(canary in shown_of_error(caught.value) for canary in CANARIES)
    assert with_swapped.secrets()[0].payload == vault.secrets()[0].payload
