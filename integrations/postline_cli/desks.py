"""Where a demo's agent works: an inbox and a phone line on services of the sandbox, as channels. One function for each choice."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from typing import Any, cast

from postline.channels import Channels, Mail
from postline.channels.commune import CommuneMail
from postline.channels.inkbox_people import inkbox_channels
from postline.commune import CommuneClient
from postline.inkbox import IdentityPhoneNumberCreateOptions, Inkbox
from postline_cli.records import Service
from postline_sandbox import Sandbox

_COMMUNE_NAME = "inbox"
_HANDLE = "front-desk"
_NUMBER = IdentityPhoneNumberCreateOptions(
    type="local",
    state="ME",
    incoming_call_action="auto_accept",
    client_websocket_url="wss://voice.example.com/calls",  # where a live number would send the sound; the sandbox has none
)
_NUMBER_READY_SECONDS = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What an agent has to work with."""

    mail: Mail
    """The inbox that it looks after."""
    line: Channels | None = None
    """All that its Inkbox identity has."""

    @property
    def channels(self) -> Channels:
        """What its tools work on."""
        return replace(self.line, mail=self.mail) if self.line else Channels(mail=self.mail)

    @property
    def mailboxes(self) -> tuple[Mail, ...]:
        """Everything that mail can be in: the inbox, and the identity's mailbox where that is another one."""
        own = self.line and self.line.mail
        return (self.mail, own) if own and own is not self.mail else (self.mail,)


@contextmanager
def commune(sandbox: Sandbox, address: str | None) -> Iterator[Desk]:
    """Make an inbox on Commune; with an address, on a domain of its own, whose DNS records the sandbox then publishes."""
    with CommuneClient(sandbox.commune.api_key, base_url=sandbox.commune.base_url) as client:
        local_part, name = _parts(address, _COMMUNE_NAME)
        domain_id = None
        if name:
            domain = client.domains.create(name)
            sandbox.control.publish_dns(name)
            client.domains.verify(domain.id)
            domain_id = domain.id
        inbox = client.inboxes.create(local_part, domain_id=domain_id)
        yield Desk(mail=CommuneMail(client, inbox.address or inbox.id))


@contextmanager
def inkbox(sandbox: Sandbox, address: str | None) -> Iterator[Desk]:
    """Make an identity on Inkbox with a mailbox, at an address if one is given, and a number that is ready."""
    with Inkbox(sandbox.inkbox.api_key, base_url=sandbox.inkbox.base_url) as client:
        local_part, name = _parts(address, _HANDLE)
        place: dict[str, Any] = {}
        if name:
            sandbox.control.set_sending_domain(name)
            place = {"email_local_part": local_part, "sending_domain": name}
        identity = client.create_identity(_HANDLE if name else local_part, phone_number=_NUMBER, **place)
        sandbox.control.advance(_NUMBER_READY_SECONDS)
        line = client.run(inkbox_channels(client, identity.agent_handle))
        yield Desk(mail=cast("Mail", line.mail), line=line)  # every new identity has a mailbox


@contextmanager
def both(sandbox: Sandbox, address: str | None) -> Iterator[Desk]:
    """Make an inbox on Commune, and beside it an identity on Inkbox with a mailbox and a number of its own."""
    with commune(sandbox, address) as office, inkbox(sandbox, None) as counter:
        yield Desk(mail=office.mail, line=counter.line)


OPENING: Mapping[Service, Callable[[Sandbox, str | None], AbstractContextManager[Desk]]] = {
    Service.COMMUNE: commune,
    Service.INKBOX: inkbox,
    Service.BOTH: both,
}


def _parts(address: str | None, default: str) -> tuple[str, str]:
    """Split an address into local part and domain; a bare name has no domain."""
    local_part, _, domain = (address or default).rpartition("@")
    return (local_part, domain) if local_part else (domain, "")
