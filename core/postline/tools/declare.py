"""One function becomes a tool: its name, description and schema are read off it, so that nothing is written twice."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any, Literal, get_type_hints

from pydantic import BaseModel, ConfigDict, Field, create_model

from postline.errors import ArgumentError
from postline.operation import Steps
from postline.tools.result import Result

Effect = Literal["read", "write", "send", "spend", "secret"]

_SECTION = re.compile(r"^(Args|Returns|Raises):\s*$", re.MULTILINE)
_ARGUMENT = re.compile(r"^    (\w+): (.+(?:\n     +.+)*)", re.MULTILINE)
_MODEL_CONFIG = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True, protected_namespaces=())


@dataclass(frozen=True, eq=False)
class Tool:
    """A tool as declared. A `Toolbox` gives it a channel and runs it."""

    function: Callable[..., Steps[Result]]
    """Takes the channel, the `Call` if its second parameter is named `call`, and the validated arguments by name."""
    effect: Effect
    scope: str
    """The permissions that it needs, separated by spaces, in the words of services with scoped keys."""
    idempotent: bool
    """Whether calling it twice does no more than calling it once."""
    gate: str | None
    """The channel's method through which alone its effect happens; policies look at what is passed to it."""
    needs: str | None = None
    """What the channel's service must have, by the name that it has in the channel's `lacks`."""

    @property
    def name(self) -> str:
        """The function's name."""
        return self.function.__name__

    @cached_property
    def channel(self) -> str:
        """The channel that it needs, such as `mail`: the name of the function's first parameter."""
        return next(iter(inspect.signature(self.function).parameters))

    @cached_property
    def takes_call(self) -> bool:
        """Whether the function wants to know the circumstances of its call."""
        return "call" in inspect.signature(self.function).parameters

    @cached_property
    def description(self) -> str:
        """The docstring up to its sections, for the model."""
        return re.sub(r"(?<!\n)\n(?!\n)", " ", _SECTION.split(self._documentation)[0]).strip()

    @cached_property
    def args_model(self) -> type[BaseModel]:
        """What the model may pass: frozen, without room for unknown arguments. Built when first asked for."""
        hints = get_type_hints(self.function, include_extras=True)
        about = dict(_ARGUMENT.findall(self._documentation))
        fields: dict[str, Any] = {}
        for name, parameter in list(inspect.signature(self.function).parameters.items())[1 + self.takes_call :]:
            if name not in about:
                raise ArgumentError(
                    f"the docstring of the tool {self.name} says nothing of {name}; tell it under Args:"
                )
            told = Field(description=" ".join(about[name].split()))
            fields[name] = (
                Annotated[hints[name], told],
                ... if parameter.default is parameter.empty else parameter.default,
            )
        model: type[BaseModel] = create_model(self.name, __config__=_MODEL_CONFIG, **fields)
        return model

    @cached_property
    def _documentation(self) -> str:
        return inspect.getdoc(self.function) or ""

    def __repr__(self) -> str:
        return f"<tool {self.name}: {self.effect}>"


def tool(
    *,
    effect: Effect,
    scope: str = "",
    idempotent: bool | None = None,
    gate: str | None = None,
    needs: str | None = None,
) -> Callable[[Callable[..., Steps[Result]]], Tool]:
    """Declare a function to be a tool.

    Its first parameter is named after the channel that it needs (`mail: Mail`), a parameter `call: Call` may follow, and the rest
    are the model's arguments, each told in the docstring's `Args:`. It returns steps, so that it is sync and async at once.

    Args:
        effect: The most that a call can do.
        scope: The permissions that it needs of the service, separated by spaces.
        idempotent: Whether calling it twice does no more than calling it once; by default of those that only read.
        gate: The channel's method through which alone the effect happens. Policies then wait there and see what really goes out;
            without one, they decide before the tool starts.
        needs: What its service must have, by the name in a channel's `lacks`; elsewhere the tool is missing.
    """

    def declare(function: Callable[..., Steps[Result]]) -> Tool:
        return Tool(function, effect, scope, effect == "read" if idempotent is None else idempotent, gate, needs)

    return declare
