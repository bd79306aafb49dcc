"""Endpoints of tunnels. What goes through one is not HTTP to the service, and not here."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator

from postline.errors import ArgumentError
from postline.inkbox._arguments import OMITTED, Id, Omitted, at, given
from postline.inkbox._conflicts import renamed
from postline.inkbox.exceptions import InkboxAPIError
from postline.inkbox.tunnels.exceptions import TunnelCSRStateConflict, TunnelTLSModeMismatch
from postline.inkbox.tunnels.types import SignedCert, Tunnel
from postline.operation import Operation, Steps
from postline.resource import C, Resource, endpoint

_SIGNING_SECONDS = 180.0
_Tunnels = Annotated[
    list[Tunnel], BeforeValidator(lambda value: value.get("tunnels") if isinstance(value, dict) else value)
]


class Tunnels(Resource[C]):
    """The organization's tunnels; each was made with its identity."""

    @endpoint
    def list(self) -> Operation[list[Tunnel]]:
        """List all tunnels that there are."""
        return Operation("GET", at("/tunnels/"), _Tunnels)

    @endpoint
    def get(self, tunnel_id: Id) -> Operation[Tunnel]:
        """Fetch one tunnel."""
        return Operation("GET", at("/tunnels/{}", tunnel_id), Tunnel)

    @endpoint
    def update(self, tunnel_id: Id, *, metadata: dict[str, Any] | Omitted | None = OMITTED) -> Operation[Tunnel]:
        """Replace a tunnel's metadata, at most 4 KB; `None` empties it."""
        if not isinstance(metadata, dict | Omitted | None):
            raise ArgumentError("metadata must be a dict or None")
        body = given(metadata=metadata)
        return Operation("PATCH", at("/tunnels/{}", tunnel_id), Tunnel, body=body, repeatable=True)

    @endpoint
    def sign_csr(self, tunnel_id: Id, *, csr_pem: str | bytes) -> Steps[SignedCert]:
        """Get a certificate for a passthrough tunnel. That takes minutes, and can be had a few times a week.

        Raises:
            TunnelTLSModeMismatch: TLS of this tunnel ends at the edge.
            TunnelCSRStateConflict: The tunnel is not in a state for it.
        """
        text = csr_pem.decode("ascii") if isinstance(csr_pem, bytes) else csr_pem
        where = at("/tunnels/{}/sign-csr", tunnel_id)
        body = {"csr_pem": text}
        return renamed(Operation("POST", where, SignedCert, body=body, timeout=_SIGNING_SECONDS), _conflict)


def _conflict(error: InkboxAPIError) -> InkboxAPIError:
    detail = error.detail
    if isinstance(detail, dict) and isinstance(detail.get("detail"), str):
        detail = detail["detail"]
    said = str(detail).lower()
    of_mode = any(word in said for word in ("edge", "tls_mode", "passthrough"))
    return (TunnelTLSModeMismatch if of_mode else TunnelCSRStateConflict)(error.status_code, error.detail)
