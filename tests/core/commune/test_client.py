"""What Commune's client is set up from and what it sends."""

from __future__ import annotations

import importlib
import json
import operator

import httpx
import pydantic
import pytest

import postline
import postline.commune
from postline.commune import AsyncCommuneClient, CommuneClient, Domains, Messages
from postline.commune.exceptions import AuthenticationError, CommuneError
from postline.config import Retry
from postline.errors import ArgumentError
from postline.operation import Operation

ALL = Retry().attempts
KINDS = [CommuneClient, AsyncCommuneClient]


class Recorder:
    """Answers every request the same way, and keeps them."""

    def __init__(self, status=200, content=b'{"data":{}}', headers=None):
        self.status, self.content, self.headers = status, content, headers
        self.requests = []

    def __call__(self, request):
        self.requests.append(request)
        return httpx.Response(self.status, content=self.content, headers=self.headers)

    @property
    def last(self):
        return self.requests[-1]


@pytest.mark.parametrize("kind", KINDS)
def test_a_client_needs_a_key(kind):
    """Without argument and environment, construction fails with the text of both published versions."""
    with pytest.raises(ValueError, match=r"No API key provided.*No auth configured"):
        kind()
    with pytest.raises(ValueError, match="No API key provided"):
        kind("")


@pytest.mark.parametrize("kind", KINDS)
def test_the_environment_is_read_at_construction(kind, monkeypatch):
    """Key and address come from the environment as it is then; an empty argument counts as none, a given one goes first."""
    monkeypatch.setenv("COMMUNE_API_KEY", "from-outside")
    monkeypatch.setenv("COMMUNE_BASE_URL", "http://outside.example.com/base/")

    from_outside, given = kind(""), kind("given", base_url="http://given.example.com")
    monkeypatch.setenv("COMMUNE_API_KEY", "later")
    monkeypatch.setenv("COMMUNE_BASE_URL", "")
    later = kind()

    sent = [each.wire.request(Domains.list()) for each in (from_outside, given, later)]
    assert [each.headers["authorization"] for each in sent] == ["Bearer from-outside", "Bearer given", "Bearer later"]
    assert [str(each.url) for each in sent] == [
        "http://outside.example.com/base/v1/domains",
        "http://given.example.com/v1/domains",
        "https://api.commune.sh/v1/domains",
    ]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("key", ["secret\n", "sécret", "secret\r\nX-Other: 1"])
def test_a_key_that_is_none_is_refused_unquoted(kind, key):
    """A line break from a file, or a stray accent, is found at once; the error does not hold the key."""
    with pytest.raises(ArgumentError) as caught:
        kind(key)

    assert "cret" not in repr(caught.value)


def test_every_request_says_who_asks(both):
    """Credentials, media types and the client's name are on each request."""
    recorder = Recorder(content=b'{"data":[]}')
    both.do(both.client(recorder).domains.list)

    headers = recorder.last.headers
    assert headers["authorization"] == "Bearer key"
    assert headers["accept"] == headers["content-type"] == "application/json"
    assert headers["user-agent"] == f"postline/{postline.__version__}"


def test_the_timeout_is_the_clients(both):
    """Thirty seconds, or as given."""
    recorder = Recorder(content=b'{"data":[]}')

    both.do(both.client(recorder).domains.list)
    both.do(both.client(recorder, timeout=3.0).domains.list)

    assert [set(each.extensions["timeout"].values()) for each in recorder.requests] == [{30.0}, {3.0}]


@pytest.mark.parametrize(
    ("method", "args", "kwargs", "line", "body"),
    [
        ("domains.create", ["x.com"], {}, "POST /v1/domains", {"name": "x.com"}),
        ("domains.get", ["d 1/ä+?#<a@b>"], {}, "GET /v1/domains/d%201%2F%C3%A4%2B%3F%23%3Ca%40b%3E", None),
        ("domains.verify", ["d1"], {}, "POST /v1/domains/d1/verify", None),
        ("inboxes.list", [], {}, "GET /v1/inboxes", None),
        ("inboxes.list", ["d1"], {}, "GET /v1/domains/d1/inboxes", None),
        (
            "inboxes.create", ["a"],
            {"domain_id": "d1", "name": "N", "webhook": {"endpoint": "https://x", "events": ["inbound"]}},
            "POST /v1/inboxes",
            {"local_part": "a", "domain_id": "d1", "name": "N", "webhook": {"endpoint": "https://x", "events": ["inbound"]}},
        ),
        ("inboxes.create", ["a"], {"webhook": {"a": None}}, "POST /v1/inboxes", {"local_part": "a", "webhook": {"a": None}}),
        ("inboxes.update", ["d1", "i1"], {}, "PUT /v1/domains/d1/inboxes/i1", {}),
        (
            "inboxes.update", ["d1", "i1"], {"local_part": "b", "webhook": {}, "status": "inactive"},
            "PUT /v1/domains/d1/inboxes/i1", {"local_part": "b", "webhook": {}, "status": "inactive"},
        ),
        (
            "inboxes.set_webhook", ["d1", "i1"], {"endpoint": "https://x"},
            "PUT /v1/domains/d1/inboxes/i1", {"webhook": {"endpoint": "https://x"}},
        ),
        ("inboxes.remove", ["d1", "i1"], {}, "DELETE /v1/domains/d1/inboxes/i1", None),
        ("threads.list", [], {}, "GET /v1/threads?limit=20&order=desc", None),
        (
            "threads.list", [], {"inbox_id": "i1", "domain_id": "d1", "limit": 5, "cursor": "eyJ=+/&", "order": "asc"},
            "GET /v1/threads?limit=5&order=asc&inbox_id=i1&domain_id=d1&cursor=eyJ%3D%2B%2F%26", None,
        ),
        (
            "threads.messages", ["<CA+x=1@mail.gmail.com>"], {},
            "GET /v1/threads/%3CCA%2Bx%3D1%40mail.gmail.com%3E/messages?limit=50&order=asc", None,
        ),
        (
            "messages.send", [],
            {
                "to": ["u@e.com", "v@e.com"], "subject": "S", "html": "<p>", "text": "T", "from_address": "a@b.c", "cc": ["c@e"],
                "bcc": ["b@e"], "reply_to": "r@e", "thread_id": "th", "domain_id": "d1", "inbox_id": "i1", "attachments": ["at"],
                "headers": {"X-A": "1"},
            },
            "POST /v1/messages/send",
            {
                "to": ["u@e.com", "v@e.com"], "subject": "S", "html": "<p>", "text": "T", "cc": ["c@e"], "bcc": ["b@e"],
                "reply_to": "r@e", "thread_id": "th", "domainId": "d1", "inboxId": "i1", "attachments": ["at"],
                "headers": {"X-A": "1"}, "from": "a@b.c",
            },
        ),
        (
            "messages.send", [], {"to": "u@e.com", "subject": "", "text": "", "cc": []},
            "POST /v1/messages/send", {"to": "u@e.com", "subject": "", "text": "", "cc": []},
        ),
        (
            "messages.list", [], {"sender": "a+b@e.com", "before": "2024-01-15T12:00:00Z"},
            "GET /v1/messages?limit=50&order=desc&sender=a%2Bb%40e.com&before=2024-01-15T12%3A00%3A00Z", None,
        ),
        ("messages.list", [], {"inbox_id": "", "limit": None, "order": None}, "GET /v1/messages", None),
        (
            "attachments.upload", ["YQ==", "a.txt", "text/plain"], {},
            "POST /v1/attachments/upload", {"content": "YQ==", "filename": "a.txt", "mime_type": "text/plain"},
        ),
        ("attachments.url", ["x"], {}, "GET /v1/attachments/x/url?expires_in=3600", None),
        (
            "search.threads", ["refund & ä request"], {"inbox_id": "i", "limit": 3},
            "GET /v1/search/threads?q=refund+%26+%C3%A4+request&limit=3&inbox_id=i", None,
        ),
        (
            "delivery.events", [], {"message_id": "m", "event_type": "sent", "limit": 9},
            "GET /v1/delivery/events?limit=9&message_id=m&event_type=sent", None,
        ),
    ],
)  # fmt: skip
def test_requests_are_as_the_service_documents(both, method, args, kwargs, line, body):
    """Request line and body of each worked example; ids are quoted whole."""
    recorder = Recorder(401)
    client = both.client(recorder)

    with pytest.raises(AuthenticationError):
        both.do(lambda: operator.attrgetter(method)(client)(*args, **kwargs))

    assert f"{recorder.last.method} {recorder.last.url.raw_path.decode()}" == line
    assert (json.loads(recorder.last.content) if recorder.last.content else None) == body


@pytest.mark.parametrize(
    ("method", "args"),
    [
        ("domains.get", [""]), ("domains.verify", [""]), ("domains.records", [".."]), ("inboxes.get", ["d", ""]),
        ("inboxes.update", ["", "i"]), ("inboxes.remove", ["d", "."]), ("threads.messages", [""]), ("attachments.get", [""]),
        ("attachments.url", [None]),
    ],
)  # fmt: skip
def test_an_empty_id_is_refused_before_anything_is_sent(both, method, args):
    """It would reach the list instead, or another thing."""
    recorder = Recorder()
    client = both.client(recorder)

    with pytest.raises(ArgumentError):
        both.do(lambda: operator.attrgetter(method)(client)(*args))

    assert recorder.requests == []


@pytest.mark.parametrize(
    ("method", "kwargs"),
    [
        ("messages.send", {"to": 7, "subject": "S"}),
        ("messages.send", {"to": "a@e.example", "subject": None}),
        ("messages.send", {"to": "a@e.example", "subject": "private", "cc": "c@e.example"}),
        ("messages.send", {"to": "a@e.example", "subject": "private", "headers": {"X": 1}}),
        ("inboxes.create", {"local_part": None}),
        ("attachments.upload", {"content": b"\xff", "filename": "a", "mime_type": "b"}),
    ],
)
def test_arguments_of_a_wrong_type_are_refused_before_anything_is_sent(both, method, kwargs):
    """As with the official client the error is pydantic's, here without the input."""
    recorder = Recorder()
    client = both.client(recorder)

    with pytest.raises(pydantic.ValidationError) as caught:
        both.do(lambda: operator.attrgetter(method)(client)(**kwargs))

    assert "private" not in str(caught.value)
    assert recorder.requests == []


def test_an_unknown_argument_is_refused(both):
    """A misspelt keyword is a `TypeError`, as in any call."""
    client = both.client(Recorder())

    with pytest.raises(TypeError, match="body"):
        both.do(lambda: client.messages.send(to="a@e.example", subject="S", body="B"))


def test_an_idempotency_key_is_sent_only_when_given(both):
    """By default a send looks like the official one."""
    recorder = Recorder(202, b'{"data":{"id":"m"}}')
    client = both.client(recorder)

    both.do(lambda: client.messages.send(to="a@e.example", subject="S", text="T"))
    both.do(lambda: client.messages.send(to="a@e.example", subject="S", text="T", idempotency_key="once"))

    assert [each.headers.get("idempotency-key") for each in recorder.requests] == [None, "once"]


@pytest.mark.parametrize(("key", "times"), [(None, 1), ("", 1), ("once", ALL)])
def test_a_send_is_repeated_only_with_a_key(both, key, times):
    """Without one, a failure that may have happened after the mail went out is handed on."""
    recorder = Recorder(503, b'{"error":"busy"}')
    client = both.client(recorder)

    with pytest.raises(CommuneError):
        both.do(lambda: client.messages.send(to="a@e.example", subject="S", text="T", idempotency_key=key))

    assert len(recorder.requests) == times
    assert len({each.headers.get("idempotency-key") for each in recorder.requests}) == 1


@pytest.mark.parametrize(
    ("method", "args", "times"),
    [
        ("domains.create", ["x"], 1), ("inboxes.create", ["x"], 1), ("attachments.upload", ["YQ==", "a", "b"], 1),
        ("domains.verify", ["d"], ALL), ("inboxes.update", ["d", "i"], ALL), ("inboxes.remove", ["d", "i"], ALL),
        ("domains.list", [], ALL),
    ],
)  # fmt: skip
def test_what_would_do_harm_twice_is_asked_once(both, method, args, times):
    """Creations are not repeated; reads, replacements and removals are."""
    recorder = Recorder(500)
    client = both.client(recorder)

    with pytest.raises(CommuneError):
        both.do(lambda: operator.attrgetter(method)(client)(*args))

    assert len(recorder.requests) == times


@pytest.mark.parametrize("module", ["client", "async_client", "types", "exceptions", "webhooks"])
def test_documented_modules_have_every_name_of_the_official_ones(module):
    """Code that imports from a module of the official package finds the same names here."""
    official, ours = importlib.import_module(f"commune.{module}"), importlib.import_module(f"postline.commune.{module}")
    names = {name for name, value in vars(official).items() if getattr(value, "__module__", None) == official.__name__}

    assert {name for name in names if not name.startswith("_")} <= set(vars(ours))


def test_the_package_has_every_name_of_the_official_one():
    """`from postline.commune import ...` takes what `from commune import ...` took."""
    import commune

    assert set(commune.__all__) <= set(postline.commune.__all__)


def test_work_can_be_described_without_a_client():
    """On the class, an endpoint gives the operation."""
    operation = Messages.list(inbox_id="i1", limit=3)

    assert isinstance(operation, Operation)
    assert (operation.method, operation.path) == ("GET", "/v1/messages")
    assert dict(operation.query) == {"limit": 3, "order": "desc", "inbox_id": "i1"}


async def test_an_async_client_is_entered_with_async_with():
    """A plain `with` is a `TypeError`."""
    client = AsyncCommuneClient("key")

    with pytest.raises(TypeError), client:
        pass
