"""The same desk at each service of the sandbox: its mail, its mailman, and what went out of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from tests.core.tools.line import Connect

from postline.channels import Mail
from postline.channels.commune import CommuneMail
from postline.channels.inkbox import InkboxMail
from postline_sandbox import Sandbox

Deliver = Callable[..., str]


class Desk:
    """An inbox of a service."""

    domain: str

    def __init__(self, both: Any, sandbox: Sandbox, client: Any) -> None:
        self.both, self.sandbox, self.client = both, sandbox, client
        self.mail = self.inbox("desk")

    @property
    def address(self) -> str:
        return f"desk@{self.domain}"

    def inbox(self, name: str) -> Mail:
        """Make an inbox."""
        raise NotImplementedError

    def deliver(self, subject: str = "Question", text: str = "How are you?", **more: Any) -> str:
        """Have somebody write to the desk; return the thread of it."""
        sender = more.pop("sender", "Jane Roe <jane@shop.example.net>")
        [stored] = self.sandbox.control.deliver(self.address, sender, subject, text, **more)
        return quote(stored["thread_id"], safe="")

    def outbox(self) -> list[dict[str, Any]]:
        """Tell what went out, the oldest first: recipients, subject, text and thread."""
        raise NotImplementedError


class CommuneDesk(Desk):
    """The desk at Commune."""

    domain = "commune-sandbox.example.com"

    def inbox(self, name: str) -> Mail:
        self.both.do(lambda: self.client.inboxes.create(name))
        return CommuneMail(self.client, f"{name}@{self.domain}")

    def outbox(self) -> list[dict[str, Any]]:
        sent = self.sandbox.control.outbox()
        return [{**each, "thread_id": quote(each["thread_id"], safe="")} for each in sent]


class InkboxDesk(Desk):
    """The desk at Inkbox."""

    domain = "inkbox-sandbox.example.com"

    def inbox(self, name: str) -> Mail:
        self.both.do(lambda: self.client.create_identity(name))
        return InkboxMail(self.client, name)

    def outbox(self) -> list[dict[str, Any]]:
        page = self.both.run(self.client, self.mail.list_messages(direction="outbound"))
        sent = [self.both.run(self.client, self.mail.get_message(each.id)) for each in reversed(page.items)]
        return [
            {
                "to": [address.email for address in each.to],
                "cc": [address.email for address in each.cc],
                "bcc": [address.email for address in each.bcc],
                "subject": each.subject,
                "text": each.text,
                "thread_id": each.thread_id,
                "attachments": each.attachments,
            }
            for each in sent
        ]


def at_commune(both: Any, sandbox: Sandbox) -> CommuneDesk:
    """Set the desk up at Commune."""
    client = both.client(api_key=sandbox.commune.api_key, base_url=sandbox.commune.base_url)
    return CommuneDesk(both, sandbox, client)


def at_inkbox(both: Any, sandbox: Sandbox, connect: Connect) -> InkboxDesk:
    """Set the desk up at Inkbox."""
    return InkboxDesk(both, sandbox, connect())
