"""Records of notes."""

from __future__ import annotations

from dataclasses import field
from datetime import datetime
from typing import Annotated
from uuid import UUID

from postline.inkbox._record import null_as, record

__all__ = ["Note", "NoteAccess"]


@record
class NoteAccess:
    """That an identity sees a note."""

    id: UUID
    note_id: UUID
    identity_id: UUID
    created_at: datetime


@record
class Note:
    """A note."""

    id: UUID
    organization_id: str
    created_by: str
    title: str | None = None
    body: str
    status: str
    created_at: datetime
    updated_at: datetime
    access: Annotated[list[NoteAccess], null_as(list)] = field(default_factory=list)
