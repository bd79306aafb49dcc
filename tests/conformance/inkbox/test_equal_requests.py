"""Called alike, both clients and the official `inkbox` 0.4.4 send the same requests, and read the same from the answers."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.conformance.inkbox.arguments import METHODS, made
from tests.conformance.inkbox.callers import Caller


@pytest.mark.parametrize("name", METHODS)
@given(data=st.data())
@settings(max_examples=12)
def test_equal_calls_send_equal_requests(
    name: str, official_caller: Caller, our_callers: list[Caller], data: st.DataObject
) -> None:
    """Method, decoded path, query, body and credentials are equal, and so is what comes back."""
    args, kwargs = data.draw(METHODS[name])
    results = []

    for package, recorder, call in (official_caller, *our_callers):
        recorder.requests.clear()
        results.append(call(name, made(package, list(args)), made(package, kwargs)))

    assert [recorder.requests for _, recorder, _ in our_callers] == [official_caller[1].requests] * 2
    assert results[1:] == results[:1] * 2
