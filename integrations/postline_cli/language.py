"""Text as sentences and words, and words weighed by how rare they are (BM25). No framework and no mail."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable
from itertools import groupby, pairwise

ASKS = ("?", "\uff1f")
"""How a question ends."""

_ITEM = re.compile(r"^[ \t]*(?:[-*•]|\(?\d{1,2}[.)])[ \t]+|^(?=\[\d+:\d\d\] )", re.MULTILINE)
"""How a line begins that stands alone: with a bullet or a number, which is left out, or with the time of a turn."""
_PARAGRAPH = re.compile(r"\n\s*\n")
_SENTENCE = re.compile(
    r"(?<!\bDr\.)(?<!\bMrs\.)(?<!\bM[rs]\.)(?<=[.!?…])[\"'\u2019\u201d)]*\s+|(?<=[\u3002\uff01\uff1f])|\v"
)
_IDLE_LINE = re.compile(
    r",$|^(?:> )?\S+(?: \S+){0,2}(?<![.!?\u3002\uff01\uff1f])$"
)  # a greeting, or the name below a mail
_WORD = re.compile(r"[^\W_]+")
_IDLE_WORDS = (
    "a about again all also am an and any anybody are as at be because been both but by can cannot could did"
    " do does each for from get give had has have he her here him his how i if in into is it its just let like"
    " may me might mine more must my no not now of on once only or other our out over please said same say"
    " shall she should so some somebody such take takes than thank that the their them then there these they"
    " thing this those to too under up us very was we were what when where which while who whom whose why will"
    " with within would yes you your"
)
_IDLE = frozenset(_IDLE_WORDS.split())


def sentences(text: str) -> list[str]:
    """Split into sentences, each on one line.

    Wrapped lines are joined; list items and the turns of a transcript stand alone; quoted sentences begin with `> `.
    """
    found: list[str] = []
    for quoted, lines in groupby(text.splitlines(), key=lambda line: line.lstrip().startswith(">")):
        block = "\n".join(line.lstrip("> \t") if quoted else line for line in lines)
        pieces = (each for paragraph in _PARAGRAPH.split(block) for each in _SENTENCE.split(_ITEM.sub("\v", paragraph)))
        found += [f"> {line}" if quoted else line for line in (" ".join(each.split()) for each in pieces) if line]
    return found


def passages(text: str) -> list[tuple[str, ...]]:
    """Return pairs of neighbouring sentences, then single ones, that end with a statement of the author's own."""
    telling = [each for each in sentences(text) if not _IDLE_LINE.search(each)]
    pairs = [*pairwise(telling), *((each,) for each in telling)]
    return [each for each in pairs if words(each[-1]) and not each[-1].startswith(">") and not each[-1].endswith(ASKS)]


def words(text: str) -> list[str]:
    """Return the words that carry meaning, in order, in lower case and without a plural's s."""
    return [_singular(word) for word in _WORD.findall(text.casefold()) if word not in _IDLE]


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


class BM25:
    """Ranks texts by the words they share with a question: rare words count more, repetitions and long texts less.

    Args:
        texts: What to rank; scores come in this order.
    """

    def __init__(self, texts: Iterable[str], *, saturation: float = 1.2, length_weight: float = 0.75) -> None:
        self._counts = [Counter(words(text)) for text in texts]
        lengths = [count.total() for count in self._counts]
        mean = sum(lengths) / max(len(lengths), 1) or 1
        self._damping = [saturation * (1 - length_weight + length_weight * length / mean) for length in lengths]
        self._boost = saturation + 1
        self._holders = Counter(word for count in self._counts for word in count)

    def weight(self, word: str) -> float:
        """Return how much a word tells: the fewer texts have it, the more."""
        holders = self._holders[word]
        return math.log(1 + (len(self._counts) - holders + 0.5) / (holders + 0.5))

    def scores(self, question: str) -> list[float]:
        """Return the score of each text; 0 where no word is shared."""
        weights = {word: self.weight(word) for word in words(question)}
        return [
            sum(weight * count[word] * self._boost / (count[word] + damping) for word, weight in weights.items())
            for count, damping in zip(self._counts, self._damping, strict=True)
        ]

    def shared(self, question: str, passage: str) -> float:
        """Return how much of a question's weight a passage covers, from 0 to 1."""
        asked = set(words(question))
        return self._total(asked & set(words(passage))) / (self._total(asked) or 1)

    def _total(self, some: Iterable[str]) -> float:
        return sum(map(self.weight, some))
