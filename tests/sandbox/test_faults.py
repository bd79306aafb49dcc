"""What goes wrong on request, seen by a real client."""

import time
from typing import Any

import httpx
import pytest

from postline_sandbox import ControlError, Sandbox


def test_latency_delays_the_answer(http: Any, sandbox: Sandbox) -> None:
    """The answer is right and late."""
    sandbox.control.fault("latency", seconds=0.15)
    started = time.perf_counter()

    answer = http.client.get("/v1/domains")

    assert answer.status_code == 200
    assert time.perf_counter() - started >= 0.15


def test_a_rate_limit_says_how_long(http: Any, sandbox: Sandbox) -> None:
    """429 with Retry-After in header and body."""
    sandbox.control.fault("rate_limit", seconds=7)

    answer = http.client.get("/v1/domains")

    assert (answer.status_code, answer.headers["retry-after"]) == (429, "7")
    assert answer.json() == {"error": "Hourly email rate limit exceeded", "retryAfter": 7}


def test_a_server_error_does_nothing(http: Any, sandbox: Sandbox) -> None:
    """The status asked for, and no inbox made."""
    sandbox.control.fault("server_error", method="post", path="^/v1/inboxes$", status=502)

    answer = http.client.post("/v1/inboxes", json={"local_part": "a"})

    assert answer.status_code == 502
    assert http.get("/v1/inboxes")["data"] == []


def test_a_page_instead_of_json_is_a_success_without_meaning(http: Any, sandbox: Sandbox) -> None:
    """200 with HTML."""
    sandbox.control.fault("not_json")

    answer = http.client.get("/v1/inboxes")

    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    with pytest.raises(ValueError, match="Expecting value"):
        answer.json()


def test_a_dropped_reply_comes_after_the_work(http: Any, sandbox: Sandbox) -> None:
    """The client sees a closed connection; the inbox is there."""
    sandbox.control.fault("dropped_reply", path="/v1/inboxes")

    with pytest.raises(httpx.RemoteProtocolError):
        http.client.post("/v1/inboxes", json={"local_part": "a"})

    assert [one["localPart"] for one in http.get("/v1/inboxes")["data"]] == ["a"]


def test_a_truncated_body_breaks_off(http: Any, sandbox: Sandbox) -> None:
    """The headers promise more than arrives."""
    http.inbox()
    sandbox.control.fault("truncated_body", path="/v1/inboxes")

    with http.client.stream("GET", "/v1/inboxes") as answer, pytest.raises(httpx.RemoteProtocolError):
        answer.read()

    assert answer.status_code == 200


def test_a_closed_connection_does_nothing(http: Any, sandbox: Sandbox) -> None:
    """The client sees a closed connection; nothing was made."""
    sandbox.control.fault("closed_connection", path="/v1/inboxes")

    with pytest.raises(httpx.RemoteProtocolError):
        http.client.post("/v1/inboxes", json={"local_part": "a"})

    assert http.get("/v1/inboxes")["data"] == []


def test_a_fault_happens_as_often_as_asked_and_where_asked(http: Any, sandbox: Sandbox) -> None:
    """Method, path and service choose the requests, `times` how many; the rest is well."""
    sandbox.control.fault("server_error", method="GET", path="^/v1/inboxes", service="commune", times=2)

    statuses = [http.client.get(path).status_code for path in ("/v1/domains", *["/v1/inboxes"] * 3)]

    assert statuses == [200, 503, 503, 200]
    assert http.client.post("/v1/inboxes", json={"local_part": "a"}).status_code == 201


def test_faults_can_be_taken_back(http: Any, sandbox: Sandbox) -> None:
    """A fault without end goes on until it is cleared."""
    sandbox.control.fault("server_error", times=None)
    before = [http.client.get("/v1/domains").status_code for _ in range(3)]

    cleared = sandbox.control.clear_faults()

    assert (before, cleared) == ([503] * 3, 1)
    assert http.client.get("/v1/domains").status_code == 200


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"kind": "flood"}, "kind must be one of latency"),
        ({"kind": "latency", "seconds": -1}, "seconds must be between"),
        ({"kind": "latency", "times": 0}, "times must be at least 1"),
        ({"kind": "server_error", "status": 200}, "status must be between"),
        ({"kind": "latency", "path": "("}, "not a regular expression"),
        ({"kind": "latency", "service": "pigeon"}, "service must be one of commune"),
    ],
)
def test_a_fault_that_makes_no_sense_is_refused(sandbox: Sandbox, arguments: dict[str, Any], message: str) -> None:
    """Wrong values are named."""
    with pytest.raises(ControlError, match=message):
        sandbox.control.fault(**arguments)


def test_a_waiting_request_does_not_hold_up_the_end(http: Any, sandbox: Sandbox) -> None:
    """A sandbox with a long latency under way still ends at once."""
    import threading

    sandbox.control.fault("latency", seconds=60)
    outcome: list[int] = []
    waiting = threading.Thread(target=lambda: outcome.append(http.client.get("/v1/domains").status_code))
    waiting.start()
    time.sleep(0.1)
    started = time.perf_counter()

    sandbox.stop()

    waiting.join()
    assert time.perf_counter() - started < 1.5
    assert outcome == [200]
