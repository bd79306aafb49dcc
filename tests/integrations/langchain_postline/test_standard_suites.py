"""Every tool passes LangChain's own standard tests, against the local twin."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from langchain_core.tools import BaseTool
from langchain_tests.integration_tests import ToolsIntegrationTests
from langchain_tests.unit_tests import ToolsUnitTests

from langchain_postline import PostlineTool
from postline.channels import Message
from postline.tools import CATALOGUE, Toolbox

EXAMPLES: dict[str, Callable[[Message], dict[str, Any]]] = {
    "list_emails": lambda newest: {"limit": 2, "direction": "inbound"},
    "search_emails": lambda newest: {"query": "pump"},
    "read_email": lambda newest: {"message_id": newest.id},
    "list_threads": lambda newest: {},
    "read_thread": lambda newest: {"thread_id": newest.thread_id},
    "get_attachment": lambda newest: {"attachment_id": newest.attachments[0].id},
    "send_email": lambda newest: {"to": ["jane@shop.example.net"], "subject": "Hello", "text": "Hello Jane"},
    "reply_to_email": lambda newest: {"message_id": newest.id, "text": "We are on our way."},
}


def test_every_tool_is_put_through_the_standard_tests() -> None:
    """There is an example call for each tool that ships."""
    assert set(EXAMPLES) == {tool.name for tool in CATALOGUE}


class EachTool:
    """Runs a suite of LangChain's once for each tool."""

    _tool: PostlineTool
    _arguments: dict[str, Any]

    @pytest.fixture(autouse=True, params=EXAMPLES)
    def _prepare(self, request: pytest.FixtureRequest, mail: Any) -> None:
        newest = mail.client.run(mail.list_messages(limit=1)).items[0]
        self._tool = PostlineTool(Toolbox(mail, allow={"send"}), request.param)
        self._arguments = EXAMPLES[request.param](newest)

    @property
    def tool_constructor(self) -> BaseTool:
        return self._tool

    @property
    def tool_invoke_params_example(self) -> dict[str, Any]:
        return self._arguments


class TestUnit(EachTool, ToolsUnitTests):
    """What a tool must be."""


class TestIntegration(EachTool, ToolsIntegrationTests):
    """What a tool must do."""
