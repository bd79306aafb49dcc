"""What the integrations' tests share: an inbox and an identity of the local twin, and a folder of real mail."""

from __future__ import annotations

import base64
import os
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from postline.channels.commune import CommuneMail
from postline.channels.inkbox import InkboxMail
from postline.channels.inkbox_phone import InkboxPhone, InkboxTexts
from postline.commune import CommuneClient
from postline.config import Retry
from postline.inkbox import Inkbox
from postline_sandbox import Sandbox

JANE = "jane@shop.example.net"
IDA, TOM = "+12025550123", "+12025550145"

Mailbox = CommuneMail[CommuneClient]


@pytest.fixture
async def mail(sandbox: Sandbox) -> AsyncIterator[Mailbox]:
    """An inbox with three mails in two threads, the newest with a file; both of its clients are closed at the end."""
    with CommuneClient(
        sandbox.commune.api_key, base_url=sandbox.commune.base_url, retry=Retry(base_seconds=0)
    ) as client:
        address = client.inboxes.create("support").address or ""
        deliver = sandbox.control.deliver
        deliver(address, f"Jane <{JANE}>", "A leaking pump", "It drips.", message_id="<pump-1@shop.example.net>")
        sandbox.control.advance(60)
        deliver(address, "Ann <ann@farm.example.org>", "Opening hours", "Are you open on Sunday?")
        sandbox.control.advance(60)
        photo = {
            "filename": "notes.txt",
            "mime_type": "text/plain",
            "content": base64.b64encode(b"Serial 4711").decode(),
        }
        text = "Now it pours.\n\nOn Monday, Jane wrote:\n> It drips."
        answered = "<pump-1@shop.example.net>"
        deliver(address, f"Jane <{JANE}>", "Re: A leaking pump", text, references=[answered], attachments=[photo])
        yield CommuneMail(client, address)
        await client.aio.close()


@dataclass(frozen=True)
class Desk:
    """An identity of Inkbox with all its channels."""

    mail: InkboxMail[Inkbox]
    phone: InkboxPhone[Inkbox]
    texts: InkboxTexts[Inkbox]
    number: str


@pytest.fixture
async def desk(sandbox: Sandbox) -> AsyncIterator[Desk]:
    """An identity with two unread mails, a call with a transcript, one that was turned away, and two days of texts."""
    control = sandbox.control
    with Inkbox(sandbox.inkbox.api_key, base_url=sandbox.inkbox.base_url, retry=Retry(base_seconds=0)) as client:
        identity = client.create_identity("support")
        number = identity.provision_phone_number(type="local", state="NY")
        control.deliver(identity.email_address or "", f"Jane <{JANE}>", "A leaking pump", "It drips.")
        control.advance(60)
        control.deliver(identity.email_address or "", "Ann <ann@farm.example.org>", "Opening hours", "Open on Sunday?")
        control.ring(number.number, TOM)
        client.phone_numbers.update(
            number.id, incoming_call_action="auto_accept", client_websocket_url="wss://agent.example.com/calls"
        )
        control.advance(60)
        call = control.ring(number.number, IDA)["id"]
        control.speak(call, "Harbor office, good morning.", "local", at_ms=400)
        control.speak(call, "Is the crane free on Tuesday?", "remote", at_ms=12_000)
        control.advance(30)
        control.hang_up(call)
        control.text_in(number.number, IDA, "Is a berth free?")
        control.text_in(number.number, TOM, "Wrong number?")
        control.advance(86_400)
        control.text_in(number.number, IDA, "Thank you")
        yield Desk(
            InkboxMail(client, "support"), InkboxPhone(client, "support"), InkboxTexts(client, "support"), number.number
        )
        await client.aio.close()


@pytest.fixture(scope="session")
def real_mail() -> Path:
    """The folder of real mail; a test that needs it skips, saying so, where it is absent."""
    folder = Path(os.environ.get("POSTLINE_MAIL", Path(__file__).parents[2] / "../shared/mail"))
    if not folder.is_dir():
        pytest.skip(f"no real mail at {folder}; POSTLINE_MAIL may name another folder")
    return folder
