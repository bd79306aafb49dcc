"""Control operations of the Commune half: what its protocol leaves to a dashboard, to DNS, or to the outside world."""

import json
from typing import TYPE_CHECKING, Any, Literal, cast

from postline_sandbox.commune import accounts, delivery, limits
from postline_sandbox.control.operation import ControlError, Operations, operation
from postline_sandbox.mime import bare_address
from postline_sandbox.web import Json

if TYPE_CHECKING:
    from postline_sandbox.commune.service import Commune

Tier = Literal["free", "agent_pro", "business", "enterprise"]


class CommuneControl(Operations):
    """What an operator, a name server or a stranger can do to the Commune half."""

    @operation
    def make_organization(self, name: str = "Another", *, tier: Tier = "enterprise") -> dict[str, Any]:
        """Make an organization with a full key; `enterprise` is the tier without limits."""
        commune = self._commune
        with self.world.transaction():
            organization_id = accounts.make_organization(commune, name, tier)
            api_key = accounts.issue_key(commune, organization_id, list(accounts.DEFAULT_SCOPES))
        return {"organization_id": organization_id, "name": name, "api_key": api_key}

    @operation
    def issue_key(
        self,
        scopes: list[str] | None = None,
        *,
        organization: str | None = None,
        expires_in_seconds: float | None = None,
    ) -> str:
        """Issue an API key with just these scopes (all, where none are named) and return it."""
        commune, organization_id = self._commune, self._organization(organization)
        expires_ms = None
        if expires_in_seconds is not None:
            expires_ms = self.world.clock.now_ms() + round(expires_in_seconds * 1000)
        with self.world.transaction():
            chosen = list(accounts.DEFAULT_SCOPES) if scopes is None else list(scopes)
            return accounts.issue_key(commune, organization_id, chosen, expires_ms=expires_ms)

    @operation
    def revoke_key(self, api_key: str) -> None:
        """Make an API key worthless."""
        if not self.world.storage.run("DELETE FROM commune_keys WHERE api_key = ?", api_key):
            raise ControlError("revoke_key: there is no such key")
        self._commune.forget_callers()

    @operation
    def set_limits(
        self, tier: Tier | None = None, *, organization: str | None = None, limits: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        """Put an organization on a tier, with limits of its own on top, and return what holds then.

        The limits: emails_per_hour, emails_per_day, emails_per_inbox_per_day, inboxes, inboxes_per_day, domains,
        domains_per_day, storage_bytes (whole numbers, null for no limit), search, bursts, health, warmup (true or
        false), and sms_credits, what is left to pay text messages with.
        """
        return self._set_limits(tier, self._organization(organization), dict(limits or {}))

    @operation
    def publish_dns(self, domain: str) -> dict[str, Any]:
        """Publish the DNS records of a domain, named by its name or id; the next verify finds them."""
        row = self.world.storage.row(
            "SELECT domain_id, name FROM commune_domains WHERE domain_id = ? OR name = ?", domain, domain.lower()
        )
        if row is None:
            raise ControlError(f"publish_dns: there is no domain {domain}")
        self.world.storage.run("UPDATE commune_domains SET published = 1 WHERE domain_id = ?", row[0])
        return {"domain_id": row[0], "name": row[1]}

    @operation
    def bounce(
        self,
        message_id: str,
        *,
        kind: Literal["hard", "soft"] = "hard",
        recipient: str | None = None,
        reason: str = "mailbox does not exist",
    ) -> dict[str, Any]:
        """Let a mail that was sent come back from one of its recipients, the first where none is named."""
        organization_id, record, address = self._sent("bounce", message_id, recipient)
        with self.world.transaction():
            delivery.bounce(self._commune, organization_id, record, address, kind, reason)
        return {"message_id": message_id, "recipient": address, "delivery_status": "bounced"}

    @operation
    def complain(self, message_id: str, *, recipient: str | None = None) -> dict[str, Any]:
        """Let a recipient of a mail that was sent call it spam."""
        organization_id, record, address = self._sent("complain", message_id, recipient)
        with self.world.transaction():
            delivery.complain(self._commune, organization_id, record, address)
        return {"message_id": message_id, "recipient": address, "delivery_status": "complained"}

    @operation
    def unsubscribe(self, message_id: str, *, recipient: str | None = None) -> dict[str, Any]:
        """Let a recipient of a mail that was sent use its unsubscribe link."""
        organization_id, record, address = self._sent("unsubscribe", message_id, recipient)
        with self.world.transaction():
            why = ("unsubscribe", "permanent")
            delivery.suppress(self._commune, organization_id, record, address, why, None)
        return {"message_id": message_id, "recipient": address}

    @operation
    def outbox(self, *, organization: str | None = None) -> list[dict[str, Any]]:
        """List what was sent, as it went out: the oldest first, headers and recipients included."""
        organization_id = self._organization(organization)
        rows = self.world.storage.rows(
            "SELECT message_id, thread_id, created_at, delivery_status, wire FROM commune_messages"
            " WHERE organization_id = ? AND wire IS NOT NULL ORDER BY seq",
            (organization_id,),
        )
        names = ("message_id", "thread_id", "sent_at", "delivery_status")
        return [{**dict(zip(names, row[:4], strict=True)), **json.loads(row[4])} for row in rows]

    @operation
    def block_sender(self, address: str) -> None:
        """Reject all mail from an address, until the sandbox ends."""
        self._commune.blocked_senders.add(bare_address(address))

    @operation
    def refuse_texts(
        self,
        number: str,
        reason: Literal["recipient_suppressed", "recipient_blocked", "recipient_not_allowed"] = "recipient_suppressed",
        *,
        organization: str | None = None,
    ) -> None:
        """Let text messages to a number be refused from now on."""
        organization_id = self._organization(organization)
        self.world.storage.run(
            "INSERT OR REPLACE INTO commune_text_refusals VALUES (?, ?, ?)", organization_id, number, reason
        )

    @property
    def _commune(self) -> "Commune":
        return cast("Commune", self.world.services["commune"])

    def _organization(self, organization_id: str | None) -> str:
        sql = "SELECT organization_id FROM commune_organizations"
        if organization_id is None:
            api_key = accounts.first_account(self._commune)
            return str(self.world.storage.value("SELECT organization_id FROM commune_keys WHERE api_key = ?", api_key))
        found = self.world.storage.value(f"{sql} WHERE organization_id = ?", organization_id)
        if found is None:
            raise ControlError(f"there is no organization {organization_id}")
        return organization_id

    def _set_limits(self, tier: str | None, organization_id: str, given: Json) -> dict[str, Any]:
        balance = given.pop("sms_credits", None)
        unknown = given.keys() - set(limits.NAMES)
        if unknown:
            raise ControlError(f"set_limits: unknown limits {', '.join(sorted(unknown))}")
        for name, value in {**given, "sms_credits": balance}.items():
            _check_limit(name, value)
        storage = self.world.storage
        if tier is not None:
            storage.run("UPDATE commune_organizations SET tier = ? WHERE organization_id = ?", tier, organization_id)
        storage.run(
            "UPDATE commune_organizations SET limits = ? WHERE organization_id = ?", json.dumps(given), organization_id
        )
        if balance is not None:
            sql = "UPDATE commune_organizations SET sms_credits = ? WHERE organization_id = ?"
            storage.run(sql, balance, organization_id)
        name, holding = limits.of(self._commune, organization_id)
        return {"tier": name, **{one: getattr(holding, one) for one in limits.NAMES}}

    def _sent(self, name: str, message_id: str, recipient: str | None) -> tuple[str, Json, str]:
        row = self.world.storage.row(
            "SELECT organization_id, record FROM commune_messages WHERE message_id = ? AND direction = 'outbound'",
            message_id,
        )
        if row is None:
            raise ControlError(f"{name}: no message with the id {message_id} was sent")
        record = json.loads(row[1])
        people = [bare_address(one["identity"]) for one in record["participants"] if one["role"] != "sender"]
        address = bare_address(recipient) if recipient else people[0]
        if address not in people:
            raise ControlError(f"{name}: {recipient} is not among the recipients")
        return row[0], record, address


def _check_limit(name: str, value: Any) -> None:
    if isinstance(getattr(limits.Limits(), name, None), bool):
        if not isinstance(value, bool):
            raise ControlError(f"set_limits: {name} must be true or false")
    elif value is not None and (isinstance(value, bool) or not isinstance(value, int) or value < 0):
        raise ControlError(f"set_limits: {name} must be a whole number or null")
