"""What the service's README does with the vault and what is in it, done by both clients on the sandbox."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.cassetting.scenario import done, every
from tests.core.inkbox.conftest import OUTSIDE, Connect, entered, refusal

from postline.inkbox import (
    Inkbox,
    KeyPairPayload,
    OtherPayload,
    SSHKeyPayload,
    TOTPConfig,
    generate_org_encryption_key,
    generate_vault_key_material,
)
from postline.inkbox.vault.exceptions import (
    CredentialNotFoundError,
    CredentialTypeError,
    NoTOTPError,
    WrongVaultKeyError,
)
from postline.inkbox.vault.models import APIKeyPayload, LoginPayload
from postline_sandbox import Sandbox

KEY, NEW_KEY, NEWER_KEY = "my-Vault-key-01!", "new-Vault-key-02!", "newer-Vault-key-03!"
LOGIN = LoginPayload(username="bot@crm.example.com", password="s3cret")
TOTP = "otpauth://totp/Example:user?secret=JBSWY3DPEHPK3PXP&issuer=Example"
ADDRESS = "customer@shop.example.net"


@pytest.fixture(scope="module")
def with_a_vault(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a sandbox keeps whose organization has a vault: it is slow to make."""
    data = tmp_path_factory.mktemp("sandbox") / "vault.db"
    with Sandbox(data=data) as sandbox, Inkbox(sandbox.inkbox.api_key, base_url=sandbox.inkbox.base_url) as client:
        client.vault.initialize(KEY)
    return data


@pytest.fixture
def sandbox(with_a_vault: Path, tmp_path: Path) -> Iterator[Sandbox]:
    """A sandbox of the test's own, with a vault."""
    with Sandbox(data=shutil.copy(with_a_vault, tmp_path)) as running:
        yield running


async def test_the_quick_start(inkbox: Any, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys and address from the environment: an identity, a number, mail out and in, a call, and its logins."""
    await done((await done(inkbox.vault.unlock(KEY))).create_secret("CRM", LOGIN))
    for name, value in {
        "API_KEY": sandbox.inkbox.api_key, "BASE_URL": sandbox.inkbox.base_url, "VAULT_KEY": KEY,
    }.items():  # fmt: skip
        monkeypatch.setenv(f"INKBOX_{name}", value)

    async with entered(type(inkbox)()) as client:
        identity = await done(client.create_identity("support-bot", display_name="Support Bot"))
        await done(identity.provision_phone_number(type="toll_free"))
        await done(identity.send_email(to=[ADDRESS], subject="Your order has shipped", body_text="On its way"))
        await done(identity.place_call(to_number=OUTSIDE, client_websocket_url="wss://app.example.com/voice"))
        sandbox.control.deliver(identity.email_address, ADDRESS, "Thanks", "Bye")
        subjects = [one.subject for one in await every(identity.iter_emails())]
        called = [one.remote_phone_number for one in await done(identity.list_calls())]
        logins = [(one.name, one.payload.username) for one in identity.credentials.list_logins()]

    assert subjects == ["Thanks", "Your order has shipped"]
    assert (called, logins) == ([OUTSIDE], [("CRM", "bot@crm.example.com")])


# management


async def test_a_vault_is_made_and_its_key_replaced(sandbox: Sandbox, connect: Connect) -> None:
    """By the key until now, or by a recovery code, which is used up; the old key opens nothing any more."""
    client = connect(sandbox.control.make_inkbox_organization()["api_key"])
    nothing = await done(client.vault.info())
    result = await done(client.vault.initialize(KEY))
    codes = [one.recovery_code for one in result.recovery_keys]

    by_key = await done(client.vault.update_key(NEW_KEY, current_vault_key=KEY))
    by_code = await done(client.vault.update_key(NEWER_KEY, recovery_code=codes[0]))

    info = await done(client.vault.info())
    assert nothing is None
    assert (codes, result.recovery_key_count) == (result.recovery_codes, 4)
    assert (info.key_count, info.recovery_key_count, info.secret_count) == (1, 3, 0)
    assert by_key.id != by_code.id
    with pytest.raises(WrongVaultKeyError):
        await done(client.vault.unlock(KEY))
    assert len((await done(client.vault.unlock(NEWER_KEY))).secrets) == 0


@pytest.mark.parametrize("spelled", [str.upper, str.lower])
async def test_keys_are_listed_by_their_type(inkbox: Any, spelled: Any) -> None:
    """In capitals, as the README shows, or as the protocol has it."""
    primary = await done(inkbox.vault.list_keys(key_type=spelled("primary")))
    recovery = await done(inkbox.vault.list_keys(key_type=spelled("recovery")))

    assert [one.key_type for one in (*primary, *recovery)] == ["primary"] + ["recovery"] * 4
    assert {one.id for one in await done(inkbox.vault.list_keys())} == {one.id for one in (*primary, *recovery)}


async def test_secrets_are_listed_read_and_deleted(inkbox: Any) -> None:
    """Of all types; what is secret of them only by the open vault."""
    unlocked = await done(inkbox.vault.unlock(KEY))
    payloads = {
        "Login": LOGIN,
        "Key": APIKeyPayload(api_key="sk-1", endpoint="https://api.example.com"),
        "Pair": KeyPairPayload(access_key="AK", secret_key="SK"),
        "SSH": SSHKeyPayload(private_key="-----BEGIN-----"),
        "Other": OtherPayload(data="freeform"),
    }
    made = {name: await done(unlocked.create_secret(name, payload)) for name, payload in payloads.items()}

    listed = await done(inkbox.vault.list_secrets())
    logins = await done(inkbox.vault.list_secrets(secret_type="login"))
    await done(inkbox.vault.delete_secret(made["Other"].id))
    renamed = await done(unlocked.update_secret(made["Key"].id, name="Renamed", description="For the API"))

    read = [await done(unlocked.get_secret(each.id)) for name, each in made.items() if name != "Other"]
    assert {one.name for one in listed} == payloads.keys()
    assert [one.id for one in logins] == [made["Login"].id]
    assert [one.payload for one in read] == [*payloads.values()][:4]
    assert (renamed.name, renamed.description) == ("Renamed", "For the API")
    assert (await done(inkbox.vault.info())).secret_count == 4
    assert (await refusal(lambda: unlocked.get_secret(made["Other"].id))).status_code == 404


async def test_access_to_a_secret_is_granted_and_revoked(inkbox: Any, alpha: Any) -> None:
    """There is a rule for each identity, until the secret goes."""
    secret = await done((await done(inkbox.vault.unlock(KEY))).create_secret("CRM", LOGIN))

    rule = await done(inkbox.vault.grant_access(secret.id, alpha.id))

    assert (rule.vault_secret_id, rule.identity_id) == (secret.id, alpha.id)
    assert await done(inkbox.vault.list_access_rules(secret.id)) == [rule]
    await done(inkbox.vault.revoke_access(str(secret.id), str(alpha.id)))
    assert await done(inkbox.vault.list_access_rules(secret.id)) == []


async def test_an_open_vault_knows_what_was_made_and_deleted_in_it(inkbox: Any, alpha: Any) -> None:
    """Codes are set, used and removed in it; opened for one identity, it has only what that may read."""
    unlocked = await done(inkbox.vault.unlock(KEY))
    secret, other, gone = [await done(unlocked.create_secret(name, LOGIN)) for name in ("CRM", "Other", "Gone")]
    await done(inkbox.vault.grant_access(secret.id, alpha.id))

    await done(unlocked.set_totp(secret.id, TOTP))
    code = await done(unlocked.get_totp_code(secret.id))
    await done(unlocked.remove_totp(secret.id))
    await done(unlocked.delete_secret(gone.id))

    assert code.code.isdecimal()
    assert {one.id: one.payload for one in unlocked.secrets} == {secret.id: LOGIN, other.id: LOGIN}
    assert [one.id for one in (await done(inkbox.vault.unlock(KEY, identity_id=alpha.id))).secrets] == [secret.id]
    with pytest.raises(NoTOTPError):
        await done(unlocked.get_totp_code(secret.id))


async def test_the_last_key_cannot_be_deleted(inkbox: Any) -> None:
    """The service says so of the primary one's hash, and knows no other."""
    organization_id = (await done(inkbox.vault.info())).organization_id
    primary = generate_vault_key_material(KEY, organization_id, generate_org_encryption_key()).auth_hash

    last = await refusal(lambda: inkbox.vault.delete_key(primary))
    unknown = await refusal(lambda: inkbox.vault.delete_key(primary[::-1]))

    assert (last.status_code, unknown.status_code) == (409, 404)
    assert (await done(inkbox.vault.info())).key_count == 1


# an identity's secrets


async def test_an_identity_has_the_credentials_that_it_was_given(
    inkbox: Any, connect: Connect, sandbox: Sandbox, alpha: Any
) -> None:
    """The service leaves out what its key may not read; each is found by type and by id."""
    unlocked = await done(inkbox.vault.unlock(KEY))
    hidden = await done(unlocked.create_secret("Hidden", LOGIN))
    shared = await done(unlocked.create_secret("Shared", LOGIN))
    key = await done(unlocked.create_secret("Key", APIKeyPayload(api_key="sk-1")))
    pair = await done(unlocked.create_secret("Pair", KeyPairPayload(access_key="AK", secret_key="SK")))
    await done(unlocked.set_totp(shared.id, TOTP))
    for secret in (shared, key, pair):
        await done(inkbox.vault.grant_access(secret.id, alpha.id))
    agent = connect(sandbox.control.issue_inkbox_key("alpha"))
    await done(agent.vault.unlock(KEY))

    credentials = (await done(agent.get_identity("alpha"))).credentials

    assert [(one.name, one.payload.username) for one in credentials.list_logins()] == [
        ("Shared", "bot@crm.example.com")
    ]
    assert [(one.name, one.payload.access_key) for one in credentials.list_api_keys()] == [("Key", "sk-1")]
    assert {one.name for one in credentials.list()} == {"Shared", "Key", "Pair"}
    assert (len(credentials), credentials.list_ssh_keys()) == (3, [])
    assert [one.id for one in credentials.list_key_pairs()] == [pair.id]
    assert (credentials.get_login(shared.id).password, credentials.get_api_key(str(key.id)).api_key) == (
        "s3cret",
        "sk-1",
    )
    assert credentials.get_key_pair(pair.id).secret_key == "SK"
    assert len(credentials.get_totp_code(shared.id).code) == 6
    assert credentials.get(shared.id).name == "Shared"
    with pytest.raises(CredentialNotFoundError):
        credentials.get(hidden.id)
    with pytest.raises(CredentialTypeError):
        credentials.get_ssh_key(shared.id)


async def test_an_identity_keeps_secrets_of_its_own(
    inkbox: Any, connect: Connect, sandbox: Sandbox, alpha: Any
) -> None:
    """It may read what it made until it gives that up, which leaves the secret, or deletes it, which takes all along."""
    await done(inkbox.vault.unlock(KEY))
    agent = connect(sandbox.control.issue_inkbox_key("alpha"))
    kept = await done(alpha.create_secret(name="CRM Login", payload=LOGIN, description="Service account"))
    gone = await done(alpha.create_secret("Key", APIKeyPayload(api_key="sk-1")))
    readable = {one.id for one in await done(agent.vault.list_secrets())}

    decrypted = await done(alpha.get_secret(kept.id))
    await done(alpha.revoke_credential_access(kept.id))
    await done(alpha.delete_secret(gone.id))

    assert readable == {kept.id, gone.id}
    assert (decrypted.payload, decrypted.description) == (LOGIN, "Service account")
    assert await done(agent.vault.list_secrets()) == []
    assert [one.id for one in await done(inkbox.vault.list_secrets())] == [kept.id]
    assert await done(inkbox.vault.list_access_rules(kept.id)) == []
    assert (await refusal(lambda: inkbox.vault.list_access_rules(gone.id))).status_code == 404


@pytest.mark.parametrize("totp", [TOTP, TOTPConfig("JBSWY3DPEHPK3PXP", issuer="Example", account_name="user")])
async def test_a_login_gets_one_time_codes(inkbox: Any, alpha: Any, totp: Any) -> None:
    """By an address or by a configuration; the code is of this moment, and has a short time left."""
    await done(inkbox.vault.unlock(KEY))
    secret = await done(alpha.create_secret("CRM", LOGIN))

    await done(alpha.set_totp(secret.id, totp))

    code = await done(alpha.get_totp_code(secret.id))
    assert (len(code.code), code.code.isdecimal(), 0 < code.expires_in <= 30) == (6, True, True)
    assert code.expires_in == code.seconds_remaining
    assert (await done(alpha.get_secret(secret.id))).payload.totp == TOTPConfig(
        "JBSWY3DPEHPK3PXP", issuer="Example", account_name="user"
    )
    await done(alpha.remove_totp(secret.id))
    assert (await done(alpha.get_secret(secret.id))).payload == LOGIN
