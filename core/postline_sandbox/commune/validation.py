"""What a send body must be. The messages are the service's own, so that clients can be tested on them."""

import re
from typing import Any

from postline_sandbox.commune.call import refuse
from postline_sandbox.commune.compose import Draft
from postline_sandbox.web import Json

_BODY_CHARS = 10_000_000
_SUBJECT_CHARS = 500
_ADDRESS_CHARS = 320
_ADDRESS = re.compile(r"(?:[^<>\r\n]*<)?\s*[^\s@<>,;\"]+@[^\s@<>,;\"]+\.[^\s@<>,;\".]+\s*>?")
_CONTROL = re.compile(r"[\r\n\0]")
_TYPES = {bool: "boolean", int: "number", float: "number", str: "string", list: "array", dict: "object"}


class _Problems(list[dict[str, str]]):
    def note(self, path: str, message: str) -> None:
        self.append({"path": path, "message": message})


def read_draft(body: Any) -> Draft:
    """Read a send body.

    Raises:
        Refusal: 400, with everything that is wrong with it.
    """
    problems = _Problems()
    if not isinstance(body, dict):
        problems.note("", f"Expected object, received {_type(body)}")
        raise refuse(400, "Invalid request", details=problems)
    draft = Draft(
        to=_recipients(body, problems),
        subject=_subject(body, problems),
        text=_text(body, problems, "text", _BODY_CHARS),
        html=_text(body, problems, "html", _BODY_CHARS),
        cc=_addresses(body, problems, "cc"),
        bcc=_addresses(body, problems, "bcc"),
        sender=_address(body, problems, "from"),
        reply_to=_reply_to(body, problems),
        thread_id=_text(body, problems, "thread_id") or None,
        domain_id=_text(body, problems, "domainId", alias="domain_id") or None,
        inbox_id=_text(body, problems, "inboxId", alias="inbox_id") or None,
        attachments=_attachments(body, problems),
        headers=_headers(body, problems),
    )
    if not problems and not draft.text and not draft.html:
        problems.note("text", "text or html is required")
    if problems:
        raise refuse(400, "Invalid request", details=problems)
    return draft


def _recipients(body: Json, problems: _Problems) -> list[str]:
    value = body.get("to")
    entries = [("to", value)] if isinstance(value, str) else []
    if isinstance(value, list):
        entries = [(f"to.{number}", one) for number, one in enumerate(value)]
        if not value:
            problems.note("to", "At least one recipient required")
    elif not isinstance(value, str):
        problems.note("to", "Invalid input")
    for path, one in entries:
        if not isinstance(one, str):
            problems.note(path, f"Expected string, received {_type(one)}")
        elif not one:
            problems.note(path, "Recipient email is required")
        elif len(one) > _ADDRESS_CHARS:
            problems.note(path, "Recipient email too long")
    return list(dict.fromkeys(one for _, one in entries if isinstance(one, str)))


def _subject(body: Json, problems: _Problems) -> str:
    if "subject" not in body:
        problems.note("subject", "Required")
        return ""
    value = body["subject"]
    if not isinstance(value, str):
        problems.note("subject", f"Expected string, received {_type(value)}")
        return ""
    subject = _CONTROL.sub(" ", value).strip()
    if not subject:
        problems.note("subject", "Subject is required")
    elif len(subject) > _SUBJECT_CHARS:
        problems.note("subject", "Subject too long")
    return subject


def _text(body: Json, problems: _Problems, name: str, most: int | None = None, *, alias: str = "") -> str | None:
    key = name if name in body or not alias else alias
    if key not in body:
        return None
    value = body[key]
    if not isinstance(value, str):
        problems.note(key, f"Expected string, received {_type(value)}")
        return None
    if most is not None and len(value) > most:
        problems.note(key, f"String must contain at most {most} character(s)")
    return value


def _address(body: Json, problems: _Problems, name: str) -> str | None:
    value = _text(body, problems, name)
    if value is not None and not _ADDRESS.fullmatch(value):
        problems.note(name, "Invalid email address")
    return value


def _addresses(body: Json, problems: _Problems, name: str) -> list[str]:
    if name not in body:
        return []
    value = body[name]
    if isinstance(value, str):
        return [one] if (one := _address(body, problems, name)) else []
    if not isinstance(value, list):
        problems.note(name, "Invalid input" if value is not None else "Expected array, received null")
        return []
    for number, one in enumerate(value):
        if not isinstance(one, str) or not _ADDRESS.fullmatch(one):
            problems.note(f"{name}.{number}", "Invalid email address")
    return [one for one in value if isinstance(one, str)]


def _reply_to(body: Json, problems: _Problems) -> str | None:
    name = "reply_to" if "reply_to" in body else "replyTo"
    value = body.get(name)
    # The service takes a string only; its clients may send a list, and a list of one means the same.
    if isinstance(value, list) and len(value) == 1:
        body = {**body, name: value[0]}
    return _address(body, problems, name)


def _attachments(body: Json, problems: _Problems) -> list[str]:
    value = body.get("attachments", [])
    if not isinstance(value, list):
        problems.note("attachments", f"Expected array, received {_type(value)}")
        return []
    for number, one in enumerate(value):
        if not isinstance(one, str) and not (isinstance(one, dict) and {"filename", "content"} <= one.keys()):
            problems.note(f"attachments.{number}", "Invalid input")
    return [one for one in value if isinstance(one, str)]


def _headers(body: Json, problems: _Problems) -> dict[str, str]:
    value = body.get("headers", {})
    if not isinstance(value, dict):
        problems.note("headers", f"Expected object, received {_type(value)}")
        return {}
    for name, one in value.items():
        if not isinstance(one, str):
            problems.note(f"headers.{name}", f"Expected string, received {_type(one)}")
    return {_CONTROL.sub("", name): _CONTROL.sub("", one) for name, one in value.items() if isinstance(one, str)}


def _type(value: Any) -> str:
    return "null" if value is None else _TYPES.get(type(value), "unknown")
