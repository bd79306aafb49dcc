"""The tools of a toolbox as LangChain's. All that a tool is was declared in `postline.tools`; here it is only handed on."""

from __future__ import annotations

from typing import Any

from langchain_core.tools import BaseTool, BaseToolkit, ToolException
from pydantic import BaseModel, ConfigDict, Field, PrivateAttr

from postline.tools import Result, Toolbox, ToolError

Output = tuple[str, dict[str, Any]]


class PostlineTool(BaseTool):
    """One tool of a toolbox. Each call goes through the toolbox, so no policy can be passed by.

    A failure becomes a `ToolMessage` with the status `error` that says whether trying again can help; set
    `handle_tool_error=False` to have a `ToolException` instead. The artifact is a dict: the result's `data`, `complete`, `left_out`
    and `cursor`. The tool's effect and scope are in its `metadata`.

    Args:
        toolbox: What the tool is called through.
        name: The tool's.

    Raises:
        KeyError: The toolbox has no such tool.
    """

    _toolbox: Toolbox = PrivateAttr()
    _declared_name: str = PrivateAttr()

    def __init__(self, toolbox: Toolbox, name: str) -> None:
        tool = toolbox[name]
        super().__init__(
            name=name,
            description=tool.description,
            # As a schema and not as the model: LangChain would validate first, and hand on other values than were given.
            args_schema=tool.args_model.model_json_schema(),
            response_format="content_and_artifact",
            handle_tool_error=True,
            metadata={"effect": tool.effect, "scope": tool.scope},
        )
        self._toolbox = toolbox
        self._declared_name = name  # `name` may be changed, to tell two inboxes apart

    def get_input_schema(self, config: Any = None) -> type[BaseModel]:  # noqa: ARG002  # LangChain passes it
        """Return the model that the toolbox checks arguments with."""
        return self._toolbox[self._declared_name].args_model

    def _run(self, **arguments: Any) -> Output:
        try:
            return _output(self._toolbox.call(self._declared_name, arguments))
        except ToolError as error:
            raise ToolException(error.text) from error

    async def _arun(self, **arguments: Any) -> Output:
        try:
            return _output(await self._toolbox.acall(self._declared_name, arguments))
        except ToolError as error:
            raise ToolException(error.text) from error


class PostlineToolkit(BaseToolkit):
    """The tools of a toolbox, for an agent: `create_agent(model, PostlineToolkit(toolbox=Toolbox(mail)).get_tools())`."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    toolbox: Toolbox = Field(exclude=True, repr=False)

    def get_tools(self) -> list[BaseTool]:
        """Return a tool for each of the toolbox, in its order."""
        return [PostlineTool(self.toolbox, tool.name) for tool in self.toolbox]


def _output(result: Result) -> Output:
    facts = {"complete": result.complete, "left_out": result.left_out, "cursor": result.cursor}
    return result.text, {"data": dict(result.data), **facts}
