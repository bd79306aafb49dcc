"""An identity of the sandbox's Inkbox with a mailbox and a number, for tests through the waiting and the async client alike."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from postline.channels import Channels
from postline.channels.inkbox_people import inkbox_channels
from postline.config import Retry
from postline.inkbox import AsyncInkbox, Inkbox
from postline.inkbox.phone.contact_rules import PhoneContactRules
from postline_sandbox import Sandbox

JANE = "+12125550100"
JOHN = "+12125550101"
SOCKET = "wss://media.example.com/desk"

__all__ = ["JANE", "JOHN", "Connect", "Line", "connect", "line"]


class Connect:
    """Makes Inkbox clients of the kind that `both` stands for, and closes them."""

    def __init__(self, both: Any, sandbox: Sandbox) -> None:
        self._both, self._sandbox = both, sandbox
        self._made: list[Any] = []

    def __call__(self, api_key: str | None = None, **options: Any) -> Any:
        kind = AsyncInkbox if self._both.is_async else Inkbox
        place = {"base_url": self._sandbox.inkbox.base_url, "retry": Retry(base_seconds=0)}
        self._made.append(kind(api_key or self._sandbox.inkbox.api_key, **{**place, **options}))
        return self._made[-1]

    def close(self) -> None:
        for client in self._made:
            self._both.do(client.close)


class Line:
    """The identity `desk`, its channels, and the people outside."""

    def __init__(self, both: Any, sandbox: Sandbox, client: Any) -> None:
        number = {"type": "local", "incoming_call_action": "auto_accept", "client_websocket_url": SOCKET}
        both.do(lambda: client.create_identity("desk", display_name="The desk", phone_number=number))
        self._both, self.client, self.control = both, client, sandbox.control
        self.channels: Channels = self.do(inkbox_channels(client, "desk"))
        self.number = str(self.channels.phone and self.channels.phone.number)
        self.control.set_number_sms(self.number)

    def do(self, work: Any) -> Any:
        """Do a piece of a channel's work."""
        return self._both.run(self.client, work)

    def agree(self, *numbers: str) -> None:
        """Have people agree to get texts."""
        for number in numbers:
            self.control.text_in(self.number, number, "START")

    def write(self, text: str, sender: str = JANE) -> str:
        """Have somebody text the desk; return the text's id."""
        return str(self.control.text_in(self.number, sender, text)["id"])

    def talk(self, *said: tuple[str, str, int], caller: str = JANE) -> str:
        """Have somebody call the desk and the two say things: party, words and milliseconds; return the call's id."""
        call_id = str(self.control.ring(self.number, caller)["id"])
        for party, words, at_ms in said:
            self.control.speak(call_id, words, party, at_ms=at_ms)
        self.control.hang_up(call_id)
        return call_id

    def block(self, number: str) -> None:
        """Have the operator forbid a number."""
        [own] = self._both.do(self.client.phone_numbers.list)
        self.do(PhoneContactRules.create(own.id, action="block", match_target=number))


@pytest.fixture
def connect(both: Any, sandbox: Sandbox) -> Iterator[Connect]:
    """Make Inkbox clients."""
    made = Connect(both, sandbox)
    yield made
    made.close()


@pytest.fixture
def line(both: Any, sandbox: Sandbox, connect: Connect) -> Line:
    """The desk with its line."""
    return Line(both, sandbox, connect())
