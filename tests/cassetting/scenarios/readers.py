"""The loader of LangChain and the reader of LlamaIndex."""

from __future__ import annotations

from typing import Any

from tests.cassetting.scenario import scenario
from tests.cassetting.stage import INBOX

from langchain_postline import InboxLoader
from llama_index.readers.postline import InboxReader
from postline.channels.commune import CommuneMail
from postline.commune import AsyncCommuneClient

TEXTS = ["Are you open on Sunday?", "It drips since Monday.", "Now it pours."]


@scenario("commune")
async def reader_langchain(client: Any) -> Any:
    loader = InboxLoader(CommuneMail(client, INBOX))
    documents = await loader.aload() if isinstance(client, AsyncCommuneClient) else loader.load()

    assert sorted(each.page_content for each in documents) == TEXTS
    return {each.id: each for each in documents}


@scenario("commune")
async def reader_llama_index(client: Any) -> Any:
    reader = InboxReader(mail=CommuneMail(client, INBOX))
    documents = await reader.aload_data() if isinstance(client, AsyncCommuneClient) else reader.load_data()

    assert sorted(each.text for each in documents) == TEXTS
    return {each.id_: each for each in documents}
