"""The official package's control plane of tunnels against the sandbox."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import inkbox
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from inkbox import AgentIdentity, Inkbox
from tests.conformance.inkbox.conftest import refusal

from postline_sandbox import Sandbox


def csr(host: str) -> str:
    """Return a request for a certificate of a host."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    request = x509.CertificateSigningRequestBuilder().subject_name(name)
    return request.sign(ec.generate_private_key(ec.SECP256R1()), hashes.SHA256()).public_bytes(Encoding.PEM).decode()


@pytest.fixture
def own_tls(official: Inkbox) -> inkbox.Tunnel:
    wish = inkbox.IdentityTunnelCreateOptions(tls_mode="passthrough")
    tunnel = official.create_identity("own-tls", tunnel=wish).tunnel
    assert tunnel is not None
    return tunnel


def test_metadata_is_replaced_and_emptied(official: Inkbox, alpha: AgentIdentity) -> None:
    """An object replaces, null and {} empty, nothing changes nothing; more than 4 KB is 422."""
    (tunnel,) = official.tunnels.list()
    kept = official.tunnels.update(tunnel.id, metadata={"region": "eu"})

    untouched = official.tunnels.update(tunnel.id)

    assert kept.metadata == untouched.metadata == official.tunnels.get(tunnel.id).metadata == {"region": "eu"}
    assert official.tunnels.update(tunnel.id, metadata=None).metadata == {}
    assert refusal(lambda: official.tunnels.update(tunnel.id, metadata={"x": "y" * 4096})).status_code == 422
    assert refusal(lambda: official.tunnels.get(uuid4())).status_code == 404


def test_a_passthrough_tunnel_gets_a_certificate_and_becomes_active(official: Inkbox, own_tls: inkbox.Tunnel) -> None:
    """The certificate is for the public host, for about 90 days, signed by the chain's authority."""
    signed = official.tunnels.sign_csr(own_tls.id, csr_pem=csr(own_tls.public_host))

    after = official.tunnels.get(own_tls.id)
    certificate = x509.load_pem_x509_certificate(signed.cert_pem.encode())
    certificate.verify_directly_issued_by(x509.load_pem_x509_certificate(signed.chain_pem.encode()))
    (name,) = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    assert name.value == own_tls.public_host
    assert 89 <= (signed.cert_expires_at - datetime.now(UTC)).days <= 90
    assert (own_tls.status, after.status) == ("awaiting_cert", "active")
    assert (after.cert_pem, after.cert_fingerprint_sha256) == (signed.cert_pem, signed.cert_fingerprint_sha256)
    assert after.cert_fingerprint_sha256 == certificate.fingerprint(hashes.SHA256()).hex()


def test_an_edge_tunnel_has_no_certificate(official: Inkbox, alpha: AgentIdentity) -> None:
    """The package tells it by the words of the 409."""
    (tunnel,) = official.tunnels.list()

    refusal(lambda: official.tunnels.sign_csr(tunnel.id, csr_pem=csr(tunnel.public_host)), inkbox.TunnelTLSModeMismatch)


@pytest.mark.parametrize("request_pem", ["nonsense", csr("other.example.com")])
def test_a_request_for_something_else_is_400(official: Inkbox, own_tls: inkbox.Tunnel, request_pem: str) -> None:
    """Nothing is signed."""
    assert refusal(lambda: official.tunnels.sign_csr(own_tls.id, csr_pem=request_pem)).status_code == 400
    assert official.tunnels.get(own_tls.id).status == "awaiting_cert"


def test_certificates_are_limited_to_four_a_week(official: Inkbox, sandbox: Sandbox, own_tls: inkbox.Tunnel) -> None:
    """The fifth is 429 until a week has passed."""

    def sign() -> Any:
        return official.tunnels.sign_csr(own_tls.id, csr_pem=csr(own_tls.public_host))

    chains = {sign().chain_pem for _ in range(4)}

    assert len(chains) == 1
    assert refusal(sign).status_code == 429
    sandbox.control.advance(7 * 86_400 + 1)
    sign()
