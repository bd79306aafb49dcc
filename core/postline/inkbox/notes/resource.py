"""Endpoints of notes."""

from __future__ import annotations

from typing import Literal

from postline.inkbox._arguments import OMITTED, Id, Omitted, at, given, stated
from postline.inkbox._record import Items
from postline.inkbox.notes.types import Note, NoteAccess
from postline.operation import Operation
from postline.resource import C, Resource, endpoint


class AccessToNotes(Resource[C]):
    """Which identities see which notes."""

    @endpoint
    def list(self, note_id: Id) -> Operation[list[NoteAccess]]:
        """List who sees a note."""
        return Operation("GET", at("/notes/{}/access", note_id), Items[NoteAccess])

    @endpoint
    def grant(self, note_id: Id, *, identity_id: Id) -> Operation[NoteAccess]:
        """Let an identity see a note."""
        body = given(identity_id=identity_id)
        return Operation("POST", at("/notes/{}/access", note_id), NoteAccess, body=body)

    @endpoint
    def revoke(self, note_id: Id, identity_id: Id) -> Operation[None]:
        """Let an identity no longer see a note."""
        return Operation("DELETE", at("/notes/{}/access/{}", note_id, identity_id), None)


class Notes(Resource[C]):
    """The organization's notes. An identity sees its own, and those that it was given."""

    def __init__(self, client: C) -> None:
        super().__init__(client)
        self.access = AccessToNotes(client)

    @endpoint
    def list(
        self,
        *,
        q: str | None = None,
        identity_id: Id | None = None,
        limit: int | None = None,
        offset: int | None = None,
        order: Literal["recent", "created"] | str | None = None,
    ) -> Operation[list[Note]]:
        """List notes, the one changed last first; 50 unless `limit` says otherwise, at most 200."""
        query = {"q": q, "identity_id": identity_id, "limit": limit, "offset": offset, "order": order}
        return Operation("GET", at("/notes"), Items[Note], query)

    @endpoint
    def get(self, note_id: Id) -> Operation[Note]:
        """Fetch one note."""
        return Operation("GET", at("/notes/{}", note_id), Note)

    @endpoint
    def create(self, *, body: str, title: str | None = None) -> Operation[Note]:
        """Write a note of at most 100,000 characters."""
        return Operation("POST", at("/notes"), Note, body=stated(body=body, title=title))

    @endpoint
    def update(self, note_id: Id, *, title: str | Omitted | None = OMITTED, body: str | None = None) -> Operation[Note]:
        """Change what is given; `title=None` clears the title."""
        change = {**given(title=title), **stated(body=body)}
        return Operation("PATCH", at("/notes/{}", note_id), Note, body=change, repeatable=True)

    @endpoint
    def delete(self, note_id: Id) -> Operation[None]:
        """Delete a note."""
        return Operation("DELETE", at("/notes/{}", note_id), None)
