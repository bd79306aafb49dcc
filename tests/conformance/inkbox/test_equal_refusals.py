"""Refused alike, both clients and the official `inkbox` 0.4.4 raise the same exceptions, which know the same."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import inkbox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.conformance.inkbox.answers import ID, answer
from tests.conformance.inkbox.arguments import METHODS, made
from tests.conformance.inkbox.callers import Caller

import postline.inkbox

REFUSALS: list[tuple[int, Any]] = [
    (400, {"error": "no detail"}),
    (401, {"detail": "Invalid API key"}),
    (403, {"detail": {"error": "recipient_blocked", "matched_rule_id": ID, "address": "+15035550143", "reason": "r"}}),
    (403, {"detail": {"error": "recipient_blocked", "matched_rule_id": None}}),
    (404, {"detail": None}),
    (409, {"detail": "Access already granted"}),
    (409, {"detail": "An edge tunnel has none"}),
    (409, {"detail": {"detail": "only with passthrough"}}),
    (409, {"detail": {"message": "tls_mode"}}),
    (409, {"detail": {"existing_rule_id": ID, "error": "redundant_grant"}}),
    (409, {"detail": {"error": "redundant_grant", "detail": "all"}}),
    (409, {"detail": {"error": "agent_handle_unavailable", "blocking_namespace": "mail"}}),
    (409, {"detail": {"error": "agent_handle_unavailable", "blocking_namespace": "elsewhere"}}),
    (418, ["no object"]),
    (422, {"detail": [{"loc": ["body", "to"], "msg": "m", "type": "t"}]}),
]
KNOWN = (
    "status_code", "detail", "existing_rule_id", "error", "detail_message", "matched_rule_id", "address", "reason",
    "blocking_namespace",
)  # fmt: skip


def refusing(status: int, body: Any) -> Callable[[httpx.Request], httpx.Response]:
    """Refuse everything, but for the identity that the methods of identities begin with."""

    def refused(request: httpx.Request) -> httpx.Response:
        begins = (request.method, request.url.path) == ("GET", "/api/v1/identities/sales-bot")
        return answer(request) if begins else httpx.Response(status, json=body)

    return refused


def outcome(call: Callable[[], Any]) -> Any:
    """Return what a call comes to: the exception's name and what it knows."""
    try:
        call()
    except (inkbox.InkboxAPIError, postline.inkbox.InkboxAPIError) as error:
        return type(error).__name__, {name: getattr(error, name) for name in KNOWN if hasattr(error, name)}
    return "done"


@pytest.mark.parametrize("name", METHODS)
@given(data=st.data())
@settings(max_examples=2)
def test_equal_refusals_raise_equal_exceptions(
    name: str, official_caller: Caller, our_callers: list[Caller], data: st.DataObject
) -> None:
    """Of the same name, with the same attributes, whatever method it is and whatever the service says."""
    args, kwargs = data.draw(METHODS[name])

    for status, body in REFUSALS:
        outcomes = []
        for package, recorder, call in (official_caller, *our_callers):
            recorder.answer = refusing(status, body)
            arguments = (made(package, list(args)), made(package, kwargs))
            outcomes.append(outcome(lambda c=call, a=arguments: c(name, *a)))
            recorder.answer = answer

        assert outcomes[1:] == outcomes[:1] * 2
