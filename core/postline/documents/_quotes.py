"""Split the plain text of a mail into what its author wrote, what repeats earlier mail, and the signature.

Earlier mail is taken away only where it is the end of the text: answers written between quotes keep the quotes they answer.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from postline.documents._characters import tidy

# Lines that may begin something other than the author's words; in English, German and French.
_MARK = re.compile(
    r"""\n[ \t]*+(?:
      (?P<whole>
          -{2,}+\ ?(?:Forwarded\ message|Weitergeleitete\ Nachricht|Message\ transf[ée]r[ée]|Message\ transmis)
        | Begin\ forwarded\ message\s?: | Anfang\ der\ weitergeleiteten\ (?:Nachricht|E-Mail)\s?:
        | Début\ du\ message\ (?:réexpédié|transféré)\s?:
        | (?:Final-Recipient|Diagnostic-Code|Reporting-MTA):
        | This\ is\ the\ mail\ (?:system|delivery) | Delivery\ has\ failed\ to | \*\*\ ?Address\ not\ found
        | This\ message\ was\ created\ automatically\ by\ mail\ delivery | This\ is\ an\ automatically\ generated\ Delivery
      )
      | (?P<original>-{2,}+\ ?
          (?:Original\ (?:Message|Appointment)|Ursprüngliche\ Nachricht|Message\ (?:d['\u2019]origine|original))\ ?--)
      | (?P<header>\*?(?:From|Von|De)\s?:)
      | (?P<dated>(?:On|Am|Le)\b)
    )""",
    re.VERBOSE | re.IGNORECASE,
)
_HEADER_LINE = re.compile(
    r"[ \t]*+\*?(?:Sent|Date|To|Cc|Subject|Gesendet|Datum|An|Betreff|Envoyé(?: le)?|À|Objet|Reply-To)\s?:",
    re.IGNORECASE,
)
_LEAD = r"(?>On\b.{4,300}?\bwrote|Am\b.{4,300}?\bschrieb\b[^:]{0,150}+|Le\b.{4,300}?\ba\s+écrit)\s?:"
_UNQUOTED_LEAD = re.compile(rf"[ \t]*+({_LEAD})[ \t]*\n\s*+[^>\s]", re.DOTALL)
_TIME_OR_ADDRESS = re.compile(r"@|\b\d{1,2}[:.h]\d\d\b")
_DATED_LEAD = re.compile(_LEAD)
_OTHER_LEAD = re.compile(
    r".{1,200}(?:\bwrote|\bwrites|\bschrieb|\ba écrit)\s?:|(?:Excerpts from|Quoting)\b.{0,200}:"
    r"|\d{4}[-/]\d\d?[-/]\d\d?\b.{0,200}:"
)
_DEVICE = re.compile(
    r"(?:Sent|Gesendet|Envoyé) (?:from|via|with|von|mit|de|depuis)"
    r" (?:my|mein\w*|mon|Outlook|Mail|Yahoo|Gmail|Proton|Samsung|BlackBerry)\b.{0,60}"
    r"|Get Outlook for .{1,40}|Von meinem .{1,40} gesendet",
    re.IGNORECASE,
)
_LIST_FOOTER = re.compile(r"mailing list|unsubscribe|https?://", re.IGNORECASE)
_WINDOW = 500
_SIGNATURE_LINES = 20
_LEAD_LINES = 4


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of a mail's text, each in its own order."""

    new: str = field(repr=False)
    signature: str = field(default="", repr=False)
    history: str = field(default="", repr=False)


def new_text(text: str) -> str:
    """Return what the author of a mail wrote; all of the text where nothing would remain. Linear in its length."""
    return split_text(text).new


def split_text(text: str) -> Parts:
    """Split a mail's plain text. Forwards and bounces are new as a whole; `new` is empty only for an empty text."""
    text = tidy(text)
    end = _history_start(text)
    if end is None:
        return Parts(text)
    own, signature, history = text[:end].split("\n"), list[str](), text[end:].split("\n")[::-1]
    before = -1
    while own and len(own) != before:
        before = len(own)
        _move(own, _quoted_tail(own, quoted=end < len(text)), history)
        _move(own, _signature_tail(own), signature)
    new, *rest = ("\n".join(lines).strip("\n") for lines in (own, signature[::-1], history[::-1]))
    return Parts(new, *rest) if new.strip() else Parts(text)


def _move(lines: list[str], start: int, reversed_target: list[str]) -> None:
    reversed_target.extend(reversed(lines[start:]))
    del lines[start:]


def _history_start(text: str) -> int | None:
    """Find where unmarked earlier mail begins: at the end of the text where there is none; `None` if all is to be kept."""
    for mark in _MARK.finditer("\n" + text):  # an expression that begins with a plain character is found faster
        if mark["whole"]:
            return None
        at = mark.start()
        if mark["original"] or (mark["header"] and _is_header(text, at)) or (mark["dated"] and _leads_on(text, at)):
            return at
    return len(text)


def _is_header(text: str, at: int) -> bool:
    following = text[at : at + 2 * _WINDOW].split("\n")[1:6]
    return sum(_HEADER_LINE.match(line) is not None for line in following) >= 2


def _leads_on(text: str, at: int) -> bool:
    lead = _UNQUOTED_LEAD.match(text, at, at + _WINDOW)
    return lead is not None and "\n\n" not in lead[1] and _TIME_OR_ADDRESS.search(lead[1]) is not None


def _quoted_tail(lines: list[str], *, quoted: bool) -> int:
    """Find where the quotes that end the text begin, with the line that introduces them."""
    start = len(lines)
    while start and (not lines[start - 1] or _is_quoted(lines[start - 1]) or lines[start - 1].startswith("_____")):
        start -= 1
        quoted = quoted or _is_quoted(lines[start])
    return _lead_start(lines, start) if quoted else start


def _is_quoted(line: str) -> bool:
    return line.lstrip().startswith(">") and not line.startswith(">From ")  # that is how mailbox files escape a line


def _lead_start(lines: list[str], end: int) -> int:
    """Find where the sentence that introduces a quote at `end` begins: "On such a day somebody wrote:"."""
    for start in range(end - 1, max(end - 1 - _LEAD_LINES, -1), -1):
        lead = " ".join(lines[start:end]).strip()
        if not lines[start] or len(lead) > _WINDOW:
            break
        if _DATED_LEAD.fullmatch(lead):
            return start
    return end - 1 if end and len(lines[end - 1]) <= _WINDOW and _OTHER_LEAD.fullmatch(lines[end - 1].strip()) else end


def _signature_tail(lines: list[str]) -> int:
    """Find where the signature that ends the text begins."""
    end = len(lines)
    if end and _DEVICE.fullmatch(lines[-1].strip()):
        return end - 1
    for start in range(end - 1, max(end - 1 - _SIGNATURE_LINES, -1), -1):
        line = lines[start].strip()
        if _is_quoted(line):
            break
        is_footer = line == "-" or line.startswith("_____")
        if line == "--" or (is_footer and _LIST_FOOTER.search("\n".join(lines[start:]))):
            return start
    return end
