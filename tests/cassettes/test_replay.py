"""Every scenario is true of its recording, through both clients and without a network."""

from __future__ import annotations

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
from postline.resource import Resource, endpoint
from postline.tools import CATALOGUE

ONCE = Retry(attempts=1)
CASES = [
    *(pytest.param(each, "sandbox", id=f"sandbox-{each.name}") for each in scenarios()),
    *(pytest.param(each, "live", id=f"live-{each.name}") for each in scenarios() if each.live),
]


class Noted:
    """A client that keeps the names of what is looked up on it."""

    def __init__(self, target: Any, names: set[str], prefix: str = "") -> None:
        self._target, self._names, self._prefix = target, names, prefix

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._target, name)
        self._names.add(f"{self._prefix}{name}")
        return found if callable(found) else Noted(found, self._names, f"{name}.")


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


async def test_every_method_of_the_client_is_recorded() -> None:
    """The client's scenarios call each of its endpoints."""
    called: set[str] = set()

    for each in scenarios():
        if each.name.startswith("client_"):
            with each.cassette("sandbox"), CommuneClient("key", retry=ONCE) as client:
                await each.play(Noted(client, called))

    with CommuneClient("key") as client:
        groups = {name: group for name, group in vars(client).items() if isinstance(group, Resource)}
    methods = {
        f"{name}.{method}"
        for name, group in groups.items()
        for method, declared in vars(type(group)).items()
        if isinstance(declared, endpoint)
    }
    assert len(methods) == 23
    assert methods <= called


def test_every_tool_is_recorded() -> None:
    """There is a scenario for each tool that ships."""
    assert {f"tool_{tool.name}" for tool in CATALOGUE} == {
        each.name for each in scenarios() if each.name.startswith("tool_")
    }


def _named(name: str) -> Scenario:
    return next(each for each in scenarios() if each.name == name)
