"""Lay text out in lines as its markup asks: blocks, quotes, lists, rows, links. Knows element names, no HTML syntax."""

from __future__ import annotations

from dataclasses import dataclass, field


def elements(names: str) -> frozenset[str]:
    """Read a set of element names from a string."""
    return frozenset(names.split())


_PARAGRAPHS = elements("p h1 h2 h3 h4 h5 h6 ul ol dl table blockquote pre hr")
_LINES = elements(
    "div li dt dd tr td th caption address article aside body center fieldset figure footer form header main nav option section"
)
_GAPS = dict.fromkeys(_LINES, 1) | dict.fromkeys(_PARAGRAPHS, 2)
_CELLS, _LISTS, _TABLE = elements("td th"), elements("ul ol"), elements("table")
_FRAMED = _CELLS | _LISTS | _TABLE | elements("blockquote li pre tr")
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
    pieces: list[str] = field(default_factory=list)
    gap: int = 0
    """Line ends owed before the next piece."""
    space: bool = False
    """A space owed before the next piece of the line."""
    cells: list[str] = field(default_factory=list)
    """The finished cells of a row."""
    count: int = 0
    """The finished items of a list."""
    indent: int = 0
    """How many open quotes and items it lies in."""

    def put(self, piece: str) -> None:
        if self.pieces and (self.gap or self.space):
            self.pieces.append("\n" * self.gap or " ")
        self.pieces.append(piece)
        self.gap, self.space = 0, False

    def end_line(self, gap: int) -> None:
        if gap:
            self.gap, self.space = max(self.gap, gap), False


class Layout:
    """A page in the making. Elements may begin and end in any order; those nested too deeply keep their text only."""

    def __init__(self) -> None:
        self._frames = [_Frame()]
        self._link: tuple[str, _Frame, int] | None = None
        self._preformatted = 0

    def text(self, text: str) -> None:
        """Add text; its white space is normalised, except in a preformatted element."""
        frame = self._frames[-1]
        if self._preformatted:
            frame.put(text.replace("\r\n", "\n"))
        elif words := text.split():
            frame.space = frame.space or text[0].isspace()
            frame.put(" ".join(words))
            frame.space = text[-1].isspace()
        elif text and not frame.gap:
            frame.space = True

    def open(self, name: str) -> None:
        """Begin an element, or pass an empty one such as a line break."""
        if name == "br":
            self._frames[-1].end_line(2 if self._frames[-1].gap else 1)
        elif name not in _FRAMED:
            self._frames[-1].end_line(_GAPS.get(name, 0))
        else:
            self._close(_IMPLIED.get(name, frozenset()), _BARRIERS.get(name, _TABLE))
            if name in _CELLS and self._frames[-1].name != "tr":
                self.open("tr")
            indent = self._frames[-1].indent + (name in _INDENTED)
            if len(self._frames) < _MAX_DEPTH and indent <= _MAX_INDENT:
                self._frames.append(_Frame(name, indent=indent))
                self._preformatted += name == "pre"

    def close(self, name: str) -> None:
        """End an element; an end without a beginning is passed over."""
        if name == "a":
            self._close_link()
        elif name in _FRAMED:
            self._close(frozenset([name]), _BARRIERS.get(name, _CELLS | _TABLE))
        else:
            self._frames[-1].end_line(_GAPS.get(name, 0))

    def open_link(self, address: str) -> None:
        """Begin a link; its address is written out at its end where it tells more than its text."""
        frame = self._frames[-1]
        self._link = (address.strip(), frame, len(frame.pieces))

    def finish(self) -> str:
        """Return the page, without white space around it."""
        while len(self._frames) > 1:
            self._pop()
        return "".join(self._frames[0].pieces).strip()

    def _close(self, names: frozenset[str], barriers: frozenset[str]) -> None:
        for depth in range(len(self._frames) - 1, 0, -1):
            if self._frames[depth].name in names:
                while len(self._frames) > depth:
                    self._pop()
                return
            if self._frames[depth].name in barriers:
                return

    def _close_link(self) -> None:
        if self._link is None:
            return
        address, frame, start = self._link
        self._link = None
        text = "".join(frame.pieces[start:]).strip()
        shown = address.split("://", 1)[-1].rstrip("/")
        is_web = address[:8].lower().startswith(("http://", "https://"))
        if frame is self._frames[-1] and text and is_web and len(address) <= _MAX_LINK and shown not in text:
            frame.pieces.append(f" ({address})")

    def _pop(self) -> None:
        frame, parent = self._frames.pop(), self._frames[-1]
        self._preformatted -= frame.name == "pre"
        body = "".join(frame.pieces)
        body = body.strip("\n") if frame.name == "pre" else body.strip()
        if frame.name in _CELLS and parent.name == "tr":
            parent.cells.append(body)
            return
        gap = 1 if frame.name in _LISTS and parent.name == "li" else _GAPS[frame.name]
        if frame.name == "tr":
            body = _row([*frame.cells, body])
            gap = 2 if "\n" in body else 1
        if not body:
            return
        if frame.name == "blockquote":
            body = _prefixed(body, "> ", "> ")
        elif frame.name == "li":
            parent.count += 1
            body = _prefixed(body, f"{parent.count}. " if parent.name == "ol" else "- ", "  ")
        parent.end_line(gap)
        parent.put(body)
        parent.end_line(gap)


def _row(cells: list[str]) -> str:
    filled = [cell for cell in cells if cell]
    return ("\n" if any("\n" in cell for cell in filled) else " | ").join(filled)


def _prefixed(body: str, first: str, other: str) -> str:
    lines = body.split("\n")
    return "\n".join([first + lines[0], *((other + line).rstrip() for line in lines[1:])])
