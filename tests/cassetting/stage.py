"""What a scenario finds in the sandbox: the same each time, so that recording again gives the same files."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from postline.commune import CommuneClient
from postline_sandbox import Sandbox

INBOX = "support@commune-sandbox.example.com"
JANE = "jane@shop.example.net"
PUMP = "<pump-1@shop.example.net>"


@contextmanager
def sandbox() -> Iterator[Sandbox]:
    """Serve a twin at a time that stands still, with three mails in two threads; the newest has a file."""
    with Sandbox(seed="cassettes", now=datetime(2026, 3, 2, 9, 30, tzinfo=UTC)) as running:
        with CommuneClient(running.commune.api_key, base_url=running.commune.base_url) as client:
            client.inboxes.create("support", name="Support desk")
        notes = base64.b64encode(b"Serial number 4711, built in 2016.").decode()
        file = {"filename": "notes.txt", "mime_type": "text/plain", "content": notes}
        deliver, advance = running.control.deliver, running.control.advance
        deliver(INBOX, f"Jane Doe <{JANE}>", "A leaking pump", "It drips since Monday.", message_id=PUMP)
        advance(60)
        deliver(
            INBOX, "ann@farm.example.org", "Opening hours", "Are you open on Sunday?", html="<p>Open on Sunday?</p>"
        )
        advance(60)
        again = "Now it pours.\n\nOn Monday, Support wrote:\n> We will have a look."
        deliver(INBOX, f"Jane Doe <{JANE}>", "Re: A leaking pump", again, references=[PUMP], attachments=[file])
        yield running
