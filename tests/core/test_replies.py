"""What an answer becomes: a record, or the error that says what is wrong with it."""

import copy
import json
import pickle

import httpx
import pytest
from pydantic import BaseModel, ValidationError

from postline.config import Settings
from postline.errors import (
    APIError,
    ArgumentError,
    CapabilityError,
    ClosedError,
    NetworkError,
    PostlineError,
    ReplyError,
)
from postline.operation import Operation
from postline.wire import MalformedReplyError, Wire, too_large


class Thing(BaseModel):
    name: str
    size: int = 0


WIRE = Wire(Settings("https://api.example.com"))


def parse(returns, content, status=200):
    operation = Operation("GET", "/v1/things", returns)
    response = httpx.Response(status, headers={"content-type": "text/html; charset=utf-8"}, content=content)
    return WIRE.parse(operation, response)


def rejection(content, status=400, headers=None, path="/v1/things"):
    return WIRE.rejection(Operation("POST", path, None), httpx.Response(status, content=content, headers=headers))


def test_an_answer_is_validated_as_what_the_operation_returns():
    """JSON becomes the record, or the list of records, that was declared."""
    assert parse(Thing, b'{"name":"a","size":"3"}') == Thing(name="a", size=3)
    assert parse(list[Thing], b'[{"name":"a"}]') == [Thing(name="a")]


def test_bytes_are_the_body_as_it_is():
    """A file is not read as JSON."""
    assert parse(bytes, b"\x00{}") == b"\x00{}"


def test_nothing_is_read_of_an_answer_without_a_result():
    """An operation that returns nothing takes any successful answer."""
    assert parse(None, b"<html>") is None


@pytest.mark.parametrize(
    "content", [b"", b"<html>private</html>", b"null", b'"private"', b"{}", b'{"name":7}', b"[]", b"{", b"\xff"]
)
def test_an_answer_of_another_form_raises(content):
    """A page of a proxy, an empty body, or JSON of another shape is an error."""
    with pytest.raises(ReplyError) as caught:
        parse(Thing, content)

    assert isinstance(caught.value, MalformedReplyError)
    assert isinstance(caught.value, ValidationError)
    assert isinstance(caught.value, ValueError)


@pytest.mark.parametrize("content", [b"", b"<html></html>", b'{"items":[]}', b"null"])
def test_an_answer_of_another_form_never_reads_as_an_empty_list(content):
    """A list comes from a list only."""
    with pytest.raises(ReplyError):
        parse(list[Thing], content)


def test_a_malformed_answer_is_described_without_its_content():
    """The error names request, status, type, length, field and rule; neither it nor its details hold what came."""
    with pytest.raises(MalformedReplyError) as caught:
        parse(list[Thing], b'[{"name":"private {0}","size":"private"}]')

    text = str(caught.value)
    assert "GET /v1/things (HTTP 200, text/html, 41 bytes)" in text
    assert "0.size" in text
    assert "private" not in text + repr(caught.value) + json.dumps(caught.value.errors())
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


def test_an_error_carries_what_is_known_of_it():
    """Status, method and path are on every error of a service."""
    error = rejection(b"{}", 418)

    assert isinstance(error, APIError)
    assert (error.status_code, error.method, error.path, str(error)) == (
        418,
        "POST",
        "/v1/things",
        "HTTP 418 I'm a teapot",
    )


def test_an_error_without_a_known_status_has_a_text():
    """A status without a name is said by its number."""
    assert str(rejection(b"", 799)) == "HTTP 799"


def test_an_errors_path_has_no_query():
    """A signed link is not shown with its signature."""
    assert (
        rejection(b"", 403, path="https://files.example.net/a?signature=secret").path == "https://files.example.net/a"
    )


@pytest.mark.parametrize("content", [b"<html>", b"", b"\xff", b"[" * 100_000])
def test_an_error_without_json_is_an_error_all_the_same(content):
    """What a proxy says in its own words, or in none, does not hide the status."""
    assert rejection(content, 502).status_code == 502


def test_an_error_says_when_to_come_back():
    """The delay asked for is a number on the error."""
    assert rejection(b"", 429, {"retry-after": "12"}).retry_after_seconds == 12.0


def test_too_long_an_answer_is_a_reply_error():
    """It says which request and which limit."""
    error = too_large(Operation("GET", "https://files.example.net/a?signature=secret", bytes, limit_bytes=10))

    assert isinstance(error, ReplyError)
    assert str(error) == "GET https://files.example.net/a: the answer has over 10 bytes"


@pytest.mark.parametrize(
    ("error", "builtin"),
    [
        (ArgumentError("x"), ValueError), (CapabilityError("Commune", "calls"), PostlineError), (ClosedError("x"), RuntimeError),
        (NetworkError("x"), PostlineError), (ReplyError("x"), ValueError), (APIError("x"), PostlineError),
    ],
)  # fmt: skip
def test_every_error_has_one_root_and_can_be_copied(error, builtin):
    """Each is caught as a `PostlineError` and as its builtin, and crosses to another process."""
    assert isinstance(error, PostlineError)
    assert isinstance(error, builtin)
    for twin in (copy.copy(error), pickle.loads(pickle.dumps(error))):
        assert (type(twin), str(twin), vars(twin)) == (type(error), str(error), vars(error))


def test_a_missing_capability_is_said_by_names():
    """Who cannot do what is in the text and in fields."""
    error = CapabilityError("Commune", "calls")

    assert (error.service, error.capability) == ("Commune", "calls")
    assert str(error) == "Commune has nothing for calls"
    assert not error.retryable
