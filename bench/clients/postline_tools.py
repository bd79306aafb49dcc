"""postline's function calling: forty tools as definitions for a model's API, and a call that asks no service."""

from collections.abc import Callable
from dataclasses import replace
from types import FunctionType
from typing import Any

from postline import CommuneClient
from postline.channels import Mail
from postline.channels.commune import CommuneMail
from postline.functions import export
from postline.operation import Steps
from postline.tools import CATALOGUE, Result, Tool, Toolbox, tool

ARGUMENTS = {"text": "the usual order", "count": 3}


def forty() -> list[Tool]:
    """Give the shipped tools five times over, under names of their own."""
    return [replace(CATALOGUE[n % len(CATALOGUE)], function=_renamed(n)) for n in range(40)]


def _renamed(number: int) -> Any:
    function = CATALOGUE[number % len(CATALOGUE)].function
    assert isinstance(function, FunctionType)
    copy = FunctionType(function.__code__, function.__globals__, f"{function.__name__}_{number}", function.__defaults__)
    copy.__doc__, copy.__annotations__, copy.__kwdefaults__ = (
        function.__doc__,
        function.__annotations__,
        function.__kwdefaults__,
    )
    return copy


@tool(effect="read", scope="none")
def echo(mail: Mail, text: str, count: int = 1) -> Steps[Result]:  # noqa: ARG001  # a tool has a channel
    """Repeat a text.

    Args:
        text: What to repeat.
        count: How often.
    """
    yield from ()
    return Result(text * count)


def _toolbox(tools: list[Tool]) -> Toolbox:
    mail = CommuneMail(CommuneClient("comm_bench", base_url="http://127.0.0.1:9"), "inbox-0")
    return Toolbox(mail, allow={"send"}, tools=tools)


def prepared() -> Toolbox:
    return _toolbox(forty())


def convert(toolbox: Toolbox) -> list[dict[str, Any]]:
    return export(toolbox, "openai")


def dispatcher() -> Callable[[], str]:
    toolbox = _toolbox([echo])
    return lambda: toolbox.call("echo", ARGUMENTS).text
