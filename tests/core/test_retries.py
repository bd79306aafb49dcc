"""What is repeated, how often, and after how long."""

import pickle
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from postline import wire as wire_module
from postline.config import Retry, Settings
from postline.errors import APIError, NetworkError
from postline.network import NEVER_LEFT
from postline.operation import Operation, Sleep
from postline.wire import Wire

GET = Operation("GET", "/v1/things", None)
POST = Operation("POST", "/v1/things", None)
PATIENT = Retry()
KEYED = Operation("POST", "/v1/things", None, headers={"idempotency-key": "k"}, repeatable=True)

LOST = [httpx.ReadTimeout, httpx.ReadError, httpx.WriteError, httpx.RemoteProtocolError, httpx.DecodingError]


def play(operation, *outcomes, retry=PATIENT):
    """Answer an exchange with outcomes in turn, the last one for ever; return how often it asked, its waits and its end."""
    exchange = Wire(Settings("https://api.example.com", retry=retry)).exchange(operation)
    sent, waits, left = 0, [], list(outcomes)
    step = next(exchange)
    try:
        while True:
            if isinstance(step, Sleep):
                waits.append(step.seconds)
                step = next(exchange)
                continue
            sent += 1
            outcome = left.pop(0) if len(left) > 1 else left[0]
            step = exchange.throw(outcome) if isinstance(outcome, Exception) else exchange.send(outcome)
    except StopIteration:
        return sent, waits, None
    except (APIError, NetworkError) as error:
        return sent, waits, error


def answer(status, **headers):
    return httpx.Response(
        status, headers={name.replace("_", "-"): value for name, value in headers.items()}, content=b"{}"
    )


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
def test_a_passing_failure_of_a_read_is_repeated(status):
    """A read is asked for again until it succeeds."""
    sent, waits, error = play(GET, answer(status), answer(status), answer(200))

    assert (sent, len(waits), error) == (3, 2, None)


@pytest.mark.parametrize("status", [301, 400, 401, 403, 404, 409, 413, 422, 501])
def test_a_lasting_failure_is_not_repeated(status):
    """Asking again for what was refused for good changes nothing."""
    sent, waits, error = play(GET, answer(status))

    assert (sent, waits, error.status_code) == (1, [], status)


@pytest.mark.parametrize("failure", [answer(500), answer(503), answer(408), *(kind("lost") for kind in LOST)])
def test_a_change_whose_outcome_is_unknown_is_not_repeated(failure):
    """A POST that may have been done is sent once."""
    sent, waits, error = play(POST, failure, answer(200))

    assert (sent, waits) == (1, [])
    assert error is not None


@pytest.mark.parametrize("failure", [answer(429), *(kind("never left") for kind in NEVER_LEFT)])
def test_a_change_that_certainly_did_nothing_is_repeated(failure):
    """A POST is sent again if it never left, or if the service says that it did nothing."""
    sent, waits, error = play(POST, failure, failure, answer(200))

    assert (sent, len(waits), error) == (3, 2, None)


@pytest.mark.parametrize("failure", [answer(500), *(kind("lost") for kind in LOST)])
def test_a_change_that_the_service_deduplicates_is_repeated(failure):
    """A POST declared repeatable is sent again whatever happened to it."""
    sent, _, error = play(KEYED, failure, answer(200))

    assert (sent, error) == (2, None)


@pytest.mark.parametrize("kind", [httpx.UnsupportedProtocol, httpx.LocalProtocolError])
def test_a_request_that_cannot_be_made_is_not_repeated(kind):
    """What this side cannot send is not tried again."""
    sent, waits, error = play(GET, kind("no"))

    assert (sent, waits) == (1, [])
    assert not error.may_have_arrived


@given(
    st.builds(
        Retry,
        attempts=st.integers(1, 12),
        base_seconds=st.floats(0, 5),
        cap_seconds=st.floats(0, 60),
        budget_seconds=st.floats(0, 120),
    )
)
def test_waits_grow_within_every_bound(retry):
    """The n-th wait lies between 0 and base * 2**n and the cap; their number and their sum have bounds too."""
    sent, waits, error = play(GET, answer(503), retry=retry)

    assert len(waits) + 1 == sent <= retry.attempts
    assert sum(waits) <= retry.budget_seconds
    assert all(0 <= wait <= min(retry.base_seconds * 2**n, retry.cap_seconds) for n, wait in enumerate(waits))
    assert error.status_code == 503


def test_waits_are_drawn_from_the_whole_range(monkeypatch):
    """Full jitter: each wait is drawn evenly from zero to a bound that doubles up to the cap."""
    drawn = []
    monkeypatch.setattr(wire_module.random, "uniform", lambda low, high: drawn.append((low, high)) or high)

    play(GET, answer(503), retry=Retry(attempts=6, base_seconds=1, cap_seconds=5, budget_seconds=100))

    assert drawn == [(0, 1), (0, 2), (0, 4), (0, 5), (0, 5), (0, 5)]


@pytest.mark.parametrize(
    ("status", "retryable"), [(400, False), (404, False), (408, True), (429, True), (500, True), (503, True)]
)
def test_an_error_says_whether_trying_again_can_help(status, retryable):
    """A status that passes by itself is retryable, one that needs a change is not."""
    *_, error = play(GET, answer(status), retry=Retry(attempts=1))

    assert error.retryable is retryable


def test_one_attempt_means_no_repetition():
    """`Retry(attempts=1)` sends once, whatever happens."""
    assert play(GET, answer(503), retry=Retry(attempts=1))[:2] == (1, [])
    assert play(GET, httpx.ConnectError("no"), retry=Retry(attempts=1))[:2] == (1, [])


@pytest.mark.parametrize("values", [{"attempts": 0}, {"base_seconds": -1}, {"cap_seconds": -1}, {"budget_seconds": -1}])
def test_a_retry_without_sense_is_refused(values):
    """No attempt at all, and negative seconds, are errors at construction."""
    with pytest.raises(ValueError, match="at least one attempt"):
        Retry(**values)


@pytest.mark.parametrize(("said", "seconds"), [("7", 7.0), ("2.5", 2.5), (" 3 ", 3.0)])
def test_the_services_own_delay_is_waited_for(said, seconds):
    """`Retry-After` in seconds takes the place of the drawn wait."""
    assert play(POST, answer(429, retry_after=said), answer(200)) == (2, [seconds], None)


def test_a_delay_of_nothing_leaves_the_wait_to_be_drawn():
    """Callers who were refused together would come back together."""
    waits = [play(POST, answer(429, retry_after="0"), answer(200))[1][0] for _ in range(20)]

    assert len(set(waits)) == 20
    assert max(waits) <= 0.25


@pytest.mark.parametrize(("offset", "low", "high"), [(20, 17, 20), (-20, 0, 0.25)])
def test_a_date_to_retry_after_is_waited_for(offset, low, high):
    """`Retry-After` as an HTTP date is the time until then; one that is past is a delay of nothing."""
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=offset), usegmt=True)

    sent, waits, _ = play(GET, answer(503, retry_after=date), answer(200))

    assert sent == 2
    assert low <= waits[0] <= high


def test_a_date_without_a_zone_is_utc(monkeypatch):
    """A date of the older form, which names no zone, is read as UTC."""
    moment = datetime.now(UTC) + timedelta(seconds=20)

    wait = wire_module.retry_after(httpx.Headers({"retry-after": moment.strftime("%a, %d %b %Y %H:%M:%S")}))

    assert wait is not None
    assert 17 <= wait <= 20


@pytest.mark.parametrize("said", ["", "soon", "-5", "1.2.3", "Mon, 99 Foo 2026 00:00:00 GMT"])
def test_a_delay_that_says_nothing_is_ignored(said):
    """What is neither seconds nor a date leaves the wait to be drawn."""
    sent, waits, _ = play(GET, answer(503, retry_after=said), answer(200))

    assert sent == 2
    assert 0 <= waits[0] <= 0.25


def test_a_delay_beyond_the_cap_is_handed_on():
    """A service that asks for more patience than there is is not waited for; the error carries its delay."""
    sent, waits, error = play(GET, answer(429, retry_after="31"))

    assert (sent, waits) == (1, [])
    assert error.retry_after_seconds == 31
    assert error.retryable


def test_the_budget_is_for_all_waits_together():
    """Waits that each keep to the cap end where their sum would pass the budget."""
    sent, waits, error = play(GET, answer(429, retry_after="25"))

    assert (sent, waits) == (3, [25, 25])
    assert error.retry_after_seconds == 25


@pytest.mark.parametrize("kind", [*LOST, *NEVER_LEFT, httpx.UnsupportedProtocol])
def test_a_lost_answer_is_both_errors(kind):
    """It can be caught as this project's error and as httpx's own."""
    *_, error = play(POST, kind("raw text"), retry=Retry(attempts=1))

    assert isinstance(error, NetworkError)
    assert isinstance(error, kind)
    assert type(error).__name__ == kind.__name__
    assert str(error).startswith(f"POST /v1/things: {kind.__name__}")
    assert "raw text" not in str(error)
    assert error.may_have_arrived is (kind in LOST)
    assert error.retryable is (kind in NEVER_LEFT)


def test_a_lost_answer_to_a_keyed_send_is_unknown_but_harmless_to_repeat():
    """The mail may have gone out; with its key, asking again does not send it twice."""
    *_, error = play(replace(POST, repeatable=True), httpx.ReadTimeout(""), retry=Retry(attempts=1))

    assert error.may_have_arrived
    assert error.retryable
    assert "does no harm" in str(error)


def test_a_lost_answer_to_a_read_may_be_asked_for_again():
    """Nothing was changed, whatever arrived."""
    *_, error = play(GET, httpx.ReadTimeout(""), retry=Retry(attempts=1))

    assert not error.may_have_arrived
    assert error.retryable


@pytest.mark.parametrize("kind", [httpx.ReadTimeout, httpx.ConnectError])
def test_a_network_error_can_be_pickled(kind):
    """It crosses to another process with its kind, its text and what it knows."""
    *_, error = play(POST, kind("lost"), retry=Retry(attempts=1))

    copy = pickle.loads(pickle.dumps(error))

    assert type(copy) is type(error)
    assert (str(copy), copy.may_have_arrived, copy.retryable) == (str(error), error.may_have_arrived, error.retryable)


def test_a_network_error_holds_no_signed_link():
    """The query of a link is a credential, and stays out of the text."""
    link = Operation("GET", "https://files.example.net/a?signature=secret", bytes)

    *_, error = play(link, httpx.ReadTimeout(""), retry=Retry(attempts=1))

    assert "secret" not in str(error)
    assert "https://files.example.net/a" in str(error)
