"""Text messages as rows, as the records that the operations show, and as events."""

from typing import TYPE_CHECKING, Any

from postline_sandbox import links
from postline_sandbox.inkbox.people import names
from postline_sandbox.inkbox.phone.tables import MEDIA, NUMBERS, TEXTS
from postline_sandbox.inkbox.table import public
from postline_sandbox.inkbox.webhooks import announce
from postline_sandbox.web import Json

if TYPE_CHECKING:
    from postline_sandbox.inkbox.service import Inkbox

MEDIA_PURPOSE = "inkbox media"
_MEDIA_SECONDS = 3600
Media = list[tuple[str, bytes]]
"""Content types and contents."""


def keep(inkbox: "Inkbox", number: Json, remote: str, text: str | None, media: Media, **facts: Any) -> Json:
    """Store a text of a number and return its row."""
    now = inkbox.clock.iso()
    row = {"id": inkbox.ids.uuid(), "local_phone_number": number["number"], "remote_phone_number": remote}
    row |= {"text": text, "type": "mms" if media else "sms", "media": _keep_media(inkbox, media), **facts}
    TEXTS.insert(inkbox.storage, row | {"created_at": now, "updated_at": now, "_number_id": number["id"]})
    inkbox.storage.run("INSERT INTO inkbox_texted (rowid, text) VALUES (last_insert_rowid(), ?)", text)
    return TEXTS.one(inkbox.storage, id=row["id"]) or {}


def shown(inkbox: "Inkbox", row: Json) -> Json:
    """Return a text's record; links to its media hold for an hour."""
    return {**public(row), "media": [_linked(inkbox, one) for one in row["media"]] if row["media"] else None}


def media_of(inkbox: "Inkbox", row: Json) -> Media:
    """Return the media of a text."""
    kept = [MEDIA.one(inkbox.storage, id=one["id"]) or {} for one in row["media"] or ()]
    return [(one["content_type"], one["content"]) for one in kept]


def tell(inkbox: "Inkbox", event: str, row: Json) -> None:
    """Tell the webhook of a text's number, where it has one, what happened to the text."""
    number = NUMBERS.one(inkbox.storage, id=row["_number_id"], status="active")
    if number is None or number["incoming_text_webhook_url"] is None:
        return
    message = {name: value for name, value in shown(inkbox, row).items() if name != "is_blocked"}
    if row["direction"] == "outbound":
        message["is_read"] = False
    contact = names.name_for(inkbox, number["agent_identity_id"], row["remote_phone_number"])
    owner = (number["_organization_id"], number["id"])
    data = {"text_message": message, "contact": contact}
    announce(inkbox, owner, number["incoming_text_webhook_url"], f"text.{event}", data)


def _keep_media(inkbox: "Inkbox", media: Media) -> list[Json] | None:
    kept: list[Json] = []
    for content_type, content in media:
        item = {"id": inkbox.ids.uuid(), "content_type": content_type}
        MEDIA.insert(inkbox.storage, {**item, "content": content})
        kept.append({**item, "size": len(content)})
    return kept or None


def _linked(inkbox: "Inkbox", item: Json) -> Json:
    url = links.signed(inkbox.world, MEDIA_PURPOSE, "/api/media", item["id"], _MEDIA_SECONDS)
    return {"content_type": item["content_type"], "size": item["size"], "url": url}
