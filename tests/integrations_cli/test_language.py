"""Sentences, passages and words, and how BM25 weighs them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postline_cli.language import BM25, passages, sentences, words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One line\nwrapped. Another!", ["One line wrapped.", "Another!"]),
        ("Hello,\n\nIs it on?", ["Hello,", "Is it on?"]),
        ("- first item\n- second item", ["first item", "second item"]),
        ("1. Which one?\n2. How many?", ["Which one?", "How many?"]),
        ("Dr. Brandt came. It works.", ["Dr. Brandt came.", "It works."]),
        ("> When will\n> it come?\nOn Monday.", ["> When will it come?", "On Monday."]),
        (
            "\u5c4a\u304d\u307e\u3057\u305f\u3002\u7121\u4e8b\u3067\u3059\u3002",
            ["\u5c4a\u304d\u307e\u3057\u305f\u3002", "\u7121\u4e8b\u3067\u3059\u3002"],
        ),
        ("", []),
    ],
)
def test_text_splits_into_sentences(text: str, expected: list[str]) -> None:
    """Wrapped lines are joined; list items, paragraphs and quotes stand alone; a title's dot ends nothing."""
    assert sentences(text) == expected


@given(st.text(st.sampled_from("ab .?!>,\n-1\u3002"), max_size=60))
def test_sentences_lose_no_letter(text: str) -> None:
    """What a text says is still there after splitting, in order."""
    kept = "".join(sentences(text))

    assert [each for each in kept if each in "ab"] == [each for each in text if each in "ab"]


def test_a_passage_ends_with_a_statement_of_the_author() -> None:
    """A quoted question may begin a passage, but greetings, questions and names are none."""
    found = passages("Hi Tom,\n\n> When will it come?\n\nIt will come on Monday. Is that fine?\n\nAnneke")

    assert found == [("> When will it come?", "It will come on Monday."), ("It will come on Monday.",)]


def test_words_carry_meaning() -> None:
    """Words are lower case and singular; those that every text has are left out."""
    assert words("Which seal kits do the HX-200 Pumps take?") == ["seal", "kit", "hx", "200", "pump"]


def test_a_rare_word_counts_more_than_a_common_one() -> None:
    """The text with the rare word wins over the ones with the common word."""
    ranking = BM25(["pump and pump", "a pump", "a pump with a gasket"])

    scores = ranking.scores("gasket for the pump")

    assert max(scores) == scores[2]
    assert ranking.weight("gasket") > ranking.weight("pump") > 0


def test_a_text_without_a_shared_word_scores_nothing() -> None:
    """Sharing only idle words is sharing nothing, and an empty index answers with nothing."""
    assert BM25(["It is on the way."]).scores("What is on the roof?") == [0]
    assert BM25([]).scores("anything") == []


def test_shared_goes_from_nothing_to_all() -> None:
    """A passage covers none, some or all of a question's weight."""
    ranking = BM25(["the pump drips", "the hose drips"])

    covered = [ranking.shared("Which pump drips?", each) for each in ("silence", "something drips", "a pump drips")]

    assert covered[0] == 0
    assert 0 < covered[1] < 0.5
    assert covered[2] == pytest.approx(1)
