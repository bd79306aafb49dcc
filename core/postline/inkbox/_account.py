"""What both clients have: the groups of endpoints, and the calls about the account itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from postline.config import Retry, from_environment
from postline.hidden import Hidden
from postline.inkbox._arguments import OMITTED, Id, Omitted, at
from postline.inkbox._wire import InkboxWire, settings
from postline.inkbox.agent_identity import AgentIdentity
from postline.inkbox.agent_signup.calls import SignupCalls
from postline.inkbox.api_keys.resource import ApiKeys
from postline.inkbox.contacts.resource import Contacts
from postline.inkbox.identities.resource import Identities
from postline.inkbox.identities.types import (
    AgentIdentitySummary,
    IdentityPhoneNumberCreateOptions,
    IdentityTunnelCreateOptions,
)
from postline.inkbox.mail.contact_rules import MailContactRules
from postline.inkbox.mail.domains import Domains
from postline.inkbox.mail.mailboxes import Mailboxes
from postline.inkbox.mail.messages import Messages
from postline.inkbox.mail.threads import Threads
from postline.inkbox.notes.resource import Notes
from postline.inkbox.phone.calls import Calls, Transcripts
from postline.inkbox.phone.contact_rules import PhoneContactRules
from postline.inkbox.phone.numbers import PhoneNumbers
from postline.inkbox.phone.sms_opt_ins import SmsOptIns
from postline.inkbox.phone.texts import Texts
from postline.inkbox.signing_keys import SigningKey
from postline.inkbox.tunnels.resource import Tunnels
from postline.inkbox.vault.resource import Vault
from postline.inkbox.whoami.types import Whoami, WhoamiApiKeyResponse, WhoamiJwtResponse, WhoamiResponse
from postline.operation import Operation, Steps, Work
from postline.resource import C, Resource, endpoint


class Account(SignupCalls, Resource[C]):
    """An organization's account, as its key sees it."""

    # The documentation's examples compare with these on the client.
    WhoamiApiKeyResponse = WhoamiApiKeyResponse
    WhoamiJwtResponse = WhoamiJwtResponse

    def _add_resources(self) -> None:
        client = self._client = cast("C", self)
        self.mailboxes = Mailboxes(client)
        self.messages = Messages(client)
        self.threads = Threads(client)
        self.mail_contact_rules = MailContactRules(client)
        self.domains = Domains(client)
        self.phone_numbers = PhoneNumbers(client)
        self.calls = Calls(client)
        self.transcripts = Transcripts(client)
        self.texts = Texts(client)
        self.sms_opt_ins = SmsOptIns(client)
        self.phone_contact_rules = PhoneContactRules(client)
        self.contacts = Contacts(client)
        self.notes = Notes(client)
        self.vault = Vault(client)
        self.api_keys = ApiKeys(client)
        self.tunnels = Tunnels(client)

    @endpoint
    def create_identity(
        self,
        agent_handle: str,
        *,
        display_name: str | None = None,
        description: str | Omitted | None = OMITTED,
        email_local_part: str | None = None,
        sending_domain: str | Omitted | None = OMITTED,
        tunnel: IdentityTunnelCreateOptions | Mapping[str, Any] | None = None,
        phone_number: IdentityPhoneNumberCreateOptions | Mapping[str, Any] | None = None,
        vault_secret_ids: Id | Sequence[Id] | None = None,
    ) -> Steps[AgentIdentity[C]]:
        """Make an identity with its mailbox and tunnel, all of it or nothing; see `Identities.create`.

        Raises:
            HandleUnavailableError: The handle is taken or reserved.
        """
        detail = yield from Identities.create(
            agent_handle, display_name=display_name, description=description, email_local_part=email_local_part,
            sending_domain=sending_domain, tunnel=tunnel, phone_number=phone_number, vault_secret_ids=vault_secret_ids,
        )  # fmt: skip
        return AgentIdentity(detail, self._client)

    @endpoint
    def get_identity(self, agent_handle: str) -> Steps[AgentIdentity[C]]:
        """Fetch one identity, to act as it."""
        detail = yield from Identities.get(agent_handle)
        return AgentIdentity(detail, self._client)

    @endpoint
    def list_identities(self) -> Work[list[AgentIdentitySummary]]:
        """List the identities that the key may see, newest first."""
        return Identities.list()

    @endpoint
    def whoami(self) -> Operation[WhoamiResponse]:
        """Fetch who the key speaks for."""
        return Operation("GET", "/api/whoami", Whoami)

    @endpoint
    def create_signing_key(self) -> Operation[SigningKey]:
        """Make a new key that webhooks are signed with from now on; it is told this once, and the old one is gone."""
        return Operation("POST", at("/signing-keys"), SigningKey, body={})


def wire(api_key: str | None, base_url: str | None, timeout: float, retry: Retry) -> InkboxWire:
    """Set up how to speak to Inkbox, from arguments and then the environment."""
    key = from_environment(api_key, "INKBOX_API_KEY")
    if not key:
        raise ValueError(
            "No API key provided: pass api_key or set INKBOX_API_KEY; "
            "to try things without one, use the sandbox's key and base_url"
        )
    return InkboxWire(settings(base_url, timeout, retry), key)


def hidden_vault_key(vault_key: str | None) -> Hidden[str] | None:
    """Return the vault key, from the argument and then the environment."""
    found = from_environment(vault_key, "INKBOX_VAULT_KEY")
    return Hidden(found) if found else None
