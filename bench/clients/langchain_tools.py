"""LangChain with the same forty tools and the same call, as `StructuredTool`s over the same argument models."""

from collections.abc import Callable
from typing import Any

from langchain_core.tools import StructuredTool
from langchain_core.utils.function_calling import convert_to_openai_tool

from bench.clients.postline_tools import ARGUMENTS, echo, forty


def _echo(text: str, count: int = 1) -> str:
    return text * count


def prepared() -> list[StructuredTool]:
    return [
        StructuredTool.from_function(_echo, name=each.name, description=each.description, args_schema=each.args_model)
        for each in forty()
    ]


def convert(tools: list[StructuredTool]) -> list[dict[str, Any]]:
    return [convert_to_openai_tool(each) for each in tools]


def dispatcher() -> Callable[[], str]:
    made = StructuredTool.from_function(_echo, description="Repeat a text.", args_schema=echo.args_model)
    return lambda: str(made.invoke(ARGUMENTS))
