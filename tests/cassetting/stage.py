"""What a scenario finds in the sandbox: the same each time, so that recording again gives the same files."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime

from postline.commune import CommuneClient
from postline.inkbox import Inkbox
from postline_sandbox import Sandbox

INBOX = "support@commune-sandbox.example.com"
MAILBOX = "support@inkbox-sandbox.example.com"
HANDLE = "support"
NUMBER = "+12125550150"
SOCKET = "wss://agent.example.com/calls"
JANE = "jane@shop.example.net"
ANN = "ann@farm.example.org"
PUMP = "<pump-1@shop.example.net>"
IDA, TOM = "+12025550123", "+12025550145"


@contextmanager
def sandbox(service: str) -> Iterator[Sandbox]:
    """Serve a twin at a time that stands still, with one service set up."""
    with Sandbox(seed="cassettes", now=datetime(2026, 3, 2, 9, 30, tzinfo=UTC)) as running:
        _SET_UP[service](running)
        yield running


def _commune(running: Sandbox) -> None:
    with CommuneClient(running.commune.api_key, base_url=running.commune.base_url) as client:
        client.inboxes.create("support", name="Support desk")
    _mail(running, INBOX)


def _inkbox(running: Sandbox) -> None:
    """An identity with everything: mail, a number that texts, a call in which something was said, one turned away."""
    control = running.control
    with Inkbox(running.inkbox.api_key, base_url=running.inkbox.base_url) as client:
        client.create_identity(HANDLE, display_name="Support desk")
        number = client.phone_numbers.provision(agent_handle=HANDLE, type="local", state="NY")
        assert number.number == NUMBER
        control.advance(600)  # until then it cannot text
        control.ring(NUMBER, TOM)
        client.phone_numbers.update(number.id, incoming_call_action="auto_accept", client_websocket_url=SOCKET)
    control.advance(60)
    call = control.ring(NUMBER, IDA)["id"]
    control.speak(call, "Harbor office, good morning.", "local", at_ms=400)
    control.speak(call, "Is the crane free on Tuesday?", "remote", at_ms=12_000)
    control.advance(30)
    control.hang_up(call)
    for sender, text in ((IDA, "START"), (IDA, "Is a berth free?"), (TOM, "Wrong number?")):
        control.advance(60)
        control.text_in(NUMBER, sender, text)
    _mail(running, MAILBOX)


_SET_UP: Mapping[str, Callable[[Sandbox], None]] = {"commune": _commune, "inkbox": _inkbox}


def _mail(running: Sandbox, address: str) -> None:
    """Deliver three mails in two threads; the newest has a file."""
    notes = base64.b64encode(b"Serial number 4711, built in 2016.").decode()
    file = {"filename": "notes.txt", "mime_type": "text/plain", "content": notes}
    deliver, advance = running.control.deliver, running.control.advance
    deliver(address, f"Jane Doe <{JANE}>", "A leaking pump", "It drips since Monday.", message_id=PUMP)
    advance(60)
    deliver(address, ANN, "Opening hours", "Are you open on Sunday?", html="<p>Open on Sunday?</p>")
    advance(60)
    again = "Now it pours.\n\nOn Monday, Support wrote:\n> We will have a look."
    deliver(address, f"Jane Doe <{JANE}>", "Re: A leaking pump", again, references=[PUMP], attachments=[file])
