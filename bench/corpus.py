"""Invented mail, the same on every machine and in every run, before any service has put it into a form of its own."""

import json
import random
from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from bench.names import message_name
from bench.tally import checksum

FIRST_MS = 1_767_225_600_000
STEP_MS = 137_421
AGENT = "desk@mail.example.com"
VOCABULARY = (
    "anchor balance café carriage courier crate daybook deposit draft Dvořák ferry freight garden handover harbour "
    "invoice kettle ledger lantern manifest meadow naïve notice orchard parcel pier quarter quay railway receipt "
    "refund rope schedule señal signal stamp storage tariff ticket tide timber tonne valley voucher wagon waybill — €"
)


def _paragraphs(count: int) -> list[str]:
    rng, words = random.Random(7), VOCABULARY.split()
    return [" ".join(rng.choices(words, k=rng.randint(20, 80))).capitalize() + "." for _ in range(count)]


PARAGRAPHS = _paragraphs(500)


def text_of(number: int) -> str:
    """The text of message `number`: it says which message it is, then 1 to 8 kB of prose with a quoted part."""
    rng = random.Random(number)
    start, count = rng.randrange(400), int(3 * 8 ** rng.random())
    own = PARAGRAPHS[start : start + count]
    quoted = [f"> {paragraph}" for paragraph in own[: count // 3]]
    return "\n\n".join([f"Note {number}:", *own, *quoted])


def html_of(number: int, text: str) -> str | None:
    """Two messages in three carry an HTML part as well."""
    if number % 3 == 0:
        return None
    return "".join(f'<p style="margin:0 0 1em">{paragraph}</p>' for paragraph in text.split("\n\n"))


def dumps(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def timestamp(at_ms: int) -> str:
    moment = datetime.fromtimestamp(at_ms / 1000, UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{at_ms % 1000:03d}Z"


def parse_ms(value: str) -> int | None:
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    return round(moment.replace(tzinfo=moment.tzinfo or UTC).timestamp() * 1000)


@dataclass(frozen=True)
class Letter:
    """One message."""

    number: int
    thread: int
    at: str
    inbound: bool
    sender: str
    recipient: str
    subject: str
    text: str
    html: str | None
    references: list[str]

    @property
    def has_attachment(self) -> bool:
        return self.number % 8 == 5


@dataclass
class Corpus:
    """Messages 0, 1, 2, ...: an inbox of size N is the first N of them.

    Threads lie two by two in blocks of `2 * per_thread` neighbours, so any size that is a multiple of a block has whole
    threads only. `same_time` neighbours share one timestamp.
    """

    size: int
    same_time: int = 1
    per_thread: int = 4

    def __post_init__(self) -> None:
        self.times = [FIRST_MS + (k - k % self.same_time) * STEP_MS for k in range(self.size)]

    @cached_property
    def sums(self) -> list[int]:
        return [checksum(k, text_of(k)) for k in range(self.size)]

    def thread_of(self, k: int) -> int:
        return k // (2 * self.per_thread) * 2 + k % 2

    def thread(self, number: int) -> range:
        first = number // 2 * 2 * self.per_thread + number % 2
        return range(first, min(first + 2 * self.per_thread, self.size), 2)

    @cached_property
    def threads(self) -> list[tuple[int, int]]:
        """Every thread as the time of its latest message and its number, oldest activity first."""
        return sorted((self.times[self.thread(t)[-1]], t) for t in range(self.size // self.per_thread))

    def window(self, size: int, query: Mapping[str, str]) -> tuple[int, int]:
        """Numbers `[low, high)` strictly between `after` and `before`; what is no time is ignored."""
        low, high = 0, min(size, self.size)
        if (after := parse_ms(query.get("after", ""))) is not None:
            low = bisect_right(self.times, after, 0, high)
        if (before := parse_ms(query.get("before", ""))) is not None:
            high = bisect_left(self.times, before, 0, high)
        return low, max(low, high)

    def letter(self, k: int) -> Letter:
        thread, text = self.thread_of(k), text_of(k)
        position = self.thread(thread).index(k)
        inbound = position % 2 == 0
        person = f"person{thread % 89}@mail.example.net"
        sender, recipient = (person, AGENT) if inbound else (AGENT, person)
        return Letter(
            number=k,
            thread=thread,
            at=timestamp(self.times[k]),
            inbound=inbound,
            sender=sender,
            recipient=recipient,
            subject=("Re: " if position else "") + f"Subject {thread}",
            text=text,
            html=html_of(k, text),
            references=[message_name(earlier) for earlier in self.thread(thread)[:position]],
        )
