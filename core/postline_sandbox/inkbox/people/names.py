"""What an identity knows an address or a number as; webhooks say so."""

from typing import TYPE_CHECKING

from postline_sandbox.web import Json

if TYPE_CHECKING:
    from postline_sandbox.inkbox.service import Inkbox

_NAMED = (
    "SELECT c.id, c.preferred_name FROM inkbox_contact_points AS p JOIN inkbox_contacts AS c ON c.id = p.contact_id"
    " JOIN inkbox_identities AS i ON i.organization_id = c.organization_id WHERE p.value = ? AND i.id = ? AND EXISTS"
    " (SELECT 1 FROM inkbox_contact_access AS a WHERE a.contact_id = c.id AND (a.identity_id IS NULL OR"
    " a.identity_id = i.id)) ORDER BY c.rowid LIMIT 1"
)


def name_for(inkbox: "Inkbox", identity_id: str | None, address: str) -> Json | None:
    """Return the oldest contact that an identity sees and an address or number belongs to, or None."""
    row = inkbox.storage.row(_NAMED, address.lower(), identity_id)
    return {"id": row[0], "name": row[1]} if row else None
