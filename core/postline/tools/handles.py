"""Handles: what a model gets in place of a secret. `places` has what takes one and puts the secret in.

A model that was talked into passing its handle on gives away nothing: it is good once, for a short time, and only for the place
that it was asked for, which is one that the operator registered. Handles live in this process.
"""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from postline.channels import Credential, Credentials, Page, Part, Secret
from postline.errors import ArgumentError, PostlineError
from postline.hidden import Hidden
from postline.operation import Steps

SCHEME = "secret://"
_DEFAULT_PORTS = {"https": 443, "http": 80}
_NAME = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*\.?|[0-9a-f.]*:[0-9a-f:.]+")
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class HandleError(PostlineError):
    """A handle that was not turned into its secret: nothing was done with it. The text says nothing of either."""


class PlaceError(HandleError):
    """A place that failed with the secrets that it was given: what it did before that is unknown."""


@dataclass(frozen=True, slots=True)
class Loan:
    """A handle, and what it is good for."""

    handle: str = field(repr=False)
    destination: str
    seconds: float


@dataclass(frozen=True, slots=True)
class _Lent:
    value: Hidden[str]
    destination: str
    until: float


class Lending:
    """A credentials channel that lends handles, for the places that are registered with it.

    Args:
        channel: Whose secrets to lend.
        lifetime_seconds: How long a handle is good.
        clock: Seconds that only go forward.

    Raises:
        ArgumentError: There is no channel, as where the client's vault was locked when channels were taken.
    """

    def __init__(
        self,
        channel: Credentials | None,
        *,
        lifetime_seconds: float = 300.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        if channel is None:
            raise ArgumentError("there are no credentials to lend: open the client's vault, then take its channels")
        self._channel = channel
        self._lifetime_seconds = lifetime_seconds
        self._clock = clock
        self._lent: dict[str, _Lent] = {}
        self._only: dict[str, frozenset[str] | None] = {}
        self._target: dict[str, str] = {}

    @property
    def client(self) -> Any:
        """Who runs the work."""
        return self._channel.client

    @property
    def service(self) -> str:
        """The service's name."""
        return self._channel.service

    @property
    def lacks(self) -> frozenset[str]:
        """What the service has nothing for."""
        return self._channel.lacks - {"lend"}

    @property
    def handle(self) -> str | None:
        """Whose credentials these are, for messages to people."""
        return getattr(self._channel, "handle", None)

    @property
    def destinations(self) -> tuple[str, ...]:
        """The places that handles can be lent for."""
        return tuple(self._only)

    def __repr__(self) -> str:
        return f"Lending({self._channel!r}, for {', '.join(self._only) or 'nowhere'})"

    def __copy__(self) -> Lending:
        return self  # or a handle would be good once in each copy

    def __deepcopy__(self, memo: Any) -> Lending:
        return self

    def list_credentials(self, *, limit: int = 20) -> Steps[Page[Credential]]:
        """List the credentials, by name."""
        return self._channel.list_credentials(limit=limit)

    def read_secret(self, credential_id: str, part: Part) -> Steps[Secret]:
        """Read a part of a credential."""
        return self._channel.read_secret(credential_id, part)

    def lend(self, credential_id: str, part: Part, destination: str) -> Steps[Loan]:
        """Lend a handle for a place.

        Raises:
            ArgumentError: The place is not registered, or the credential belongs to another one.
        """
        place = destination if destination in self._only else self._known(destination)
        secret = yield from self._channel.read_secret(credential_id, part)
        only, site = self._only[place], _origin(secret.site)
        if only is None and site.reveal() not in {None, place}:
            raise ArgumentError("this credential was stored for another place, and may not be used there")
        if only is not None and credential_id.lower() not in only:
            raise ArgumentError("the operator does not let this credential be used there")
        handle, now = SCHEME + secrets.token_urlsafe(24), self._clock()
        self._forget_old(now)
        self._lent[handle] = _Lent(secret.value, place, now + self._lifetime_seconds)
        return Loan(handle, place, self._lifetime_seconds)

    def redeem(self, handle: str, destination: str) -> Hidden[str]:
        """Turn a handle into its secret, for a place that it was lent for. Either way it is used up.

        Raises:
            HandleError: It is not known or was used, is too old, or was lent for another place.
        """
        lent = self._lent.pop(handle, None)
        if lent is None:
            raise HandleError("there is no such handle; each stands alone and is good once")
        if self._clock() > lent.until:
            raise HandleError("the handle is too old")
        if destination != lent.destination:
            raise HandleError(f"the handle was lent for {lent.destination}, and is used up now")
        return lent.value

    def register(self, destination: str, only: Collection[str] | None = None, *, target: str = "") -> None:
        """Let handles be lent for a place: what `places` has registers itself.

        Args:
            destination: Its name: for a web site its origin.
            only: The ids of the credentials that may be used there. By default those that were stored for this place, and those
                that were stored for none.
            target: What the name stands for, where it does not say all.

        Raises:
            ArgumentError: The name stands for something else already.
        """
        if self._target.setdefault(destination, target) != target:
            raise ArgumentError(f"another {destination} is registered")
        self._only[destination] = None if only is None else frozenset(each.lower() for each in only)

    def _known(self, destination: str) -> str:
        try:
            place = web_origin(destination)
        except ArgumentError:
            place = ""
        if place not in self._only:
            raise ArgumentError(
                f"the operator registered {', '.join(self._only) or 'no place'}, and not that destination"
            )
        return place

    def _forget_old(self, now: float) -> None:
        for handle, lent in [*self._lent.items()]:
            if now > lent.until:
                self._lent.pop(handle, None)


def web_origin(url: str) -> str:
    """Return scheme, host and port of a web address, in one spelling.

    Raises:
        ArgumentError: It is none, names a user, can be read in two ways, or is neither HTTPS nor on this machine.
    """
    try:
        split = urlsplit(url)
        host, port = _spelled(split.hostname or ""), split.port
    except ValueError as error:
        raise ArgumentError("that is not the address of a web site") from error
    if split.scheme not in _DEFAULT_PORTS or "@" in split.netloc or re.search(r"[\0-\x20]", url):
        raise ArgumentError("that is not the address of a web site")
    if split.scheme == "http" and host not in _LOOPBACK:
        raise ArgumentError("secrets go to HTTPS sites only, this machine aside")
    shown = f"[{host}]" if ":" in host else host
    return f"{split.scheme}://{shown}" + (f":{port}" if port not in {None, _DEFAULT_PORTS[split.scheme]} else "")


def _spelled(host: str) -> str:
    """Return a host in ASCII; refuse what browsers and other programs take for different ones, such as a name with an eszett."""
    name = host.encode("idna").decode()
    if not _NAME.fullmatch(name) or not (host.isascii() or name.encode().decode("idna") == host):
        raise ValueError("write it in ASCII")
    return name


def _origin(site: Hidden[str | None]) -> Hidden[str | None]:
    """Return the origin that a credential was stored for; an empty one, which is no place's, where it is not plain."""
    text = site.reveal()
    if not text:
        return Hidden(None)
    try:
        return Hidden(web_origin(text if "://" in text else f"https://{text}"))
    except ArgumentError:
        return Hidden("")
