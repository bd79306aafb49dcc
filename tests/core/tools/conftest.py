"""Fixtures for what is tested through the sync and the async call alike."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from tests.core.tools.memory_mail import MemoryMail, Run, message

from postline.tools import Result, Toolbox


@pytest.fixture(params=["sync", "async"])
def run(request: pytest.FixtureRequest) -> Iterator[Run]:
    """Call a tool by name with keyword arguments, through `call` and through `acall`."""
    if request.param == "sync":
        yield lambda toolbox, name, **arguments: toolbox.call(name, arguments)
        return
    with asyncio.Runner() as runner:

        def run(toolbox: Toolbox, name: str, **arguments: Any) -> Result:
            return runner.run(toolbox.acall(name, arguments))

        yield run


@pytest.fixture
def mail() -> MemoryMail:
    """An inbox with 30 emails in three threads."""
    return MemoryMail(message(number) for number in range(30))
