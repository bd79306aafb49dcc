"""Records of signups."""

from __future__ import annotations

from postline.inkbox._record import record

__all__ = [
    "AgentSignupResendResponse",
    "AgentSignupResponse",
    "AgentSignupStatusResponse",
    "AgentSignupVerifyResponse",
    "SignupRestrictions",
]


@record
class AgentSignupResponse:
    """A new agent with its key. What it may do is restricted until a person vouches for it."""

    email_address: str
    organization_id: str
    """May change when the agent is claimed: use the latest."""
    api_key: str
    agent_handle: str
    """Not always the one asked for."""
    claim_status: str
    human_email: str
    message: str


@record
class AgentSignupVerifyResponse:
    """A signup that a person vouched for."""

    claim_status: str
    organization_id: str
    message: str


@record
class AgentSignupResendResponse:
    """That a new code is on its way."""

    claim_status: str
    organization_id: str
    message: str


@record
class SignupRestrictions:
    """What an agent may do. No `allowed_recipients` means no restriction."""

    max_sends_per_day: int
    allowed_recipients: list[str]
    can_receive: bool
    can_create_mailboxes: bool


@record
class AgentSignupStatusResponse:
    """How far a signup is."""

    claim_status: str
    """`agent_unclaimed` or `agent_claimed`."""
    human_state: str
    human_email: str
    restrictions: SignupRestrictions
