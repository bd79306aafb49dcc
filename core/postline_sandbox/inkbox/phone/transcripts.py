"""What was said in calls: in order, or found by its words."""

from typing import Literal

from pydantic import Field

from postline_sandbox.inkbox import words
from postline_sandbox.inkbox.call import Call
from postline_sandbox.inkbox.forms import Form
from postline_sandbox.inkbox.phone import calls, number_rows
from postline_sandbox.inkbox.phone.tables import TRANSCRIPTS
from postline_sandbox.inkbox.table import public
from postline_sandbox.web import Reply


class TranscriptSearch(Form):
    """The query of a search."""

    q: str = Field(min_length=1, max_length=500)
    limit: int = Field(50, ge=1, le=200)
    party: Literal["local", "remote", "system"] | None = None


def list_transcripts(call: Call) -> Reply:
    """List what was said in a call, in order."""
    spoken = TRANSCRIPTS.many(call.inkbox.storage, {"call_id": calls.find(call)["id"]}, order="seq")
    return call.json([public(one) for one in spoken])


def search(call: Call) -> Reply:
    """Find what was said in a number's calls by any of some words, the most relevant first."""
    number, query = number_rows.visible(call, call.params[0]), call.query(TranscriptSearch)
    rows = call.inkbox.storage.records(
        "SELECT t.* FROM inkbox_spoken AS w JOIN inkbox_transcripts AS t ON t._row = w.rowid"
        " JOIN inkbox_calls AS c ON c.id = t.call_id WHERE w.inkbox_spoken MATCH ? AND c._number_id = ?"
        " AND t.party = ifnull(?, t.party) ORDER BY w.rank, t._row DESC LIMIT ?",
        (words.any_of(query.q), number["id"], query.party, query.limit),
    )
    return call.json([public(one) for one in rows])
