"""What Commune's answers become: records, lists, and the documented exceptions."""

from __future__ import annotations

import copy
import json
import operator
import pickle

import httpx
import pydantic
import pytest

import postline.commune
from postline.commune.exceptions import (
    AuthenticationError,
    CommuneError,
    NotFoundError,
    PermissionDeniedError,
    RateLimitError,
    ValidationError,
)
from postline.errors import APIError, PostlineError, ReplyError

THREAD = {"thread_id": "t", "last_message_at": "2026-01-01T00:00:00.000Z"}


def asked(both, method, *args, status=200, content=b'{"data":{}}', headers=None, **kwargs):
    """Make a call against one fixed answer."""
    client = both.client(lambda request: httpx.Response(status, content=content, headers=headers))
    return both.do(lambda: operator.attrgetter(method)(client)(*args, **kwargs))


def test_a_sent_mail_is_described(both):
    """What the service leaves out is `None`."""
    content = b'{"data":{"id":"msg_1","thread_id":"thread_1","status":"queued"}}'

    sent = asked(both, "messages.send", to="a@e.example", subject="S", status=202, content=content)

    assert (sent.id, sent.message_id, sent.thread_id, sent.status) == ("msg_1", None, "thread_1", "queued")


def test_a_page_of_threads_keeps_its_envelope(both):
    """Threads with their defaults, and where to read on; a bare list is taken too."""
    page = asked(
        both, "threads.list", content=json.dumps({"data": [THREAD], "next_cursor": None, "has_more": False}).encode()
    )
    bare = asked(both, "threads.list", content=json.dumps([THREAD]).encode())

    (thread,) = page.data
    assert (thread.message_count, thread.has_attachments, thread.subject) == (0, False, None)
    assert (page.next_cursor, page.has_more) == (None, False)
    assert bare == page


@pytest.mark.parametrize(
    ("status", "content", "removed"),
    [
        (200, b'{"data":{"ok":true}}', True), (200, b'{"ok":true}', True), (200, b'{"data":{}}', False), (204, b"", False),
        (200, b'{"data":{"ok":false}}', False), (200, b'{"data":null}', True),
    ],
)  # fmt: skip
def test_a_removal_says_whether_the_service_did_it(both, status, content, removed):
    """An empty answer says nothing, which is not yes."""
    assert asked(both, "inboxes.remove", "d", "i", status=status, content=content) is removed


@pytest.mark.parametrize("content", [b'{"data":[{"id":"d1","x":1}],"y":2}', b'[{"id":"d1","x":1}]'])
def test_the_envelope_may_be_missing(both, content):
    """A list without one is a list all the same; what stands beside `data` is left out."""
    (domain,) = asked(both, "domains.list", content=content)

    assert (domain.id, domain.x) == ("d1", 1)


@pytest.mark.parametrize("content", [b"{}", b"null", b'{"data":{}}', b'{"data":null}', b'{"data":[]}', b"[]"])
def test_nothing_listed_is_an_empty_list(both, content):
    """The documented forms of nothing read as a list without items."""
    assert asked(both, "messages.list", content=content) == []


@pytest.mark.parametrize(
    "method", ["messages.list", "threads.list", "domains.list", "search.threads", "delivery.events"]
)
@pytest.mark.parametrize(
    "content", [b"", b"<html>private</html>", b"not json", b'"private"', b"7", b'{"items":[]}', b"\xff\xfe"]
)
def test_what_is_not_the_services_answer_never_reads_as_an_empty_mailbox(both, method, content):
    """A proxy's page, an empty body, or JSON of another shape raises, as both kinds of error, and quotes nothing."""
    args = ["q"] if method == "search.threads" else []

    with pytest.raises(ReplyError) as caught:
        asked(both, method, *args, content=content)

    assert isinstance(caught.value, pydantic.ValidationError)
    assert not isinstance(caught.value, ValidationError)
    assert "private" not in str(caught.value) + repr(caught.value) + str(caught.value.errors())


@pytest.mark.parametrize(
    ("method", "args", "content"),
    [
        ("domains.get", ["d"], b'{"data":{"name":"x"}}'), ("domains.get", ["d"], b""), ("domains.get", ["d"], b'{"data":null}'),
        ("inboxes.get", ["d", "i"], b'{"data":{"id":7}}'), ("attachments.get", ["a"], b'{"data":{"attachment_id":"a"}}'),
        ("domains.verify", ["d"], b""), ("delivery.metrics", [], b"<html>"), ("inboxes.remove", ["d", "i"], b"<html>"),
        ("messages.list", [], b'{"data":[{"message_id":"m"}]}'),
    ],
)  # fmt: skip
def test_an_incomplete_answer_raises(both, method, args, content):
    """A record without what it must have is no record."""
    with pytest.raises(pydantic.ValidationError):
        asked(both, method, *args, content=content)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, ValidationError), (401, AuthenticationError), (403, PermissionDeniedError), (404, NotFoundError),
        (429, RateLimitError), (402, CommuneError), (409, CommuneError), (413, CommuneError), (422, CommuneError),
        (500, CommuneError), (301, CommuneError),
    ],
)  # fmt: skip
def test_each_status_has_its_exception(both, status, kind):
    """By class, with status, method, path, code, headers and body."""
    content = b'{"error":"the_code","message":"more"}'

    with pytest.raises(CommuneError) as caught:
        asked(both, "domains.get", "d", status=status, content=content, headers={"x-request-id": "r"})

    error = caught.value
    assert type(error) is kind
    assert (error.status_code, error.message, str(error)) == (status, "the_code", "the_code")
    assert (error.code, error.method, error.path) == ("the_code", "GET", "/v1/domains/d")
    assert (error.headers["x-request-id"], error.body) == ("r", json.loads(content))
    assert repr(error) == f"{kind.__name__}(message='the_code', status_code={status})"
    assert isinstance(error, APIError)
    for twin in (copy.copy(error), pickle.loads(pickle.dumps(error))):
        assert (type(twin), vars(twin)) == (kind, vars(error))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b'{"error":{"message":"inner","name":"validation_error"}}', "inner"),
        (b'{"error":{}}', "Bad Request"), (b'{"error":null}', "Bad Request"), (b'{"error":""}', "Bad Request"),
        (b'{"message":"top"}', "Bad Request"), (b'{"detail":"top"}', "Bad Request"), (b'{"error":["a","b"]}', "['a', 'b']"),
        (b'{"error":7}', "7"), (b'{"error":true}', "True"), (b"<html>", "Bad Request"), (b"", "Bad Request"),
        (b"[]", "Bad Request"), (b"null", "Bad Request"), (b'"text"', "Bad Request"),
    ],
)  # fmt: skip
def test_only_the_bodys_error_is_read_for_the_message(both, content, message):
    """What it does not say is said by the HTTP reason."""
    with pytest.raises(ValidationError) as caught:
        asked(both, "domains.list", status=400, content=content)

    assert caught.value.message == message


def test_an_error_that_says_nothing_has_a_text_all_the_same(both):
    """No error text and no reason."""
    with pytest.raises(CommuneError, match="Unknown error"):
        asked(both, "domains.list", status=799, content=b"")


def test_a_refusal_says_when_to_come_back(both):
    """From the body, else from the header; a delay without sense is none."""

    def delay(content, **headers):
        with pytest.raises(RateLimitError) as caught:
            asked(both, "domains.list", status=429, content=content, headers=headers)
        assert caught.value.retry_after == caught.value.retry_after_seconds
        return caught.value.retry_after

    assert delay(b'{"error":"Hourly email rate limit exceeded","retryAfter":120}') == 120.0
    assert delay(b'{"error":"slow down"}', **{"retry-after": "90"}) == 90.0
    assert delay(b'{"error":"slow down","retryAfter":"soon"}') is None
    assert delay(b'{"error":"slow down","retryAfter":true}') is None
    assert delay(b'{"error":"slow down","retryAfter":-5}') is None
    assert delay(b'{"error":"slow down","retryAfter":NaN}') is None


def test_exceptions_are_made_as_documented():
    """By position or name, with each class's default text and status."""
    assert (CommuneError("m", 418).message, CommuneError("m", 418).status_code, CommuneError("m").status_code) == (
        "m",
        418,
        None,
    )
    assert (NotFoundError().message, NotFoundError().status_code) == ("Resource not found", 404)
    assert (AuthenticationError().message, AuthenticationError().status_code) == ("Invalid or expired API key", 401)
    assert (PermissionDeniedError().message, PermissionDeniedError().status_code) == ("Insufficient permissions", 403)
    assert (ValidationError().message, ValidationError().status_code) == ("Invalid request", 400)
    assert (RateLimitError(message="slow").message, RateLimitError().status_code) == ("slow", 429)
    assert postline.commune.PermissionError is PermissionDeniedError
    assert not issubclass(PermissionDeniedError, PermissionError)
    assert not issubclass(postline.commune.WebhookVerificationError, CommuneError)
    assert issubclass(postline.commune.WebhookVerificationError, PostlineError)
    with pytest.raises(TypeError):
        CommuneError()
