"""Real mail, all of it: into the twin, and out through both frameworks. The summary of a run says how much that was."""

from __future__ import annotations

import mailbox
import re
from collections.abc import AsyncIterator, Callable, Iterator
from email.message import Message
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

import pytest

from langchain_postline import InboxLoader
from llama_index.readers.postline import InboxReader
from postline.channels.commune import CommuneMail
from postline.commune import CommuneClient
from postline_sandbox import Sandbox

ADDRESS = "archive@commune-sandbox.example.com"
Tell = Callable[[str, object], None]


class Read(NamedTuple):
    """What a framework's document says, in one form for both."""

    id: str
    text: str
    metadata: dict[str, Any]


@pytest.fixture(scope="module")
def archive(real_mail: Path) -> Iterator[tuple[Sandbox, dict[str, Any]]]:
    """A twin with all the mail, and the report of its import."""
    with Sandbox() as sandbox:
        with CommuneClient(sandbox.commune.api_key, base_url=sandbox.commune.base_url) as client:
            client.inboxes.create("archive")
        yield sandbox, sandbox.control.import_mail(str(real_mail), inbox=ADDRESS)


@pytest.fixture
async def mail(archive: tuple[Sandbox, dict[str, Any]]) -> AsyncIterator[CommuneMail[CommuneClient]]:
    """The archive's inbox."""
    sandbox, _ = archive
    with CommuneClient(sandbox.commune.api_key, base_url=sandbox.commune.base_url) as client:
        yield CommuneMail(client, ADDRESS)
        await client.aio.close()


@pytest.fixture(params=["langchain", "langchain async", "llama-index", "llama-index async"])
async def documents(request: pytest.FixtureRequest, mail: CommuneMail[CommuneClient]) -> list[Read]:
    """The archive, read through one of the frameworks."""
    loader, reader = InboxLoader(mail, text_mode="full"), InboxReader(mail=mail, text_mode="full")
    match request.param:
        case "langchain":
            return [Read(each.id or "", each.page_content, each.metadata) for each in loader.lazy_load()]
        case "langchain async":
            return [Read(each.id or "", each.page_content, each.metadata) async for each in loader.alazy_load()]
        case "llama-index":
            return [Read(each.id_, each.text, each.metadata) for each in reader.lazy_load_data()]
    return [Read(each.id_, each.text, each.metadata) async for each in reader.alazy_load_data()]


def test_every_message_goes_in(archive: tuple[Sandbox, dict[str, Any]], real_mail: Path, record_property: Tell) -> None:
    """Each file's each message is imported, updates the one that it repeats, or is reported."""
    _, report = archive

    held = originals(real_mail)

    assert held, f"no mailbox in {real_mail}"
    assert report["skipped"] == []
    assert report["imported"] == len({message_id(each) for each in held})
    assert report["imported"] + report["updated"] == len(held)
    record_property(
        "shown", f"{len(held)} messages, {report['imported']} of them distinct, went in from {real_mail.name}"
    )


def test_every_distinct_message_comes_out_with_its_text(
    documents: list[Read], real_mail: Path, record_property: Tell
) -> None:
    """Once each, with the words of its body and hardly any other."""
    bodies = {message_id(each): body_words(each) for each in originals(real_mail)}

    found = {each.metadata["rfc_message_id"]: each for each in documents}

    assert len(documents) == len(found) == len({each.id for each in documents})
    assert found.keys() == bodies.keys()
    for key, body in bodies.items():
        text = words(found[key].text)
        assert len(body & text) >= 0.97 * len(body | text), key
    record_property(
        "shown", f"{len(documents)} documents with {sum(len(each.text) for each in documents)} characters came out"
    )


def test_messages_thread_by_the_services_rule(documents: list[Read], real_mail: Path, record_property: Tell) -> None:
    """An answer is in the thread of the earliest message held that it names; else a new one, named by its first reference."""
    threads = {each.metadata["rfc_message_id"]: each.metadata["thread_id"] for each in documents}

    expected = {each: quote(thread, safe="") for each, thread in threaded(originals(real_mail)).items()}

    assert threads == expected
    record_property("shown", f"{len(threads)} messages in {len(set(threads.values()))} threads")


def originals(folder: Path) -> list[Message]:
    """The messages in the order of their files, read with the standard library alone."""
    found: list[Message] = []
    for path in sorted(folder.glob("*.mbox")):
        box = mailbox.mbox(path, create=False)
        found += list(box)
        box.close()
    return found


def message_id(message: Message) -> str:
    """Its Message-ID, in angle brackets."""
    return str(message["Message-ID"]).strip()


def body_words(message: Message) -> set[str]:
    """The words of its plain text parts, those that are files aside."""
    found: set[str] = set()
    for part in message.walk():
        content = part.get_payload(decode=True)
        if part.get_content_type() == "text/plain" and not part.get_filename() and isinstance(content, bytes):
            found |= words(content.decode(part.get_content_charset("utf-8"), errors="replace"))
    return found


def words(text: str) -> set[str]:
    """The words of a text."""
    return set(re.findall(r"\w{3,}", text))


def threaded(messages: list[Message]) -> dict[str, str]:
    """The thread of each message, by the rule, as they come in one after the other."""
    threads: dict[str, str] = {}
    times: dict[str, Any] = {}
    for each in messages:
        own = message_id(each)
        named = re.findall(r"<[^>]+>", f"{each['References'] or ''} {each['In-Reply-To'] or ''}")
        held = sorted((name for name in named if name in threads), key=times.__getitem__)
        thread = threads[held[0]] if held else (named or [own])[0]
        threads.setdefault(own, thread)
        times.setdefault(own, parsedate_to_datetime(str(each["Date"])))
    return threads
