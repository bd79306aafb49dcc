"""Every tool passes LangChain's own standard tests, against the local twin."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from langchain_core.tools import BaseTool
from langchain_tests.integration_tests import ToolsIntegrationTests
from langchain_tests.unit_tests import ToolsUnitTests
from tests.canaries import PASSWORD, SEED
from tests.integrations.conftest import IDA, JANE, Desk
from tests.vaults import SITE, everything, open_vault

from langchain_postline import PostlineTool
from postline.channels import Message
from postline.inkbox import LoginPayload, TOTPConfig
from postline.tools import CATALOGUE, Toolbox
from postline_sandbox import Sandbox

EXAMPLES: dict[str, Callable[[Any], dict[str, Any]]] = {
    "list_emails": lambda found: {"limit": 2, "direction": "inbound"},
    "search_emails": lambda found: {"query": "pump"},
    "read_email": lambda found: {"message_id": found.mail.id},
    "list_threads": lambda found: {},
    "read_thread": lambda found: {"thread_id": found.mail.thread_id},
    "get_attachment": lambda found: {"attachment_id": found.mail.attachments[0].id},
    "send_email": lambda found: {"to": ["jane@shop.example.net"], "subject": "Hello", "text": "Hello Jane"},
    "reply_to_email": lambda found: {"message_id": found.mail.id, "text": "We are on our way."},
    "forward_email": lambda found: {"message_id": found.mail.id, "to": ["jane@shop.example.net"]},
    "mark_emails_read": lambda found: {"message_ids": [found.mail.id]},
    "list_calls": lambda found: {},
    "read_call_transcript": lambda found: {"call_id": found.call_id},
    "search_transcripts": lambda found: {"query": "crane"},
    "place_call": lambda found: {"to": IDA},
    "list_texts": lambda found: {"unread_only": True},
    "list_text_conversations": lambda found: {},
    "read_text_conversation": lambda found: {"number": IDA},
    "check_text_consent": lambda found: {"number": IDA},
    "send_text": lambda found: {"to": IDA, "text": "A berth is free."},
    "mark_texts_read": lambda found: {"text_ids": [found.text_id]},
    "find_contact": lambda found: {"query": "Ida"},
    "save_contact": lambda found: {"name": "Ida", "phones": [IDA]},
    "whoami": lambda found: {},
    "list_credentials": lambda found: {},
    "use_credential": lambda found: {"credential_id": found.login_id, "part": "password", "destination": SITE},
    "get_one_time_code": lambda found: {"credential_id": found.login_id, "destination": SITE},
}


@dataclass(frozen=True)
class Found:
    """What the examples name."""

    mail: Message
    call_id: str
    text_id: str
    login_id: str


def test_every_tool_is_put_through_the_standard_tests() -> None:
    """There is an example call for each tool that ships."""
    assert set(EXAMPLES) == {tool.name for tool in CATALOGUE}


class EachTool:
    """Runs a suite of LangChain's once for each tool."""

    _tool: PostlineTool
    _arguments: dict[str, Any]

    @pytest.fixture(autouse=True, params=EXAMPLES)
    def _prepare(self, request: pytest.FixtureRequest, sandbox: Sandbox, desk: Desk) -> None:
        client = desk.mail.client
        client.run(open_vault(client))
        login = LoginPayload(PASSWORD, url=SITE, totp=TOTPConfig(SEED))
        login_id = client.get_identity("support").create_secret("CRM", login).id
        channels = client.run(everything(client, "support"))
        file = {"filename": "notes.txt", "mime_type": "text/plain", "content": b"Serial 4711"}
        sandbox.control.deliver(
            "support@inkbox-sandbox.example.com", JANE, "A pump", "See the notes.", attachments=[file]
        )
        text_id = sandbox.control.text_in(desk.number, IDA, "START")["id"]
        newest = client.run(desk.mail.list_messages(limit=1)).items[0]
        call = client.run(desk.phone.list_calls(limit=1)).items[0]
        found = Found(client.run(desk.mail.get_message(newest.id)), call.id, text_id, str(login_id))
        self._tool = PostlineTool(Toolbox(channels, allow={"send", "write", "spend", "secret"}), request.param)
        self._arguments = EXAMPLES[request.param](found)

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
