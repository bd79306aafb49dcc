"""Tunnels, their control plane only: listed, described, given certificates."""

import json
from typing import Any

from postline_sandbox.inkbox.call import Call, found, refuse
from postline_sandbox.inkbox.certificates import sign
from postline_sandbox.inkbox.forms import Form, invalid
from postline_sandbox.inkbox.table import public
from postline_sandbox.inkbox.tables import TUNNELS
from postline_sandbox.web import Json, Reply

_METADATA_BYTES = 4096
_WEEK_MS = 7 * 86_400_000


class TunnelChange(Form):
    """What can change of a tunnel."""

    metadata: dict[str, Any] | None = None


class CertificateRequest(Form):
    """A certificate signing request."""

    csr_pem: str


def list_tunnels(call: Call) -> Reply:
    """List the tunnels that the caller may use."""
    where = {"organization_id": call.organization_id, **_own(call)}
    return call.json({"tunnels": [public(one) for one in TUNNELS.many(call.inkbox.storage, where)]})


def get_tunnel(call: Call) -> Reply:
    """Return one tunnel."""
    return call.json(public(_find(call)))


def update_tunnel(call: Call) -> Reply:
    """Replace a tunnel's metadata; null empties it."""
    tunnel, changes = _find(call), call.body(TunnelChange).given()
    if changes:
        changes = {"metadata": changes["metadata"] or {}, "updated_at": call.inkbox.clock.iso()}
        if len(json.dumps(changes["metadata"])) > _METADATA_BYTES:
            raise invalid("metadata is limited to 4 KB", "body", "metadata")
    TUNNELS.update(call.inkbox.storage, {"id": tunnel["id"]}, changes)
    return call.json(public({**tunnel, **changes}))


def sign_csr(call: Call) -> Reply:
    """Certify a passthrough tunnel's key, which makes the tunnel active."""
    tunnel, form, now = _find(call), call.body(CertificateRequest), call.inkbox.clock.now_ms()
    if tunnel["tls_mode"] == "edge":
        raise refuse(409, "An edge tunnel has no certificate of its own; only passthrough tunnels do")
    recent = [ms for ms in tunnel["_signed_ms"] if ms > now - _WEEK_MS]
    if len(recent) >= call.inkbox.limits.certificates_per_week:
        seconds = -(-(recent[0] + _WEEK_MS - now) // 1000)
        raise refuse(429, "Too many certificates for this tunnel", [(b"retry-after", b"%d" % seconds)])
    signed = sign(call.inkbox, form.csr_pem, tunnel["public_host"])
    kept = {name: value for name, value in signed.items() if name != "chain_pem"}
    changes = {**kept, "status": "active", "updated_at": call.inkbox.clock.iso(), "_signed_ms": [*recent, now]}
    TUNNELS.update(call.inkbox.storage, {"id": tunnel["id"]}, changes)
    return call.json(signed)


def _find(call: Call) -> Json:
    where = {"id": call.params[0].lower(), "organization_id": call.organization_id, **_own(call)}
    return found(TUNNELS.one(call.inkbox.storage, **where), "Tunnel")


def _own(call: Call) -> Json:
    return {} if call.caller.is_admin else {"_identity_id": call.caller.identity_id}
