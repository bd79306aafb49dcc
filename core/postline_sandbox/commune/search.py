"""Full-text search: threads by the words of their messages."""

import json
import re

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
    found = _by_thread(rows, words)[: call.limit(20, 100)]
    body = dumps({"data": found, "search_type": "regex"})
    return Reply(200, body, call.success_headers)


def _words(query: str) -> list[str]:
    """Return a query's words; those that every mail has count only where there are no others."""
    words = list(dict.fromkeys(_WORD.findall(query.lower())))
    return ([word for word in words if word not in _COMMON] or words)[:_MAX_WORDS]


def _matches(call: Call, words: list[str], inbox_id: str | None, domain_id: str | None) -> list[Row]:
    """Return hits and record of every message that has a word, or one that begins like it."""
    patterns = [f'"{word}"' + ("*" if len(word) >= _PREFIX_FROM_CHARS else "") for word in words]
    return call.commune.storage.rows(
        "SELECT count(*) AS hits, m.thread_id, m.record FROM json_each(?1) AS word"
        " JOIN commune_words AS w ON w.commune_words MATCH word.value JOIN commune_messages AS m ON m.seq = w.rowid"
        " WHERE m.organization_id = ?2 AND (?3 IS NULL OR m.inbox_id = ?3) AND (?4 IS NULL OR m.domain_id = ?4)"
        " GROUP BY m.seq ORDER BY hits DESC, m.created_at DESC, m.seq DESC",
        (json.dumps(patterns), call.organization_id, inbox_id, domain_id),
    )


def _by_thread(rows: list[Row], words: list[str]) -> list[Json]:
    """Keep each thread's best message, and of the threads those with more than half the hits of the best."""
    most = rows[0][0] if rows else 0
    threads: dict[str, Json] = {}
    for hits, thread_id, record in rows:
        if hits * 2 <= most:
            break
        if thread_id in threads:
            threads[thread_id]["message_count"] += 1
        else:
            threads[thread_id] = _result(thread_id, json.loads(record), hits / len(words), words)
    return list(threads.values())


def _result(thread_id: str, message: Json, score: float, words: list[str]) -> Json:
    metadata = message["metadata"]
    return {
        "thread_id": thread_id,
        "subject": metadata["subject"],
        "snippet": _snippet(message["content"], words),
        "score": round(score, 3),
        "message_count": 1,
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
