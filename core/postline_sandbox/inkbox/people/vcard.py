"""vCards: read in versions 3.0 and 4.0, written in 4.0. No contact is stored here.

A label that is no standard type is kept as address books do: a property `X-ABLabel` in the same group.
"""

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass

from postline_sandbox.web import Json

_LINE = re.compile(r'(?:([\w-]+)\.)?([\w-]+)((?:;(?:"[^"]*"|[^":;])*(?:"[^"]*"|[^":;])*)*):(.*)', re.DOTALL)
_LINE_END = re.compile(r"\r\n|\n|\r")
_PART = re.compile(r"(?:^|;)((?:\\.|[^\\;])*)", re.DOTALL)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_PARAMETER = re.compile(r';([\w-]+)(?:=((?:"[^"]*"|[^";])*))?')
_APPLE_LABEL = re.compile(r"_\$!<(.*)>!\$_")
_PLAIN_TYPES = frozenset({"internet", "pref", "voice", "x400"})
_FOLD_BYTES = 75
_TEXTS = {"FN": "preferred_name", "TITLE": "job_title", "NOTE": "notes"}
_NAME = ("family_name", "given_name", "middle_name", "name_prefix", "name_suffix")
_ADDRESS = ("", "", "street", "city", "region", "postal", "country")
_LISTS = {
    "EMAIL": ("emails", "value"),
    "TEL": ("phones", "value_e164"),
    "URL": ("websites", "url"),
    "X-ABDATE": ("dates", "date"),
    "X-CUSTOM-FIELD": ("custom_fields", "value"),
}


@dataclass(frozen=True)
class Property:
    """One line of a card, its value still escaped."""

    group: str
    name: str
    parameters: dict[str, str]
    value: str


class MalformedCardError(ValueError):
    """A card is not one; the text says where."""


def cards(text: str) -> Iterator[list[str]]:
    """Yield the lines of each card, unfolded; a card that is cut off comes without its end."""
    lines: list[str] | None = None
    for line in _LINE_END.split(re.sub(r"\r?\n[ \t]", "", text)):
        word = line.strip().upper()
        if word == "BEGIN:VCARD":
            if lines is not None:
                yield lines
            lines = []
        if lines is not None and line.strip():
            lines.append(line)
        if word == "END:VCARD" and lines is not None:
            yield lines
            lines = None
    if lines is not None:
        yield lines


def read(lines: list[str]) -> Json:
    """Return the fields of the contact that a card describes.

    Raises:
        MalformedCardError: It has no end, or a line that is none.
    """
    if lines[-1].strip().upper() != "END:VCARD":
        raise MalformedCardError("the card has no end")
    properties = [_property(line) for line in lines[1:-1]]
    labels = {one.group: _text(one.value) for one in properties if one.name == "X-ABLABEL"}
    fields: Json = {}
    for one in properties:
        _take(fields, one, _label(one, labels))
    return fields


def write(contact: Json) -> str:
    """Return a contact as a card."""
    numbers = itertools.count(1)
    lines = ["BEGIN:VCARD", "VERSION:4.0", f"UID:urn:uuid:{contact['id']}"]
    lines.append("N:" + ";".join(_escaped(contact[name]) for name in _NAME))
    lines += [f"{name}:{_escaped(contact[field])}" for name, field in _TEXTS.items() if contact[field]]
    lines += [f"ORG:{_escaped(contact['company_name'])}"] if contact["company_name"] else []
    lines += [f"BDAY:{contact['birthday'].replace('-', '')}"] if contact["birthday"] else []
    for name, (field, key) in _LISTS.items():
        for item in contact[field]:
            preferred = ";PREF=1" if item.get("is_primary") else ""
            lines += _labelled(f"{name}{preferred}:{_escaped(item[key])}", item["label"], numbers)
    for item in contact["addresses"]:
        parts = ";".join(_escaped(item.get(part)) for part in _ADDRESS)
        lines += _labelled(f"ADR:{parts}", item["label"], numbers)
    return "".join(f"{_folded(line)}\r\n" for line in [*lines, "END:VCARD"])


def _labelled(line: str, label: str | None, numbers: Iterator[int]) -> list[str]:
    if not label:
        return [line]
    group = f"item{next(numbers)}"
    return [f"{group}.{line}", f"{group}.X-ABLabel:{_escaped(label)}"]


def _property(line: str) -> Property:
    match = _LINE.fullmatch(line)
    if match is None:
        raise MalformedCardError("a line has no name and value")
    group, name, parameters, value = match.groups(default="")
    found = _PARAMETER.findall(parameters)
    merged: dict[str, str] = {}
    for key, one in found:
        # A bare word is a type, as version 2.1 has it; a repeated parameter is a list.
        word, content = (key.upper(), one) if one else ("TYPE", key)
        merged[word] = ",".join(filter(None, [merged.get(word, ""), content.replace('"', "")]))
    return Property(group.lower(), name.upper(), merged, value)


def _label(one: Property, labels: dict[str, str]) -> str | None:
    if one.group and one.group in labels:
        return _APPLE_LABEL.sub(lambda match: match[1].lower(), labels[one.group])
    types = [kind.strip().lower() for kind in one.parameters.get("TYPE", "").split(",")]
    return next((kind for kind in types if kind and kind not in _PLAIN_TYPES), None)


def _take(fields: Json, one: Property, label: str | None) -> None:
    """Add what one line says to the fields."""
    if one.name in _TEXTS:
        fields.setdefault(_TEXTS[one.name], _text(one.value))
    elif one.name == "N":
        parts = [_text(part) or None for part in _split(one.value)]
        fields |= dict(zip(_NAME, parts, strict=False))
    elif one.name == "ORG":
        fields["company_name"] = _text(_split(one.value)[0])
    elif one.name == "BDAY":
        fields |= {"birthday": day} if (day := _day(one.value)) else {}
    elif one.name == "ANNIVERSARY":
        day = _day(one.value)
        fields.setdefault("dates", []).extend([{"label": label or "anniversary", "date": day}] if day else [])
    elif one.name == "ADR":
        parts = [_text(part) or None for part in _split(one.value)]
        address = dict(zip(_ADDRESS, parts, strict=False))
        fields.setdefault("addresses", []).append({"label": label, **address})
    elif one.name in _LISTS:
        field, key = _LISTS[one.name]
        fields.setdefault(field, []).append(_item(fields.get(field, []), one, key, label))


def _item(before: list[Json], one: Property, key: str, label: str | None) -> Json:
    value = _text(one.value)
    if one.name == "TEL":
        value = value.partition(";")[0]
    elif one.name == "X-ABDATE":
        value = _day(value) or value
    item: Json = {"label": label, key: value}
    if one.name in {"EMAIL", "TEL"}:
        preferred = "PREF" in one.parameters or "pref" in one.parameters.get("TYPE", "").lower().split(",")
        item["is_primary"] = preferred and not any(other["is_primary"] for other in before)
    elif one.name == "X-CUSTOM-FIELD":
        item["label"] = label or ""
    return item


def _day(value: str) -> str | None:
    """Return a day that has its year, whatever follows it; birthdays without one are not kept."""
    match = re.match(r"(\d{4})-?(\d{2})-?(\d{2})", value.strip())
    return "-".join(match.groups()) if match else None


def _split(value: str) -> list[str]:
    return _PART.findall(value)


def _text(value: str) -> str:
    return _ESCAPE.sub(lambda match: "\n" if match[1] in "nN" else match[1], value).strip()


def _escaped(value: object) -> str:
    text = str(value or "").replace("\\", "\\\\").replace("\r\n", "\n").replace("\r", "\n")
    return text.replace("\n", "\\n").replace(";", "\\;").replace(",", "\\,")


def _folded(line: str) -> str:
    """Break a line so that no part has more than 75 bytes, nor half a character."""
    parts, size = [""], 0
    for character in line:
        width = len(character.encode())
        if size + width > _FOLD_BYTES:
            parts.append(" ")
            size = 1
        parts[-1] += character
        size += width
    return "\r\n".join(parts)
