"""Signup calls: on the client classes themselves, as there may be no key yet to make a client with."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, ParamSpec, TypeVar, overload

from postline.client import Client
from postline.config import Retry
from postline.inkbox._arguments import at, stated
from postline.inkbox._wire import SignupWire, settings
from postline.inkbox.agent_signup.types import (
    AgentSignupResendResponse,
    AgentSignupResponse,
    AgentSignupStatusResponse,
    AgentSignupVerifyResponse,
)
from postline.operation import Operation

if TYPE_CHECKING:
    from postline.async_client import AsyncClient

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Call(Generic[T]):
    """An operation, and the client to make for it."""

    operation: Operation[T]
    base_url: str | None
    timeout: float
    transport: Any
    api_key: str = ""

    @property
    def wire(self) -> SignupWire:
        """How to speak to the service for it."""
        return SignupWire(settings(self.base_url, self.timeout, Retry()), self.api_key)


class _OnClass(Generic[P, T]):
    """A method of a client's class: plain on a `Client`, a coroutine on an `AsyncClient`."""

    def __init__(self, build: Callable[P, Call[T]]) -> None:
        @functools.wraps(build)
        def sync(*args: P.args, **kwargs: P.kwargs) -> T:
            call = build(*args, **kwargs)
            with Client(call.wire, call.transport) as client:
                return client.run(call.operation)

        @functools.wraps(build)
        async def aio(*args: P.args, **kwargs: P.kwargs) -> T:
            from postline.async_client import AsyncClient

            call = build(*args, **kwargs)
            async with AsyncClient(call.wire, call.transport) as client:
                return await client.run(call.operation)

        signature = inspect.signature(build)
        returns = signature.return_annotation.removeprefix("Call[").removesuffix("]")
        forms: tuple[Any, ...] = (sync, aio)
        for form in forms:
            form.__signature__ = signature.replace(return_annotation=returns)
        self._sync, self._async = sync, aio
        self.__doc__ = build.__doc__

    @overload
    def __get__(self, instance: object, owner: type[Client[Any]]) -> Callable[P, T]: ...
    @overload
    def __get__(self, instance: object, owner: type[AsyncClient[Any]]) -> Callable[P, Coroutine[Any, Any, T]]: ...
    def __get__(self, instance: object, owner: type[Any]) -> Any:
        return self._async if owner.is_async else self._sync


def signup(
    human_email: str,
    *,
    note_to_human: str,
    display_name: str | None = None,
    agent_handle: str | None = None,
    email_local_part: str | None = None,
    base_url: str | None = None,
    timeout: float = 30.0,
    transport: Any = None,
) -> Call[AgentSignupResponse]:
    """Make an agent with a mailbox, a tunnel and a key, all usable at once, within limits.

    Args:
        human_email: The person who vouches for it, and gets a code of six digits by mail.
        note_to_human: Why, in at most 2,000 characters; it is in that mail.
        display_name: What people see.
        agent_handle: The name to ask for; the answer says which it is.
        email_local_part: On the platform's domain, the handle.
        base_url: By default `INKBOX_BASE_URL`, else the live service.
        timeout: Seconds.
        transport: Sends the request instead of a connection of its own.
    """
    body = stated(
        human_email=human_email, note_to_human=note_to_human, display_name=display_name,
        agent_handle=agent_handle, email_local_part=email_local_part,
    )  # fmt: skip
    return Call(Operation("POST", at("/agent-signup"), AgentSignupResponse, body=body), base_url, timeout, transport)


def verify_signup(
    api_key: str,
    verification_code: str,
    *,
    base_url: str | None = None,
    timeout: float = 30.0,
    transport: Any = None,
) -> Call[AgentSignupVerifyResponse]:
    """Hand in the code that the person got; five attempts within 48 hours. It lifts the agent's limits."""
    body = {"verification_code": verification_code}
    where = at("/agent-signup/verify")
    return Call(Operation("POST", where, AgentSignupVerifyResponse, body=body), base_url, timeout, transport, api_key)


def resend_signup_verification(
    api_key: str, *, base_url: str | None = None, timeout: float = 30.0, transport: Any = None
) -> Call[AgentSignupResendResponse]:
    """Mail a new code, at most every five minutes; the old one no longer works."""
    where = at("/agent-signup/resend-verification")
    return Call(Operation("POST", where, AgentSignupResendResponse), base_url, timeout, transport, api_key)


def get_signup_status(
    api_key: str, *, base_url: str | None = None, timeout: float = 30.0, transport: Any = None
) -> Call[AgentSignupStatusResponse]:
    """Fetch how far a signup is, and what its agent may do."""
    where = at("/agent-signup/status")
    return Call(Operation("GET", where, AgentSignupStatusResponse), base_url, timeout, transport, api_key)


class SignupCalls:
    """The signup calls of a client class. They raise `InkboxAPIError` only, its `detail` as text."""

    signup = _OnClass(signup)
    verify_signup = _OnClass(verify_signup)
    resend_signup_verification = _OnClass(resend_signup_verification)
    get_signup_status = _OnClass(get_signup_status)
