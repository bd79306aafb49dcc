"""Attachments: uploaded, described, and fetched through links that are signed and run out."""

import base64
import binascii
import re
from typing import TYPE_CHECKING

from postline_sandbox import links
from postline_sandbox.commune import limits
from postline_sandbox.commune.call import SANDBOX, Call, refuse
from postline_sandbox.storage import Row
from postline_sandbox.web import Json, Reply, Request

if TYPE_CHECKING:
    from postline_sandbox.commune.service import Commune

_DEFAULT_SECONDS = 3600
_MAX_SECONDS = 86_400
_NOT_BASE64 = re.compile(r"[^A-Za-z0-9+/]")
_LINKS = "commune links"


def upload(call: Call) -> Reply:
    """Keep a file for later sends."""
    body = call.body()
    content, filename, mime_type = (
        body.get("content"),
        body.get("filename"),
        body.get("mime_type") or body.get("mimeType"),
    )
    if not all(isinstance(one, str) and one for one in (content, filename, mime_type)):
        raise refuse(400, "Missing required fields: content, filename, mime_type")
    data = _decode(str(content))
    limits.check_storage(call, len(data))
    attachment_id = call.commune.ids.hex()
    call.commune.storage.run(
        "INSERT INTO commune_attachments VALUES (?, ?, '', ?, ?, ?, ?)",
        *(attachment_id, call.organization_id, filename, mime_type, len(data), data),
    )
    facts = {"attachment_id": attachment_id, "filename": filename, "mime_type": mime_type, "size": len(data)}
    return call.data(facts, 201)


def get_attachment(call: Call) -> Reply:
    """Describe an attachment; its content comes through a link."""
    attachment_id, message_id, filename, mime_type, size = _owned(call)
    facts: Json = {"attachment_id": attachment_id, "message_id": message_id, "filename": filename}
    facts |= {"mime_type": mime_type, "size": size, "source": "email", "storage_type": "database"}
    return call.data(facts)


def get_url(call: Call) -> Reply:
    """Give a link to the content that works for a while, without a key."""
    attachment_id, _, filename, mime_type, size = _owned(call)
    seconds = _seconds(call.request.query.get("expires_in", ""))
    url = links.signed(call.commune.world, _LINKS, "/files", attachment_id, seconds)
    return call.data({"url": url, "expires_in": seconds, "filename": filename, "mime_type": mime_type, "size": size})


def download(commune: "Commune", request: Request) -> Reply:
    """Answer a signed link with the file."""
    attachment_id = request.path.rpartition(b"/")[2].decode("latin-1")
    problem = links.problem(commune.world, _LINKS, attachment_id, request.query)
    if problem:
        raise refuse(403, problem)
    row = commune.storage.row(
        "SELECT filename, mime_type, content FROM commune_attachments WHERE attachment_id = ?", attachment_id
    )
    if row is None:
        raise refuse(404, "Attachment not found")
    filename, mime_type, content = row
    return links.file_reply(filename, mime_type, content, (SANDBOX,))


def _owned(call: Call) -> Row:
    row = call.commune.storage.row(
        "SELECT attachment_id, message_id, filename, mime_type, size FROM commune_attachments"
        " WHERE attachment_id = ? AND organization_id = ?",
        *(call.request.params[0], call.organization_id),
    )
    if row is None:
        raise refuse(404, "Attachment not found")
    return row


def _decode(content: str) -> bytes:
    """Decode as leniently as the service does: either alphabet, with or without padding, anything else skipped."""
    text = _NOT_BASE64.sub("", content.partition("=")[0].replace("-", "+").replace("_", "/"))
    if len(text) % 4 == 1:
        text = text[:-1]
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error:
        data = b""
    if not data:
        raise refuse(400, "Attachment content is not base64")
    return data


def _seconds(text: str) -> int:
    try:
        seconds = int(text)
    except ValueError:
        return _DEFAULT_SECONDS
    return min(seconds, _MAX_SECONDS) if seconds > 0 else _DEFAULT_SECONDS
