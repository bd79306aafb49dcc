"""Calls and text messages as LangChain documents; mail of Inkbox as that of any service."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from datetime import datetime
from typing import Any

import pytest
from langchain_core.documents import Document
from langchain_core.embeddings import DeterministicFakeEmbedding
from langchain_core.indexing import IndexingResult, InMemoryRecordManager, index
from langchain_core.vectorstores import InMemoryVectorStore
from tests.integrations.conftest import IDA, TOM, Desk

from langchain_postline import InboxLoader, TextMessageLoader, TranscriptLoader
from postline_sandbox import Sandbox

Load = Callable[[Any], Coroutine[Any, Any, list[Document]]]
LOADERS: dict[str, Callable[[Desk], Any]] = {
    "mail": lambda desk: InboxLoader(desk.mail),
    "calls": lambda desk: TranscriptLoader(desk.phone),
    "texts": lambda desk: TextMessageLoader(desk.texts),
}


@pytest.fixture(params=["sync", "async"])
def load(request: pytest.FixtureRequest) -> Load:
    """Load all, one way and the other, in the order in which it comes."""

    async def run(loader: Any) -> list[Document]:
        found: list[Document] = loader.load() if request.param == "sync" else await loader.aload()
        return found

    return run


@pytest.fixture(params=LOADERS)
def loader(request: pytest.FixtureRequest, desk: Desk) -> Any:
    """Each loader there is, on Inkbox."""
    return LOADERS[request.param](desk)


async def test_every_call_becomes_a_document(desk: Desk, load: Load) -> None:
    """What was said, with time and speaker; a call that was turned away says so."""
    answered, refused = await load(TranscriptLoader(desk.phone))

    assert answered.page_content.splitlines() == [
        "[00:00] agent: Harbor office, good morning.",
        "[00:12] caller: Is the crane free on Tuesday?",
    ]
    assert answered.metadata["other"] == IDA
    assert refused.page_content.startswith(f"Call from {TOM} to {desk.number} on ")


async def test_every_day_of_a_conversation_becomes_a_document(desk: Desk, load: Load) -> None:
    """The newest first, each whole."""
    documents = await load(TextMessageLoader(desk.texts))

    assert [(each.metadata["other"], each.page_content.partition("] ")[2]) for each in documents] == [
        (IDA, "other: Thank you"),
        (TOM, "other: Wrong number?"),
        (IDA, "other: Is a berth free?"),
    ]


async def test_mail_of_inkbox_loads_like_any(desk: Desk, load: Load) -> None:
    """The newest first, with its body."""
    assert [each.page_content for each in await load(InboxLoader(desk.mail))] == ["Open on Sunday?", "It drips."]


async def test_a_document_says_where_it_comes_from(loader: Any, load: Load) -> None:
    """Ids and metadata are the same each time; the metadata is flat."""
    first, again = await load(loader), await load(loader)

    assert first == again
    assert all(each.id == each.metadata["source"] for each in first)
    assert {type(value) for each in first for value in each.metadata.values()} <= {str, int, float}


async def test_reading_may_begin_at_a_time(desk: Desk, load: Load) -> None:
    """Calls from then on, and texts from the beginning of that day on."""
    calls, texts = await load(TranscriptLoader(desk.phone)), await load(TextMessageLoader(desk.texts))
    begin, day = (datetime.fromisoformat(each[0].metadata["created_at"]) for each in (calls, texts))

    assert await load(TranscriptLoader(desk.phone, since=begin)) == calls[:1]
    assert await load(TextMessageLoader(desk.texts, since=day.replace(hour=23, minute=59))) == texts[:1]


async def test_a_failure_is_raised(loader: Any, sandbox: Sandbox, load: Load) -> None:
    """An answer that is not JSON is never an empty number."""
    sandbox.control.fault("not_json", times=None)

    with pytest.raises(ValueError, match="answer"):
        await load(loader)


def test_a_new_text_indexes_its_day_alone(desk: Desk, sandbox: Sandbox) -> None:
    """The day's document takes the place of the one before; all others are skipped."""
    store = InMemoryVectorStore(DeterministicFakeEmbedding(size=8))
    records = InMemoryRecordManager("texts")
    records.create_schema()

    def run() -> IndexingResult:
        loader = TextMessageLoader(desk.texts)
        return index(loader, records, store, cleanup="incremental", source_id_key="source", key_encoder="sha256")

    first, again = run(), run()
    sandbox.control.text_in(desk.number, IDA, "Until then")
    later = run()

    assert (first["num_added"], again["num_added"], again["num_skipped"]) == (3, 0, 3)
    assert (later["num_added"], later["num_skipped"], later["num_deleted"]) == (1, 2, 1)
