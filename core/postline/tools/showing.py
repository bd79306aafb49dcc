"""From entries to a result within its budget: what does not fit is left to another call, and the result says to which."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from postline.tools.call import Call
from postline.tools.entries import Entry, facts
from postline.tools.rendering import FENCE_CHARS, NEXT_CHARS, cut, fenced, sentence
from postline.tools.result import Result, ToolArgumentError

_BETWEEN = "\n\n"
_NOTES_CHARS = 500  # for the title and the sentences on what was left out
_PART_CHARS = 100  # for the line that says which part of a text is shown
_LEAST_CHARS = 500

MORE_OF_EMAIL = "read_email with it as the offset"


@dataclass(frozen=True, slots=True)
class Block:
    """An entry as shown, and its text for the model."""

    entry: Entry
    text: str
    left_out: str | None = None


def room(call: Call, cursor_chars: int = 0) -> int:
    """Return how many characters of strangers' text a result can show."""
    return max(call.limits.budget_chars - FENCE_CHARS - _NOTES_CHARS - cursor_chars, _LEAST_CHARS)


def fit(entries: Iterable[Entry], room: int, *, onward: str = MORE_OF_EMAIL) -> list[Block]:
    """Show entries as long as they fit whole, but at least one; a first one that is too long is cut."""
    blocks: list[Block] = []
    for entry in entries:
        block = show(entry, room, onward=onward)
        if blocks and block.left_out:
            break
        blocks.append(block)
        room = max(room - len(block.text) - NEXT_CHARS, 0)
    return blocks


def show(entry: Entry, room: int, *, offset: int = 0, onward: str = MORE_OF_EMAIL) -> Block:
    """Show an entry's facts and its text from `offset` on, as much as fits; what does not is named."""
    head, lines_left = _facts(entry, room * 3 // 4)
    missing = [f"{lines_left} lines of facts did not fit and are in the structured data only."] if lines_left else []
    text = entry["untrusted"].get("text", "")
    if not offset and len(head) + len(_BETWEEN) + len(text) <= room:
        return Block(entry, f"{head}{_BETWEEN}{text}" if text else head, " ".join(missing) or None)
    piece, end = cut(text, offset, max(room - len(head) - _PART_CHARS, 1))
    if end is not None:
        missing.append(f"A text is cut at character {end} of {len(text)}: {onward} reads on.")
    shown = f"text: characters {offset} to {offset + len(piece)} of {len(text)}"
    part = {"from": offset, "to": offset + len(piece), "of": len(text)}
    entry = {**entry, "text_part": part, "untrusted": {**entry["untrusted"], "text": piece}}
    return Block(entry, f"{head}\n{shown}{_BETWEEN}{piece}", " ".join(missing) or None)


def excerpt(call: Call, title: str, name: str, entry: Entry, *, offset: int) -> Result:
    """Make a result of one entry and its text from `offset` on.

    Raises:
        ToolArgumentError: The text ends before.
    """
    length = len(entry["untrusted"].get("text", ""))
    if offset and offset >= length:
        raise ToolArgumentError(f"offset must be less than {length}, which is where the text ends.")
    block = show(entry, room(call), offset=offset, onward="the same call with it as the offset")
    return result(title, [block], {name: block.entry})


def result(
    title: str,
    blocks: Sequence[Block],
    data: Mapping[str, Any],
    *,
    left_out: str | None = None,
    cursor: str | None = None,
) -> Result:
    """Put a result together: a title of ours, strangers' text in a fence, what is missing and how to read on."""
    missing = [*(block.left_out for block in blocks), left_out and sentence(left_out)]
    left_out = " ".join(filter(None, missing)) or None
    onward = f'There is more: the same call with cursor="{cursor}" reads on.' if cursor else None
    inner = fenced([block.text for block in blocks]) if blocks else None
    return Result(_BETWEEN.join(filter(None, (title, inner, left_out, onward))), data, left_out, cursor)


def _facts(entry: Entry, limit: int) -> tuple[str, int]:
    """Return the lines that fit, and the number of those that do not."""
    lines = facts(entry)
    kept, used = 0, 0
    while kept < len(lines) and used + len(lines[kept]) < limit:
        used += len(lines[kept]) + 1
        kept += 1
    return "\n".join(lines[:kept]), len(lines) - kept
