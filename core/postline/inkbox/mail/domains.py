"""Endpoints of custom domains to send from."""

from __future__ import annotations

from postline.inkbox._arguments import at
from postline.inkbox._record import record
from postline.inkbox.mail.types import Domain, SendingDomainStatus
from postline.operation import Operation, Steps
from postline.resource import C, Resource, endpoint


@record
class _Default:
    default_domain: str | None = None


class Domains(Resource[C]):
    """The organization's own domains."""

    @endpoint
    def list(self, *, status: SendingDomainStatus | str | None = None) -> Operation[list[Domain]]:
        """List the organization's domains."""
        return Operation("GET", at("/domains/"), list[Domain], {"status": status})

    @endpoint
    def set_default(self, domain_name: str) -> Steps[str | None]:
        """Make a verified domain the one for new mailboxes; return it, or `None` for the platform's own."""
        where = at("/domains/{}/set-default", domain_name)
        answer: _Default = yield from Operation("POST", where, _Default, body={}, repeatable=True)
        return answer.default_domain
