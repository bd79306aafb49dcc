"""Text messages as documents: one for each conversation and day."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postline.channels import Text
from postline.documents import read_texts, text_documents
from postline.errors import ArgumentError
from postline.operation import Fetch, Listing, Operation

NUMBER, IDA, TOM = "+12025550100", "+12025550123", "+12025550145"
NOON = datetime(2026, 11, 9, 12, tzinfo=UTC)


def text(words: str, other: str = IDA, minutes: float = 0, **more: Any) -> Text:
    at = NOON + timedelta(minutes=minutes)
    facts = {"id": f"text_{minutes}", "direction": "inbound", "number": NUMBER, "other": other}
    return Text(**{**facts, "text": words, "created_at": at, **more})


NEWEST_FIRST = [
    text("Thank you", minutes=1440),
    text("Yes, berth 4", minutes=9, direction="outbound"),
    text("Wrong number?", TOM, minutes=7),
    text("Is a berth free?\nTonight?", minutes=5),
]


def test_each_conversation_and_day_is_a_document() -> None:
    """Its texts stand oldest first, with time and side; the document of the newest text comes first."""
    documents = text_documents(NEWEST_FIRST, service="inkbox")

    assert [(each.id, each.text) for each in documents] == [
        (f"postline:texts:inkbox:{NUMBER}:{IDA}:2026-11-10", "[12:00] other: Thank you"),
        (
            f"postline:texts:inkbox:{NUMBER}:{IDA}:2026-11-09",
            "[12:05] other: Is a berth free? Tonight?\n[12:09] agent: Yes, berth 4",
        ),
        (f"postline:texts:inkbox:{NUMBER}:{TOM}:2026-11-09", "[12:07] other: Wrong number?"),
    ]
    assert list(documents[1].metadata.items()) == [
        ("service", "inkbox"),
        ("kind", "texts"),
        ("number", NUMBER),
        ("other", IDA),
        ("created_at", "2026-11-09T12:05:00+00:00"),
        ("created_at_epoch_seconds", 1794225900),
        ("last_text_at", "2026-11-09T12:09:00+00:00"),
        ("last_text_at_epoch_seconds", 1794226140),
        ("text_count", 2),
    ]


def test_days_are_utc() -> None:
    """Wherever a text was read, it belongs to the same day and has the same time."""
    late = datetime(2026, 11, 9, 23, 30, tzinfo=timezone(timedelta(hours=-5)))

    (document,) = text_documents([text("Late", created_at=late)], service="inkbox")

    assert document.id.endswith(":2026-11-10")
    assert document.text == "[04:30] other: Late"


def test_only_the_day_that_got_a_text_changes() -> None:
    """Every other document keeps its hash, and all keep their ids."""
    before = {each.id: each.content_hash for each in text_documents(NEWEST_FIRST, service="inkbox")}

    after = {
        each.id: each.content_hash
        for each in text_documents([text("You are welcome", minutes=1445), *NEWEST_FIRST], service="inkbox")
    }

    assert before.keys() == after.keys()
    assert [id_ for id_ in after if after[id_] != before[id_]] == [f"postline:texts:inkbox:{NUMBER}:{IDA}:2026-11-10"]


def test_handling_does_not_change_a_document() -> None:
    """Read states and reports of delivery come and go, without embedding anything anew."""
    handled = [replace(each, is_read=True, delivery_status="delivered") for each in NEWEST_FIRST]

    assert text_documents(handled, service="inkbox") == text_documents(NEWEST_FIRST, service="inkbox")


def test_pictures_are_named_by_their_type() -> None:
    """Beside the words, or alone."""
    sent = [text("", minutes=1, media_types=("image/png",)), text("See", media_types=("image/jpeg", "text/vcard"))]

    (document,) = text_documents(sent, service="inkbox")

    assert document.text == "[12:00] other: See (image/jpeg) (text/vcard)\n[12:01] other: (image/png)"


@given(st.lists(st.text(st.characters() | st.sampled_from("\n\r\u2028[12:00] agent")), min_size=1, max_size=5))
def test_words_cannot_pass_for_another_text(words: list[str]) -> None:
    """Whatever was sent, each text is one line that begins with its own side."""
    (document,) = text_documents([text(f"a{each}") for each in words], service="inkbox")

    lines = document.text.splitlines()
    assert len(lines) == len(words)
    assert all(each.startswith("[12:00] other: a") for each in lines)


def test_nothing_gives_nothing() -> None:
    """Not even an empty document."""
    assert text_documents([], service="inkbox") == []


class Listed:
    """A channel that notes from when on it was read."""

    service = "Inkbox"

    def texts(self, *, since: datetime | None = None) -> Listing[Text]:
        self.since = since
        return Listing(lambda: [Fetch(Operation("GET", "/texts", None), lambda answer: answer)])


@pytest.mark.parametrize(
    ("since", "start"),
    [
        (None, None),
        (NOON, datetime(2026, 11, 9, tzinfo=UTC)),
        (datetime(2026, 11, 9, 23, tzinfo=timezone(timedelta(hours=-5))), datetime(2026, 11, 10, tzinfo=UTC)),
    ],
)
def test_reading_begins_with_a_whole_day(since: datetime | None, start: datetime | None) -> None:
    """A day of which only a part was read would take the place of the whole one in an index."""
    channel: Any = Listed()

    (fetch,) = read_texts(channel, since=since).start()
    flow: Iterator[Any] = iter(fetch.work)
    next(flow)

    assert channel.since == start


def test_a_time_without_a_zone_is_refused() -> None:
    """It would be another day on another machine."""
    channel: Any = SimpleNamespace(service="Inkbox")

    with pytest.raises(ArgumentError, match="time zone"):
        read_texts(channel, since=datetime(2026, 11, 9, 12))  # naive on purpose
