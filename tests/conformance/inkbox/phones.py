"""Whom numbers talk to in the tests, and how refusals are read."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from tests.conformance.inkbox.conftest import refusal

OUTSIDE = "+15125550101"
OTHER = "+15125550102"
SOCKET = "wss://media.example.com/agent"
ABSENT = str(uuid4())


def code(call: Callable[[], Any], status: int) -> str:
    """Return the code of a refusal whose status is known."""
    error = refusal(call)
    assert error.status_code == status
    assert isinstance(error.detail, dict)
    assert error.detail["message"]
    return str(error.detail["error"])


def places(call: Callable[[], Any]) -> list[str]:
    """Return what a validation error names."""
    error = refusal(call)
    assert error.status_code == 422
    assert isinstance(error.detail, list)
    return [".".join(map(str, one["loc"])) for one in error.detail]
