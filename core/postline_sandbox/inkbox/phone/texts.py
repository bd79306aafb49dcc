"""Text messages: listed, shown, marked, found."""

from typing import Literal

from pydantic import Field

from postline_sandbox import links
from postline_sandbox.inkbox import words
from postline_sandbox.inkbox.call import SANDBOX, Call, found, refuse
from postline_sandbox.inkbox.forms import Form
from postline_sandbox.inkbox.phone import number_rows, text_rows
from postline_sandbox.inkbox.phone.calls import CallQuery, unblocked
from postline_sandbox.inkbox.phone.tables import MEDIA, TEXTS
from postline_sandbox.web import Json, Reply


class TextQuery(CallQuery):
    """The query of a list of texts."""

    is_read: bool | None = None


class TextSearch(Form):
    """The query of a search."""

    q: str = Field(min_length=1)
    limit: int = Field(50, ge=1, le=200)
    is_blocked: bool | None = None


class TextChange(Form):
    """What can change of a text; deleted, it leaves every list."""

    is_read: bool = False
    status: Literal["deleted"] = "deleted"


def list_texts(call: Call) -> Reply:
    """List a number's texts, newest first."""
    number, query = number_rows.visible(call, call.params[0]), call.query(TextQuery)
    where = {**of(number), **unblocked(call, query.is_blocked)}
    where |= {} if query.is_read is None else {"is_read": query.is_read}
    rows = TEXTS.many(call.inkbox.storage, where, order="_row DESC", limit=query.limit, offset=query.offset)
    return call.json([text_rows.shown(call.inkbox, one) for one in rows])


def search(call: Call) -> Reply:
    """Find a number's texts by any of some words, the most relevant first."""
    number, query = number_rows.visible(call, call.params[0]), call.query(TextSearch)
    where = {**of(number), **unblocked(call, query.is_blocked)}
    conditions = " AND ".join(f"t.{name} = ?" for name in where)
    rows = call.inkbox.storage.rows(
        "SELECT t.id FROM inkbox_texted AS w JOIN inkbox_texts AS t ON t._row = w.rowid"  # noqa: S608 - our own names
        f" WHERE w.inkbox_texted MATCH ? AND {conditions} ORDER BY w.rank, t._row DESC LIMIT ?",
        (words.any_of(query.q), *where.values(), query.limit),
    )
    hits = [TEXTS.one(call.inkbox.storage, id=row[0]) or {} for row in rows]
    return call.json([text_rows.shown(call.inkbox, one) for one in hits])


def get_text(call: Call) -> Reply:
    """Return one text; reading does not mark it read."""
    return call.json(text_rows.shown(call.inkbox, _find(call)))


def update_text(call: Call) -> Reply:
    """Mark a text read or unread, or delete it."""
    row, changes = _find(call), call.body(TextChange).given()
    if changes.pop("status", None):
        changes["_deleted"] = True
    if changes:
        changes["updated_at"] = call.inkbox.clock.iso()
    TEXTS.update(call.inkbox.storage, {"id": row["id"]}, changes)
    return call.json(text_rows.shown(call.inkbox, {**row, **changes}))


def download(call: Call) -> Reply:
    """Answer a signed link with a text's picture or other file."""
    problem = links.problem(call.inkbox.world, text_rows.MEDIA_PURPOSE, call.params[0], call.request.query)
    if problem:
        raise refuse(403, problem)
    item = found(MEDIA.one(call.inkbox.storage, id=call.params[0]), "Media")
    return links.file_reply(item["id"], item["content_type"], item["content"], headers=(SANDBOX,))


def of(number: Json) -> Json:
    """Return the condition for the texts of a number that are not deleted."""
    return {"_number_id": number["id"], "_deleted": False}


def _find(call: Call) -> Json:
    number = number_rows.visible(call, call.params[0])
    where = {"id": call.params[1].lower(), **of(number), **unblocked(call)}
    return found(TEXTS.one(call.inkbox.storage, **where), "Text message")
