"""Tunnels: public HTTPS addresses that lead to agents; the part that is managed over HTTP."""

from postline.inkbox.tunnels.exceptions import (
    TunnelCSRStateConflict,
    TunnelError,
    TunnelNameInvalid,
    TunnelNotProvisioned,
    TunnelRemoved,
    TunnelStateConflict,
    TunnelTLSModeMismatch,
)
from postline.inkbox.tunnels.names import normalize_agent_handle, validate_agent_handle, validate_tunnel_name
from postline.inkbox.tunnels.types import SignedCert, TLSMode, Tunnel, TunnelStatus

__all__ = [
    "SignedCert",
    "TLSMode",
    "Tunnel",
    "TunnelCSRStateConflict",
    "TunnelError",
    "TunnelNameInvalid",
    "TunnelNotProvisioned",
    "TunnelRemoved",
    "TunnelStateConflict",
    "TunnelStatus",
    "TunnelTLSModeMismatch",
    "normalize_agent_handle",
    "validate_agent_handle",
    "validate_tunnel_name",
]
