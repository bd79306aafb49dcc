"""The read calls of Commune."""

import base64
import json
from collections.abc import Iterable
from functools import cached_property
from typing import Any

from bench.corpus import AGENT, Corpus, Letter, dumps, parse_ms, text_of, timestamp
from bench.names import message_name, number_in
from bench.services import Answer, Query, Route, limit_of


class Commune:
    """The trailing number of an inbox id is its size: `inbox-1000` holds 1,000 messages."""

    def __init__(self, corpus: Corpus) -> None:
        self.corpus = corpus
        self.rows = [dumps(_message(corpus.letter(k))) for k in range(corpus.size)]
        self.routes: dict[str, Route] = {
            "v1/threads/*/messages": self.thread_messages,
            "v1/messages": self.messages,
            "v1/threads": self.threads,
        }

    def sums(self, _: str) -> list[int]:
        return self.corpus.sums

    def thread_messages(self, parts: list[str], query: Query) -> Answer:
        members = self.corpus.thread(number_in(parts[2]))
        members = members[::-1] if query.get("order", "asc") == "desc" else members
        return 200, _joined(self.rows[k] for k in members[: limit_of(query, 50, 1000)])

    def messages(self, _: list[str], query: Query) -> Answer:
        low, high = self.corpus.window(_size_of(query), query)
        limit = limit_of(query, 50, 1000)
        if query.get("order", "desc") == "desc":
            return 200, _joined(self.rows[max(low, high - limit) : high][::-1])
        return 200, _joined(self.rows[low : min(high, low + limit)])

    def threads(self, _: list[str], query: Query) -> Answer:
        limit, descending = limit_of(query, 20, 100), query.get("order", "desc") == "desc"
        rows = self.summaries[: _size_of(query) // self.corpus.per_thread]
        rows = rows[::-1] if descending else rows
        if position := _read_cursor(query.get("cursor", "")):
            rows = [row for row in rows if (row[0] < position if descending else row[0] > position)]
        page, more = rows[:limit], len(rows) > limit
        head = {"next_cursor": _write_cursor(page[-1][0]) if more else None, "has_more": more}
        return 200, b'{"data":[' + b",".join(row for _, row in page) + b"]," + dumps(head)[1:]

    @cached_property
    def summaries(self) -> list[tuple[tuple[int, int], bytes]]:
        """Every thread with its sort key (latest message, number), oldest activity first."""
        return [(key, dumps(self.summary(key[1]))) for key in self.corpus.threads]

    def summary(self, thread: int) -> dict[str, Any]:
        members = self.corpus.thread(thread)
        return {
            "thread_id": f"thread-{thread:06d}",
            "subject": f"Subject {thread}",
            "last_message_at": timestamp(self.corpus.times[members[-1]]),
            "first_message_at": timestamp(self.corpus.times[members[0]]),
            "message_count": len(members),
            "snippet": text_of(members[-1])[:200],
            "last_direction": "inbound",
            "inbox_id": "inbox",
            "domain_id": "d_bench",
            "has_attachments": False,
        }


def _size_of(query: Query) -> int:
    return number_in(query.get("inbox_id", "inbox-0"))


def _message(letter: Letter) -> dict[str, Any]:
    metadata = {
        "created_at": letter.at,
        "subject": letter.subject,
        "in_reply_to": letter.references[-1] if letter.references else None,
        "references": letter.references,
        "domain_id": "d_bench",
        "inbox_id": "inbox",
        "message_id": message_name(letter.number),
        "delivery_status": None if letter.inbound else "delivered",
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
        "_id": f"{letter.number:024x}",
        "orgId": "org_bench",
        "channel": "email",
        "message_id": message_name(letter.number),
        "thread_id": f"thread-{letter.thread:06d}",
        "direction": "inbound" if letter.inbound else "outbound",
        "participants": [{"role": "sender", "identity": letter.sender}, {"role": "to", "identity": letter.recipient}],
        "content": letter.text,
        "content_html": letter.html,
        "attachments": [f"att-{letter.number}"] if letter.has_attachment else [],
        "created_at": letter.at,
        "metadata": metadata | screened if letter.inbound else metadata,
    }


def _write_cursor(key: tuple[int, int]) -> str:
    position = dumps({"last_message_at": timestamp(key[0]), "id": f"thread-{key[1]:06d}"})
    return base64.urlsafe_b64encode(position).decode().rstrip("=")


def _read_cursor(cursor: str) -> tuple[int, int] | None:
    try:
        position = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        return parse_ms(position["last_message_at"]) or 0, number_in(position["id"])
    except (ValueError, KeyError, TypeError):
        return None


def _joined(rows: Iterable[bytes]) -> bytes:
    return b'{"data":[' + b",".join(rows) + b"]}"
