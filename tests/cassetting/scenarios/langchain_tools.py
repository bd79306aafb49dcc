"""Every LangChain tool that Commune has something for."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from langchain_core.messages import ToolMessage
from tests.cassetting.scenario import scenario
from tests.cassetting.stage import INBOX, JANE, PUMP

from langchain_postline import PostlineTool
from postline.async_client import AsyncClient
from postline.channels import Channels, Mail
from postline.channels.commune import CommuneMail
from postline.tools import Toolbox


class Hands:
    """Calls tools as an agent does, by the client's kind."""

    def __init__(self, client: Any, channels: Channels | Mail) -> None:
        self._toolbox = Toolbox(channels, allow={"secret", "send", "spend", "write"})
        self._awaits = isinstance(client, AsyncClient)

    async def __call__(self, name: str, /, **arguments: Any) -> Any:
        tool = PostlineTool(self._toolbox, name)
        call = {"type": "tool_call", "id": "call-1", "name": name, "args": arguments}
        message = await tool.ainvoke(call) if self._awaits else tool.invoke(call)
        assert isinstance(message, ToolMessage)
        assert message.status == "success", message.content
        return message.artifact

    async def newest(self) -> Any:
        return (await self("list_emails", limit=1))["data"]["emails"][0]["untrusted"]


def on_mail(client: Any) -> Hands:
    """Take the mail tools."""
    return Hands(client, CommuneMail(client, INBOX))


@scenario("commune")
async def tool_list_emails(client: Any) -> Any:
    use = on_mail(client)
    first = await use("list_emails", limit=2, direction="inbound")
    rest = await use("list_emails", limit=2, direction="inbound", cursor=first["cursor"])

    assert (first["complete"], rest["complete"]) == (False, True)
    return first["data"], rest["data"]


@scenario("commune")
async def tool_search_emails(client: Any) -> Any:
    found = await on_mail(client)("search_emails", query="sunday")

    assert [each["untrusted"]["subject"] for each in found["data"]["hits"]] == ["Opening hours"]
    return found


@scenario("commune")
async def tool_read_email(client: Any) -> Any:
    use = on_mail(client)
    read = await use("read_email", message_id=(await use.newest())["id"])

    assert read["data"]["email"]["untrusted"]["attachments"][0]["filename"] == "notes.txt"
    return read


@scenario("commune")
async def tool_list_threads(client: Any) -> Any:
    listed = await on_mail(client)("list_threads")

    assert listed["data"]["threads"][0]["untrusted"]["id"] == quote(PUMP, safe="")
    return listed


@scenario("commune")
async def tool_read_thread(client: Any) -> Any:
    read = await on_mail(client)("read_thread", thread_id=quote(PUMP, safe=""))

    assert [each["untrusted"]["text"][:5] for each in read["data"]["emails"]] == ["It dr", "Now i"]
    return read


@scenario("commune")
async def tool_get_attachment(client: Any) -> Any:
    use = on_mail(client)
    opened = await use("get_attachment", attachment_id=(await use.newest())["attachments"][0]["id"])

    assert opened["data"]["attachment"]["untrusted"]["text"] == "Serial number 4711, built in 2016."
    return opened


@scenario("commune")
async def tool_send_email(client: Any) -> Any:
    sent = await on_mail(client)(
        "send_email", to=[JANE], cc=["ann@farm.example.org"], subject="Hello", text="Hello Jane"
    )

    assert sent["data"]["sent"]["status"] == "queued"
    return sent


@scenario("commune")
async def tool_reply_to_email(client: Any) -> Any:
    use = on_mail(client)
    sent = await use("reply_to_email", message_id=(await use.newest())["id"], text="A plumber is coming.")

    assert sent["data"]["sent"]["untrusted"]["to"] == [{"email": JANE}]
    return sent
