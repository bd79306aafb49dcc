"""The places that turn handles into secrets: web sites, by HTTP or by a function, and programs.

The operator makes them, and with that lets handles be lent for them. Nothing here is a tool.
"""

from __future__ import annotations

import base64
import inspect
import os
import re
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from postline.errors import ArgumentError
from postline.hidden import Hidden
from postline.tools.handles import SCHEME, HandleError, Lending, PlaceError, web_origin

if TYPE_CHECKING:
    from subprocess import CompletedProcess  # loaded when a program is run

_HALVES = re.compile(r"[\ud800-\udfff]")
_UNFIT_AS_HEADER = re.compile(r"[\0-\x1f\x7f\ud800-\udfff]|\s\Z")


class _Place:
    def __init__(self, lending: Lending, destination: str, only: Collection[str] | None, target: str = "") -> None:
        self._lending = lending
        self.destination = destination
        lending.register(destination, only, target=target)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.destination!r})"

    def _filled(self, value: Any) -> Hidden[Any]:
        return Hidden(self._lending.redeem(value, self.destination).reveal() if _is_handle(value) else value)

    def _check(self, url: str) -> None:
        try:
            found = web_origin(url)
        except ArgumentError:
            found = "another place"
        if found != self.destination:
            raise HandleError(f"secrets for {self.destination} do not go to {found}")


class HttpPlace(_Place):
    """A web site to log in to by HTTP. Its methods make what httpx takes as `auth=`, for one request each.

    httpx does not send it on to another site when it follows a redirect.

    Args:
        lending: Whose handles to take.
        origin: Such as `https://crm.example.com`; HTTPS, but for this machine.
        only: The ids of the credentials that may be used there; by default those that were stored for this site or for none.
    """

    def __init__(self, lending: Lending, origin: str, *, only: Collection[str] | None = None) -> None:
        super().__init__(lending, web_origin(origin), only)

    def basic(self, username: str, password: str) -> Callable[[Any], Any]:
        """Log in with a name and a password; either can be a handle."""
        return partial(self._authorize, lambda: _basic(self._filled(username), self._filled(password)))

    def bearer(self, token: str) -> Callable[[Any], Any]:
        """Log in with a token."""
        return partial(
            self._authorize, lambda: _fit(Hidden(f"Bearer {self._filled(token).reveal()}"), _UNFIT_AS_HEADER)
        )

    def _authorize(self, header: Callable[[], Hidden[str]], request: Any) -> Any:
        self._check(str(request.url))
        request.headers["Authorization"] = header().reveal()
        return request


class ProgramPlace(_Place):
    """A program that gets secrets in its environment.

    Args:
        lending: Whose handles to take.
        program: Its name or path; what it names now is what will run.
        only: The ids of the credentials that may be used there; by default those that were stored for no site.
    """

    def __init__(self, lending: Lending, program: str, *, only: Collection[str] | None = None) -> None:
        from shutil import which

        found = which(program)
        if found is None:
            raise ArgumentError("there is no such program")
        self._path = str(Path(found).resolve())
        super().__init__(lending, f"program:{Path(program).name}", only, self._path)

    def run(
        self, arguments: Sequence[str] = (), *, env: Mapping[str, str], check: bool = False, **options: Any
    ) -> CompletedProcess[Any]:
        """Run the program as `subprocess.run` does, in this process's environment and `env`, whose handles are replaced.

        What the program does with a secret is up to it. Where it prints one as it is, `***` stands in its place.
        """
        from subprocess import run

        lent = {name: self._filled(value) for name, value in env.items() if _is_handle(value)}
        outcome = _run(partial(run, [self._path, *arguments], **options), env, lent)
        if isinstance(outcome, BaseException):
            raise outcome
        if check:
            outcome.check_returncode()
        return outcome


class FunctionPlace(_Place):
    """A web site that a function logs in to, such as a browser driver's. Call it as the function, with handles.

    What the function raises is told by its class alone: its text may quote what it was given.

    Args:
        lending: Whose handles to take.
        origin: As for `HttpPlace`.
        act: Gets secrets in place of handles.
        where: Tells the address of the page that `act` acts on; on another site, nothing is done. It is asked before `act` begins;
            one that leads to other pages on the way looks again itself.
        only: As for `HttpPlace`.
    """

    def __init__(
        self,
        lending: Lending,
        origin: str,
        act: Callable[..., Any],
        *,
        where: Callable[[], str] | None = None,
        only: Collection[str] | None = None,
    ) -> None:
        super().__init__(lending, web_origin(origin), only)
        self._act = act
        self._where = where

    def __call__(self, *values: Any, **named: Any) -> Any:
        """Call the function, its arguments that are handles replaced; of a coroutine function, return what to await."""
        if self._where is not None:
            self._check(self._where())
        given = [self._filled(each) for each in values]
        outcome, failed = _call(self._act, given, {name: self._filled(each) for name, each in named.items()})
        if failed:
            raise PlaceError(f"logging in to {self.destination} failed ({failed})")
        return self._finish(outcome) if inspect.isawaitable(outcome) else outcome

    async def _finish(self, work: Awaitable[Any]) -> Any:
        try:
            return await work
        except Exception as error:  # noqa: BLE001  # of the function's own kind
            failed = type(error).__name__
        raise PlaceError(f"logging in to {self.destination} failed ({failed})")


def _is_handle(value: Any) -> bool:
    return isinstance(value, str) and SCHEME in value  # with more around it, it is refused


def _basic(username: Hidden[str], password: Hidden[str]) -> Hidden[str]:
    pair = _fit(Hidden(f"{username.reveal()}:{password.reveal()}"), _HALVES)
    return Hidden(f"Basic {base64.b64encode(pair.reveal().encode()).decode()}")


def _fit(value: Hidden[str], unfit: re.Pattern[str]) -> Hidden[str]:
    """Refuse what httpx would quote in its error."""
    if unfit.search(value.reveal()):
        raise HandleError("this secret cannot be sent in a header")
    return value


def _run(
    call: Callable[..., CompletedProcess[Any]], env: Mapping[str, str], lent: Mapping[str, Hidden[str]]
) -> CompletedProcess[Any] | BaseException:
    """Run a program and mask what it printed; an error is returned without its traceback, whose frames have the environment."""
    outcome: Any
    try:
        outcome = call(env={**os.environ, **env, **{name: value.reveal() for name, value in lent.items()}})
    except UnicodeError as error:  # which quotes what it could not write or read
        return PlaceError(f"running the program failed ({type(error).__name__})")
    except BaseException as error:  # noqa: BLE001  # an interrupt has the same frames
        error.__context__ = None
        outcome = error.with_traceback(None)
    for stream in ("stdout", "stderr"):
        if printed := getattr(outcome, stream, None):
            setattr(outcome, stream, _masked(printed, lent.values()))
    return outcome  # type: ignore[no-any-return]  # of either kind


def _masked(printed: str | bytes, lent: Iterable[Hidden[str]]) -> str | bytes:
    text = printed if isinstance(printed, str) else os.fsdecode(printed)
    for secret in sorted(filter(None, (each.reveal() for each in lent)), key=len, reverse=True):
        text = text.replace(secret, "***")
    return text if isinstance(printed, str) else os.fsencode(text)


def _call(act: Callable[..., Any], values: Sequence[Hidden[Any]], named: Mapping[str, Hidden[Any]]) -> tuple[Any, str]:
    """Return what a function does, and the class of what it raises."""
    try:
        return act(*(each.reveal() for each in values), **{name: each.reveal() for name, each in named.items()}), ""
    except Exception as error:  # noqa: BLE001  # of the function's own kind
        return None, type(error).__name__
