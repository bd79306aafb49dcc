"""The tools that one agent may use, bound to the channels that its operator chose.

Every adapter calls tools here and nowhere else, so that no policy can be passed by.
"""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, get_args
from uuid import uuid4

from postline.channels import Channels, Mail
from postline.errors import ArgumentError
from postline.operation import Steps
from postline.tools.arguments import read_arguments
from postline.tools.call import Attempt, Call, Guarded, Layer, Limits
from postline.tools.catalogue import CATALOGUE
from postline.tools.declare import Effect, Tool
from postline.tools.failures import failure, is_repeatable, may_have_happened
from postline.tools.result import Result, ToolArgumentError, ToolError, UnknownOutcomeError

_LEAST_BUDGET = 4_000


class Toolbox:
    """Tools over channels. Immutable: policies (`only`, `approve`, ...) return a new one.

    A toolbox reads; what more it may do is said when it is made: `Toolbox(mail, allow={"send"})`. A tool is missing where
    its channel is, or where the channel's service lacks what it needs.

    Args:
        channels: What the tools work on: all that an identity has, or an inbox alone.
        allow: The effects, besides reading, that tools may have.
        tools: What to choose from; add tools of your own to the `CATALOGUE`.
        budget_chars: The longest text of a result, at least 4,000 characters.
        folder: Where attachments may be saved; by default nowhere. It must exist.
        attachment_bytes: The largest attachment to download.
    """

    def __init__(
        self,
        channels: Channels | Mail,
        *,
        allow: Collection[Effect] = (),
        tools: Iterable[Tool] = CATALOGUE,
        budget_chars: int = 20_000,
        folder: str | Path | None = None,
        attachment_bytes: int = 10_000_000,
    ) -> None:
        if isinstance(allow, str):
            raise ArgumentError(f'allow is a set of effects: allow={{"{allow}"}}')
        if unknown := [str(each) for each in allow if each not in get_args(Effect)]:
            raise ArgumentError(f"no effect {', '.join(unknown)}; there are {', '.join(get_args(Effect))}")
        if budget_chars < _LEAST_BUDGET:
            raise ArgumentError(f"budget_chars must be at least {_LEAST_BUDGET}, not {budget_chars}")
        if folder is not None and not Path(folder).is_dir():
            raise ArgumentError("folder must be a folder that exists")
        given = channels if isinstance(channels, Channels) else Channels(mail=channels)
        if given.mail is not None and not hasattr(given.mail, "lacks"):
            raise ArgumentError(
                f"channels is a {type(given.mail).__name__}, and neither `Channels` nor a channel such as `CommuneMail`; "
                "what `inkbox_channels` returns is to be run first: client.run(inkbox_channels(client, handle))"
            )
        named = ((each.name, getattr(given, each.name)) for each in dataclasses.fields(given))
        self._channels: dict[str, Any] = {name: channel for name, channel in named if channel is not None}
        self._limits = Limits(
            budget_chars=budget_chars,
            folder=Path(folder).resolve() if folder is not None else None,
            attachment_bytes=attachment_bytes,
        )
        self._tools = {each.name: each for each in tools if each.effect in {"read", *allow} and self._can(each)}
        self._layers: tuple[Layer, ...] = ()
        self._unsettled: dict[bytes, str] = {}

    @property
    def tools(self) -> tuple[Tool, ...]:
        """The tools, in the order of the catalogue."""
        return tuple(self._tools.values())

    def __iter__(self) -> Iterator[Tool]:
        return iter(self._tools.values())

    def __len__(self) -> int:
        return len(self._tools)

    def __contains__(self, name: object) -> bool:
        return name in self._tools

    def __getitem__(self, name: str) -> Tool:
        if name not in self._tools:
            raise KeyError(f"no tool {name!r} in this toolbox, which has {', '.join(self._tools) or 'none'}")
        return self._tools[name]

    def __repr__(self) -> str:
        return f"Toolbox({', '.join(self._tools)})"

    def call(self, name: str, arguments: Mapping[str, Any] | str | None = None) -> Result:
        """Check a call and run it.

        Args:
            name: The tool's.
            arguments: By name, as an object or as its JSON text. Those that are `None` count as omitted.

        Raises:
            ToolError: It failed: a wrong input, a policy, the service. It says whether trying again can help.
        """
        tool = self._find(name)
        try:
            result: Result = self._channels[tool.channel].client.sync.run(self._steps(tool, arguments))
        except ToolError:
            raise
        except Exception as error:  # every failure must reach the model as one
            raise failure(tool, error) from error
        return result

    async def acall(self, name: str, arguments: Mapping[str, Any] | str | None = None) -> Result:
        """Check a call and run it in the running event loop; otherwise as `call`."""
        tool = self._find(name)
        try:
            result: Result = await self._channels[tool.channel].client.aio.run(self._steps(tool, arguments))
        except ToolError:
            raise
        except Exception as error:  # every failure must reach the model as one
            raise failure(tool, error) from error
        return result

    def keeping(self, wanted: Callable[[Tool], bool]) -> Toolbox:
        """Return this toolbox with those of its tools that are wanted."""
        return self._but(_tools={each.name: each for each in self if wanted(each)})

    def under(self, layer: Layer) -> Toolbox:
        """Return this toolbox with a policy around every call."""
        return self._but(_layers=(layer, *self._layers))

    def over(self, replace: Callable[[Any], Any]) -> Toolbox:
        """Return this toolbox with other channels below every policy."""
        return self._but(_channels={name: replace(channel) for name, channel in self._channels.items()})

    def _but(self, **changes: Any) -> Toolbox:
        other = copy.copy(self)
        other.__dict__.update(changes)
        return other

    def _can(self, tool: Tool) -> bool:
        return tool.channel in self._channels and tool.needs not in self._channels[tool.channel].lacks

    def _find(self, name: str) -> Tool:
        if name not in self._tools:
            raise ToolArgumentError(f"There is no tool of that name; there are {', '.join(self._tools) or 'none'}.")
        return self._tools[name]

    def _steps(
        self, tool: Tool, arguments: Mapping[str, Any] | str | None, cleared: Layer | None = None
    ) -> Steps[Result]:
        given, values = read_arguments(tool, arguments)
        attempt, channel = Attempt(), self._channels[tool.channel]
        call = Call(
            tool=tool,
            arguments=given,
            values=values,
            channel=Guarded(channel, tool.gate, attempt.door) if tool.gate else channel,
            limits=self._limits,
            attempt=attempt,
            again=lambda edited, layer: self._steps(tool, edited, layer),
            cleared=cleared,
        )
        return self._follow(call, self._layers)

    def _follow(self, call: Call, layers: tuple[Layer, ...]) -> Steps[Result]:
        if layers:
            return layers[0](call, lambda passed: self._follow(passed, layers[1:]))
        return self._perform(call)

    def _perform(self, call: Call) -> Steps[Result]:
        try:
            if call.tool.effect == "read":
                return (yield from call.start())
            return (yield from self._effect(call))
        except ToolError:
            raise
        except Exception as error:  # policies, too, see every failure as one
            raise failure(call.tool, error) from error

    def _effect(self, call: Call) -> Steps[Result]:
        """Run a call that changes something under a key of its own; the same call again after a lost answer keeps the key."""
        same = call.digest()
        key = self._unsettled.get(same) or uuid4().hex
        call.attempt.begun = call.tool.gate is None
        try:
            result = yield from dataclasses.replace(call, key=key).start()
        except BaseException as error:  # a cancelled send may have arrived, too
            if call.attempt.begun:
                self._unsettled[same] = key
                if isinstance(error, Exception) and may_have_happened(error) and not is_repeatable(error):
                    raise UnknownOutcomeError from error
            raise
        self._unsettled.pop(same, None)
        return result
