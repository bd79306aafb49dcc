"""What to ask: the questions that ship with the sample, those of a person, or ones made from the mail itself."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from postline_cli.language import BM25, sentences, words
from postline_sandbox import samples

_PREFIX = re.compile(r"^(?:\s*(?:re|aw|fwd?|wg|sv|tr)\s*(?:\[\d+\])?\s*:)+\s*", re.IGNORECASE)
_PROSE = re.compile(r"^[^\W\d_][^<>{}=|\\@/]*[.!]$")
_WORD = re.compile(r"[^\W_]+")
_WORDS = 3

Kind: TypeAlias = Literal["email", "call", "texts"]


@dataclass(frozen=True, slots=True)
class Question:
    """A question, and what is known of its answer."""

    text: str
    origin: Literal["sample", "asked", "made"]
    expected: str | None = None
    """What an answer must contain."""
    about: str | None = None
    """The reference that should be cited: a Message-ID, the id of a call, or the number that texts were exchanged with."""
    kind: Kind = "email"
    """What has the answer, where that is known."""


@dataclass(frozen=True, slots=True)
class Sample:
    """The shipped mailbox: whose it is, what to ask, and which mail awaits an answer."""

    inbox: str
    questions: tuple[Question, ...]
    awaiting: str
    """The Message-ID of that mail."""


def sample(count: int = 3) -> Sample:
    """Read what is known of the shipped mailbox."""
    known: dict[str, Any] = json.loads(samples.questions().read_text(encoding="utf-8"))
    asked = [Question(each["question"], "sample", each["answer"], each["message_id"]) for each in known["questions"]]
    return Sample(known["inbox"], tuple(asked[:count]), known["needs_answer"]["message_id"])


def made(documents: Sequence[tuple[str, Mapping[str, Any]]], count: int = 3) -> list[Question]:
    """Make questions from a mailbox: one for each of its longest conversations, from the received sentence with the rarest words.

    They show that search finds its way back to a message, and no more than that.

    Args:
        documents: Text and metadata of each message.
        count: How many to make; fewer where the mail gives no more.
    """
    received = [each for each in documents if each[1]["direction"] == "inbound"]
    lengths = Counter(facts["thread_id"] for _, facts in received)
    ranking = BM25(text for text, _ in received)
    found: list[Question] = []
    for thread_id, _ in lengths.most_common():
        candidates = [
            (sentence, facts)
            for text, facts in received
            if facts["thread_id"] == thread_id
            for sentence in sentences(text)
            if _PROSE.match(sentence) and _WORDS < len({*words(sentence)}) <= 20
        ]
        if candidates and len(found) < count:
            found.append(_made(*max(candidates, key=lambda each: _rarity(each[0], ranking)), ranking))
    return found


def _made(sentence: str, facts: Mapping[str, Any], ranking: BM25) -> Question:
    written = {word: each for each in reversed(_WORD.findall(sentence)) for word in words(each)}
    telling = sorted(written, key=ranking.weight)[-_WORDS:]
    first, second, third = (each for word, each in reversed(written.items()) if word in telling)
    about = f"{first}, {second} and {third}"
    subject = _PREFIX.sub("", facts.get("subject", ""))
    text = f"What was said about {about} in “{subject}”?" if subject else f"What was said about {about}?"
    return Question(text, "made", about=facts.get("rfc_message_id"))


def _rarity(sentence: str, ranking: BM25) -> float:
    some = {*words(sentence)}
    return sum(map(ranking.weight, some)) / len(some)
