"""The secrets of an open vault, by the vault and by an identity: what is sent, kept and refused."""

import json
from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

import httpx
import pytest
from tests.conformance.inkbox.answers import IDENTITY_DETAIL
from tests.core.inkbox.conftest import BothInkboxes
from tests.core.inkbox.vault import vectors as v
from tests.core.inkbox.vault.server import VaultServer

from postline.errors import ArgumentError
from postline.inkbox import (
    APIKeyPayload,
    Credentials,
    InkboxAPIError,
    InkboxError,
    KeyPairPayload,
    LoginPayload,
    OtherPayload,
    SSHKeyPayload,
    TOTPConfig,
)
from postline.inkbox.vault.exceptions import (
    CredentialNotFoundError,
    CredentialTypeError,
    NoTOTPError,
    SecretSwappedError,
    SecretTamperedError,
    SecretTruncatedError,
    VaultLockedError,
)

CRM = v.SECRET_ID
SECRET = f"secrets/{CRM}"
OTHER_ID = "bbbbbbbb-bbbb-4ccc-8ddd-eeeeeeeeeeee"
PAYLOADS = [
    LoginPayload("p", "u", "e", "url", TOTPConfig("JBSWY3DPEHPK3PXP"), notes="n"),
    SSHKeyPayload("k", "pub", "f", "pass"),
    APIKeyPayload("k", "https://api.example.com"),
    KeyPairPayload("a", "s"),
    OtherPayload("é\n"),
]
URI = "otpauth://totp/Example:user?secret=JBSWY3DPEHPK3PXP"


@pytest.fixture
def identity(both: BothInkboxes, client: Any, server: VaultServer) -> Any:
    found = both.do(lambda: client.get_identity("sales-bot"))
    server.requests.clear()
    return found


@pytest.mark.parametrize("payload", PAYLOADS, ids=lambda payload: payload.secret_type)
def test_a_secret_is_made_and_read(both: BothInkboxes, server: VaultServer, unlocked: Any, payload: Any) -> None:
    """Of every type; the service gets nothing that it could read."""
    made = both.do(lambda: unlocked.create_secret("S", payload, description="d"))

    [id_] = set(server.secrets) - {CRM}
    assert server.asked == ["POST vault/secrets", f"GET vault/secrets/{id_}"]
    assert set(json.loads(server.requests[0].content)) == {
        "id",
        "name",
        "secret_type",
        "encrypted_payload",
        "description",
    }
    assert (str(made.id), made.name, made.secret_type, made.description) == (id_, "S", payload.secret_type, "d")
    assert [secret.payload for secret in unlocked.secrets if secret.id == made.id] == [payload]
    assert both.do(lambda: unlocked.get_secret(made.id)).payload == payload


def test_what_is_no_payload_is_not_stored(both: BothInkboxes, server: VaultServer, unlocked: Any) -> None:
    """Neither as a new secret nor as a changed one."""
    calls: list[Callable[[], Any]] = [
        lambda: unlocked.create_secret("S", {"password": "p"}),
        lambda: unlocked.update_secret(CRM, payload="p"),
    ]

    for call in calls:
        with pytest.raises(ArgumentError, match="a payload is a LoginPayload"):
            both.do(call)

    assert server.asked == []


def test_a_secret_that_cannot_be_fetched_again_is_known_all_the_same(
    both: BothInkboxes, server: VaultServer, unlocked: Any
) -> None:
    """From writing it; only what was never known here stays unknown."""
    server.store(OTHER_ID, v.LOGIN)
    server.blind = True

    made = both.do(lambda: unlocked.create_secret("S", OtherPayload("d")))
    both.do(lambda: unlocked.update_secret(made.id, name="N"))
    both.do(lambda: unlocked.update_secret(OTHER_ID, name="N"))

    assert [(str(secret.id), secret.name) for secret in unlocked.secrets] == [(CRM, "CRM"), (str(made.id), "N")]
    assert unlocked.secrets[1].payload.data == "d"


@pytest.mark.parametrize("spelling", [CRM, CRM.upper(), UUID(CRM), CRM.replace("-", ""), f"urn:uuid:{CRM}"])
def test_an_id_may_be_spelled_in_any_way(both: BothInkboxes, server: VaultServer, unlocked: Any, spelling: Any) -> None:
    """It is sent, and sealed for, in one: what is changed by any spelling is read by all."""
    both.do(lambda: unlocked.update_secret(spelling, payload=LoginPayload("changed")))

    assert both.do(lambda: unlocked.get_secret(spelling)).payload.password == "changed"
    assert set(server.asked) == {f"GET vault/{SECRET}", f"PATCH vault/{SECRET}"}
    key = unlocked._opened.key
    assert key.open(server.secrets[CRM]["encrypted_payload"], CRM).reveal() == b'{"password":"changed"}'


@pytest.mark.parametrize("wrong", ["", "CRM", None, 5])
def test_an_id_that_is_none_is_refused(both: BothInkboxes, server: VaultServer, unlocked: Any, wrong: Any) -> None:
    """Before anything is sent."""
    with pytest.raises(ArgumentError, match="is a UUID"):
        both.do(lambda: unlocked.get_secret(wrong))

    assert server.asked == []


@pytest.mark.parametrize(
    ("changes", "sent"),
    [
        ({"name": "N", "description": "D"}, {"name": "N", "description": "D"}),
        ({"description": None, "payload": None}, {"description": None}),
        ({}, {}),
    ],
)
def test_names_and_descriptions_are_changed_alone(
    both: BothInkboxes, server: VaultServer, unlocked: Any, changes: dict[str, Any], sent: dict[str, Any]
) -> None:
    """What is not given stays; `None` clears; a payload of `None` is none."""
    changed = both.do(lambda: unlocked.update_secret(CRM, **changes))

    assert server.asked == [f"PATCH vault/{SECRET}", f"GET vault/{SECRET}"]
    assert json.loads(server.requests[0].content) == sent
    assert unlocked.secrets[0].name == changed.name == changes.get("name", "CRM")
    assert unlocked.secrets[0].payload.password == "s3cret"


def test_a_payload_is_replaced_by_one_of_its_type(both: BothInkboxes, server: VaultServer, unlocked: Any) -> None:
    """Another type is refused, and nothing is changed."""
    both.do(lambda: unlocked.update_secret(CRM, payload=LoginPayload("new")))
    assert server.asked == [f"GET vault/{SECRET}", f"PATCH vault/{SECRET}", f"GET vault/{SECRET}"]
    server.requests.clear()

    with pytest.raises(CredentialTypeError, match="Cannot update a 'login' secret with a 'other' payload") as caught:
        both.do(lambda: unlocked.update_secret(CRM, payload=OtherPayload("d")))

    assert isinstance(caught.value, TypeError)
    assert server.asked == [f"GET vault/{SECRET}"]
    assert unlocked.secrets[0].payload == LoginPayload("new")


def test_a_deleted_secret_is_gone(both: BothInkboxes, server: VaultServer, unlocked: Any) -> None:
    """Here as well."""
    both.do(lambda: unlocked.delete_secret(CRM.upper()))

    assert server.asked == [f"DELETE vault/{SECRET}"]
    assert unlocked.secrets == []


@pytest.mark.parametrize("totp", [URI, TOTPConfig("JBSWY3DPEHPK3PXP", issuer="Example", account_name="user")])
@pytest.mark.parametrize("owner", ["unlocked", "identity"])
def test_a_login_gets_one_time_codes_and_loses_them(
    both: BothInkboxes, server: VaultServer, unlocked: Any, identity: Any, totp: Any, owner: str
) -> None:
    """By an address or a config, by the vault or by an identity; the rest of the login stays."""
    holder = unlocked if owner == "unlocked" else identity
    four = [f"GET vault/{SECRET}", f"GET vault/{SECRET}", f"PATCH vault/{SECRET}", f"GET vault/{SECRET}"]

    both.do(lambda: holder.set_totp(CRM, totp))
    code = both.do(lambda: holder.get_totp_code(CRM))

    assert server.asked == [*four, f"GET vault/{SECRET}"]
    login = unlocked.secrets[0].payload
    assert (login.password, login.totp.issuer, login.totp.account_name) == ("s3cret", "Example", "user")
    assert len(code.code) == 6
    server.requests.clear()
    both.do(lambda: holder.remove_totp(CRM))
    assert server.asked == four
    assert unlocked.secrets[0].payload.totp is None
    with pytest.raises(NoTOTPError, match=f"Login '{CRM}' has no TOTP configured"):
        both.do(lambda: holder.get_totp_code(CRM))


def test_only_logins_have_one_time_codes(both: BothInkboxes, server: VaultServer, unlocked: Any) -> None:
    """Nothing else gets, loses or gives one."""
    made = both.do(lambda: unlocked.create_secret("S", OtherPayload("d")))
    server.requests.clear()
    calls: dict[str, Callable[[], Any]] = {
        "Cannot set TOTP on a 'other' secret": lambda: unlocked.set_totp(made.id, URI),
        "Cannot remove TOTP from a 'other' secret": lambda: unlocked.remove_totp(made.id),
        "is a 'other' secret, not 'login'": lambda: unlocked.get_totp_code(made.id),
    }

    for why, call in calls.items():
        with pytest.raises(CredentialTypeError, match=why):
            both.do(call)
    with pytest.raises(ValueError, match="Invalid scheme"):
        both.do(lambda: unlocked.set_totp(made.id, "https://x"))

    assert server.asked == [f"GET vault/secrets/{made.id}"] * 3


@pytest.mark.parametrize(
    ("stored", "kind"),
    [
        (v.LOGIN[:20], SecretTruncatedError),
        ("not base64!", SecretTruncatedError),
        (v.LOGIN[:-24] + "A" * 24, SecretTamperedError),
    ],
)
def test_a_spoiled_secret_is_told_by_its_kind(
    both: BothInkboxes, server: VaultServer, unlocked: Any, stored: str, kind: type[Exception]
) -> None:
    """When it is fetched."""
    server.secrets[CRM]["encrypted_payload"] = stored

    with pytest.raises(kind) as caught:
        both.do(lambda: unlocked.get_secret(CRM))

    assert not isinstance(caught.value, SecretSwappedError)


def test_a_secret_under_another_s_id_is_told_from_a_spoiled_one(
    both: BothInkboxes, server: VaultServer, unlocked: Any
) -> None:
    """And says whose it is; it can be put right by writing it anew."""
    server.store(OTHER_ID, v.LOGIN)

    with pytest.raises(SecretSwappedError, match=f"stored as secret {OTHER_ID} was written for secret {CRM}"):
        both.do(lambda: unlocked.get_secret(OTHER_ID))

    both.do(lambda: unlocked.update_secret(OTHER_ID, payload=LoginPayload("right")))
    assert both.do(lambda: unlocked.get_secret(OTHER_ID)).payload.password == "right"


def test_an_identity_may_read_what_it_makes(
    both: BothInkboxes, server: VaultServer, unlocked: Any, identity: Any
) -> None:
    """By a rule of its own; the rest of its methods are the vault's."""
    made = both.do(lambda: identity.create_secret("S", OtherPayload("d")))

    assert server.asked == [
        "POST vault/secrets",
        f"GET vault/secrets/{made.id}",
        f"POST vault/secrets/{made.id}/access",
    ]
    assert json.loads(server.requests[-1].content) == {"identity_id": IDENTITY_DETAIL["id"]}
    assert both.do(lambda: identity.get_secret(made.id)).payload.data == "d"
    assert len(identity.credentials) == 2
    both.do(lambda: identity.delete_secret(made.id))
    assert len(identity.credentials) == 1
    both.do(lambda: identity.revoke_credential_access(CRM.upper()))
    assert server.asked[-1] == f"DELETE vault/{SECRET}/access/{IDENTITY_DETAIL['id']}"


@pytest.mark.parametrize("status", [409, 403])
def test_a_secret_that_is_not_granted_is_not_lost(
    both: BothInkboxes, server: VaultServer, unlocked: Any, identity: Any, status: int
) -> None:
    """A conflict says that it was granted before; any other refusal is raised, with the id of what was stored."""
    server.refuse["/access"] = httpx.Response(status, json={"detail": "no"})

    if status == 409:
        made = both.do(lambda: identity.create_secret("S", OtherPayload("d")))
        assert str(made.id) in server.secrets
    else:
        with pytest.raises(InkboxAPIError) as caught:
            both.do(lambda: identity.create_secret("S", OtherPayload("d")))
        [stored] = set(server.secrets) - {CRM}
        assert stored in caught.value.__notes__[0]


def test_a_locked_vault_gives_nothing(both: BothInkboxes, client: Any, server: VaultServer, identity: Any) -> None:
    """And nothing is sent; access can be revoked all the same."""
    calls: list[Callable[[], Any]] = [
        lambda: identity.create_secret("S", OtherPayload("d")),
        lambda: identity.get_secret(CRM),
        lambda: identity.delete_secret(CRM),
        lambda: identity.set_totp(CRM, URI),
        lambda: identity.remove_totp(CRM),
        lambda: identity.get_totp_code(CRM),
        lambda: identity.credentials,
    ]

    for call in calls:
        with pytest.raises(VaultLockedError, match="Vault must be unlocked before accessing credentials") as caught:
            both.do(call)
        assert isinstance(caught.value, InkboxError)

    assert server.asked == []
    both.do(lambda: identity.revoke_credential_access(CRM))
    assert server.asked == [f"DELETE vault/{SECRET}/access/{IDENTITY_DETAIL['id']}"]


def test_access_rules_are_by_canonical_ids(both: BothInkboxes, client: Any, server: VaultServer) -> None:
    """However they are given; a service compares them as text."""
    both.do(lambda: client.vault.grant_access(CRM.upper(), OTHER_ID.upper()))
    [rule] = both.do(lambda: client.vault.list_access_rules(CRM.upper()))
    both.do(lambda: client.vault.revoke_access(CRM.upper(), OTHER_ID.upper()))
    both.do(lambda: client.vault.delete_secret(CRM.upper()))

    assert (str(rule.vault_secret_id), str(rule.identity_id)) == (CRM, OTHER_ID)
    assert server.asked == [
        f"POST vault/{SECRET}/access", f"GET vault/{SECRET}/access", f"DELETE vault/{SECRET}/access/{OTHER_ID}",
        f"DELETE vault/{SECRET}",
    ]  # fmt: skip


def test_credentials_are_found_by_id_and_type(both: BothInkboxes, unlocked: Any, identity: Any) -> None:
    """Their payloads, too; nothing is asked for it."""
    made = {}
    for payload in PAYLOADS:
        kind = str(payload.secret_type)
        made[kind] = both.do(partial(unlocked.create_secret, kind, payload)).id
    credentials: Credentials = identity.credentials

    assert (len(credentials), repr(credentials), len(credentials.list())) == (6, "Credentials(6 secrets)", 6)
    assert [secret.name for secret in credentials.list_logins()] == ["CRM", "login"]
    assert [secret.id for secret in credentials.list_api_keys()] == [made["api_key"]]
    assert [secret.id for secret in credentials.list_key_pairs()] == [made["key_pair"]]
    assert [secret.id for secret in credentials.list_ssh_keys()] == [made["ssh_key"]]
    assert credentials.get(str(made["other"]).upper()).payload == PAYLOADS[4]
    assert credentials.get_login(made["login"]) == PAYLOADS[0]
    assert credentials.get_ssh_key(made["ssh_key"]) == PAYLOADS[1]
    assert credentials.get_api_key(made["api_key"]) == PAYLOADS[2]
    assert credentials.get_key_pair(made["key_pair"]) == PAYLOADS[3]
    assert len(credentials.get_totp_code(made["login"]).code) == 6


def test_credentials_say_what_they_do_not_have(both: BothInkboxes, unlocked: Any, identity: Any) -> None:
    """As the exceptions that are documented."""
    made = both.do(lambda: unlocked.create_secret("S", OtherPayload("d")))
    credentials = identity.credentials

    with pytest.raises(CredentialNotFoundError, match=f"No credential with id '{OTHER_ID}'") as unknown:
        credentials.get(OTHER_ID)
    with pytest.raises(KeyError, match="ids are UUIDs"):
        credentials.get_login("CRM")
    with pytest.raises(TypeError, match=f"Credential '{made.id}' is a 'other' secret, not 'api_key'"):
        credentials.get_api_key(made.id)
    with pytest.raises(TypeError, match="not 'login'"):
        credentials.get_totp_code(made.id)
    with pytest.raises(ValueError, match=f"Login '{CRM}' has no TOTP configured"):
        credentials.get_totp_code(CRM)
    assert isinstance(unknown.value, InkboxError)


def test_a_refusal_passes_through(both: BothInkboxes, unlocked: Any) -> None:
    """A secret that is not there is the service's to say."""
    with pytest.raises(InkboxAPIError, match="no such secret"):
        both.do(lambda: unlocked.get_secret(OTHER_ID))
    assert repr(unlocked) == "UnlockedVault(1 secrets)"
