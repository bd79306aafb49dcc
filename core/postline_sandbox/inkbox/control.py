"""Control operations of the Inkbox half: what its protocol leaves to a console, to DNS, or to the outside world."""

from typing import Any

from postline_sandbox.clock import iso
from postline_sandbox.control.operation import ControlError, operation
from postline_sandbox.inkbox import accounts, domains, limits
from postline_sandbox.inkbox.mail import outcomes, reading
from postline_sandbox.inkbox.mail.tables import MESSAGES
from postline_sandbox.inkbox.operations import InkboxOperations
from postline_sandbox.inkbox.tables import DOMAINS, IDENTITIES, SIGNUPS
from postline_sandbox.mime import bare_address


class InkboxControl(InkboxOperations):
    """What an operator, a name server or a stranger can do to the Inkbox half."""

    @operation
    def make_inkbox_organization(self) -> dict[str, Any]:
        """Make an Inkbox organization with an administrator's key."""
        inkbox = self._inkbox
        with self.world.transaction():
            organization_id = accounts.make_organization(inkbox)
            creator = f"user_{inkbox.ids.hex(24)}"
            api_key, _ = accounts.make_key(inkbox, organization_id, "Administrator", created_by=creator)
        return {"organization_id": organization_id, "api_key": api_key}

    @operation
    def issue_inkbox_key(
        self, handle: str | None = None, *, organization: str | None = None, expires_in_seconds: float | None = None
    ) -> str:
        """Issue an Inkbox API key and return it: an agent's, where a handle is given, or an administrator's."""
        inkbox = self._inkbox
        identity = IDENTITIES.one(inkbox.storage, agent_handle=handle) if handle else None
        if handle and identity is None:
            raise ControlError(f"issue_inkbox_key: there is no identity {handle}")
        expires_ms = None if expires_in_seconds is None else inkbox.clock.now_ms() + round(expires_in_seconds * 1000)
        with self.world.transaction():
            api_key, _ = accounts.make_key(
                inkbox,
                identity["organization_id"] if identity else self._inkbox_organization(organization),
                "Issued",
                created_by=f"user_{inkbox.ids.hex(24)}",
                identity_id=identity["id"] if identity else None,
                expires_at=None if expires_ms is None else iso(expires_ms),
            )
        return api_key

    @operation
    def revoke_inkbox_key(self, api_key: str) -> None:
        """Make an Inkbox API key worthless."""
        if not accounts.revoke_key(self._inkbox, api_key):
            raise ControlError("revoke_inkbox_key: there is no such key")

    @operation
    def set_inkbox_limits(self, changes: dict[str, Any]) -> dict[str, Any]:
        """Change the numbers that the live service sets and return all of them.

        They are: signups_per_hour, unclaimed_sends_per_day, claimed_sends_per_day, certificates_per_week,
        phone_numbers, texts_per_day, calls_per_day, call_minutes_per_day, and sms_ready_seconds, how long a new
        local number cannot send texts yet.
        """
        unknown = changes.keys() - set(limits.NAMES)
        if unknown:
            raise ControlError(f"set_inkbox_limits: unknown limits {', '.join(sorted(unknown))}")
        if not all(type(value) is int and value >= 0 for value in changes.values()):
            raise ControlError("set_inkbox_limits: every limit is a whole number from 0 on")
        return limits.change(self._inkbox, changes)

    @operation
    def signup_code(self, handle: str) -> str:
        """Return the verification code that an agent's human was sent last."""
        identity = IDENTITIES.one(self.world.storage, agent_handle=handle)
        signup = SIGNUPS.one(self.world.storage, identity_id=identity["id"]) if identity else None
        if signup is None:
            raise ControlError(f"signup_code: no agent {handle} signed itself up")
        return str(signup["code"])

    @operation
    def set_sending_domain(
        self, domain: str, status: domains.DomainStatus = "verified", *, organization: str | None = None
    ) -> dict[str, Any]:
        """Bring a sending domain of an Inkbox organization to a status; a new one is added."""
        inkbox, name = self._inkbox, domain.lower()
        organization_id = self._inkbox_organization(organization)
        other = DOMAINS.one(inkbox.storage, domain=name, **{"_organization_id IS NOT": organization_id})
        if other or any(service.has_address(f"a@{name}") for service in self._other_services()):
            raise ControlError(f"set_sending_domain: {name} is somebody else's")
        with self.world.transaction():
            return domains.set_status(inkbox, organization_id, name, status)

    @operation
    def expect_mail(self, address: str, outcome: outcomes.Outcome) -> None:
        """Say what becomes of mail that Inkbox mailboxes send to an outside address from now on.

        Without a word about it, mail is delivered. `undecided` leaves it sent until `conclude_mail`.
        """
        with self.world.transaction():
            outcomes.choose(self._inkbox, bare_address(address), outcome)

    @operation
    def conclude_mail(self, message_id: str, outcome: outcomes.Final = "delivered") -> dict[str, Any]:
        """Bring a mail that an Inkbox mailbox sent, named by its id or its Message-ID, to an outcome; return it."""
        name = "message_id" if message_id.startswith("<") else "id"
        row = MESSAGES.one(self.world.storage, direction="outbound", **{name: message_id})
        if row is None:
            raise ControlError(f"conclude_mail: no message {message_id} was sent")
        with self.world.transaction():
            return outcomes.settle(self._inkbox, row["id"], outcome)

    @operation
    def mark_fetched_mail_read(self, marks: bool = True) -> None:
        """Mark inbound mail read when its body is fetched, as newer versions of the live service do; or no longer."""
        with self.world.transaction():
            reading.choose(self._inkbox, marks)

    def _other_services(self) -> list[Any]:
        return [service for name, service in self.world.services.items() if name != "inkbox"]
