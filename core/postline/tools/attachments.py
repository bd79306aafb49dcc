"""Files of strangers: read where they are text, and kept only in the folder that the operator gave."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial
from pathlib import Path

from postline.channels import Mail
from postline.documents import html_to_text
from postline.errors import TooLargeError
from postline.operation import Offload, Steps
from postline.tools.call import Call
from postline.tools.entries import attachment_entry
from postline.tools.rendering import clean, inline
from postline.tools.result import Result, ToolArgumentError, ToolError
from postline.tools.showing import excerpt, result, room, show

_TEXTUAL = re.compile(
    r"text/|message/|application/(json|xml|yaml|x-yaml|csv|toml|x-ndjson)\b|[^/]+/[^/]+\+(json|xml|yaml)\b",
    re.IGNORECASE,
)
_PAGE = re.compile(r"text/html\b", re.IGNORECASE)
_UNSAFE = re.compile(r'[<>:"/\\|?*]')
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)
_STEM_BYTES, _SUFFIX_BYTES = 120, 40


def open_attachment(mail: Mail, call: Call, attachment_id: str, *, offset: int, save: bool) -> Steps[Result]:
    """Tell an attachment's facts, its text if it is text, and keep it as a file if asked to.

    Raises:
        ToolError: It was to be saved, but there is no folder, or it is too large.
    """
    folder, limit = call.limits.folder, call.limits.attachment_bytes
    if save and not folder:
        raise ToolArgumentError("There is no folder to save attachments in; only the operator can give one.")
    attachment = yield from mail.get_attachment(attachment_id)
    entry = attachment_entry(attachment)
    textual = bool(_TEXTUAL.match(attachment.media_type))
    if not (save or textual):
        return _without_text(
            call, entry, "Its content is not text" + ("; save=true keeps it as a file." if folder else ".")
        )
    try:
        content = yield from mail.download_attachment(attachment_id, limit_bytes=limit)
    except TooLargeError as error:
        if save:
            raise ToolError(f"The attachment is larger than the {limit} bytes that may be downloaded.") from error
        return _without_text(call, entry, f"Its content is larger than the {limit} bytes that may be downloaded.")
    if save and folder:
        saved: Path = yield from Offload(partial(save_file, folder, attachment.filename, content))
        entry["untrusted"]["saved_as"] = saved.name
    if not textual:
        return _without_text(call, entry, "Its content is not text.")
    text = _decoded(content)
    entry["untrusted"]["text"] = clean(html_to_text(text) if _PAGE.match(attachment.media_type) else text)
    return excerpt(call, "An attachment.", "attachment", entry, offset=offset)


def save_file(folder: Path, filename: str, content: bytes) -> Path:
    """Write a new file into the folder, under a name as close to the one given as is safe. Nothing is ever overwritten.

    Raises:
        OSError: It could not be written; nothing of it is left.
    """
    name = safe_name(filename)
    stem, suffix = Path(name).stem, Path(name).suffix
    path, number = folder / name, 1
    while True:
        try:
            file = path.open("xb")  # fails where anything has that name already, a symbolic link included
            break
        except FileExistsError:
            number += 1
            path = folder / f"{stem} ({number}){suffix}"
    try:
        with file:
            file.write(content)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return path


def safe_name(filename: str) -> str:
    """Reduce a stranger's file name to one that stays in its folder on any system, and is neither hidden nor a device."""
    name = _UNSAFE.sub("_", inline(filename, limit=len(filename))).strip(". ")
    stem, suffix = Path(name).stem, Path(name).suffix
    if not stem or _RESERVED.match(stem):
        stem = f"attachment {stem}".strip()
    return _first_bytes(stem, _STEM_BYTES).strip(". ") + _first_bytes(suffix, _SUFFIX_BYTES)


def _first_bytes(text: str, limit: int) -> str:
    return text.encode()[:limit].decode(errors="ignore")


def _without_text(call: Call, entry: dict[str, object], why: str) -> Result:
    block = show(entry, room(call))
    return result("An attachment.", [replace(block, left_out=why)], {"attachment": entry})


def _decoded(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")
