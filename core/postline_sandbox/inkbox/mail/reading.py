"""Whether fetching a message marks it read: newer versions of the service do that, the documented one does not."""

import json
from typing import TYPE_CHECKING

from postline_sandbox.inkbox.mail import store
from postline_sandbox.inkbox.mail.tables import MESSAGES
from postline_sandbox.web import Json

if TYPE_CHECKING:
    from postline_sandbox.inkbox.service import Inkbox

_KEPT_AS = "inkbox marks fetched mail read"


def load(inkbox: "Inkbox") -> bool:
    """Return what was chosen last."""
    return bool(inkbox.storage.recall(_KEPT_AS))


def choose(inkbox: "Inkbox", marks: bool) -> None:
    """Say whether fetching marks mail read from now on."""
    inkbox.fetching_marks_read = marks
    inkbox.storage.keep(_KEPT_AS, marks)


def fetched(inkbox: "Inkbox", row: Json) -> Json:
    """Return the row of a message that is about to be shown, marked read first where that is chosen."""
    if not inkbox.fetching_marks_read or json.loads(row["record"])["is_read"]:
        return row
    with inkbox.world.transaction():
        store.change(inkbox, row["id"], {"is_read": True})
    return MESSAGES.one(inkbox.storage, id=row["id"]) or row
