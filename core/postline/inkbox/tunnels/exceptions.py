"""Exceptions of tunnels.

InkboxError
|-- TunnelError
|   |-- TunnelNameInvalid
|   |-- TunnelRemoved
|   `-- TunnelNotProvisioned
`-- InkboxAPIError
    |-- TunnelTLSModeMismatch
    `-- TunnelStateConflict
        `-- TunnelCSRStateConflict
"""

from __future__ import annotations

from postline.inkbox.exceptions import InkboxAPIError, InkboxError

__all__ = [
    "InkboxAPIError",
    "InkboxError",
    "TunnelCSRStateConflict",
    "TunnelError",
    "TunnelNameInvalid",
    "TunnelNotProvisioned",
    "TunnelRemoved",
    "TunnelStateConflict",
    "TunnelTLSModeMismatch",
]


class TunnelError(InkboxError):
    """Something about a tunnel, found on this side."""


class TunnelNameInvalid(TunnelError):  # noqa: N818  # as documented
    """Not a name that a tunnel, and so an identity, can have."""


class TunnelRemoved(TunnelError):  # noqa: N818  # as documented
    """The tunnel that was used before is no more."""


class TunnelNotProvisioned(TunnelError):  # noqa: N818  # as documented
    """There is no tunnel of this name."""


class TunnelTLSModeMismatch(InkboxAPIError):  # noqa: N818  # as documented
    """Only a passthrough tunnel takes a certificate of its own."""


class TunnelStateConflict(InkboxAPIError):  # noqa: N818  # as documented
    """The tunnel is not in a state for this."""


class TunnelCSRStateConflict(TunnelStateConflict):
    """The tunnel is not in a state to get a certificate."""
