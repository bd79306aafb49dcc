"""The official package `inkbox`, unmodified, connected to a sandbox."""

from collections.abc import Callable, Iterator
from typing import Any

import inkbox
import pytest
from inkbox import AgentIdentity, Inkbox, PhoneNumber
from tests.conformance.inkbox.callers import official_caller, our_callers
from tests.sandbox.conftest import Receiver, receiver

from postline_sandbox import Sandbox

__all__ = ["Receiver", "official_caller", "our_callers", "receiver"]

Connect = Callable[[str], Inkbox]


@pytest.fixture
def connect(sandbox: Sandbox) -> Iterator[Connect]:
    """Make official clients for API keys; they are closed at the end."""
    clients: list[Inkbox] = []

    def made(api_key: str) -> Inkbox:
        clients.append(Inkbox(api_key, base_url=sandbox.inkbox.base_url))
        return clients[-1]

    yield made
    for client in clients:
        client.close()


@pytest.fixture
def official(sandbox: Sandbox, connect: Connect) -> Inkbox:
    """The official client with the administrator's key."""
    return connect(sandbox.inkbox.api_key)


@pytest.fixture
def alpha(official: Inkbox) -> AgentIdentity:
    return official.create_identity("alpha", display_name="Alpha")


@pytest.fixture
def bravo(official: Inkbox) -> AgentIdentity:
    return official.create_identity("bravo")


@pytest.fixture
def agent(official: Inkbox, alpha: AgentIdentity, connect: Connect) -> Inkbox:
    """The official client with a key that is confined to alpha."""
    return connect(official.api_keys.create(label="alpha's", scoped_identity_id=alpha.id).api_key)


@pytest.fixture
def line(official: Inkbox, sandbox: Sandbox, alpha: AgentIdentity) -> PhoneNumber:
    """Alpha's local number, ready for texts; whoever is at +15125550101 has consented to them."""
    number = official.phone_numbers.provision(agent_handle="alpha", type="local", state="TX")
    sandbox.control.set_number_sms(number.number)
    sandbox.control.text_in(number.number, "+15125550101", "START")
    alpha.refresh()
    return number


@pytest.fixture
def other_line(official: Inkbox, sandbox: Sandbox, bravo: AgentIdentity) -> PhoneNumber:
    """Bravo's local number, ready for texts."""
    number = official.phone_numbers.provision(agent_handle="bravo", type="local")
    sandbox.control.set_number_sms(number.number)
    bravo.refresh()
    return number


class Signup:
    """The official signup methods at a sandbox."""

    human = "human@people.example.net"

    def __init__(self, base_url: str) -> None:
        self._place = {"base_url": base_url}

    def start(self, **more: Any) -> inkbox.AgentSignupResponse:
        return Inkbox.signup(self.human, note_to_human="I am your agent", **self._place, **more)

    def verify(self, api_key: str, code: str) -> inkbox.AgentSignupVerifyResponse:
        return Inkbox.verify_signup(api_key, code, **self._place)

    def resend(self, api_key: str) -> inkbox.AgentSignupResendResponse:
        return Inkbox.resend_signup_verification(api_key, **self._place)

    def status(self, api_key: str) -> inkbox.AgentSignupStatusResponse:
        return Inkbox.get_signup_status(api_key, **self._place)


@pytest.fixture
def signup(sandbox: Sandbox) -> Signup:
    return Signup(sandbox.inkbox.base_url)


def refusal(
    call: Callable[[], Any], kind: type[inkbox.InkboxAPIError] = inkbox.InkboxAPIError
) -> inkbox.InkboxAPIError:
    """Return the error that a call ends in."""
    with pytest.raises(kind) as caught:
        call()
    return caught.value
