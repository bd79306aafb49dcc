"""Where a demo's mail lives: an inbox on a service of the sandbox, as a channel. One function for each service."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from postline.channels import Mail
from postline.channels.commune import CommuneMail
from postline.commune import CommuneClient
from postline_sandbox import Sandbox

_LOCAL_PART = "inbox"


@contextmanager
def commune(sandbox: Sandbox, address: str | None) -> Iterator[Mail]:
    """Make an inbox on Commune; with an address, on a domain of its own, whose DNS records the sandbox then publishes."""
    with CommuneClient(sandbox.commune.api_key, base_url=sandbox.commune.base_url) as client:
        local_part, _, name = (address or _LOCAL_PART).rpartition("@")
        domain_id = None
        if name and local_part:
            domain = client.domains.create(name)
            sandbox.control.publish_dns(name)
            client.domains.verify(domain.id)
            domain_id = domain.id
        inbox = client.inboxes.create(local_part or name, domain_id=domain_id)
        yield CommuneMail(client, inbox.address or inbox.id)
