"""Characters that a reader cannot see: which they are, and text without them."""

import re

_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\ud800-\udfff\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)
_ASCII_CONTROLS = dict.fromkeys([*range(9), *range(14, 32), 127])
_JOINED = re.compile("[\u0600-\u1fff\u2600-\u27bf\ufe0f\U0001f000-\U0001faff]")


def visible(text: str) -> str:
    """Remove zero-width, direction, control and undecodable characters; tabs and line ends stay.

    Joiners stay where scripts and emoji need them: after a letter of such a script or after a pictograph.
    """
    return text.translate(_ASCII_CONTROLS) if text.isascii() else _INVISIBLE.sub(_joiner, text)


def _joiner(found: re.Match[str]) -> str:
    before = found.string[found.start() - 1 : found.start()]
    return found[0] if found[0] in "\u200c\u200d" and _JOINED.fullmatch(before) else ""


def tidy(text: str) -> str:
    """Make plain text uniform: visible characters only, `\\n` line ends, no trailing blanks, one empty line at a time."""
    lines: list[str] = []
    for line in visible(text).splitlines():
        line = line.rstrip()
        if line or (lines and lines[-1]):
            lines.append(line)
    return "\n".join(lines).rstrip().replace("\xa0", " ")
