"""What to show of calls, texts and people: entries, made as those of mail are."""

from __future__ import annotations

from postline.channels import Call, Consent, Contact, Conversation, Identity, Text, Turn
from postline.documents import call_document
from postline.tools.entries import Entry, described, moment
from postline.tools.rendering import clean, inline


def call_entry(call: Call) -> Entry:
    """Describe a call without what was said."""
    return described(
        {"id": call.id, **_ends(call)},
        date=moment(call.created_at),
        direction=call.direction,
        status=call.status,
        hangup_reason=call.hangup_reason,
        duration_seconds=call.duration_seconds,
    )


def transcript_entry(call: Call) -> Entry:
    """Describe a call with what was said: one line for each turn, so that no speaker can write a turn of somebody else."""
    entry = {**call_entry(call), "turn_count": len(call.turns or ())}
    if call.turns:
        entry["untrusted"]["text"] = clean(call_document(call, service="").text)
    return entry


def turn_entry(turn: Turn) -> Entry:
    """Describe one turn of some call."""
    return described({"call_id": turn.call_id, "text": clean(turn.text)}, speaker=turn.party, at=_clock(turn.start_ms))


def text_entry(text: Text) -> Entry:
    """Describe a text message, whole."""
    return described(
        {
            "id": text.id,
            **_ends(text),
            "media_types": [inline(each, 100) for each in text.media_types],
            "text": clean(text.text),
        },
        date=moment(text.created_at),
        direction=text.direction,
        is_read=text.is_read,
        delivery_status=text.delivery_status,
    )


def conversation_entry(conversation: Conversation) -> Entry:
    """Describe the texts with one other number."""
    return described(
        {"number": inline(conversation.other, 100), "snippet": inline(conversation.snippet, 200)},
        last_message_at=moment(conversation.last_message_at),
        last_direction=conversation.last_direction,
        message_count=conversation.message_count,
        unread_count=conversation.unread_count,
    )


def consent_entry(consent: Consent) -> Entry:
    """Describe whether somebody may be texted."""
    return described({"number": inline(consent.number, 100)}, status=consent.status, since=moment(consent.since))


def contact_entry(contact: Contact) -> Entry:
    """Describe somebody in the address book."""
    return described(
        {
            "id": contact.id,
            "name": inline(contact.name),
            "company": inline(contact.company),
            "job_title": inline(contact.job_title),
            "emails": [inline(each, 320) for each in contact.emails],
            "phones": [inline(each, 100) for each in contact.phones],
            "text": clean(contact.notes),
        }
    )


def identity_entry(identity: Identity) -> Entry:
    """Describe who the agent is: its operator's words, and not a stranger's."""
    return described(
        {},
        service=identity.service,
        handle=identity.handle,
        name=identity.name,
        description=identity.description,
        email=identity.email,
        phone=identity.phone,
        can_text=identity.can_text,
    )


def _ends(record: Call | Text) -> dict[str, str]:
    own, other = inline(record.number, 100), inline(record.other, 100)
    return {"from": other, "to": own} if record.direction == "inbound" else {"from": own, "to": other}


def _clock(start_ms: int) -> str:
    minutes, seconds = divmod(start_ms // 1000, 60)
    return f"{minutes:02}:{seconds:02}"
