"""The circumstances of one call, as tools and policies see them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeAlias

from pydantic import BaseModel
from pydantic_core import to_json

from postline.operation import Steps
from postline.tools.declare import Tool
from postline.tools.result import Result


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What an operator decides for every call."""

    budget_chars: int = 20_000
    """The longest text of a result, fences and notes included."""
    folder: Path | None = None
    """Where attachments may be saved; `None` for nowhere."""
    attachment_bytes: int = 10_000_000
    """The largest attachment to download."""


@dataclass(slots=True)
class Attempt:
    """How far a call came: whether its effect was begun, behind every policy."""

    begun: bool = False

    def door(self, act: Callable[..., Steps[Any]], *given: Any, **options: Any) -> Steps[Any]:
        """Note that the effect begins."""
        self.begun = True
        return act(*given, **options)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call of a tool, its arguments checked."""

    tool: Tool
    arguments: Mapping[str, Any] = field(repr=False)
    """As the model gave them, without nulls that mean "omitted"."""
    values: BaseModel = field(repr=False)
    """The arguments as validated."""
    channel: Any
    limits: Limits
    attempt: Attempt = field(repr=False)
    again: Callable[[Mapping[str, Any], Layer], Steps[Result]] = field(repr=False)
    """Runs the call with other arguments through every layer but the one named."""
    key: str = field(default="", repr=False)
    """Of a call that changes something, and of its repetitions: what it sends carries it, so that it is done once."""
    cleared: Layer | None = None
    """The policy that made these arguments and need not judge them again."""

    def start(self) -> Steps[Result]:
        """Begin the tool's own steps."""
        given = (self.channel, self) if self.tool.takes_call else (self.channel,)
        return self.tool.function(*given, **self.values.__dict__)

    def digest(self, *, besides: Collection[str] = ()) -> bytes:
        """Return what equal calls on the same channel share, and no others do; arguments named in `besides` do not count."""
        arguments = {name: value for name, value in self.values.__dict__.items() if name not in besides}
        channel = getattr(self.channel, "handle", self.owner)  # an owner may become known by and by
        content = to_json([self.tool.name, self.channel.service, channel, arguments], fallback=repr)
        return sha256(content).digest()

    @property
    def owner(self) -> str | None:
        """The address or number of the channel, where it is known."""
        return getattr(self.channel, "inbox", None) or getattr(self.channel, "number", None)

    def around(self, method: str, check: Around) -> Call:
        """Return this call with a channel whose `method` is handed to `check`, with its arguments, in place of being called."""
        return replace(self, channel=Guarded(self.channel, method, check))


Proceed: TypeAlias = Callable[[Call], Steps[Result]]
Layer: TypeAlias = Callable[[Call, Proceed], Steps[Result]]
"""A policy: given a call and the way on, it lets it pass, changes it, or raises a `ToolError`."""
Around: TypeAlias = Callable[..., Steps[Any]]
"""Given a channel's method and the arguments for it: the steps to take instead."""


class Guarded:
    """A channel, one of whose methods asks first."""

    def __init__(self, channel: Any, method: str, check: Around) -> None:
        self._channel = channel
        self._method = method
        self._check = check

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._channel, name)
        return partial(self._check, found) if name == self._method else found
