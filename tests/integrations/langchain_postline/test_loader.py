"""Mail as LangChain documents."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from langchain_core.documents import Document
from langchain_core.embeddings import DeterministicFakeEmbedding
from langchain_core.indexing import IndexingResult, InMemoryRecordManager, index
from langchain_core.vectorstores import InMemoryVectorStore

from langchain_postline import InboxLoader
from postline.channels.commune import CommuneMail
from postline.commune import AsyncCommuneClient
from postline_sandbox import Sandbox

Load = Callable[[InboxLoader], Coroutine[Any, Any, list[Document]]]


@pytest.fixture(params=["sync", "async"])
def load(request: pytest.FixtureRequest) -> Load:
    """Load all, one way and the other."""

    async def run(loader: InboxLoader) -> list[Document]:
        found = loader.load() if request.param == "sync" else await loader.aload()
        return sorted(found, key=lambda each: each.metadata["created_at"])

    return run


async def test_every_email_becomes_a_document(mail: Any, load: Load) -> None:
    """Its text is what its author wrote; id and metadata say what it is."""
    documents = await load(InboxLoader(mail))

    assert [each.page_content for each in documents] == ["It drips.", "Are you open on Sunday?", "Now it pours."]
    assert [each.metadata["subject"] for each in documents] == ["A leaking pump", "Opening hours", "Re: A leaking pump"]
    assert documents[0].metadata["thread_id"] == documents[2].metadata["thread_id"]
    assert all(each.id == each.metadata["source"] for each in documents)
    assert all((each.id or "").startswith("postline:email:commune:support@") for each in documents)
    assert {type(value) for each in documents for value in each.metadata.values()} <= {str, int, float}


async def test_files_are_named_by_their_ids(mail: Any, sandbox: Sandbox, load: Load) -> None:
    """The service's listing says that there are files, and not what they are called; there is no name then, not an empty one."""
    files = [{"filename": f"{name}.txt", "mime_type": "text/plain", "content": "aGk="} for name in "ab"]
    sandbox.control.deliver(mail.inbox, "jane@shop.example.net", "Two files", "See there.", attachments=files)

    (loaded,) = (each.metadata for each in await load(InboxLoader(mail)) if each.metadata["subject"] == "Two files")

    found = [mail.client.run(mail.get_attachment(each)).filename for each in loaded["attachment_ids"].split(", ")]
    assert found == ["a.txt", "b.txt"]
    assert "attachments" not in loaded


async def test_loading_again_gives_the_same(mail: Any, load: Load) -> None:
    """Ids, texts and metadata do not depend on when or how they were loaded."""
    assert await load(InboxLoader(mail)) == sorted(
        InboxLoader(mail).load(), key=lambda each: each.metadata["created_at"]
    )


async def test_what_to_load_can_be_limited(mail: Any, load: Load) -> None:
    """By time, the end excluded; and quoted history can be kept."""
    _, second, third = mail.client.run(mail.list_messages()).items[::-1]

    middle = await load(InboxLoader(mail, since=second.created_at, until=third.created_at))
    full = await load(InboxLoader(mail, since=third.created_at, text_mode="full"))

    assert [each.page_content for each in middle] == ["Are you open on Sunday?"]
    assert "> It drips." in full[0].page_content


async def test_one_inbox_loads_through_a_client_of_either_kind(mail: Any, sandbox: Sandbox, load: Load) -> None:
    """A channel on the async client serves the loader that waits as well."""
    async with AsyncCommuneClient(sandbox.commune.api_key, base_url=sandbox.commune.base_url) as client:
        with client.sync:
            documents = await load(InboxLoader(CommuneMail(client, mail.inbox)))

    assert documents == await load(InboxLoader(mail))


def test_loading_is_lazy(mail: Any, sandbox: Sandbox) -> None:
    """Nothing is asked of the service before the first document is."""
    documents = InboxLoader(mail).lazy_load()
    sandbox.control.deliver(mail.inbox, "jane@shop.example.net", "Late", "Still counts.")

    found = [each.page_content for each in documents]

    assert "Still counts." in found


async def test_a_failure_is_raised(mail: Any, sandbox: Sandbox, load: Load) -> None:
    """An answer that is not JSON is never an empty inbox."""
    sandbox.control.fault("not_json", times=None)

    with pytest.raises(ValueError, match="answer"):
        await load(InboxLoader(mail))


def test_indexing_again_writes_nothing(mail: Any, sandbox: Sandbox) -> None:
    """LangChain's indexing skips what it has, and takes in what is new."""
    store = InMemoryVectorStore(DeterministicFakeEmbedding(size=8))
    records = InMemoryRecordManager("inbox")
    records.create_schema()

    def run() -> IndexingResult:
        return index(
            InboxLoader(mail), records, store, cleanup="incremental", source_id_key="source", key_encoder="sha256"
        )

    first, again = run(), run()
    sandbox.control.deliver(mail.inbox, "jane@shop.example.net", "One more", "Thanks.")
    later = run()

    assert (first["num_added"], again["num_added"], again["num_skipped"]) == (3, 0, 3)
    assert (later["num_added"], later["num_skipped"], later["num_deleted"]) == (1, 3, 0)
