"""Records and enumerations of tunnels."""

from __future__ import annotations

from dataclasses import field
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from pydantic import BeforeValidator, Field

from postline.inkbox._record import null_as, record

__all__ = ["SignedCert", "TLSMode", "Tunnel", "TunnelStatus"]


class TLSMode(StrEnum):
    """Where a tunnel's TLS ends: at the service's edge, or at the agent."""

    EDGE = "edge"
    PASSTHROUGH = "passthrough"


class TunnelStatus(StrEnum):
    """How far a tunnel is."""

    AWAITING_CERT = "awaiting_cert"
    ACTIVE = "active"
    DELETED = "deleted"


@record(frozen=True)
class Tunnel:
    """An identity's tunnel, named as its handle."""

    id: UUID
    organization_id: str | None = None
    """Newer services leave it out where the tunnel lies in its identity."""
    tunnel_name: str
    tls_mode: TLSMode
    cert_pem: str | None = None
    cert_fingerprint_sha256: str | None = None
    cert_expires_at: datetime | None = None
    status: Annotated[TunnelStatus | str, Field(union_mode="left_to_right")]
    """One that is not known yet stays as it came."""
    last_connected_at: datetime | None = None
    last_connected_ip_addr: str | None = None
    currently_connected: Annotated[bool, null_as(bool)] = False
    public_host: Annotated[str, Field(min_length=1)]
    zone: Annotated[str, Field(min_length=1)]
    metadata: Annotated[dict[str, Any], BeforeValidator(lambda value: value if isinstance(value, dict) else {})] = (
        field(default_factory=dict)
    )
    created_at: datetime
    updated_at: datetime


@record(frozen=True)
class SignedCert:
    """A certificate for a tunnel's public host."""

    cert_pem: str
    chain_pem: str
    cert_fingerprint_sha256: str
    cert_expires_at: datetime
