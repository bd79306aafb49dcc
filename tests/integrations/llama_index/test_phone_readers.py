"""Calls and text messages as LlamaIndex documents; mail of Inkbox by the same settings."""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable, Coroutine
from contextlib import aclosing
from datetime import UTC, datetime
from typing import Any

import pytest
from llama_index.core.ingestion import DocstoreStrategy, IngestionPipeline
from llama_index.core.node_parser import SentenceSplitter
from llama_index.core.schema import Document, MetadataMode
from llama_index.core.storage.docstore import SimpleDocumentStore
from llama_index.core.vector_stores import SimpleVectorStore
from pydantic import ValidationError
from tests.integrations.conftest import IDA, TOM, Desk

from llama_index.readers.postline import InboxReader, TextReader, TranscriptReader
from postline_sandbox import Sandbox

Read = Callable[[Any], Coroutine[Any, Any, list[Document]]]
READERS = {"mail": InboxReader, "phone": TranscriptReader, "texts": TextReader}
PLACES = {"mail": "inbox", "phone": "identity", "texts": "identity"}


@pytest.fixture(params=["sync", "async"])
def read(request: pytest.FixtureRequest) -> Read:
    """Read all, one way and the other, in the order in which it comes."""

    async def run(reader: Any) -> list[Document]:
        return reader.load_data() if request.param == "sync" else await reader.aload_data()

    return run


@pytest.fixture(params=READERS)
def kind(request: pytest.FixtureRequest) -> str:
    """What is read."""
    return str(request.param)


@pytest.fixture
def settings(kind: str, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Where the channel is, with its key in the environment."""
    monkeypatch.setenv("INKBOX_API_KEY", sandbox.inkbox.api_key)
    return {"service": "inkbox", PLACES[kind]: "support", "base_url": sandbox.inkbox.base_url}


async def test_every_call_becomes_a_document(desk: Desk, read: Read) -> None:
    """What was said, with time and speaker; a call that was turned away says so."""
    answered, refused = await read(TranscriptReader(phone=desk.phone))

    assert answered.text == "[00:00] agent: Harbor office, good morning.\n[00:12] caller: Is the crane free on Tuesday?"
    assert (answered.metadata["other"], answered.metadata["turn_count"]) == (IDA, 2)
    assert answered.metadata["duration_seconds"] == pytest.approx(30, abs=1)
    assert refused.text.startswith(f"Call from {TOM} to {desk.number} on ")
    assert refused.metadata["hangup_reason"] == "rejected"
    assert answered.id_ == f"postline:call:inkbox:{desk.number}:{answered.metadata['call_id']}"


async def test_every_day_of_a_conversation_becomes_a_document(desk: Desk, read: Read) -> None:
    """The newest first, each whole."""
    documents = await read(TextReader(texts=desk.texts))

    assert [(each.metadata["other"], each.text.partition("] ")[2]) for each in documents] == [
        (IDA, "other: Thank you"),
        (TOM, "other: Wrong number?"),
        (IDA, "other: Is a berth free?"),
    ]
    assert documents[0].id_ == f"postline:texts:inkbox:{desk.number}:{IDA}:{documents[0].metadata['created_at'][:10]}"


async def test_metadata_is_flat_and_ids_are_stable(desk: Desk, kind: str, read: Read) -> None:
    """Whatever is read, and however often."""
    reader = READERS[kind](**{kind: getattr(desk, kind)})

    first, again = await read(reader), await read(reader)

    assert {type(value) for each in first for value in each.metadata.values()} <= {str, int, float}
    assert {each.id_: each.hash for each in first} == {each.id_: each.hash for each in again}
    assert len({each.id_ for each in first}) == len(first) > 0


def test_only_what_was_said_is_embedded(desk: Desk) -> None:
    """A model is told who spoke with whom and when; an embedding is made of the words alone."""
    for reader in (TranscriptReader(phone=desk.phone), TextReader(texts=desk.texts)):
        document = reader.load_data()[0]

        assert document.get_content(MetadataMode.EMBED) == document.text
        assert f"other: {IDA}\n" in document.get_content(MetadataMode.LLM)
        assert "epoch" not in document.get_content(MetadataMode.LLM)


async def test_reading_may_begin_at_a_time(desk: Desk, read: Read) -> None:
    """Calls from then on, and texts from the beginning of that day on."""
    calls = await read(TranscriptReader(phone=desk.phone))
    texts = await read(TextReader(texts=desk.texts))
    answered_at = datetime.fromisoformat(calls[0].metadata["created_at"])
    last_text_at = datetime.fromisoformat(texts[0].metadata["created_at"])

    assert await read(TranscriptReader(phone=desk.phone, since=answered_at)) == calls[:1]
    assert await read(TextReader(texts=desk.texts, since=last_text_at.replace(hour=23, minute=59))) == texts[:1]


async def test_settings_are_enough(desk: Desk, kind: str, settings: dict[str, Any], read: Read) -> None:
    """Without a channel, a reader finds its own, with the key from the environment."""
    by_settings, by_channel = (
        await read(READERS[kind](**settings)),
        await read(READERS[kind](**{kind: getattr(desk, kind)})),
    )

    assert by_settings == by_channel != []


@pytest.mark.parametrize("way", ["dict", "pickle"])
def test_a_reader_is_rebuilt_without_its_key(
    desk: Desk, kind: str, settings: dict[str, Any], sandbox: Sandbox, way: str
) -> None:
    """What is stored of a reader made from a channel holds no key, and reads the same where the environment has one."""
    reader = READERS[kind](**{kind: getattr(desk, kind)}, since=datetime(2026, 1, 1, tzinfo=UTC))

    if way == "dict":
        stored = json.dumps(reader.to_dict()).encode()
        rebuilt = READERS[kind].from_dict(reader.to_dict())
    else:
        stored = pickle.dumps(reader)
        rebuilt = pickle.loads(stored)

    assert sandbox.inkbox.api_key.encode() not in stored + repr(reader).encode()
    assert getattr(rebuilt, kind) is None
    assert rebuilt.to_dict() == {**reader.to_dict()}
    assert rebuilt.to_dict()["class_name"] == f"Postline{READERS[kind].__name__}"
    assert rebuilt.load_data() == reader.load_data() != []


@pytest.mark.parametrize(
    "wrong", [{}, {"identity": ""}, {"identity": "a", "service": "commune"}, {"identity": "a", "api_key": "k"}]
)
@pytest.mark.parametrize("reader", [TranscriptReader, TextReader])
def test_wrong_settings_are_refused(reader: Any, wrong: dict[str, Any]) -> None:
    """No identity, a service without phones, a key among the settings."""
    with pytest.raises(ValidationError):
        reader(**wrong)


def test_without_a_key_reading_says_so(
    desk: Desk, kind: str, settings: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The environment is asked at each reading."""
    reader = READERS[kind](**settings)
    monkeypatch.delenv("INKBOX_API_KEY")

    with pytest.raises(ValueError, match="INKBOX_API_KEY"):
        reader.load_data()


async def test_a_reader_closes_what_it_opened(desk: Desk, kind: str, settings: dict[str, Any]) -> None:
    """Also where its reader stops early; warnings of open connections would fail this test."""
    reader = READERS[kind](**settings)

    next(waiting := reader.lazy_load_data())
    waiting.close()
    async with aclosing(reader.alazy_load_data()) as documents:
        await anext(documents)


async def test_a_failure_is_raised(desk: Desk, kind: str, sandbox: Sandbox, read: Read) -> None:
    """An answer that is not JSON is never an empty mailbox or number."""
    sandbox.control.fault("not_json", times=None)

    with pytest.raises(ValueError, match="answer"):
        await read(READERS[kind](**{kind: getattr(desk, kind)}))


def test_a_new_text_embeds_its_day_alone(desk: Desk, sandbox: Sandbox) -> None:
    """With upserts, a pipeline takes in the changed day and nothing else."""
    pipeline = IngestionPipeline(
        transformations=[SentenceSplitter(chunk_size=512)],
        docstore=SimpleDocumentStore(),
        vector_store=SimpleVectorStore(),
        docstore_strategy=DocstoreStrategy.UPSERTS,
    )
    reader = TextReader(texts=desk.texts)

    first = pipeline.run(documents=reader.load_data())
    again = pipeline.run(documents=reader.load_data())
    sandbox.control.text_in(desk.number, IDA, "Until then")
    later = pipeline.run(documents=reader.load_data())

    assert (len(first), len(again), len(later)) == (3, 0, 1)
    assert later[0].metadata["text_count"] == 2
