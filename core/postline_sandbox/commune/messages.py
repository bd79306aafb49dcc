"""Messages: how they are kept, found again, and listed."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from postline_sandbox.clock import iso, parse_ms
from postline_sandbox.commune import threads
from postline_sandbox.commune.call import Call, refuse
from postline_sandbox.mime import File, bare_address
from postline_sandbox.web import Json, Reply, dumps

if TYPE_CHECKING:
    from postline_sandbox.commune.service import Commune

_LASTING = ("created_at", "delivery_status", "delivery_data")
_RANK = {"sent": 0, "delivered": 1}


@dataclass(frozen=True)
class Entry:
    """A message about to be kept."""

    organization_id: str
    wire_id: str
    """Its Message-ID in mail, with angle brackets."""
    record: Json
    """What answers with it, but for `_id`."""
    wire: Json | None = None
    """What went out, where it was sent from here."""


def list_messages(call: Call) -> Reply:
    """List messages by inbox, domain and sender together."""
    filters = {name: call.filter(name) for name in ("inbox_id", "domain_id", "sender")}
    if not any(filters.values()):
        raise refuse(400, "Provide at least one filter: sender, domain_id, or inbox_id")
    filters["sender"] = bare_address(filters["sender"]) if filters["sender"] else None
    times = {"created_at <": _instant(call, "before"), "created_at >": _instant(call, "after")}
    order = "DESC" if call.descending("desc") else "ASC"
    rows = call.commune.storage.select(
        "SELECT record FROM commune_messages",
        {"organization_id": call.organization_id, **filters, **times},
        f"ORDER BY created_at {order}, seq {order} LIMIT {call.limit(50, 1000)}",
    )
    return call.records(rows)


def participants(sender: str, **others: Iterable[str]) -> list[dict[str, str]]:
    """Name everybody in a message, the sender first, the others under their role."""
    people = [("sender", sender), *((role, one) for role, some in others.items() for one in some)]
    return [{"role": role, "identity": one} for role, one in people]


def keep(commune: "Commune", entry: Entry) -> tuple[str, bool]:
    """Store a message, or bring the one with its id up to date in place; return the thread and whether it is new."""
    record = entry.record
    row = commune.storage.row(
        "SELECT seq, record, inbox_id, domain_id FROM commune_messages WHERE organization_id = ? AND message_id = ?",
        *(entry.organization_id, record["message_id"]),
    )
    if row is None:
        full = {"_id": commune.ids.hex(24), **record}
        seq = _insert(commune, entry, full)
    else:
        before = json.loads(row[1])
        full = {"_id": before["_id"], **record, "thread_id": before["thread_id"], "created_at": before["created_at"]}
        lasting = {name: before["metadata"][name] for name in _LASTING if name in before["metadata"]}
        full["metadata"] = {**record["metadata"], **lasting}
        seq = row[0]
        _replace(commune, seq, full)
    _index(commune, seq, full)
    places = {(full["metadata"]["inbox_id"], full["metadata"]["domain_id"]), *([row[2:4]] if row else [])}
    for inbox_id, domain_id in places:
        threads.refresh(commune, entry.organization_id, full["thread_id"], inbox_id, domain_id)
    return full["thread_id"], row is None


def set_delivery_status(commune: "Commune", organization_id: str, message_id: str, status: str, data: Json) -> None:
    """Move a message's delivery status on; a later state is never overwritten by an earlier one."""
    row = commune.storage.row(
        "SELECT seq, record FROM commune_messages WHERE organization_id = ? AND message_id = ?",
        *(organization_id, message_id),
    )
    if row is None:
        return
    record = json.loads(row[1])
    metadata = record["metadata"]
    if _RANK.get(status, 2) < _RANK.get(metadata["delivery_status"], 2):
        return
    metadata["delivery_status"] = status
    metadata["delivery_data"] = {**metadata.get("delivery_data", {}), **data, "updated_at": commune.clock.iso()}
    commune.storage.run(
        "UPDATE commune_messages SET delivery_status = ?, record = ? WHERE seq = ?", status, dumps(record), row[0]
    )


def keep_files(commune: "Commune", organization_id: str, message_id: str, files: tuple[File, ...]) -> list[Json]:
    """Store a mail's attachments under ids that stay the same when the mail comes again; return their facts."""
    facts = []
    for number, file in enumerate(files):
        attachment_id = commune.ids.secret(f"attachment {organization_id} {message_id} {number}", 32)
        one = {"filename": file.filename, "mime_type": file.mime_type, "size": len(file.content)}
        commune.storage.run(
            "INSERT OR REPLACE INTO commune_attachments VALUES (?, ?, ?, ?, ?, ?, ?)",
            *(attachment_id, organization_id, message_id, *one.values(), file.content),
        )
        facts.append({"attachment_id": attachment_id, **one})
    return facts


def _instant(call: Call, name: str) -> str | None:
    ms = parse_ms(call.filter(name) or "")
    return None if ms is None else iso(ms)


def _columns(full: Json) -> tuple[Any, ...]:
    metadata = full["metadata"]
    sender = next((one["identity"] for one in full["participants"] if one["role"] == "sender"), "")
    return (
        *(full["direction"], metadata["inbox_id"], metadata["domain_id"], full["created_at"]),
        *(bare_address(sender), metadata["delivery_status"], len(full["attachments"]), dumps(full)),
    )


def _insert(commune: "Commune", entry: Entry, full: Json) -> int:
    return commune.storage.insert(
        "INSERT INTO commune_messages (organization_id, message_id, wire_id, thread_id, wire, direction, inbox_id,"
        " domain_id, created_at, sender, delivery_status, files, record) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        *(entry.organization_id, full["message_id"], entry.wire_id, full["thread_id"]),
        *(None if entry.wire is None else dumps(entry.wire).decode(), *_columns(full)),
    )


def _replace(commune: "Commune", seq: int, full: Json) -> None:
    commune.storage.run(
        "UPDATE commune_messages SET direction = ?, inbox_id = ?, domain_id = ?, created_at = ?, sender = ?,"
        " delivery_status = ?, files = ?, record = ? WHERE seq = ?",
        *(*_columns(full), seq),
    )
    commune.storage.run("DELETE FROM commune_words WHERE rowid = ?", seq)


def _index(commune: "Commune", seq: int, full: Json) -> None:
    sender = next((one["identity"] for one in full["participants"] if one["role"] == "sender"), "")
    commune.storage.run(
        "INSERT INTO commune_words (rowid, subject, sender, content) VALUES (?, ?, ?, ?)",
        *(seq, full["metadata"]["subject"], sender, full["content"]),
    )
