"""HTML mail to plain text: what a reader sees, block by block; what is hidden from the reader is left out.

A scan over tokens and not a tree: building the standard's tree takes quadratic time on mail made for it (deep nesting,
unclosed formatting) and longer on ordinary mail too, and text needs no more of it than quotes, lists and table rows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from typing import Any

from postline.documents._characters import visible
from postline.documents._layout import BLOCKS, FRAMES, Layout, elements

_ATTRIBUTES = r"""[^>=]*+(?:=\s*+(?:"[^"]*+(?:"|\Z)|'[^']*+(?:'|\Z))?+[^>=]*+)*+"""
_TOKEN = re.compile(
    rf"""
    <(?:
        (script|style|title|template|xmp|iframe|noembed|noframes) (?=[\s/>])
            .*? (?: </\1(?=[\s/>])[^>]*+ (?:>|\Z) | \Z )
      | (/?+[a-z][^\s/>]*+) ({_ATTRIBUTES}) (?:>|\Z)
      | !--(?: -?> | .*? (?: --!?> | \Z ) )
      | [!?/][^>]*+ (?:>|\Z)
    )
    """,
    re.IGNORECASE | re.DOTALL | re.VERBOSE,
)
_NOTHING = r"""\s*+:\s*+0*+(?:\.0*+)?+(?:px|pt|r?em|%)?+\s*+(?=[;!"']|\Z)"""
_HIDING = re.compile(
    rf"""display\s*+:\s*+none|visibility\s*+:\s*+hidden|(?<!-)(?:opacity|max-height){_NOTHING}"""
    r"""|(?:\A\s*+|["']\s++)hidden(?=[\s=/]|\Z)"""
)
_FONT_SIZE = re.compile(rf"font-size(?:(?P<tiny>{_NOTHING}|\s*+:\s*+1px)|\s*+:)")
_LONG_REFERENCE = re.compile(r"&#[0-9]{8,}+;?")
_BREAKS = {prefix + name: gap for name, gap in BLOCKS.items() for prefix in ("", "/")}
_EMPTY = elements("area base br col embed hr img input link meta source track wbr")
_STARTS_BLOCK = elements("p div table ul ol dl li blockquote pre h1 h2 h3 h4 h5 h6 hr section center")
_CELL_ENDS = elements("td th /td /th tr /tr tbody /tbody /table")
# For elements whose end tag may be missing: the tags that end them, and the elements inside which those do not count.
_ENDS: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "p": (_STARTS_BLOCK | elements("/p /div /td /blockquote"), elements("")),
    "li": (elements("li /li /ul /ol"), elements("ul ol")),
    "td": (_CELL_ENDS, elements("table")),
    "th": (_CELL_ENDS, elements("table")),
    "tr": (_CELL_ENDS - elements("td th /td /th"), elements("table")),
}


def html_to_text(html: str) -> str:
    """Render HTML as plain text, in time linear in its length; nothing is refused.

    Quotes are marked with `>`, lists with `-` or numbers, the cells of a row are separated by ` | `, a link's address
    follows its text in parentheses. Hidden elements, scripts, styles, comments and invisible characters are left out.
    """
    layout = Layout()
    hidden: _Hidden | None = None
    for text, tag, attributes in _tokens(visible(html)):
        if text and hidden is None:
            layout.text(_plain(text) if "&" in text else text)
        if tag is None:
            continue
        name = tag.lower()
        if hidden is not None:
            if not hidden.ended_by(name, attributes):
                continue
            hidden = None
        if attributes:
            hidden = _Hidden.begun_by(name, attributes)
        if hidden is None:
            _lay_out(layout, name, attributes)
    return layout.finish()


def _tokens(html: str) -> Iterator[tuple[str, str | None, str]]:
    """Pair each run of text with the tag after it (an end tag begins with a slash) and the tag's attributes."""
    pieces: list[Any] = [*_TOKEN.split(html), None, None, None]
    return zip(pieces[::4], pieces[2::4], pieces[3::4], strict=True)


def _plain(markup: str) -> str:
    try:
        return visible(unescape(markup))
    except ValueError:  # a reference with more digits than Python converts
        return visible(unescape(_LONG_REFERENCE.sub("\ufffd", markup)))


def _lay_out(layout: Layout, name: str, attributes: str) -> None:
    if gap := _BREAKS.get(name):
        layout.end_line(gap)
    elif name in FRAMES:
        layout.open(name)
    elif name[1:] in FRAMES and name[0] == "/":
        layout.close(name[1:])
    elif name == "br":
        layout.break_line()
    elif name == "a":
        layout.open_link(_value(_HREF, attributes))
    elif name == "/a":
        layout.close_link()
    elif name == "img":
        layout.text(_value(_ALT, attributes))


def _attribute(name: str) -> re.Pattern[str]:
    return re.compile(rf"""(?:\A|[\s"'/]){name}\s*+=\s*+(?:"([^"]*+)|'([^']*+)|([^\s"'>]++))""", re.IGNORECASE)


_HREF, _ALT = _attribute("href"), _attribute("alt")


def _value(attribute: re.Pattern[str], attributes: str) -> str:
    found = attribute.search(attributes)
    return _plain(found[found.lastindex or 0]) if found else ""


class _Hidden:
    """An element that the reader does not see, while the scan is inside of it."""

    def __init__(self, name: str, *, tiny: bool) -> None:
        self._ends, self._shields = _ENDS.get(name, (frozenset(["/" + name]), frozenset([name])))
        self._tiny = tiny
        self._depth = 0

    @classmethod
    def begun_by(cls, name: str, attributes: str) -> _Hidden | None:
        if name in _EMPTY or name.startswith("/"):
            return None
        style = attributes.lower()
        if _may_hide(style) and _HIDING.search(style):
            return cls(name, tiny=False)
        return cls(name, tiny=True) if _font_is_tiny(style) else None

    def ended_by(self, name: str, attributes: str) -> bool:
        """Take note of a tag inside; true where the hidden part is over and the tag itself is to be rendered."""
        if self._tiny and _font_is_tiny(attributes.lower()) is False:
            return True  # newsletters set size 0 around cells that set a size of their own
        if self._depth == 0 and name in self._ends:
            return True
        if name in self._shields:
            self._depth += 1
        elif self._depth and name.startswith("/") and name[1:] in self._shields:
            self._depth -= 1
        return False


def _may_hide(style: str) -> bool:
    """Look for plain words: without this, expressions would take most of the time on pages full of styles."""
    return (
        "display" in style or "visibility" in style or "hidden" in style or "opacity" in style or "max-height" in style
    )


def _font_is_tiny(style: str) -> bool | None:
    """Tell whether a font size makes text disappear; `None` where no size is set."""
    found = _FONT_SIZE.search(style) if "font-size" in style else None
    return found["tiny"] is not None if found else None
