"""Full-text search: what a caller typed as a query of SQLite's."""

import re

_WORD = re.compile(r"\w+")
_PREFIX_FROM_CHARS = 3


def any_of(text: str) -> str:
    """Match whatever has any of a text's words; all but the shortest words may be beginnings."""
    words = dict.fromkeys(_WORD.findall(text.lower()))
    return " OR ".join(f'"{one}"' + ("*" if len(one) >= _PREFIX_FROM_CHARS else "") for one in words) or '""'
