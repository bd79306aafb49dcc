"""The official package and both clients, called alike: their requests are caught where they would leave."""

from __future__ import annotations

import asyncio
import dataclasses
import inspect
import json
import operator
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any
from urllib.parse import parse_qsl

import httpx
import inkbox
import pytest
from tests.conformance.inkbox.answers import answer

import postline.inkbox

URL = "http://127.0.0.1:9"
SIGNUPS = {"signup", "verify_signup", "resend_signup_verification", "get_signup_status"}


class Recorder:
    """Answers as the service would, unless it is told otherwise, and keeps what was asked."""

    def __init__(self) -> None:
        self.requests: list[tuple[Any, ...]] = []
        self.answer: Callable[[httpx.Request], httpx.Response] = answer

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Record a request by what it means: path and query decoded, JSON parsed."""
        content = request.read()
        kind = request.headers.get("content-type")
        self.requests.append(
            (
                request.method,
                request.url.path,
                sorted(parse_qsl(request.url.query.decode(), keep_blank_values=True)),
                json.loads(content) if kind == "application/json" else content,
                [
                    request.headers.get(name)
                    for name in ("content-type", "x-api-key", "accept", "authorization", "cookie")
                ],
            )
        )
        return self.answer(request)


def meaning(value: Any) -> Any:
    """Return a result as plain data, the same for equal records of any package."""
    if dataclasses.is_dataclass(value):
        return {field.name: meaning(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if type(value).__name__ == "AgentIdentity":
        names = (
            "agent_handle",
            "id",
            "display_name",
            "description",
            "email_address",
            "mailbox",
            "phone_number",
            "tunnel",
        )
        return {name: meaning(getattr(value, name)) for name in names}
    if isinstance(value, list | Iterator):
        return [meaning(each) for each in value]
    return type(value).__name__, value


Caller = tuple[Any, Recorder, Callable[[str, list[Any], dict[str, Any]], Any]]


@pytest.fixture(scope="module")
def official_caller(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Caller]:
    """The official package, its requests answered where they would leave it."""
    recorder = Recorder()

    def call(name: str, args: list[Any], kwargs: dict[str, Any]) -> Any:
        if name in SIGNUPS:
            return meaning(getattr(inkbox.Inkbox, name)(*args, base_url=URL, **kwargs))
        group, _, method = name.rpartition(".")
        owner = client.get_identity("sales-bot") if group == "identity" else client
        result = meaning(operator.attrgetter(method if group == "identity" else name)(owner)(*args, **kwargs))
        return [result, meaning(owner)] if group == "identity" else result

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(httpx.HTTPTransport, "handle_request", lambda _, request: recorder(request))
        # It makes many HTTP clients, each of which would load all certificates.
        patch.setenv("SSL_CERT_DIR", str(tmp_path_factory.mktemp("certificates")))
        with inkbox.Inkbox("key", base_url=URL) as client:
            yield inkbox, recorder, call


def one_of_ours(kind: Any, runner: asyncio.Runner) -> tuple[Any, Caller]:
    """Make a client, and what calls it as the official one is called."""
    recorder = Recorder()
    transport = httpx.MockTransport(recorder)
    client = kind("key", base_url=URL, transport=transport)

    async def done(result: Any) -> Any:
        if isinstance(result, AsyncIterator):
            return [each async for each in result]
        return await result if inspect.isawaitable(result) else result

    async def call(name: str, args: list[Any], kwargs: dict[str, Any]) -> Any:
        if name in SIGNUPS:
            return meaning(await done(getattr(kind, name)(*args, base_url=URL, transport=transport, **kwargs)))
        group, _, method = name.rpartition(".")
        owner = await done(client.get_identity("sales-bot")) if group == "identity" else client
        result = operator.attrgetter(method if group == "identity" else name)(owner)(*args, **kwargs)
        result = meaning(await done(result))
        return [result, meaning(owner)] if group == "identity" else result

    return client, (postline.inkbox, recorder, lambda *arguments: runner.run(call(*arguments)))


@pytest.fixture(scope="module")
def our_callers() -> Iterator[list[Caller]]:
    """Both of our clients."""
    with asyncio.Runner() as runner:
        client, sync = one_of_ours(postline.inkbox.Inkbox, runner)
        async_client, aio = one_of_ours(postline.inkbox.AsyncInkbox, runner)
        with client:
            yield [sync, aio]
        runner.run(async_client.close())
