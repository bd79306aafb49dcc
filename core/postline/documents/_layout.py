"""Lay text out in lines as its markup asks: blocks, quotes, lists, rows, links. Knows element names, no HTML syntax."""

from __future__ import annotations

from dataclasses import dataclass, field


def elements(names: str) -> frozenset[str]:
    """Read a set of element names from a string."""
    return frozenset(names.split())


_LINES = elements(
    "div dt dd caption address article aside body center fieldset figure footer form header main nav option section"
)
_PARAGRAPHS = elements("p h1 h2 h3 h4 h5 h6 dl hr")
BLOCKS = dict.fromkeys(_LINES, 1) | dict.fromkeys(_PARAGRAPHS, 2)
"""The elements that only break lines, with the line ends that are due before and after them."""
FRAMES = dict.fromkeys(elements("li tr td th"), 1) | dict.fromkeys(elements("ul ol table blockquote pre"), 2)
"""The elements whose text is laid out by itself before it goes into the page, with the same."""
_CELLS, _LISTS, _TABLE = elements("td th"), elements("ul ol"), elements("table")
# Starting one of these ends an open one of those.
_IMPLIED = dict.fromkeys(_CELLS, _CELLS) | {"tr": elements("tr"), "li": elements("li")}
# An end tag, written or implied, reaches no further up than this.
_BARRIERS = dict.fromkeys(_CELLS | {"tr"}, _TABLE) | {"li": _LISTS | _CELLS | _TABLE, "table": elements("")}
_INDENTED = elements("blockquote li")
_MAX_DEPTH = 64
_MAX_INDENT = 12
_MAX_LINK = 200


@dataclass(slots=True)
class _Frame:
    """What stands in an open element so far."""

    name: str = ""
    indent: int = 0
    """How many quotes and items it lies in, itself included."""
    pieces: list[str] = field(default_factory=list)
    gap: int = 0
    """Line ends owed before the next piece."""
    space: bool = False
    """A space owed before the next piece of the line."""
    cells: list[str] = field(default_factory=list)
    """The finished cells of a row."""
    count: int = 0
    """The finished items of a list."""

    def put(self, piece: str) -> None:
        if self.pieces and (self.gap or self.space):
            self.pieces.append("\n" * self.gap or " ")
        self.pieces.append(piece)
        self.gap, self.space = 0, False


class Layout:
    """A page in the making. Elements may begin and end in any order; those nested too deeply keep their text only."""

    def __init__(self) -> None:
        self._frame = _Frame()
        self._outer: list[_Frame] = []
        self._link: tuple[str, _Frame, int] | None = None
        self._preformatted = 0

    def text(self, text: str) -> None:
        """Add text; its white space is normalised, except in a preformatted element."""
        frame = self._frame
        if self._preformatted:
            frame.put(text.replace("\r\n", "\n"))
        elif words := text.split():
            if text[0].isspace():
                frame.space = True
            frame.put(" ".join(words))
            frame.space = text[-1].isspace()
        elif text:
            frame.space = True

    def break_line(self) -> None:
        """End the line; again, and there is an empty one."""
        self.end_line(2 if self._frame.gap else 1)

    def end_line(self, gap: int) -> None:
        """Make sure that the next text starts a line (1), or a paragraph (2)."""
        frame = self._frame
        if gap > frame.gap:
            frame.gap = gap
        frame.space = False

    def open(self, name: str) -> None:
        """Begin one of the framed elements."""
        self._close(_IMPLIED.get(name, frozenset()), _BARRIERS.get(name, _TABLE))
        if name in _CELLS and self._frame.name != "tr":
            self.open("tr")
        indent = self._frame.indent + (name in _INDENTED)
        if len(self._outer) < _MAX_DEPTH and indent <= _MAX_INDENT:
            self._outer.append(self._frame)
            self._frame = _Frame(name, indent)
            self._preformatted += name == "pre"

    def close(self, name: str) -> None:
        """End a framed element; an end without a beginning is passed over."""
        self._close(frozenset([name]), _BARRIERS.get(name, _CELLS | _TABLE))

    def open_link(self, address: str) -> None:
        """Begin a link; its address is written out at its end where it tells more than its text."""
        self._link = (address.strip(), self._frame, len(self._frame.pieces))

    def close_link(self) -> None:
        """End the link that is open, if one is."""
        if self._link is None:
            return
        address, frame, start = self._link
        self._link = None
        is_web = address[:8].lower().startswith(("http://", "https://"))
        if frame is not self._frame or not is_web or len(address) > _MAX_LINK:
            return
        text = "".join(frame.pieces[start:]).strip()
        if text and address.split("://", 1)[1].rstrip("/") not in text:
            frame.pieces.append(f" ({address})")

    def finish(self) -> str:
        """Return the page, without white space around it."""
        while self._outer:
            self._pop()
        return "".join(self._frame.pieces).strip()

    def _close(self, names: frozenset[str], barriers: frozenset[str]) -> None:
        frame = self._frame
        for depth in range(len(self._outer) - 1, -1, -1):
            if frame.name in names:
                while len(self._outer) > depth:
                    self._pop()
                return
            if frame.name in barriers:
                return
            frame = self._outer[depth]

    def _pop(self) -> None:
        frame, parent = self._frame, self._outer.pop()
        self._frame = parent
        self._preformatted -= frame.name == "pre"
        body = "".join(frame.pieces)
        body = body.strip("\n") if frame.name == "pre" else body.strip()
        if frame.name in _CELLS and parent.name == "tr":
            parent.cells.append(body)
            return
        gap = 1 if frame.name in _LISTS and parent.name == "li" else FRAMES[frame.name]
        if frame.name == "tr":
            body = _row([*frame.cells, body])
            gap = 2 if "\n" in body else 1
        if body:
            self.end_line(gap)
            parent.put(_marked(body, frame, parent))
            self.end_line(gap)


def _row(cells: list[str]) -> str:
    filled = [cell for cell in cells if cell]
    return ("\n" if any("\n" in cell for cell in filled) else " | ").join(filled)


def _marked(body: str, frame: _Frame, parent: _Frame) -> str:
    if frame.name == "blockquote":
        return _prefixed(body, "> ", "> ")
    if frame.name == "li":
        parent.count += 1
        return _prefixed(body, f"{parent.count}. " if parent.name == "ol" else "- ", "  ")
    return body


def _prefixed(body: str, first: str, other: str) -> str:
    lines = body.split("\n")
    return "\n".join([first + lines[0], *((other + line).rstrip() for line in lines[1:])])
