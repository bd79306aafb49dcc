"""The tools for text messages. Their docstrings are what a model reads."""

from __future__ import annotations

from postline.channels import Texts
from postline.operation import Steps
from postline.tools.arguments import Cursor, Ids, Limit, PhoneNumber, TextBody
from postline.tools.call import Call
from postline.tools.declare import tool
from postline.tools.paging import counted, listing
from postline.tools.phone_entries import consent_entry, conversation_entry, text_entry
from postline.tools.result import Result
from postline.tools.showing import result, room, show

_MORE = "a toolbox with a larger budget"
_CONSENT = {
    "opted_in": "They agreed to get texts.",
    "opted_out": "They refused texts; none may be sent unless they agree again.",
    "unknown": "They have neither agreed to texts nor refused them.",
}


@tool(effect="read", scope="texts:read")
def list_texts(
    texts: Texts, call: Call, *, limit: Limit = 20, cursor: Cursor | None = None, unread_only: bool = False
) -> Steps[Result]:
    """List the text messages (SMS) of this number, sent and received, newest first, whole.

    Args:
        limit: How many at most.
        cursor: Reads on where an earlier result of the same call ended.
        unread_only: Only those received and not yet marked read.
    """
    return listing(
        call,
        "texts",
        lambda size, at: texts.list_texts(limit=size, cursor=at, unread_only=unread_only),
        text_entry,
        limit=limit,
        cursor=cursor,
        onward=_MORE,
    )


@tool(effect="read", scope="texts:read")
def list_text_conversations(
    texts: Texts, call: Call, *, limit: Limit = 20, cursor: Cursor | None = None
) -> Steps[Result]:
    """List whom this number exchanged text messages with, newest first. Use read_text_conversation for the texts.

    Args:
        limit: How many at most.
        cursor: Reads on where an earlier result of the same call ended.
    """
    return listing(
        call,
        "conversations",
        lambda size, at: texts.list_conversations(limit=size, cursor=at),
        conversation_entry,
        limit=limit,
        cursor=cursor,
    )


@tool(effect="read", scope="texts:read")
def read_text_conversation(
    texts: Texts, call: Call, *, number: PhoneNumber, limit: Limit = 20, cursor: Cursor | None = None
) -> Steps[Result]:
    """Read the text messages exchanged with one phone number, newest first.

    Args:
        number: The other side's number, in E.164 form.
        limit: How many at most.
        cursor: Reads on where an earlier result of the same call ended.
    """
    return listing(
        call,
        "texts",
        lambda size, at: texts.list_conversation_texts(number, limit=size, cursor=at),
        text_entry,
        limit=limit,
        cursor=cursor,
        onward=_MORE,
    )


@tool(effect="read", scope="texts:read")
def check_text_consent(texts: Texts, call: Call, *, number: PhoneNumber) -> Steps[Result]:
    """Tell whether a person agreed to get text messages. Without it, or after a refusal, send_text is refused.

    Args:
        number: The person's number, in E.164 form.
    """
    consent = yield from texts.check_consent(number)
    entry = consent_entry(consent)
    return result(_CONSENT[consent.status], [show(entry, room(call))], {"consent": entry})


@tool(effect="send", scope="texts:write", gate="send_text")
def send_text(texts: Texts, call: Call, *, to: PhoneNumber, text: TextBody) -> Steps[Result]:
    """Send a text message (SMS) from this number. It reaches a person and costs money, and cannot be taken back.

    Args:
        to: The recipient's number, in E.164 form: + and country code and digits only.
        text: What to say, in at most 1600 characters.
    """
    sent = yield from texts.send_text(to, text)
    entry = text_entry(sent)
    return result("The text was handed over for sending.", [show(entry, room(call))], {"sent": entry})


@tool(effect="write", scope="texts:write", idempotent=True)
def mark_texts_read(texts: Texts, *, text_ids: Ids) -> Steps[Result]:
    """Mark text messages as read. If one of them cannot be, the others may have been; calling it again does no harm.

    Args:
        text_ids: The ids of the texts, as a listing gave them.
    """
    count = yield from texts.mark_texts_read(tuple(text_ids))
    return Result(f"Marked as read: {counted(count, 'texts')}.", {"marked": count})
