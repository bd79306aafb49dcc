"""Mail as LlamaIndex documents."""

from __future__ import annotations

import json
import logging
import pickle
from collections.abc import Callable, Coroutine
from datetime import datetime
from typing import Any

import pytest
from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.ingestion import DocstoreStrategy, IngestionPipeline
from llama_index.core.node_parser import SentenceSplitter
from llama_index.core.schema import Document, MetadataMode
from llama_index.core.storage.docstore import SimpleDocumentStore
from llama_index.core.vector_stores import SimpleVectorStore
from pydantic import PrivateAttr, ValidationError

from llama_index.readers.postline import InboxReader
from postline.channels.commune import CommuneMail
from postline_sandbox import Sandbox

Read = Callable[[InboxReader], Coroutine[Any, Any, list[Document]]]


@pytest.fixture(params=["sync", "async"])
def read(request: pytest.FixtureRequest) -> Read:
    """Read all, one way and the other."""

    async def run(reader: InboxReader) -> list[Document]:
        found = reader.load_data() if request.param == "sync" else await reader.aload_data()
        return sorted(found, key=lambda each: each.metadata["created_at"])

    return run


@pytest.fixture
def settings(mail: Any, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Where the inbox is, with its key in the environment."""
    monkeypatch.setenv("COMMUNE_API_KEY", sandbox.commune.api_key)
    return {"service": "commune", "inbox": mail.inbox, "base_url": sandbox.commune.base_url}


class CountingEmbedding(BaseEmbedding):
    """Embeds a text as its length, and keeps what it was given."""

    _texts: list[str] = PrivateAttr(default_factory=list)

    @property
    def texts(self) -> list[str]:
        return self._texts

    def _get_text_embedding(self, text: str) -> list[float]:
        self._texts.append(text)
        return [float(len(text)), 1.0]

    def _get_query_embedding(self, query: str) -> list[float]:
        return [float(len(query)), 1.0]

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_query_embedding(query)


async def test_every_email_becomes_a_document(mail: Any, read: Read) -> None:
    """Its text is what its author wrote; its id is stable and its metadata flat."""
    documents = await read(InboxReader(mail=mail))

    assert [each.text for each in documents] == ["It drips.", "Are you open on Sunday?", "Now it pours."]
    assert all(each.id_.startswith("postline:email:commune:support@") for each in documents)
    assert len({each.id_ for each in documents}) == 3
    assert {type(value) for each in documents for value in each.metadata.values()} <= {str, int, float}


async def test_reading_again_gives_the_same(mail: Any, read: Read) -> None:
    """Ids and hashes do not change, so that a docstore knows what it has."""
    first, again = await read(InboxReader(mail=mail)), InboxReader(mail=mail).load_data()

    assert {each.id_: each.hash for each in first} == {each.id_: each.hash for each in again}


def test_the_model_and_the_index_see_what_helps_them(mail: Any) -> None:
    """Ids and numbers are there to filter by, and are neither told nor embedded."""
    (document,) = (each for each in InboxReader(mail=mail).load_data() if each.text == "It drips.")

    told = document.get_content(MetadataMode.LLM)
    embedded = document.get_content(MetadataMode.EMBED)

    assert "subject: A leaking pump" in told
    assert "sender: jane@shop.example.net" in told
    assert embedded == "subject: A leaking pump\nsender_name: Jane\n\nIt drips."
    assert not {"message_id", "created_at_epoch_seconds"} - document.metadata.keys()
    assert "message_id" not in told


async def test_settings_are_enough(settings: dict[str, Any], read: Read, mail: Any) -> None:
    """Without a channel, a reader finds the inbox itself, with the key from the environment."""
    by_settings, by_channel = await read(InboxReader(**settings)), await read(InboxReader(mail=mail))

    assert by_settings == by_channel


@pytest.mark.parametrize("way", ["dict", "json", "pickle"])
async def test_a_reader_is_rebuilt_without_its_key(
    mail: Any, settings: dict[str, Any], sandbox: Sandbox, read: Read, way: str, caplog: pytest.LogCaptureFixture
) -> None:
    """What is stored of a reader made from a channel holds no key, and reads the same where the environment has one."""
    reader = InboxReader(mail=mail, since=datetime.fromisoformat(sandbox.control.now()), text_mode="full")
    sandbox.control.deliver(mail.inbox, "jane@shop.example.net", "New", "Yes.")

    with caplog.at_level(logging.WARNING):
        match way:
            case "dict":
                stored = json.dumps(reader.to_dict()).encode()
                rebuilt = InboxReader.from_dict(reader.to_dict())
            case "json":
                stored = reader.to_json().encode()
                rebuilt = InboxReader.from_json(reader.to_json())
            case _:
                stored = pickle.dumps(reader)
                rebuilt = pickle.loads(stored)

    assert caplog.records == []
    assert sandbox.commune.api_key.encode() not in stored
    assert rebuilt.mail is None
    assert {**rebuilt.to_dict()} == {**reader.to_dict()}
    assert rebuilt.to_dict()["class_name"] == "PostlineInboxReader"
    assert [each.text for each in await read(rebuilt)] == ["Yes."]


def test_no_repr_shows_the_key(mail: Any, sandbox: Sandbox) -> None:
    """Neither of a reader over a channel nor in its schema."""
    reader = InboxReader(mail=mail)

    assert sandbox.commune.api_key not in f"{reader!r}{reader}{reader.model_dump()}{InboxReader.model_json_schema()}"
    assert "mail" not in InboxReader.model_json_schema()["properties"]


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"inbox": ""},
        {"inbox": "a@b.example.com", "service": "elsewhere"},
        {"inbox": "a@b.example.com", "api_key": "secret"},
        {"inbox": "a@b.example.com", "since": datetime(2026, 1, 1)},  # naive on purpose
        {"inbox": "a@b.example.com", "text_mode": "short"},
    ],
)
def test_wrong_settings_are_refused(wrong: dict[str, Any]) -> None:
    """No inbox, an unknown service or setting, a time without a zone; no value is repeated in the error."""
    with pytest.raises(ValidationError) as caught:
        InboxReader(**wrong)

    assert "secret" not in str(caught.value)


def test_without_a_key_reading_says_so(settings: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment is asked at each reading."""
    reader = InboxReader(**settings)
    monkeypatch.delenv("COMMUNE_API_KEY")

    with pytest.raises(ValueError, match="COMMUNE_API_KEY"):
        reader.load_data()


async def test_a_reader_closes_what_it_opened(settings: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where its reader stops early; warnings of open connections would fail this test."""
    reader = InboxReader(**settings)

    for document in reader.lazy_load_data():
        assert document.text
        break
    documents = reader.alazy_load_data()
    async for document in documents:
        assert document.text
        break
    await documents.aclose()  # type: ignore[attr-defined]  # an async generator


async def test_a_failure_is_raised(mail: Any, sandbox: Sandbox, read: Read) -> None:
    """An answer that is not JSON is never an empty inbox."""
    sandbox.control.fault("not_json", times=None)

    with pytest.raises(ValueError, match="answer"):
        await read(InboxReader(mail=mail))


def test_a_pipeline_embeds_only_what_is_new(mail: Any, sandbox: Sandbox) -> None:
    """With upserts, a second run embeds nothing, and a run after one new mail only that."""
    embedding = CountingEmbedding()
    pipeline = IngestionPipeline(
        transformations=[SentenceSplitter(), embedding],
        docstore=SimpleDocumentStore(),
        vector_store=SimpleVectorStore(),
        docstore_strategy=DocstoreStrategy.UPSERTS,
    )
    counts = []

    for _ in range(2):
        pipeline.run(documents=InboxReader(mail=mail).load_data())
        counts.append(len(embedding.texts))
    sandbox.control.deliver(mail.inbox, "jane@shop.example.net", "One more", "Thanks.")
    nodes = pipeline.run(documents=InboxReader(mail=mail).load_data())

    assert counts == [3, 3]
    assert len(embedding.texts) == 4
    assert [node.metadata["subject"] for node in nodes] == ["One more"]
    assert nodes[0].ref_doc_id.startswith("postline:email:commune:")


def test_a_mail_channel_made_by_id_reads_too(mail: Any) -> None:
    """The inbox's id serves where its address is not known."""
    inbox_id = mail.client.inboxes.list()[0].id

    reader = InboxReader(mail=CommuneMail(mail.client, inbox_id))

    assert {each.id_ for each in reader.load_data()} == {each.id_ for each in InboxReader(mail=mail).load_data()}
