"""Strangers' text: cleaned of what nobody sees, and fenced with marks that nobody can have written."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from postline.tools.rendering import FENCE_CHARS, NEXT_CHARS, clean, cut, fenced, inline

HIDDEN = (
    "\u200b\u200c\u200d\u2060\ufeff\xad\u202a\u202e\u2066\u2069\u200e\x00\x07\x1b\x7f\x9b"
    "\U000e0041\U000e007f\ufe00\U000e0100\ud800\u3164"
)
anything = st.text(st.characters(codec=None), max_size=60)


@pytest.mark.parametrize("character", HIDDEN, ids=lambda character: f"U+{ord(character):04X}")
def test_what_nobody_sees_is_removed(character: str) -> None:
    """Zero-width, direction, control, tag, selector and undecodable characters do not reach the model."""
    assert clean(f"pay{character}ment") == "payment"


def test_no_control_or_format_character_is_forgotten() -> None:
    """Of all characters that Unicode calls control, format or surrogate, only line ends, tabs and number signs stay."""
    visible = "\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd"
    hieroglyphic = "".join(map(chr, range(0x13430, 0x13440)))

    kept = {
        character
        for character in map(chr, range(0x110000))
        if unicodedata.category(character) in {"Cc", "Cf", "Cs"} and clean(f"a{character}b") == f"a{character}b"
    }

    assert kept <= {"\n", "\t", *visible, *hieroglyphic}


@pytest.mark.parametrize(
    "text",
    ["Grüße, 你好, שלום, مرحبا", "می‌خواهم", "क्‍ष", "I ❤️ it", "1️⃣", "e\u0301 is not é", "tab\tline\n", "�"],
)
def test_what_is_visible_is_left_alone(text: str) -> None:
    """Other scripts, their joiners, emoji, accents and unknown characters come through unchanged."""
    assert clean(text) == text


def test_selectors_cannot_carry_a_message() -> None:
    """A run of variation selectors behind a pictograph, which can encode any text, shrinks to the one that shows."""
    assert clean("❤\ufe0f\ufe0e\ufe0f\ufe0f!") == "❤\ufe0f!"


@pytest.mark.parametrize("end", ["\r\n", "\r", "\x0b", "\x0c", "\x85", "\u2028", "\u2029"])
def test_every_line_end_becomes_a_newline(end: str) -> None:
    """Whatever ends a line for somebody ends it for the model."""
    assert clean(f"a{end}b") == "a\nb"


@given(anything)
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    """What cleaning leaves has nothing more to remove, and can be encoded."""
    once = clean(text)

    assert clean(once) == once
    once.encode()


@given(anything)
def test_an_inline_text_is_one_line(text: str) -> None:
    """A subject or a name cannot begin a line of its own."""
    assert len(inline(text).splitlines()) <= 1


def test_an_inline_text_says_how_much_it_lacks() -> None:
    """A long name is cut, and the cut is counted."""
    assert inline("x" * 30, limit=10) == "xxxxxxxxxx… [20 more characters]"


@settings(max_examples=50)
@given(st.lists(st.text(max_size=50), min_size=1, max_size=4))
def test_a_fence_is_closed_by_its_own_mark_only(pieces: list[str]) -> None:
    """The marks carry a fresh nonce, so that text which looks like a mark is just text."""
    first = fenced(pieces)

    nonce = re.search(r"<<untrusted ([0-9a-f]{16})>>", first)
    assert nonce
    second = fenced([*pieces, first])
    assert first.count(nonce[1]) == len(pieces) + 1
    assert second.count(nonce[1]) == first.count(nonce[1])
    assert second.endswith(">>")
    assert not second.endswith(f"<</untrusted {nonce[1]}>>")


@given(st.lists(st.text(max_size=20), min_size=1, max_size=5))
def test_the_size_of_a_fence_is_known(pieces: list[str]) -> None:
    """A budget can count on what a fence adds."""
    assert len(fenced(pieces)) == FENCE_CHARS + NEXT_CHARS * (len(pieces) - 1) + sum(map(len, pieces))


@given(st.text("ab \n", max_size=200), st.integers(1, 50))
def test_pieces_of_a_text_make_the_whole(text: str, room: int) -> None:
    """Reading on where each piece ends gives every character once."""
    pieces = []
    offset: int | None = 0
    while offset is not None:
        piece, offset = cut(text, offset, room)
        pieces.append(piece)
        assert len(piece) <= room

    assert "".join(pieces) == text


@pytest.mark.parametrize(
    ("text", "piece"),
    [("one two\n\nthree four", "one two\n\n"), ("one two thr\nee", "one two thr"), ("aaaaaaaaaaaaaaaa", "aaaaaaaaaaa")],
)
def test_a_text_is_cut_where_it_pauses(text: str, piece: str) -> None:
    """A paragraph's end is preferred to a line's, a line's to a word's, and a word is cut only if it must be."""
    assert cut(text, 0, 11)[0] == piece
