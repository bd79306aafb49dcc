"""Identities: agents with a handle, a mailbox, a tunnel, and perhaps a number."""

from postline.inkbox.identities.types import (
    AgentIdentitySummary,
    IdentityAccess,
    IdentityMailbox,
    IdentityPhoneNumber,
)

__all__ = ["AgentIdentitySummary", "IdentityAccess", "IdentityMailbox", "IdentityPhoneNumber"]
