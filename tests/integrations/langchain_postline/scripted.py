"""A chat model that follows a script: what it says and calls is written down, all around it is the real thing."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeAlias

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.messages.tool import tool_call_chunk
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from langchain_core.runnables import Runnable
from langchain_core.utils.function_calling import convert_to_openai_tool
from pydantic import PrivateAttr, SkipValidation

Turn: TypeAlias = str | AIMessage | Callable[[Sequence[BaseMessage]], AIMessage]


def calls(**named: dict[str, Any]) -> AIMessage:
    """Say nothing and call tools."""
    made = [
        {"type": "tool_call", "id": f"call_{number}_{name}", "name": name, "args": arguments}
        for number, (name, arguments) in enumerate(named.items())
    ]
    return AIMessage("", tool_calls=made)


class ScriptedModel(BaseChatModel):
    """Takes the turns of its script, one at each call; a turn may look at the conversation so far."""

    script: SkipValidation[list[Turn]]
    _seen: list[list[BaseMessage]] = PrivateAttr(default_factory=list)
    _offered: list[dict[str, Any]] = PrivateAttr(default_factory=list)

    @property
    def seen(self) -> list[list[BaseMessage]]:
        """What it was shown, at each call."""
        return self._seen

    @property
    def offered(self) -> list[str]:
        """The names of the tools that it was offered."""
        return [each["function"]["name"] for each in self._offered]

    @property
    def _llm_type(self) -> str:
        return "scripted"

    def bind_tools(self, tools: Sequence[Any], **options: Any) -> Runnable[Any, AIMessage]:
        self._offered = [convert_to_openai_tool(tool) for tool in tools]
        return self.bind(tools=self._offered)

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **options: Any,
    ) -> ChatResult:
        return ChatResult(generations=[ChatGeneration(message=self._turn(messages))])

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **options: Any,
    ) -> Iterator[ChatGenerationChunk]:
        turn = self._turn(messages)
        pieces = [
            tool_call_chunk(name=each["name"], args=json.dumps(each["args"]), id=each["id"], index=index)
            for index, each in enumerate(turn.tool_calls)
        ]
        message = AIMessageChunk(content=turn.content, tool_call_chunks=pieces, chunk_position="last")
        chunk = ChatGenerationChunk(message=message)
        if run_manager:
            run_manager.on_llm_new_token(turn.text, chunk=chunk)
        yield chunk

    def _turn(self, messages: list[BaseMessage]) -> AIMessage:
        turn = self.script[len(self._seen)]
        self._seen.append(list(messages))
        if isinstance(turn, str):
            return AIMessage(turn)
        # A copy: agents give messages ids in place.
        return (turn(messages) if callable(turn) else turn).model_copy(deep=True)
