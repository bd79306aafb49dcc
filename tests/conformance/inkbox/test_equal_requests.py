"""Called alike, both clients and the official `inkbox` 0.4.4 send the same requests, and read the same from the answers."""

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
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.conformance.inkbox.answers import answer
from tests.conformance.inkbox.arguments import METHODS, made

import postline.inkbox

URL = "http://127.0.0.1:9"
SIGNUPS = {"signup", "verify_signup", "resend_signup_verification", "get_signup_status"}
NEED_THE_VAULT_KEY = {
    "identity.create_secret", "identity.get_secret", "identity.set_totp", "identity.remove_totp", "identity.get_totp_code",
    "identity.delete_secret", "vault.initialize", "vault.unlock", "vault.update_key",
}  # fmt: skip
DO_NOT_SEND = {"close", "tunnels.connect"}


class Recorder:
    """Answers as the service would, and keeps what was asked."""

    def __init__(self) -> None:
        self.requests: list[tuple[Any, ...]] = []

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
        return answer(request)


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
    return value


Caller = tuple[Any, Recorder, Callable[[str, list[Any], dict[str, Any]], Any]]


@pytest.fixture(scope="module")
def official(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Caller]:
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
def ours() -> Iterator[list[Caller]]:
    """Both of our clients."""
    with asyncio.Runner() as runner:
        client, sync = one_of_ours(postline.inkbox.Inkbox, runner)
        async_client, aio = one_of_ours(postline.inkbox.AsyncInkbox, runner)
        with client:
            yield [sync, aio]
        runner.run(async_client.close())


@pytest.mark.parametrize("name", METHODS)
@given(data=st.data())
@settings(max_examples=12)
def test_equal_calls_send_equal_requests(name: str, official: Caller, ours: list[Caller], data: st.DataObject) -> None:
    """Method, decoded path, query, body and credentials are equal, and so is what comes back."""
    args, kwargs = data.draw(METHODS[name])
    results = []

    for package, recorder, call in (official, *ours):
        recorder.requests.clear()
        results.append(call(name, made(package, list(args)), made(package, kwargs)))

    assert [recorder.requests for _, recorder, _ in ours] == [official[1].requests] * 2
    assert results[1:] == results[:1] * 2


def test_no_method_is_left_out() -> None:
    """The methods compared here are all that the official package has, but for those that need the vault's key or send nothing."""
    with inkbox.Inkbox("key", base_url=URL) as client:
        groups = {name: value for name, value in inspect.getmembers(client) if name[0] != "_" and not callable(value)}
        groups |= {"contacts.access": client.contacts.access, "contacts.vcards": client.contacts.vcards}
        groups |= {"notes.access": client.notes.access, "identity": inkbox.AgentIdentity}
        methods = {
            f"{group}.{name}" for group, owner in groups.items() for name, _ in _methods(owner)
        } | {name for name, _ in _methods(client)}  # fmt: skip

    assert methods - set(METHODS) == NEED_THE_VAULT_KEY | DO_NOT_SEND
    assert set(METHODS) <= methods


def _methods(owner: Any) -> list[tuple[str, Any]]:
    return [(name, value) for name, value in inspect.getmembers(owner, inspect.isroutine) if not name.startswith("_")]
