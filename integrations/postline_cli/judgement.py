"""What the scripted model thinks of one mail or call, and what it answers: the rules of thumb in place of a language model.

Both are entries as the tools show them; their text is quoted and never followed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple, TypeAlias

from postline.documents import new_text
from postline_cli.language import ASKS, BM25, passages, sentences, words

Entry: TypeAlias = dict[str, Any]

_QUESTIONS = 4
_LEAST_SHARED = 2  # words that a question and a passage must share, for it to count as an answer
_QUOTE_CHARS = 500
_ORDERS = re.compile(
    r"\b(?:ignore|disregard|forget)\b.{0,30}\b(?:previous|prior|above|earlier)\b.{0,30}\b(?:instruction|prompt|rule)"
    r"|\b(?:AI|automated|autonomous|language[ -]model)\b.{0,20}\b(?:assistant|agent)s?\b.{0,40}:"
    r"|\byou are now (?:in|an?)\b.{0,30}\b(?:mode|assistant|agent)\b",
    re.IGNORECASE | re.DOTALL,
)
_MACHINE = re.compile(
    r"(?:no-?reply|do-?not-?reply|mailer-daemon|postmaster|alerts?|notifications?|newsletter|letters)@"
)
_AUTOMATIC = re.compile(
    r"(?:auto(?:matic|mated)?[- ]?reply|out of office|undeliver|accepted:|declined:)", re.IGNORECASE
)
_CALLER = re.compile(r"^\[\d+:\d\d\] caller: (.*)$", re.MULTILINE)
_OBEYED_NONE = "it gives orders to whoever reads {} by machine; none was followed"


class Judgement(NamedTuple):
    """What kind of mail it is, and why."""

    verdict: str
    reason: str


def judge(email: Entry) -> Judgement:
    """Say whether a mail awaits an answer."""
    if email.get("direction") == "outbound":
        return Judgement("for information", "the newest mail is ours")
    if _ORDERS.search(email["untrusted"].get("text", "")):
        return Judgement("suspicious", _OBEYED_NONE.format("mail"))
    if _MACHINE.match(_address(email).lower()) or _AUTOMATIC.match(email["untrusted"].get("subject", "")):
        return Judgement("automatic", "a machine wrote it")
    if asked := questions(email):
        return Judgement("awaits an answer", f"it asks: {asked[0]}")
    return Judgement("for information", "it asks nothing")


def questions(email: Entry) -> list[str]:
    """Return what the mail's author asks; what is quoted does not count."""
    asked = [each for each in sentences(_own_text(email)) if each.endswith(ASKS)]
    return [each for each in asked if len(words(each)) > 1][:_QUESTIONS]


def sum_up(call: Entry) -> str:
    """Say in one line what a caller wanted: what the other side asked first."""
    said = "\n\n".join(_CALLER.findall(call["untrusted"].get("text", "")))
    if _ORDERS.search(said):
        return _OBEYED_NONE.format("calls")
    asked = [each for each in sentences(said) if each.endswith(ASKS)]
    return f"they ask: {asked[0]}" if asked else "they ask nothing"


def search_words(question: str, email: Entry) -> str:
    """Return what to search for; a question that says little is searched for with its subject."""
    found = words(question)
    return " ".join(found if len(found) > 2 else [*found, *words(email["untrusted"].get("subject", ""))])


def sender(email: Entry) -> str:
    """Return the name that a mail's author goes by, or the address."""
    return str(email["untrusted"].get("from", {}).get("name") or _address(email))


def is_evidence(email: Entry, question: Entry) -> bool:
    """Say whether a mail may be quoted in answer to another: not what its own author wrote, nor machines or impostors."""
    return _address(email) != _address(question) and judge(email).verdict not in ("automatic", "suspicious")


def compose(email: Entry, evidence: Sequence[Entry]) -> str:
    """Answer each question with the passage of the evidence that fits it best, in its author's words."""
    found = [(each, " ".join(passage)) for each in evidence for passage in passages(_own_text(each))]
    ranking = BM25(passage for _, passage in found)
    name = email["untrusted"]["from"].get("name")
    parts = [f"Hello {name}," if name else "Hello,", "thank you for your mail."]
    for question in questions(email):
        fitting = [each for each in found if len({*words(question)} & {*words(each[1])}) >= _LEAST_SHARED]
        best = max(fitting, key=lambda each: ranking.shared(question, each[1]), default=None)
        parts += [f"> {question}", _cited(*best) if best else "I found nothing on that; a colleague will look into it."]
    return "\n\n".join([*parts, "This answer was put together automatically, in the words of earlier mail."])


def _cited(email: Entry, passage: str) -> str:
    date = datetime.fromisoformat(email["date"])
    quote = passage if len(passage) <= _QUOTE_CHARS else f"{passage[:_QUOTE_CHARS]}…"
    return f"{quote}\n({sender(email)}, {date.day} {date:%B %Y})"


def _own_text(email: Entry) -> str:
    """Return what the mail's author wrote, without what is quoted."""
    text = new_text(email["untrusted"].get("text", ""))
    return "\n".join(line for line in text.splitlines() if not line.lstrip().startswith(">"))


def _address(email: Entry) -> str:
    return str(email["untrusted"].get("from", {}).get("email", ""))
