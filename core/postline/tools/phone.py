"""The tools for calls. Their docstrings are what a model reads."""

from __future__ import annotations

from postline.channels import Phone
from postline.operation import Steps
from postline.tools.arguments import Cursor, Id, Limit, Offset, PhoneNumber
from postline.tools.call import Call
from postline.tools.declare import tool
from postline.tools.paging import listing, unpaged
from postline.tools.phone_entries import call_entry, transcript_entry, turn_entry
from postline.tools.rendering import sentence
from postline.tools.result import Result
from postline.tools.showing import excerpt, result, room, show


@tool(effect="read", scope="calls:read")
def list_calls(phone: Phone, call: Call, *, limit: Limit = 20, cursor: Cursor | None = None) -> Steps[Result]:
    """List the phone calls of this number, made and received, newest first. Use read_call_transcript for what was said.

    Args:
        limit: How many at most.
        cursor: Reads on where an earlier result of the same call ended.
    """
    return listing(
        call, "calls", lambda size, at: phone.list_calls(limit=size, cursor=at), call_entry, limit=limit, cursor=cursor
    )


@tool(effect="read", scope="calls:read")
def read_call_transcript(phone: Phone, call: Call, *, call_id: Id, offset: Offset = 0) -> Steps[Result]:
    """Read what was said in one phone call: a line for each turn, with its minute and second and who spoke.

    Args:
        call_id: The id of the phone call, as a listing gave it.
        offset: Where in a long transcript to start, in characters.
    """
    found = yield from phone.get_call(call_id)
    title = "One call." if found.turns else "One call, of which no words are on record."
    return excerpt(call, title, "call", transcript_entry(found), offset=offset)


@tool(effect="read", scope="calls:read")
def search_transcripts(
    phone: Phone, call: Call, *, query: Id, limit: Limit = 20, cursor: Cursor | None = None
) -> Steps[Result]:
    """Find what was said in the phone calls of this number by words. A hit names its call: read on with read_call_transcript.

    Args:
        query: The words to look for.
        limit: How many at most.
        cursor: Reads on where an earlier result of the same call ended.
    """
    return listing(
        call,
        "turns",
        unpaged(lambda size: phone.search_transcripts(query, limit=size)),
        turn_entry,
        limit=limit,
        cursor=cursor,
        onward="read_call_transcript",
    )


@tool(effect="spend", scope="calls:write", gate="place_call")
def place_call(phone: Phone, call: Call, *, to: PhoneNumber) -> Steps[Result]:
    """Call a phone number from this agent's own, at once. It rings a person and costs money, and cannot be taken back.

    What is said in the call is up to the voice that the operator set up for this number; read_call_transcript tells it later.

    Args:
        to: The number to call, in E.164 form: + and country code and digits only.
    """
    placed = yield from phone.place_call(to)
    entry = call_entry(placed.call)
    title = "The call is being placed." + (f" {sentence(placed.note)}" if placed.note else "")
    return result(title, [show(entry, room(call))], {"call": entry, "note": placed.note})
