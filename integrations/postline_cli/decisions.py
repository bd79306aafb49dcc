"""What the scripted model does next, computed from the tool results so far. Rules of procedure only, no mailbox in mind.

What strangers wrote is judged and quoted, never obeyed: the ids and addresses of a call are those that the tools gave.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, TypeAlias
from uuid import uuid4

from langchain_core.messages import AIMessage, BaseMessage, ToolMessage

from postline_cli.judgement import Entry, compose, is_evidence, judge, questions, search_words, sender, sum_up

Step: TypeAlias = tuple[str, dict[str, Any]]

_CONVERSATIONS = 12  # how many are looked at, the newest first
_HITS = 4  # how many conversations are read for each question
_CALLS = 5  # how many phone calls are looked at, the newest first


@dataclass(slots=True)
class Notes:
    """What the tools gave so far, by thread."""

    asked: list[Step] = field(default_factory=list)
    threads: dict[str, Entry] = field(default_factory=dict)
    emails: dict[str, list[Entry]] = field(default_factory=dict)
    """Of each thread that was read, oldest first."""
    hits: list[str] = field(default_factory=list)
    unfinished: list[Step] = field(default_factory=list)
    """How to read on where a result was cut."""
    answered: str | None = None
    has_phone: bool = False
    calls: list[str] = field(default_factory=list)
    transcripts: list[Entry] = field(default_factory=list)


def decide(messages: Sequence[BaseMessage], tools: frozenset[str]) -> AIMessage:
    """Name the next tool calls: list, read what awaits an answer and what was said on the phone, search, reply; then report."""
    notes = take_notes(messages)
    notes.has_phone = "list_calls" in tools
    for stage in (_list, _read, _search, _read_hits, _reply):
        if steps := [step for step in stage(notes) if step not in notes.asked]:
            return _calls(steps)
    return _calls([("Triage", {"conversations": list(_verdicts(notes)), "calls": list(_call_notes(notes))})])


def take_notes(messages: Sequence[BaseMessage]) -> Notes:
    """Go through a conversation and keep what the tools gave."""
    notes, steps = Notes(), dict[str | None, Step]()
    for message in messages:
        if isinstance(message, AIMessage):
            steps |= {call["id"]: (call["name"], call["args"]) for call in message.tool_calls}
        elif isinstance(message, ToolMessage) and (step := steps.get(message.tool_call_id)):
            notes.asked.append(step)
            if message.status == "success" and isinstance(message.artifact, dict):
                _note(notes, step, message.artifact)
    return notes


def _note(notes: Notes, step: Step, result: dict[str, Any]) -> None:
    (name, arguments), data = step, result["data"]
    match name:
        case "list_threads":
            notes.threads |= {each["untrusted"]["id"]: each for each in data["threads"]}
        case "read_thread":
            notes.emails.setdefault(arguments["thread_id"], []).extend(data["emails"])
            if result["cursor"]:
                notes.unfinished.append((name, {**arguments, "cursor": result["cursor"]}))
        case "search_emails":
            notes.hits += [each["untrusted"]["thread_id"] for each in data["hits"]]
        case "reply_to_email":
            notes.answered = arguments["message_id"]
        case "list_calls":
            notes.calls += [each["untrusted"]["id"] for each in data["calls"]]
        case "read_call_transcript":
            notes.transcripts.append(data["call"])


def _list(notes: Notes) -> list[Step]:
    phone: list[Step] = [("list_calls", {"limit": _CALLS})] if notes.has_phone else []
    return [("list_threads", {"limit": 50}), *phone]


def _read(notes: Notes) -> list[Step]:
    calls: list[Step] = [("read_call_transcript", {"call_id": each}) for each in notes.calls]
    return [*map(_reading, _waiting(notes)), *calls, *notes.unfinished]


def _search(notes: Notes) -> list[Step]:
    email = _chosen(notes)
    queries = [search_words(each, email) for each in questions(email)] if email else []
    return [("search_emails", {"query": query, "limit": _HITS}) for query in queries]


def _read_hits(notes: Notes) -> list[Step]:
    return [*map(_reading, notes.hits), *notes.unfinished]


def _reply(notes: Notes) -> list[Step]:
    if not (email := _chosen(notes)):
        return []
    found = chain.from_iterable(notes.emails.get(each, []) for each in dict.fromkeys(notes.hits))
    evidence = [each for each in found if is_evidence(each, email)]
    return [("reply_to_email", {"message_id": email["untrusted"]["id"], "text": compose(email, evidence)})]


def _reading(thread_id: str) -> Step:
    return "read_thread", {"thread_id": thread_id, "limit": 50}


def _waiting(notes: Notes) -> list[str]:
    """Return the threads whose newest mail came in, as far as they are looked at."""
    came_in = [key for key, thread in notes.threads.items() if thread.get("last_direction") != "outbound"]
    return came_in[:_CONVERSATIONS]


def _newest(notes: Notes) -> dict[str, Entry]:
    return {each: notes.emails[each][-1] for each in _waiting(notes) if notes.emails.get(each)}


def _chosen(notes: Notes) -> Entry | None:
    """Return the newest mail that awaits an answer."""
    return next((each for each in _newest(notes).values() if judge(each).verdict == "awaits an answer"), None)


def _verdicts(notes: Notes) -> Iterator[dict[str, str]]:
    for thread_id, email in _newest(notes).items():
        verdict, reason = judge(email)
        yield {
            "thread_id": thread_id,
            "subject": email["untrusted"].get("subject", ""),
            "sender": sender(email),
            "verdict": "answered" if email["untrusted"]["id"] == notes.answered else verdict,
            "reason": reason,
        }


def _call_notes(notes: Notes) -> Iterator[dict[str, str]]:
    for call in notes.transcripts:
        known = call["untrusted"]
        caller = known["from"] if call["direction"] == "inbound" else known["to"]
        yield {"call_id": known["id"], "other": caller, "note": sum_up(call)}


def _calls(steps: Sequence[Step]) -> AIMessage:
    return AIMessage("", tool_calls=[{"name": name, "args": given, "id": uuid4().hex} for name, given in steps])
