"""Invented mail and calls, the same on every machine and in every run. No sockets here."""

import base64
import json
import random
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

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


@dataclass
class Corpus:
    """Messages 0, 1, 2, ...: an inbox of size N is the first N of them.

    Threads lie two by two in blocks of `2 * per_thread` neighbours, so any size that is a multiple of a block has whole
    threads only. `same_time` neighbours share one timestamp.
    """

    size: int
    same_time: int = 1
    per_thread: int = 4
    sums: list[int] = field(init=False)
    commune: list[bytes] = field(init=False)

    def __post_init__(self) -> None:
        self.times = [FIRST_MS + (k - k % self.same_time) * STEP_MS for k in range(self.size)]
        texts = [text_of(k) for k in range(self.size)]
        self.sums = [checksum(k, text) for k, text in enumerate(texts)]
        self.commune = [dumps(self._commune(k, text)) for k, text in enumerate(texts)]

    def thread_of(self, k: int) -> int:
        return k // (2 * self.per_thread) * 2 + k % 2

    def thread(self, number: int) -> range:
        first = number // 2 * 2 * self.per_thread + number % 2
        return range(first, min(first + 2 * self.per_thread, self.size), 2)

    def window(self, size: int, query: Mapping[str, str]) -> tuple[int, int]:
        """Numbers `[low, high)` strictly between `after` and `before`; what is no time is ignored."""
        low, high = 0, min(size, self.size)
        if (after := parse_ms(query.get("after", ""))) is not None:
            low = bisect_right(self.times, after, 0, high)
        if (before := parse_ms(query.get("before", ""))) is not None:
            high = bisect_left(self.times, before, 0, high)
        return low, max(low, high)

    def summary(self, thread: int) -> dict[str, Any]:
        members = self.thread(thread)
        return {
            "thread_id": f"thread-{thread:06d}",
            "subject": f"Subject {thread}",
            "last_message_at": timestamp(self.times[members[-1]]),
            "first_message_at": timestamp(self.times[members[0]]),
            "message_count": len(members),
            "snippet": text_of(members[-1])[:200],
            "last_direction": "inbound",
            "inbox_id": "inbox",
            "domain_id": "d_bench",
            "has_attachments": False,
        }

    def _commune(self, k: int, text: str) -> dict[str, Any]:
        thread = self.thread_of(k)
        position = self.thread(thread).index(k)
        inbound = position % 2 == 0
        person = f"person{thread % 89}@mail.example.net"
        sender, recipient = (person, AGENT) if inbound else (AGENT, person)
        at = timestamp(self.times[k])
        references = [f"<m{earlier}@mail.example.com>" for earlier in self.thread(thread)[:position]]
        metadata = {
            "created_at": at,
            "subject": ("Re: " if position else "") + f"Subject {thread}",
            "in_reply_to": references[-1] if references else None,
            "references": references,
            "domain_id": "d_bench",
            "inbox_id": "inbox",
            "message_id": f"<m{k}@mail.example.com>",
            "delivery_status": None if inbound else "delivered",
        }
        screened = {
            "inbox_address": AGENT,
            "spam_score": 0.1,
            "spam_action": "accept",
            "prompt_injection_checked": True,
            "prompt_injection_detected": False,
            "prompt_injection_risk": "low",
            "prompt_injection_score": 0.02,
        }
        return {
            "_id": f"{k:024x}",
            "orgId": "org_bench",
            "channel": "email",
            "message_id": f"<m{k}@mail.example.com>",
            "thread_id": f"thread-{thread:06d}",
            "direction": "inbound" if inbound else "outbound",
            "participants": [{"role": "sender", "identity": sender}, {"role": "to", "identity": recipient}],
            "content": text,
            "content_html": html_of(k, text),
            "attachments": [f"att-{k}"] if k % 8 == 5 else [],
            "created_at": at,
            "metadata": metadata | screened if inbound else metadata,
        }

    @cached_property
    def threads(self) -> list[tuple[tuple[int, int], bytes]]:
        """Every thread with its sort key (latest message, number), oldest activity first."""
        count = self.size // self.per_thread
        return sorted(((self.times[self.thread(t)[-1]], t), dumps(self.summary(t))) for t in range(count))

    def thread_page(self, size: int, limit: int, descending: bool, cursor: str | None) -> bytes:
        rows = self.threads[: size // self.per_thread]
        rows = rows[::-1] if descending else rows
        if cursor and (position := _read_cursor(cursor)):
            rows = [row for row in rows if (row[0] < position if descending else row[0] > position)]
        page, more = rows[:limit], len(rows) > limit
        head = {"next_cursor": _write_cursor(page[-1][0]) if more else None, "has_more": more}
        return b'{"data":[' + b",".join(row for _, row in page) + b"]," + dumps(head)[1:]


def _write_cursor(key: tuple[int, int]) -> str:
    position = dumps({"last_message_at": timestamp(key[0]), "id": f"thread-{key[1]:06d}"})
    return base64.urlsafe_b64encode(position).decode().rstrip("=")


def _read_cursor(cursor: str) -> tuple[int, int] | None:
    try:
        position = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        return parse_ms(position["last_message_at"]) or 0, int(position["id"].removeprefix("thread-"))
    except (ValueError, KeyError, TypeError):
        return None


def joined(rows: Iterable[bytes]) -> bytes:
    return b'{"data":[' + b",".join(rows) + b"]}"
