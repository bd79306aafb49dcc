"""What the integrations' tests share: an inbox of the local twin with a little mail, and a folder of real mail."""

from __future__ import annotations

import base64
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from postline.channels.commune import CommuneMail
from postline.commune import CommuneClient
from postline.config import Retry
from postline_sandbox import Sandbox

JANE = "jane@shop.example.net"

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


@pytest.fixture(scope="session")
def real_mail() -> Path:
    """The folder of real mail; a test that needs it skips, saying so, where it is absent."""
    folder = Path(os.environ.get("POSTLINE_MAIL", Path(__file__).parents[2] / "../shared/mail"))
    if not folder.is_dir():
        pytest.skip(f"no real mail at {folder}; POSTLINE_MAIL may name another folder")
    return folder


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what the tests of real mail recorded to be `shown`, or why they did not run."""
    told = [
        f"{report.nodeid.rpartition('::')[2]}: {text}"
        for report in terminalreporter.getreports("passed")
        for name, text in report.user_properties
        if name == "shown"
    ]
    told += {
        report.longrepr[2] for report in terminalreporter.getreports("skipped") if "test_real_mail" in report.nodeid
    }
    if told:
        terminalreporter.section("real mail")
        terminalreporter.write_line("\n".join(told))
