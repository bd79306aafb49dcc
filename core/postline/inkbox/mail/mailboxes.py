"""Endpoints of mailboxes. A mailbox is made and deleted with its identity."""

from __future__ import annotations

from postline.inkbox._arguments import OMITTED, Omitted, at, given, stated
from postline.inkbox._record import Items
from postline.inkbox.mail.types import FilterMode, Mailbox, Message
from postline.operation import Operation
from postline.resource import C, Resource, endpoint

# Inside a class whose method is called `list`, the type needs another name.
MessageList = list[Message]


class Mailboxes(Resource[C]):
    """The organization's mailboxes."""

    @endpoint
    def list(self) -> Operation[list[Mailbox]]:
        """List all mailboxes."""
        return Operation("GET", at("/mail/mailboxes"), list[Mailbox])

    @endpoint
    def get(self, email_address: str) -> Operation[Mailbox]:
        """Fetch one mailbox."""
        return Operation("GET", at("/mail/mailboxes/{}", email_address), Mailbox)

    @endpoint
    def update(
        self,
        email_address: str,
        *,
        webhook_url: str | Omitted | None = OMITTED,
        filter_mode: FilterMode | str | None = None,
    ) -> Operation[Mailbox]:
        """Change what is given. `webhook_url=None` ends deliveries; a real change of mode comes back with a notice."""
        body = {**given(webhook_url=webhook_url), **stated(filter_mode=filter_mode)}
        return Operation("PATCH", at("/mail/mailboxes/{}", email_address), Mailbox, body=body, repeatable=True)

    @endpoint
    def search(self, email_address: str, *, q: str, limit: int = 50) -> Operation[MessageList]:
        """Search a mailbox's mail, best match first; `limit` is at most 100."""
        where = at("/mail/mailboxes/{}/search", email_address)
        return Operation("GET", where, Items[Message], {"q": q, "limit": limit})
