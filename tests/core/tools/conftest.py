"""Fixtures for what is tested through the sync and the async call alike."""

from __future__ import annotations

from typing import Any

import pytest
from tests.core.tools.line import connect, line
from tests.core.tools.memory_mail import MemoryMail, Run, message

from postline.tools import Result, Toolbox

__all__ = ["connect", "line"]


@pytest.fixture
def run(both: Any) -> Run:
    """Call a tool by name with keyword arguments, through `call` and through `acall`."""

    def run(toolbox: Toolbox, name: str, /, **arguments: Any) -> Result:
        call = toolbox.acall if both.is_async else toolbox.call
        result: Result = both.do(lambda: call(name, arguments))
        return result

    return run


@pytest.fixture
def mail() -> MemoryMail:
    """An inbox with 30 emails in three threads."""
    return MemoryMail(message(number) for number in range(30))
