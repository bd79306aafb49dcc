"""Full-text search: threads by the words of their messages."""

import json
import re
from dataclasses import dataclass

from postline_sandbox.commune import limits
from postline_sandbox.commune.call import Call, refuse
from postline_sandbox.storage import Row
from postline_sandbox.web import Json, Reply, dumps

_WORD = re.compile(r"\w+")
_MAX_WORDS = 16
_COMMON = frozenset(
    {"a", "an", "and", "are", "as", "at", "be", "by", "do", "for", "from", "have", "how", "i", "in", "is", "it", "of"}
    | {"on", "or", "that", "the", "this", "to", "was", "were", "what", "when", "where", "which", "who", "with", "you"}
)
_PREFIX_FROM_CHARS = 3
_SNIPPET_CHARS = 200
_CONTEXT_CHARS = 60


@dataclass
class _Hit:
    """A thread's best message."""

    seq: int
    hits: int
    message_count: int = 0


def search_threads(call: Call) -> Reply:
    """Find threads of an inbox or a domain; those that have more of the query's words come first, then the newest."""
    limits.check_search(call)
    query = (call.filter("q") or "").strip()
    if not query:
        raise refuse(400, "Missing required query parameter: q")
    inbox_id, domain_id = call.filter("inbox_id", "inboxId"), call.filter("domain_id", "domainId")
    if not inbox_id and not domain_id:
        names = "inbox_id, domain_id, phone_number_id, from_number, or to_number"
        raise refuse(400, f"At least one filter is required: {names}")
    words = _words(query)
    rows = _matches(call, words, inbox_id, domain_id) if words else []
    found = _by_thread(rows)[: call.limit(20, 100)]
    body = dumps({"data": [_result(call, hit, words) for hit in found], "search_type": "regex"})
    return Reply(200, body, call.success_headers)


def _words(query: str) -> list[str]:
    """Return a query's words; those that every mail has count only where there are no others."""
    words = list(dict.fromkeys(_WORD.findall(query.lower())))
    return ([word for word in words if word not in _COMMON] or words)[:_MAX_WORDS]


def _matches(call: Call, words: list[str], inbox_id: str | None, domain_id: str | None) -> list[Row]:
    """Return hits, thread and number of every message that has a word, or one that begins like it; the best first."""
    patterns = [f'"{word}"' + ("*" if len(word) >= _PREFIX_FROM_CHARS else "") for word in words]
    return call.commune.storage.rows(
        # CROSS JOIN keeps the order: the words first, then what they are in, then whose that is.
        "WITH hit AS MATERIALIZED (SELECT w.rowid AS seq, count(*) AS hits FROM json_each(?1) AS word"
        " CROSS JOIN commune_words AS w ON w.commune_words MATCH word.value GROUP BY w.rowid)"
        " SELECT hits, thread_id, seq FROM hit CROSS JOIN commune_messages USING (seq) WHERE organization_id = ?2"
        " AND (?3 IS NULL OR inbox_id = ?3) AND (?4 IS NULL OR domain_id = ?4)"
        " ORDER BY hits DESC, created_at DESC, seq DESC",
        (json.dumps(patterns), call.organization_id, inbox_id, domain_id),
    )


def _by_thread(rows: list[Row]) -> list[_Hit]:
    """Keep each thread's best message, and of the threads those with more than half the hits of the best."""
    most = rows[0][0] if rows else 0
    threads: dict[str, _Hit] = {}
    for hits, thread_id, seq in rows:
        if hits * 2 <= most:
            break
        threads.setdefault(thread_id, _Hit(seq, hits)).message_count += 1
    return list(threads.values())


def _result(call: Call, hit: _Hit, words: list[str]) -> Json:
    message = json.loads(call.commune.storage.value("SELECT record FROM commune_messages WHERE seq = ?", hit.seq))
    metadata = message["metadata"]
    return {
        "thread_id": message["thread_id"],
        "subject": metadata["subject"],
        "snippet": _snippet(message["content"], words),
        "score": round(hit.hits / len(words), 3),
        "message_count": hit.message_count,
        "last_message_at": message["created_at"],
        "last_activity": message["created_at"],
        "last_direction": message["direction"],
        "direction": message["direction"],
        "participants": [one["identity"] for one in message["participants"]],
        "inbox_id": metadata["inbox_id"],
        "domain_id": metadata["domain_id"],
        "channel": "email",
    }


def _snippet(content: str, words: list[str]) -> str:
    lowered = content.lower()
    places = [place for place in (lowered.find(word) for word in words) if place >= 0]
    start = max(0, min(places) - _CONTEXT_CHARS) if places else 0
    return content[start : start + _SNIPPET_CHARS]
