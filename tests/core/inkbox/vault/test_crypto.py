"""Keys, wraps, payloads and recovery codes are the official client's, to the byte."""

import base64
import json
import re
from typing import Any
from uuid import UUID

import pytest
from cryptography.exceptions import InvalidTag
from tests.core.inkbox.vault import vectors as v

from postline.errors import ArgumentError
from postline.hidden import Hidden
from postline.inkbox import (
    InkboxVaultKeyError,
    VaultKeyType,
    generate_org_encryption_key,
    generate_recovery_code,
    generate_vault_key_material,
)
from postline.inkbox.vault import _sealing, crypto
from postline.inkbox.vault._sealing import Key, derive
from postline.inkbox.vault.exceptions import (
    SecretFieldError,
    SecretFormatError,
    SecretTamperedError,
    SecretTruncatedError,
    VaultError,
    VaultLockedError,
)
from postline.inkbox.vault.payloads import LoginPayload, OtherPayload, decoded, encoded
from postline.inkbox.vault.totp import TOTPConfig


def key(text: str) -> Key:
    """Make a key from hexadecimal text."""
    return Key(Hidden(bytes.fromhex(text)))


ORG_KEY = key(v.ORG_KEY.hex())


@pytest.fixture
def fixed_nonce(monkeypatch: pytest.MonkeyPatch) -> None:
    """Use the vectors' nonce for everything that is sealed."""
    monkeypatch.setattr(_sealing, "urandom", lambda size: v.NONCE[:size])


@pytest.mark.parametrize(("secret", "organization"), v.DERIVATIONS)
def test_a_secret_is_turned_into_its_master_key(secret: str, organization: str, fixed_nonce: None) -> None:
    """Verbatim, salted with the organization's id; the hash is the key's."""
    master_key, auth_hash = v.DERIVATIONS[secret, organization]

    master = derive(Hidden(secret), organization)

    assert master.auth_hash.reveal() == auth_hash
    assert master.seal(Hidden(b"x"), "a") == key(master_key).seal(Hidden(b"x"), "a")


def test_no_key_is_derived_with_a_short_salt() -> None:
    """Seven bytes are too few, and the error says nothing of the secret."""
    with pytest.raises(VaultError, match="under 8 bytes") as caught:
        derive(Hidden("any"), "1234567")

    assert caught.value.__context__ is None


@pytest.mark.parametrize("secret", ["\ud800", 5, None, b"bytes"])
def test_a_secret_is_text(secret: Any) -> None:
    """Anything else is refused before it is used."""
    with pytest.raises(ArgumentError, match="is text") as caught:
        derive(Hidden(secret), v.ORGANIZATION)

    assert caught.value.__context__ is None


@pytest.mark.parametrize(("master_key", "owner", "blob"), v.WRAPS)
def test_a_key_is_wrapped_as_it_should_be(master_key: str, owner: str, blob: str, fixed_nonce: None) -> None:
    """And opens with the same master key for the same owner only."""
    master = key(master_key)

    assert master.seal(Hidden(v.ORG_KEY), owner) == blob
    assert master.open(blob, owner).reveal() == v.ORG_KEY
    for wrong_key, wrong_owner in ((ORG_KEY, owner), (master, v.SECRET_ID)):
        with pytest.raises(SecretTamperedError) as caught:
            wrong_key.open(blob, wrong_owner)
        assert isinstance(caught.value, InvalidTag)


def test_a_wrapped_key_lies_before_its_nonce_and_its_tag() -> None:
    """Ciphertext, nonce, tag: 60 bytes."""
    blob = base64.b64decode(ORG_KEY.seal(Hidden(v.ORG_KEY), v.KEY_ID))

    again = base64.b64decode(ORG_KEY.seal(Hidden(v.ORG_KEY), v.KEY_ID))

    assert len(blob) == 60
    assert blob[32:44] != again[32:44]


@pytest.mark.parametrize("name", v.PAYLOADS)
def test_a_payload_is_sealed_as_it_should_be(name: str, fixed_nonce: None) -> None:
    """Byte by byte, from its JSON to its blob, and read back."""
    secret_type, plain, blob = v.PAYLOADS[name]

    payload = decoded(secret_type, ORG_KEY.open(blob, v.SECRET_ID))

    assert encoded(payload).reveal() == plain.encode()
    assert ORG_KEY.seal(encoded(payload), v.SECRET_ID) == blob
    assert {name: value for name, value in payload.reveal().items() if value is not None} == json.loads(plain)


def test_an_id_in_capitals_is_the_same_id() -> None:
    """What other clients sealed for an id as their caller wrote it can be opened."""
    blob = ORG_KEY.seal(Hidden(b"x"), v.SECRET_ID.upper())

    assert ORG_KEY.open(blob, v.SECRET_ID).reveal() == b"x"


def test_json_of_other_clients_is_read() -> None:
    """In any order, with spaces, unescaped, with what is not known here, and with nulls."""
    plain = (
        '{ "url": null, "new": [1], "password": "é",\n"totp": {"secret": "JBSWY3DPEHPK3PXP", "issuer": null, "x": 1} }'
    )

    login = decoded("login", Hidden(plain.encode()))

    assert login == LoginPayload("é", totp=TOTPConfig("JBSWY3DPEHPK3PXP"))


@pytest.mark.parametrize(
    ("secret_type", "plain", "kind", "why"),
    [
        ("card", "{}", SecretFormatError, "type 'card' are not known"),
        ("login", "[]", SecretFormatError, "not a JSON object"),
        ("login", '{"password": "canary', SecretFormatError, "not a JSON object"),
        ("login", "\xff", SecretFormatError, "not a JSON object"),
        ("login", "[" * 100_000, SecretFormatError, "not a JSON object"),
        ("login", '{"username": "canary"}', SecretFieldError, "has no password"),
        ("key_pair", '{"access_key": "canary"}', SecretFieldError, "has no secret_key"),
        ("other", '{"data": {"a": "canary"}}', SecretFormatError, "data .* is not text"),
        ("other", '{"data": "d", "notes": 5}', SecretFormatError, "notes .* is not text"),
        ("login", '{"password": "p", "totp": "canary"}', SecretFormatError, "totp .* is not a JSON object"),
        ("login", '{"password": "p", "totp": {}}', SecretFieldError, "totp .* has no secret"),
        ("login", '{"password": "p", "totp": {"secret": "canary-1"}}', SecretFormatError, r"Invalid base32 .*=8"),
        ("login", '{"password": "p", "totp": {"secret": "AA", "issuer": 1}}', SecretFormatError, "issuer .* is not text"),
        ("login", '{"password": "p", "totp": {"secret": "AAAA", "digits": 7}}', SecretFormatError, "digits must be 6 or 8"),
    ],
)  # fmt: skip
def test_what_is_no_payload_is_refused(secret_type: str, plain: str, kind: type[ValueError], why: str) -> None:
    """By field and rule; what is in it stays unsaid."""
    with pytest.raises(kind, match=why) as caught:
        decoded(secret_type, Hidden(plain.encode("latin-1")))

    assert "canary" not in repr(caught.value)
    assert isinstance(caught.value, KeyError) == (kind is SecretFieldError)


@pytest.mark.parametrize(
    "payload",
    [
        LoginPayload(5),  # type: ignore[arg-type]  # the point
        LoginPayload(None),  # type: ignore[arg-type]  # the point
        OtherPayload("d", notes=["canary"]),  # type: ignore[arg-type]  # the point
        LoginPayload("p", totp="otpauth://canary"),  # type: ignore[arg-type]  # the point
    ],
)
def test_only_text_is_sealed(payload: Any) -> None:
    """Anything else is refused by its name."""
    with pytest.raises(ArgumentError, match="must be") as caught:
        encoded(payload)

    assert "canary" not in str(caught.value)


def test_what_codes_cannot_be_made_from_is_not_sealed() -> None:
    """Also where it was changed after it was made."""
    config = TOTPConfig("JBSWY3DPEHPK3PXP")
    config.digits = 7
    named = TOTPConfig("JBSWY3DPEHPK3PXP", issuer=5)  # type: ignore[arg-type]  # the point

    with pytest.raises(ArgumentError, match="digits must be 6 or 8"):
        encoded(LoginPayload("p", totp=config))
    with pytest.raises(ArgumentError, match="issuer of a TOTPConfig must be text"):
        encoded(LoginPayload("p", totp=named))


@pytest.mark.parametrize("size", [0, 16, 31, 33])
def test_a_key_has_256_bits(size: int) -> None:
    """No more and no less, though the cipher would take some others."""
    with pytest.raises(VaultError, match="32 bytes"):
        Key(Hidden(bytes(size)))


def test_a_dropped_key_does_nothing() -> None:
    """It neither seals nor opens."""
    dropped = key(v.ORG_KEY.hex())
    dropped.drop()

    with pytest.raises(VaultLockedError):
        dropped.seal(Hidden(b"x"), v.SECRET_ID)
    with pytest.raises(VaultLockedError):
        dropped.open(v.LOGIN, v.SECRET_ID)


@pytest.mark.parametrize("blob", ["", "?", "AAAA", base64.b64encode(bytes(27)).decode(), "Ä" * 80])
def test_too_little_is_told_from_tampered(blob: str) -> None:
    """What has no room for nonce and tag, or is not base64."""
    with pytest.raises(SecretTruncatedError):
        ORG_KEY.open(blob, v.SECRET_ID)


@pytest.mark.parametrize(
    "strong",
    ["Test-Passw0rd!xy", "Test Passw0rd xyz", "Tést1passwordxyz", "ÀBCDEFGH-ijk-1234", "Line-1\nLine-2 and so"],
)
def test_strong_vault_keys_are_taken(strong: str) -> None:
    """Sixteen characters of four kinds; whatever is not ASCII counts as special."""
    crypto.check_vault_key(Hidden(strong))


@pytest.mark.parametrize(
    ("weak", "why"),
    [
        ("Test-Passw0rd!x", "Vault key must be at least 16 characters"),
        ("test-passw0rd!xy", "Vault key must contain at least one uppercase letter"),
        ("TESTPASSW0RD!!XY", "Vault key must contain at least one lowercase letter"),
        ("Test-Password!xy", "Vault key must contain at least one digit"),
        ("TestPassw0rdxyxy", "Vault key must contain at least one special character"),
        ("é" * 15 + "\n", "Vault key must contain at least one uppercase letter"),
    ],
)
def test_weak_vault_keys_are_refused(weak: str, why: str) -> None:
    """By the first rule that they break, before anything is derived."""
    with pytest.raises(InkboxVaultKeyError) as caught:
        generate_vault_key_material(weak, "short", b"no key")

    assert str(caught.value) == why


def test_a_vault_key_is_text() -> None:
    """Anything else has no strength to speak of."""
    with pytest.raises(ArgumentError, match="must be text"):
        crypto.check_vault_key(Hidden(b"Test-Passw0rd!xy"))  # type: ignore[arg-type]  # the point


def test_material_is_what_the_service_keeps(fixed_nonce: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a vault key, as JSON."""
    monkeypatch.setattr(crypto, "uuid4", lambda: UUID(v.KEY_ID))

    material = generate_vault_key_material(v.VAULT_KEY, v.ORGANIZATION, v.ORG_KEY)

    assert material.to_wire() == {
        "id": v.KEY_ID,
        "wrapped_org_encryption_key": v.WRAPPED,
        "auth_hash": v.AUTH_HASH,
        "key_type": "primary",
    }
    assert material.key_type is VaultKeyType.PRIMARY


def test_a_recovery_code_is_wrapped_like_a_key(fixed_nonce: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its hyphens and capitals included."""
    monkeypatch.setattr(crypto, "uuid4", lambda: UUID(v.RECOVERY_MATERIAL["id"]))
    monkeypatch.setattr("secrets.choice", lambda alphabet: alphabet[0])

    code, material = generate_recovery_code(v.ORGANIZATION, v.ORG_KEY)

    assert {"code": code, **material.to_wire()} == {**v.RECOVERY_MATERIAL, "key_type": "recovery"}


def test_recovery_codes_have_no_letters_to_mistake() -> None:
    """Eight groups of four; no two are the same."""
    codes = [generate_recovery_code(v.ORGANIZATION, generate_org_encryption_key())[0] for _ in range(2)]

    assert codes[0] != codes[1]
    for code in codes:
        assert re.fullmatch(r"([2-9A-HJ-NP-Z]{4}-){7}[2-9A-HJ-NP-Z]{4}", code)
        assert "L" not in code
        assert crypto.is_recovery_code(Hidden(code))
    assert len(generate_org_encryption_key()) == 32
