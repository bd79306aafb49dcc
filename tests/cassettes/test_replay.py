"""Every scenario is true of its recording, through both clients and without a network."""

from __future__ import annotations

import inspect
import re
import socket
from dataclasses import replace
from typing import Any

import pytest
from pytest_socket import SocketBlockedError
from tests.cassetting.scenario import SERVICES, Scenario, Source, done, scenarios
from tests.record import orphans
from vcr.errors import CannotOverwriteExistingCassetteException

from postline.commune import CommuneClient
from postline.config import Retry
from postline.resource import Resource, endpoint, listing
from postline.tools import CATALOGUE

ONCE = Retry(attempts=1)
CASES = [
    *(pytest.param(each, "sandbox", id=f"sandbox-{each.service}-{each.name}") for each in scenarios()),
    *(pytest.param(each, "live", id=f"live-{each.service}-{each.name}") for each in scenarios() if each.live),
]


class Noted:
    """A client that keeps the names of what is looked up on it."""

    def __init__(self, target: Any, names: set[str], prefix: str = "") -> None:
        self._target, self._names, self._prefix = target, names, prefix

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._target, name)
        self._names.add(f"{self._prefix}{name}")
        return Noted(found, self._names, f"{self._prefix}{name}.") if isinstance(found, Resource) else found


async def replay(scenario: Scenario, source: Source, kind: str) -> Any:
    """Play a scenario against its recording; all of it must be played."""
    service = SERVICES[scenario.service]
    with scenario.cassette(source) as cassette:
        if kind == "sync":
            with service.waiting("key", retry=ONCE) as client:
                result = await scenario.play(client)
        else:
            async with service.awaiting("key", retry=ONCE) as client:
                result = await scenario.play(client)
        unplayed = [
            f"{each.method} {each.uri}" for at, each in enumerate(cassette.requests) if not cassette.play_counts[at]
        ]
        assert unplayed == []
    return result


@pytest.mark.parametrize(("scenario", "source"), CASES)
async def test_a_recording_plays_whole_and_alike_through_both_clients(scenario: Scenario, source: Source) -> None:
    """What was recorded once answers the client that waits and the one for `await`, and nothing of it stays unplayed."""
    if source == "live" and not scenario.path(source).exists():
        pytest.skip(f"never recorded live: set {scenario.service.upper()}_API_KEY and run `make record`")

    waited, awaited = await replay(scenario, source, "sync"), await replay(scenario, source, "async")

    assert waited == awaited


async def test_a_recording_is_not_answered_from_twice() -> None:
    """What was said once is not said again: polling and paging are as they were."""
    scenario = _named("client_domains")

    with scenario.cassette("sandbox"), CommuneClient("key", retry=ONCE) as client:
        client.domains.create("mail.customer.example.com", region="eu-west-1")

        with pytest.raises(CannotOverwriteExistingCassetteException):
            client.domains.create("mail.customer.example.com", region="eu-west-1")


@pytest.mark.parametrize(
    ("name", "region"), [("other.customer.example.com", "eu-west-1"), ("mail.customer.example.com", None)]
)
async def test_what_was_not_recorded_is_not_answered(name: str, region: str | None) -> None:
    """A request differs from a recorded one already if its body does; it never reaches a network."""
    with (
        _named("client_domains").cassette("sandbox"),
        CommuneClient("key", retry=ONCE) as client,
        pytest.raises(CannotOverwriteExistingCassetteException),
    ):
        client.domains.create(name, region=region)


async def test_a_recording_played_in_part_fails() -> None:
    """A scenario that asks for less than was recorded is told what is left."""

    async def less(client: Any) -> None:
        await done(client.domains.create("mail.customer.example.com", region="eu-west-1"))

    with pytest.raises(AssertionError, match="/records"):
        await replay(replace(_named("client_domains"), play=less), "sandbox", "sync")


def test_there_is_no_network_here() -> None:
    """Were a recording passed by, the request would fail."""
    with pytest.warns(UserWarning, match="socket"), pytest.raises(SocketBlockedError):
        socket.create_connection(("127.0.0.1", 9))


def test_every_recording_is_played() -> None:
    """No file is left over from a scenario that is gone, and every scenario has its recording from the sandbox."""
    assert orphans(scenarios()) == []
    assert [each.name for each in scenarios() if not each.path("sandbox").exists()] == []


def methods(resource: Any, prefix: str = "") -> set[str]:
    """Name the endpoints of a resource, and of those that it holds."""
    own = {
        f"{prefix}{name}" for name in dir(type(resource)) if isinstance(_declared(resource, name), endpoint | listing)
    }
    held = {name: each for name, each in vars(resource).items() if isinstance(each, Resource) and name != "_client"}
    return own.union(*(methods(each, f"{prefix}{name}.") for name, each in held.items()))


def _declared(resource: Any, name: str) -> Any:
    return inspect.getattr_static(resource, name)


@pytest.mark.parametrize(
    ("service", "count", "not_recorded"),
    [
        ("commune", 23, r"$."),
        # What is sealed is never twice the same, and neither is a certificate.
        ("inkbox", 85, r"vault\.|tunnels\.sign_csr"),
    ],
)
async def test_every_method_of_the_client_is_recorded(service: str, count: int, not_recorded: str) -> None:
    """The client's scenarios call each of its endpoints."""
    called: set[str] = set()
    waiting = SERVICES[service].waiting

    for each in scenarios():
        if each.service == service and each.name.startswith("client_"):
            with each.cassette("sandbox"), waiting("key", retry=ONCE) as client:
                await each.play(Noted(client, called))

    with waiting("key") as client:
        wanted = {each for each in methods(client) if not re.match(not_recorded, each)}
    assert wanted - called == set()
    assert len(wanted) == count


def test_every_tool_is_recorded() -> None:
    """There is a scenario for each tool that ships."""
    assert {f"tool_{tool.name}" for tool in CATALOGUE} == {
        each.name for each in scenarios() if each.name.startswith("tool_")
    }


def _named(name: str) -> Scenario:
    return next(each for each in scenarios() if each.name == name and each.service == "commune")
