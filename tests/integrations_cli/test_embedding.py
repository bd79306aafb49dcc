"""Texts as vectors: by words where there is no encoder, and always something that LlamaIndex can work with."""

from __future__ import annotations

import numpy as np
import pytest

from postline_cli import embedding, minilm
from postline_cli.embedding import MiniLMEmbedding, WordEmbedding
from postline_cli.minilm import MiniLM


def test_texts_are_as_near_as_the_words_that_they_share() -> None:
    """The same words in any order are the same, none in common is 0; an empty text is near to nothing."""
    words = WordEmbedding()

    bolts, same, other, empty = map(
        np.array, words.get_text_embedding_batch(["The flange bolts", "Bolts of a flange", "A refund", ""])
    )

    assert bolts @ same == pytest.approx(1)
    assert bolts @ other == 0
    assert not empty.any()
    assert bolts @ np.array(words.get_query_embedding("Which bolts?")) == pytest.approx(0.5**0.5)


async def test_a_question_may_be_awaited(encoder: MiniLM) -> None:
    """Of either kind; it is the same vector."""
    for kind in (WordEmbedding(), MiniLMEmbedding(encoder)):
        assert await kind.aget_query_embedding("Which bolts?") == kind.get_query_embedding("Which bolts?")


def test_without_the_package_words_take_the_place_of_meaning(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the encoder is not installed, that is found out and not stumbled over."""
    monkeypatch.setattr(minilm, "PACKAGE", "no_such_package")

    assert embedding.load_encoder() is None
    assert isinstance(embedding.load_embedding(), WordEmbedding)


def test_with_the_package_there_is_meaning(encoder: MiniLM) -> None:
    """The encoder is used where it is."""
    assert isinstance(embedding.load_embedding(), MiniLMEmbedding)
