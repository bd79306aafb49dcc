"""A chat model with no model behind it: a function decides what it says. For agents that must run with no key and no network.

It is a LangChain chat model like any other, streaming included; what to decide is none of its business.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models.base import LanguageModelInput
from langchain_core.language_models.chat_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage, ToolMessage
from langchain_core.messages.tool import tool_call_chunk
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from langchain_core.runnables import Runnable
from langchain_core.utils.function_calling import convert_to_openai_tool
from typing_extensions import override

Decide: TypeAlias = Callable[[Sequence[BaseMessage], frozenset[str]], AIMessage]
"""Given the conversation so far and the names of the tools at hand, says what is next."""
Plan: TypeAlias = Callable[[], Generator[tuple[str, dict[str, Any]], str, str]]
"""Yields a tool's name and arguments, is sent what a model would read of the result, and so on; returns the last words."""


def scripted(plan: Plan) -> ScriptedChatModel:
    """Return a chat model that follows a plan. The plan is gone through anew for each of the model's turns."""

    def decide(messages: Sequence[BaseMessage], _: frozenset[str]) -> AIMessage:
        results = [str(each.content) for each in messages if isinstance(each, ToolMessage)]
        turns = plan()
        try:
            name, arguments = next(turns)
            for result in results:
                name, arguments = turns.send(result)
        except StopIteration as end:
            return AIMessage(end.value)
        return AIMessage("", tool_calls=[{"name": name, "args": arguments, "id": f"call_{len(results)}"}])

    return ScriptedChatModel(decide=decide)


class ScriptedChatModel(BaseChatModel):
    """Says what `decide` makes of the conversation so far and of its tools. It keeps nothing between calls."""

    decide: Decide

    @property
    def _llm_type(self) -> str:
        return "scripted"

    def bind_tools(self, tools: Sequence[Any], **options: Any) -> Runnable[LanguageModelInput, AIMessage]:
        """Take tools as a vendor's model would: as schemas."""
        return self.bind(tools=[convert_to_openai_tool(each) for each in tools], **options)

    @override
    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **options: Any,
    ) -> ChatResult:
        return ChatResult(generations=[ChatGeneration(message=self.decide(messages, _names(options)))])

    @override
    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **options: Any,
    ) -> Iterator[ChatGenerationChunk]:
        said = self.decide(messages, _names(options))
        calls = [
            tool_call_chunk(name=call["name"], args=json.dumps(call["args"]), id=call["id"], index=index)
            for index, call in enumerate(said.tool_calls)
        ]
        chunk = AIMessageChunk(content=said.content, tool_call_chunks=calls, chunk_position="last")
        yield ChatGenerationChunk(message=chunk)


def _names(options: Mapping[str, Any]) -> frozenset[str]:
    return frozenset(each["function"]["name"] for each in options.get("tools", ()))
