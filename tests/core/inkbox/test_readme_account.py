"""What the service's README does with signups, identities, keys and tunnels, done by both clients on the sandbox."""

from collections.abc import Callable
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from tests.cassetting.scenario import done
from tests.core.inkbox.conftest import Connect, refusal

from postline.inkbox import (
    AUTH_SUBTYPE_API_KEY_ADMIN_SCOPED,
    AUTH_SUBTYPE_API_KEY_AGENT_SCOPED_CLAIMED,
    HandleUnavailableError,
    IdentityPhoneNumberCreateOptions,
    IdentityTunnelCreateOptions,
    RedundantContactAccessGrantError,
    TLSMode,
    TunnelTLSModeMismatch,
)
from postline_sandbox import Sandbox

HUMAN = "john@people.example.net"
PLATFORM = "inkbox-sandbox.example.com"


def csr(host: str) -> bytes:
    """Return a request for a host's certificate."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    request = x509.CertificateSigningRequestBuilder().subject_name(name)
    return request.sign(ec.generate_private_key(ec.SECP256R1()), hashes.SHA256()).public_bytes(Encoding.PEM)


# signup


async def test_an_agent_signs_up_and_a_person_vouches_for_it(inkbox: Any, sandbox: Sandbox, connect: Connect) -> None:
    """With no key at first; limits hold until the code from the person's mail is handed in."""
    client, where = type(inkbox), {"base_url": sandbox.inkbox.base_url}
    result = await done(
        client.signup(
            human_email=HUMAN, note_to_human="Your sales bot", display_name="Sales", agent_handle="sales-agent", **where
        )
    )
    agent = await done(connect(result.api_key).get_identity(result.agent_handle))
    before = await done(client.get_signup_status(result.api_key, **where))
    confined = await refusal(lambda: agent.send_email(to=["a@shop.example.net"], subject="Hi", body_text="T"))
    sandbox.control.advance(301)
    resent = await done(client.resend_signup_verification(result.api_key, **where))
    code = sandbox.control.signup_code("sales-agent")

    verified = await done(client.verify_signup(result.api_key, verification_code=code, **where))

    after = await done(client.get_signup_status(result.api_key, **where))
    assert (result.agent_handle, result.email_address) == ("sales-agent", f"sales-agent@{PLATFORM}")
    assert (before.claim_status, before.restrictions.max_sends_per_day) == ("agent_unclaimed", 10)
    assert before.restrictions.allowed_recipients == [HUMAN]
    assert confined.status_code == 403
    assert resent.claim_status == "agent_unclaimed"
    assert (verified.claim_status, after.claim_status) == ("agent_claimed", "agent_claimed")
    assert after.restrictions.max_sends_per_day == 500
    sent = await done(agent.send_email(to=["a@shop.example.net"], subject="Hi", body_text="T"))
    assert sent.status == "sent"


async def test_a_signup_with_an_address_of_its_own_is_refused(inkbox: Any, sandbox: Sandbox) -> None:
    """The README shows one; on the platform's domain it has to be the handle, as the error's text says."""
    wish = {"agent_handle": "sales-agent", "email_local_part": "sales.agent", "base_url": sandbox.inkbox.base_url}

    error = await refusal(lambda: type(inkbox).signup(HUMAN, note_to_human="Hello", **wish))

    assert error.status_code == 422
    assert isinstance(error.detail, str)
    assert "email_local_part" in error.detail


# identities


async def test_an_identity_comes_with_mailbox_and_tunnel(inkbox: Any) -> None:
    """A number only when it is asked for, and until it is released."""
    identity = await done(inkbox.create_identity("sales-bot", display_name="Sales Bot", description="Sells"))
    without = identity.phone_number

    phone = await done(identity.provision_phone_number(type="toll_free"))

    fetched = await done(inkbox.get_identity("sales-bot"))
    assert (fetched.display_name, fetched.description) == ("Sales Bot", "Sells")
    assert (fetched.email_address, fetched.mailbox.agent_identity_id) == (f"sales-bot@{PLATFORM}", identity.id)
    assert identity.tunnel.public_host == f"sales-bot.tunnels.{PLATFORM}"
    assert (without, fetched.phone_number) == (None, phone)
    await done(identity.release_phone_number())
    assert (await done(fetched.refresh())).phone_number is None
    assert [one.agent_handle for one in await done(inkbox.list_identities())] == ["sales-bot"]


@pytest.mark.parametrize("tunnel", [{"tls_mode": "passthrough"}, IdentityTunnelCreateOptions(TLSMode.PASSTHROUGH)])
@pytest.mark.parametrize("number", [{"type": "local", "state": "NY"}, IdentityPhoneNumberCreateOptions("local", "NY")])
async def test_tunnel_and_number_are_asked_for_in_either_spelling(inkbox: Any, tunnel: Any, number: Any) -> None:
    """As a dict, as the README shows, or as the client's own options."""
    made = await done(inkbox.create_identity("@Sales-Bot", tunnel=tunnel, phone_number=number))

    assert (made.agent_handle, made.tunnel.tls_mode, made.tunnel.status) == (
        "sales-bot", "passthrough", "awaiting_cert",
    )  # fmt: skip
    assert (made.phone_number.type, made.phone_number.state) == ("local", "NY")


async def test_an_identity_is_renamed_described_and_paused(inkbox: Any, alpha: Any) -> None:
    """`None` clears a description, what is not named stays; the tunnel follows the handle, the address does not."""
    await done(alpha.update(status="paused"))
    await done(alpha.update(new_handle="alpha-two"))
    await done(alpha.update(display_name="New name", description="New text"))
    described = alpha.description

    await done(alpha.update(description=None))

    fetched = await done(inkbox.get_identity("alpha-two"))
    assert (described, alpha.description, fetched.description) == ("New text", None, None)
    assert (alpha.agent_handle, alpha.display_name, fetched.display_name) == ("alpha-two", "New name", "New name")
    assert (alpha.tunnel.tunnel_name, alpha.email_address) == ("alpha-two", f"alpha@{PLATFORM}")
    assert (await refusal(lambda: inkbox.get_identity("alpha"))).status_code == 404


async def test_a_handle_that_is_taken_is_refused(inkbox: Any, alpha: Any) -> None:
    """The error says by what."""
    error = await refusal(lambda: inkbox.create_identity("Alpha"), HandleUnavailableError)

    assert (error.status_code, error.blocking_namespace) == (409, "identities")


async def test_an_identity_is_shown_to_one_to_all_and_to_nobody(inkbox: Any, alpha: Any, bravo: Any) -> None:
    """By a row for each viewer, or one for all of them that makes others redundant."""
    nobody = await done(alpha.list_access())
    granted = await done(alpha.grant_access(bravo.id))
    await done(alpha.revoke_access(bravo.id))
    revoked = await done(alpha.list_access())

    wildcard = await done(alpha.grant_access(None))

    assert nobody == revoked == []
    assert (granted.target_identity_id, granted.viewer_identity_id) == (alpha.id, bravo.id)
    assert wildcard.viewer_identity_id is None
    assert await done(alpha.list_access()) == [wildcard]
    await refusal(lambda: alpha.grant_access(bravo.id), RedundantContactAccessGrantError)


# keys


async def test_a_key_is_made_for_an_identity_and_says_whose_it_is(inkbox: Any, connect: Connect, alpha: Any) -> None:
    """Told once; it sees its identity, and the administrator's sees all."""
    created = await done(inkbox.api_keys.create(label="alpha's", description="Its own", scoped_identity_id=alpha.id))
    agent = connect(created.api_key)
    await done(inkbox.create_identity("bravo"))

    own, administrator = await done(agent.whoami()), await done(inkbox.whoami())

    assert (created.record.label, created.record.scoped_identity_id) == ("alpha's", alpha.id)
    assert created.api_key.startswith(created.record.id)
    assert (own.auth_type, own.label) == ("api_key", "alpha's")
    assert isinstance(own, inkbox.WhoamiApiKeyResponse)
    assert not isinstance(own, inkbox.WhoamiJwtResponse)
    assert own.organization_id == administrator.organization_id
    assert own.auth_subtype == AUTH_SUBTYPE_API_KEY_AGENT_SCOPED_CLAIMED
    assert administrator.auth_subtype == AUTH_SUBTYPE_API_KEY_ADMIN_SCOPED
    assert [one.agent_handle for one in await done(agent.list_identities())] == ["alpha"]


async def test_a_signing_key_is_replaced_by_the_next(inkbox: Any) -> None:
    """Each is told once."""
    first, second = await done(inkbox.create_signing_key()), await done(inkbox.create_signing_key())

    assert first.signing_key != second.signing_key
    assert first.created_at <= second.created_at


# tunnels


async def test_tunnels_are_listed_and_annotated(inkbox: Any, alpha: Any, bravo: Any) -> None:
    """There is one for each identity; `None` empties its metadata."""
    changed = await done(inkbox.tunnels.update(alpha.tunnel.id, metadata={"team": "gtm"}))

    assert {one.tunnel_name for one in await done(inkbox.tunnels.list())} == {"alpha", "bravo"}
    assert await done(inkbox.tunnels.get(alpha.tunnel.id)) == changed
    assert changed.metadata == {"team": "gtm"}
    assert (await done(inkbox.tunnels.update(alpha.tunnel.id, metadata=None))).metadata == {}


@pytest.mark.parametrize("spelled", [bytes, bytes.decode])
async def test_a_passthrough_tunnel_gets_its_certificate(inkbox: Any, spelled: Callable[[bytes], Any]) -> None:
    """For a request in bytes, as the README shows, or in text; an edge tunnel gets none."""
    passthrough = (await done(inkbox.create_identity("own-tls", tunnel={"tls_mode": "passthrough"}))).tunnel
    edge = (await done(inkbox.create_identity("edge"))).tunnel

    signed = await done(inkbox.tunnels.sign_csr(passthrough.id, csr_pem=spelled(csr(passthrough.public_host))))

    certificate = x509.load_pem_x509_certificate(signed.cert_pem.encode())
    (name,) = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    assert name.value == passthrough.public_host
    assert (await done(inkbox.tunnels.get(passthrough.id))).status == "active"
    await refusal(lambda: inkbox.tunnels.sign_csr(edge.id, csr_pem=csr(edge.public_host)), TunnelTLSModeMismatch)
