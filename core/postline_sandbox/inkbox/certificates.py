"""The sandbox's own certificate authority: made when first needed, trusted by nobody else."""

from datetime import timedelta
from typing import TYPE_CHECKING

from postline_sandbox.clock import instant_ms, iso
from postline_sandbox.inkbox.call import refuse
from postline_sandbox.web import Json

if TYPE_CHECKING:
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

    from postline_sandbox.inkbox.service import Inkbox

_KEPT_AS = "inkbox authority"
_DAYS = 90
_AUTHORITY_DAYS = 3650


def sign(inkbox: "Inkbox", csr_pem: str, host: str) -> Json:
    """Sign a request for a host and return the certificate and what is to be known of it.

    Raises:
        Refusal: 503 where the package `cryptography` is missing, 400 where the request is not one for this host.
    """
    try:
        from cryptography import x509
        from cryptography.hazmat.primitives import hashes
        from cryptography.hazmat.primitives.serialization import Encoding
    except ImportError as error:
        raise refuse(503, "Certificate signing is not configured") from error
    request = _request(csr_pem, host)
    authority, key = _authority(inkbox)
    now = inkbox.clock.now().replace(microsecond=0)
    builder = (
        x509.CertificateBuilder()
        .subject_name(request.subject)
        .issuer_name(authority.subject)
        .public_key(request.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + timedelta(days=_DAYS))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    )
    certificate = builder.sign(key, hashes.SHA256())
    return {
        "cert_pem": certificate.public_bytes(Encoding.PEM).decode(),
        "chain_pem": authority.public_bytes(Encoding.PEM).decode(),
        "cert_fingerprint_sha256": certificate.fingerprint(hashes.SHA256()).hex(),
        "cert_expires_at": iso(instant_ms(certificate.not_valid_after_utc)),
    }


def _request(csr_pem: str, host: str) -> "x509.CertificateSigningRequest":
    from cryptography import x509
    from cryptography.x509.oid import NameOID

    try:
        request = x509.load_pem_x509_csr(csr_pem.encode())
        valid = request.is_signature_valid
    except Exception as error:
        raise refuse(400, "Malformed certificate signing request") from error
    names = [name.value for name in request.subject.get_attributes_for_oid(NameOID.COMMON_NAME)]
    if not valid or names != [host]:
        raise refuse(400, f"The request must be signed by its key and name {host}")
    return request


def _authority(inkbox: "Inkbox") -> "tuple[x509.Certificate, EllipticCurvePrivateKey]":
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    kept = inkbox.storage.recall(_KEPT_AS)
    if kept is None:
        kept = _new_authority(inkbox)
        inkbox.storage.keep(_KEPT_AS, kept)
    key = load_pem_private_key(kept["key"].encode(), None)
    assert isinstance(key, EllipticCurvePrivateKey)
    return x509.load_pem_x509_certificate(kept["certificate"].encode()), key


def _new_authority(inkbox: "Inkbox") -> dict[str, str]:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
    from cryptography.x509.oid import NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "postline sandbox, not to be trusted")])
    now = inkbox.clock.now().replace(microsecond=0)
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=_AUTHORITY_DAYS))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    )
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    certificate = builder.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM)
    return {"key": pem.decode(), "certificate": certificate.decode()}
