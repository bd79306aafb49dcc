"""For the same arguments, this project's client and the official `commune-mail` send equal requests."""

from __future__ import annotations

import asyncio
import inspect
import json
import operator
from collections.abc import Iterator
from typing import Any
from unittest.mock import patch
from urllib.parse import parse_qsl, unquote

import commune
import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import postline.commune
from postline.errors import APIError

Request = dict[str, Any]

text = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
maybe_text = st.none() | text
# Dot segments walk elsewhere, and this project refuses them; the empty id as well.
ids = text.filter(lambda value: value and not {".", ".."} & set(value.split("/")))
limits = st.none() | st.integers(-5, 2000)
orders = st.none() | st.sampled_from(["asc", "desc"])
words = st.lists(text, max_size=3)
sequences = words | words.map(tuple)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | text,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(text, inner, max_size=2),
    max_leaves=5,
)
webhooks = st.none() | st.dictionaries(text, values, max_size=3)


def call(*required: st.SearchStrategy[Any], **optional: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Positional arguments, and any choice of keyword arguments."""
    return st.tuples(st.tuples(*required), st.fixed_dictionaries({}, optional=optional))


def keywords(given: dict[str, st.SearchStrategy[Any]], **optional: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Keyword arguments, some of which are always given."""
    return st.tuples(st.just(()), st.fixed_dictionaries(given, optional=optional))


ARGUMENTS = {
    "domains.list": call(),
    "domains.create": call(text, region=maybe_text),
    "domains.get": call(ids),
    "domains.verify": call(ids),
    "domains.records": call(ids),
    "inboxes.list": call(domain_id=st.sampled_from([None, ""]) | ids),
    "inboxes.create": call(text, domain_id=maybe_text, name=maybe_text, webhook=webhooks),
    "inboxes.get": call(ids, ids),
    "inboxes.update": call(ids, ids, local_part=maybe_text, webhook=webhooks, status=maybe_text),
    "inboxes.set_webhook": st.tuples(
        st.tuples(ids, ids), st.fixed_dictionaries({"endpoint": text}, optional={"events": st.none() | sequences})
    ),
    "inboxes.remove": call(ids, ids),
    "threads.list": call(inbox_id=maybe_text, domain_id=maybe_text, limit=limits, cursor=maybe_text, order=orders),
    "threads.messages": call(ids, limit=limits, order=orders),
    "messages.send": keywords(
        {"to": text | sequences, "subject": text},
        html=maybe_text,
        text=maybe_text,
        from_address=maybe_text,
        cc=st.none() | sequences,
        bcc=st.none() | sequences,
        reply_to=maybe_text | sequences,
        thread_id=maybe_text,
        domain_id=maybe_text,
        inbox_id=maybe_text,
        attachments=st.none() | sequences,
        headers=st.none() | st.dictionaries(text, text, max_size=3),
    ),
    "messages.list": call(
        inbox_id=maybe_text,
        domain_id=maybe_text,
        sender=maybe_text,
        limit=limits,
        order=orders,
        before=maybe_text,
        after=maybe_text,
    ),
    "attachments.upload": call(text, text, text),
    "attachments.get": call(ids),
    "attachments.url": call(ids, expires_in=st.none() | st.integers(0, 10**6)),
    "search.threads": call(text, inbox_id=maybe_text, domain_id=maybe_text, limit=limits),
    "sms.send": keywords({"to": text, "body": text}, phone_number_id=maybe_text),
    "delivery.metrics": call(inbox_id=maybe_text, domain_id=maybe_text, period=maybe_text),
    "delivery.suppressions": call(inbox_id=maybe_text, domain_id=maybe_text, limit=limits),
    "delivery.events": call(
        message_id=maybe_text, inbox_id=maybe_text, domain_id=maybe_text, event_type=maybe_text, limit=limits
    ),
}


class Wiretap:
    """Both clients, sync and async, and the last request that one of them handed to httpx's own transport."""

    def __init__(self) -> None:
        self.last: httpx.Request | None = None
        self.runner = asyncio.Runner()
        self.ours = self._clients(postline.commune)
        self.official = self._clients(commune)

    def _clients(self, package: Any) -> dict[str, Any]:
        access = {"api_key": "comm_example", "base_url": "http://commune.example.com/base"}
        return {"sync": package.CommuneClient(**access), "async": package.AsyncCommuneClient(**access)}

    def handle(self, _: object, request: httpx.Request) -> httpx.Response:
        self.last = request
        return httpx.Response(418, json={"error": "noted"})

    async def handle_async(self, _: object, request: httpx.Request) -> httpx.Response:
        await request.aread()
        return self.handle(_, request)

    def sent(self, clients: dict[str, Any], kind: str, method: str, arguments: Any) -> Request:
        """Make a call, and return what was sent."""
        self.last = None
        args, kwargs = arguments
        with pytest.raises((APIError, commune.CommuneError), match="noted"):
            self._finished(operator.attrgetter(method)(clients[kind])(*args, **kwargs))
        assert self.last is not None
        return described(self.last)

    def _finished(self, result: Any) -> None:
        if asyncio.iscoroutine(result):
            self.runner.run(result)

    def close(self) -> None:
        for clients in (self.ours, self.official):
            clients["sync"].close()
            self.runner.run(clients["async"].close())
        self.runner.close()


def described(request: httpx.Request) -> Request:
    """What a service sees of a request, decoded."""
    path, _, query = request.url.raw_path.decode().partition("?")
    return {
        "method": request.method,
        "host": request.headers["host"],
        "path": unquote(path),
        "query": sorted(parse_qsl(query, keep_blank_values=True)),
        "body": json.loads(request.read()) if request.read() else None,
        **{name: request.headers.get(name) for name in ("authorization", "content-type", "accept", "content-length")},
    }


@pytest.fixture(scope="module")
def tapped() -> Iterator[Wiretap]:
    tap = Wiretap()
    with (
        patch.object(httpx.HTTPTransport, "handle_request", lambda *args: tap.handle(*args)),
        patch.object(httpx.AsyncHTTPTransport, "handle_async_request", lambda *args: tap.handle_async(*args)),
    ):
        yield tap
        tap.close()


def methods(client: Any) -> set[str]:
    """Name every public method of every group of a client."""
    groups = {name: group for name, group in vars(client).items() if not name.startswith("_")}
    return {
        f"{name}.{method}"
        for name, group in groups.items()
        for method in dir(type(group))
        if not method.startswith("_") and callable(getattr(group, method))
    }


def test_every_method_of_the_official_client_is_compared(tapped: Wiretap) -> None:
    """No method of the official package is missing here, or in the client."""
    for kind in ("sync", "async"):
        assert methods(tapped.official[kind]) == set(ARGUMENTS)
        assert set(ARGUMENTS) <= methods(tapped.ours[kind])


@pytest.mark.parametrize("kind", ["sync", "async"])
@pytest.mark.parametrize("method", ARGUMENTS)
def test_equal_arguments_make_equal_requests(tapped: Wiretap, method: str, kind: str) -> None:
    """Method, decoded path, query, JSON body, credentials and media types are the same."""

    @settings(max_examples=1 if method == "domains.list" else 25)
    @given(ARGUMENTS[method])
    def equal(arguments: Any) -> None:
        ours = tapped.sent(tapped.ours, kind, method, arguments)

        assert ours == tapped.sent(tapped.official, kind, method, arguments)

    equal()


@pytest.mark.parametrize("method", ARGUMENTS)
def test_parameters_have_the_official_names_kinds_and_defaults(tapped: Wiretap, method: str) -> None:
    """A call by position or by name works with both; ours may have keywords of its own."""

    def parameters(client: Any) -> dict[str, tuple[Any, Any]]:
        found = inspect.signature(operator.attrgetter(method)(client)).parameters.values()
        return {each.name: (each.kind, each.default) for each in found}

    ours, official = parameters(tapped.ours["sync"]), parameters(tapped.official["sync"])

    assert {name: ours[name] for name in official} == official
    assert list(official) == [name for name in ours if name in official]
    assert ours.keys() - official.keys() <= {"idempotency_key"}
