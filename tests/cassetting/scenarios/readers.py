"""The loaders of LangChain and the readers of LlamaIndex."""

from __future__ import annotations

from typing import Any

from tests.cassetting.scenario import scenario
from tests.cassetting.stage import HANDLE, IDA, INBOX, TOM

from langchain_postline import InboxLoader, TextMessageLoader, TranscriptLoader
from llama_index.readers.postline import InboxReader, TextReader, TranscriptReader
from postline.async_client import AsyncClient
from postline.channels.commune import CommuneMail
from postline.channels.inkbox import InkboxMail
from postline.channels.inkbox_phone import InkboxPhone, InkboxTexts

TEXTS = ["Are you open on Sunday?", "It drips since Monday.", "Now it pours."]


async def loaded(client: Any, loader: Any) -> Any:
    """Load all in the way of the client's kind."""
    return await loader.aload() if isinstance(client, AsyncClient) else loader.load()


async def read(client: Any, reader: Any) -> Any:
    """Read all in the way of the client's kind."""
    return await reader.aload_data() if isinstance(client, AsyncClient) else reader.load_data()


@scenario("commune")
async def reader_langchain(client: Any) -> Any:
    documents = await loaded(client, InboxLoader(CommuneMail(client, INBOX)))

    assert sorted(each.page_content for each in documents) == TEXTS
    return {each.id: each for each in documents}


@scenario("commune")
async def reader_llama_index(client: Any) -> Any:
    documents = await read(client, InboxReader(mail=CommuneMail(client, INBOX)))

    assert sorted(each.text for each in documents) == TEXTS
    return {each.id_: each for each in documents}


@scenario("inkbox")
async def reader_of_mail(client: Any) -> Any:
    documents = await read(client, InboxReader(mail=InkboxMail(client, HANDLE)))

    assert sorted(each.text for each in documents) == TEXTS
    return documents


@scenario("inkbox")
async def loader_of_mail(client: Any) -> Any:
    documents = await loaded(client, InboxLoader(InkboxMail(client, HANDLE)))

    assert sorted(each.page_content for each in documents) == TEXTS
    return documents


@scenario("inkbox")
async def reader_of_calls(client: Any) -> Any:
    documents = await read(client, TranscriptReader(phone=InkboxPhone(client, HANDLE)))

    assert [each.metadata["turn_count"] for each in documents] == [2, 0]
    return documents


@scenario("inkbox")
async def loader_of_calls(client: Any) -> Any:
    documents = await loaded(client, TranscriptLoader(InkboxPhone(client, HANDLE)))

    assert [each.metadata["turn_count"] for each in documents] == [2, 0]
    return documents


@scenario("inkbox")
async def reader_of_texts(client: Any) -> Any:
    documents = await read(client, TextReader(texts=InkboxTexts(client, HANDLE)))

    assert [each.metadata["other"] for each in documents] == [TOM, IDA]
    return documents


@scenario("inkbox")
async def loader_of_texts(client: Any) -> Any:
    documents = await loaded(client, TextMessageLoader(InkboxTexts(client, HANDLE)))

    assert [each.metadata["other"] for each in documents] == [TOM, IDA]
    return documents
