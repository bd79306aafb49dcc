"""Notes: listed, made, changed, deleted, and shown to agents one by one."""

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from postline_sandbox.inkbox import identity_rows
from postline_sandbox.inkbox.call import Call, found, refuse
from postline_sandbox.inkbox.forms import Page, StrictForm
from postline_sandbox.inkbox.people.contact_access import own_only
from postline_sandbox.inkbox.people.sight import Sight, change_number
from postline_sandbox.inkbox.people.tables import NOTE_ACCESS, NOTES
from postline_sandbox.inkbox.table import public
from postline_sandbox.inkbox.tables import KEYS
from postline_sandbox.web import Json, Reply

if TYPE_CHECKING:
    from postline_sandbox.inkbox.service import Inkbox

_SIGHT = Sight(NOTES, NOTE_ACCESS, "note_id")
_ORDERS = {"recent": "_changed DESC", "created": "rowid DESC"}
_BODY_CHARS = 100_000


class NoteQuery(Page):
    """The query of a list of notes; an identity narrows it to what that one sees."""

    q: str | None = Field(None, max_length=200)
    identity_id: str | None = None
    order: Literal["recent", "created"] = "recent"


class NewNote(StrictForm):
    """The body of a new note."""

    body: str = Field(min_length=1, max_length=_BODY_CHARS)
    title: str | None = Field(None, max_length=255)


class NoteChange(StrictForm):
    """What can change of a note; only the title can be cleared."""

    body: str = Field("-", min_length=1, max_length=_BODY_CHARS)
    title: str | None = Field(None, max_length=255)


class NoteGrant(StrictForm):
    """Who shall see a note."""

    identity_id: str


def list_notes(call: Call) -> Reply:
    """List the notes that the caller sees."""
    query = call.query(NoteQuery)
    conditions = [("instr(_words, ?)", query.q.lower())] if query.q else []
    seen_by = query.identity_id.lower() if query.identity_id else None
    notes = _SIGHT.search(call, conditions, _ORDERS[query.order], query, seen_by=seen_by)
    return call.json([_shown(call, one) for one in notes])


def get_note(call: Call) -> Reply:
    """Return one note."""
    return call.json(_shown(call, _visible(call)))


def create_note(call: Call) -> Reply:
    """Make a note; an agent sees what it made, an administrator's note is granted by hand."""
    form, now = call.body(NewNote), call.inkbox.clock.iso()
    key = KEYS.one(call.inkbox.storage, id=call.caller.key_id) or {}
    author = call.caller.identity_id or key["created_by"]
    note = {"id": call.inkbox.ids.uuid(), "organization_id": call.organization_id, "created_by": author}
    note |= {"title": form.title, "body": form.body, "status": "active", "created_at": now}
    NOTES.insert(call.inkbox.storage, _complete(call, note))
    if call.caller.identity_id:
        _add(call, note["id"], call.caller.identity_id)
    return call.json(_shown(call, _visible(call, note["id"])), 201)


def update_note(call: Call) -> Reply:
    """Change a note."""
    note, changes = _visible(call), call.body(NoteChange).given()
    if changes:
        note = _complete(call, {**note, **changes})
        NOTES.update(call.inkbox.storage, {"id": note["id"]}, note)
    return call.json(_shown(call, note))


def delete_note(call: Call) -> Reply:
    """Delete a note."""
    note_id = _visible(call)["id"]
    NOTE_ACCESS.delete(call.inkbox.storage, note_id=note_id)
    NOTES.delete(call.inkbox.storage, id=note_id)
    return call.gone()


def list_access(call: Call) -> Reply:
    """List which agents see a note."""
    return call.json(NOTE_ACCESS.many(call.inkbox.storage, {"note_id": _visible(call)["id"]}))


def grant_access(call: Call) -> Reply:
    """Let one more agent see a note."""
    note_id, identity_id = _visible(call)["id"], call.body(NoteGrant).identity_id
    identity = found(identity_rows.by_id(call.inkbox, call.organization_id, identity_id), "Identity")
    if NOTE_ACCESS.one(call.inkbox.storage, note_id=note_id, identity_id=identity["id"]):
        raise refuse(409, "Access already granted")
    return call.json(_add(call, note_id, identity["id"]), 201)


def revoke_access(call: Call) -> Reply:
    """Hide a note from an agent."""
    note_id, identity_id = _visible(call)["id"], own_only(call, call.params[1])
    if not NOTE_ACCESS.delete(call.inkbox.storage, note_id=note_id, identity_id=identity_id):
        raise refuse(404, "Access not found")
    return call.gone()


def forget_identity(inkbox: "Inkbox", identity_id: str) -> None:
    """Take back everything that an identity was granted."""
    NOTE_ACCESS.delete(inkbox.storage, identity_id=identity_id)


def _visible(call: Call, note_id: str | None = None) -> Json:
    return found(_SIGHT.find(call, note_id or call.params[0]), "Note")


def _complete(call: Call, note: Json) -> Json:
    words = f"{note['title'] or ''}\n{note['body']}".lower()
    changed = {"updated_at": call.inkbox.clock.iso(), "_changed": change_number(call.inkbox, NOTES)}
    return {**note, **changed, "_words": words}


def _shown(call: Call, note: Json) -> Json:
    return {**public(note), "access": NOTE_ACCESS.many(call.inkbox.storage, {"note_id": note["id"]})}


def _add(call: Call, note_id: str, identity_id: str) -> Json:
    row = {"id": call.inkbox.ids.uuid(), "note_id": note_id, "identity_id": identity_id}
    return NOTE_ACCESS.insert(call.inkbox.storage, {**row, "created_at": call.inkbox.clock.iso()})
