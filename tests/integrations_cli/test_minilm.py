"""The encoder's numbers have the properties that search relies on."""

from __future__ import annotations

import numpy as np
import pytest
from threadpoolctl import ThreadpoolController

from postline_cli.minilm import MiniLM

TEXTS = [
    "Your verification code is 482913.",
    "The one-time password for signing in is 9921.",
    "Shall we have lunch on Thursday?",
    "Invoice 44 is overdue, please pay by Friday.",
]


def test_vectors_have_length_one(encoder: MiniLM) -> None:
    """Every vector has as many numbers as the model says, and length 1."""
    vectors = encoder.encode(TEXTS)

    assert vectors.shape == (4, encoder.dimensions) == (4, 384)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(4), abs=1e-6)


def test_what_means_the_same_is_nearer(encoder: MiniLM) -> None:
    """Two texts on a sign-in code, with hardly a word in common, are nearer to each other than to anything else."""
    vectors = encoder.encode(TEXTS)
    near = vectors @ vectors.T

    assert near[0, 1] > 0.4
    assert max(near[0, 2], near[0, 3], near[1, 2], near[1, 3], near[2, 3]) < 0.3


def test_the_figures_are_those_of_the_published_model(encoder: MiniLM) -> None:
    """The similarities of two pairs equal those that the model's own library gives."""
    one, other, third = encoder.encode(["That is a happy person", "That is a happy dog", "Today is a sunny day"])

    assert float(one @ other) == pytest.approx(0.6945, abs=2e-3)
    assert float(one @ third) == pytest.approx(0.2569, abs=2e-3)


def test_company_changes_nothing(encoder: MiniLM) -> None:
    """A text has the same vector alone, among others, and beside a much longer one; the order is kept."""
    together = encoder.encode([*TEXTS, "word " * 150])
    alone = [encoder.encode([text])[0] for text in TEXTS]

    assert np.abs(together[:4] - alone).max() < 1e-5


def test_progress_adds_up(encoder: MiniLM) -> None:
    """What is told while it works sums up to the number of texts; nothing in gives nothing out."""
    ticks: list[int] = []

    encoder.encode(["word " * 100] * 3 + TEXTS, ticks.append)

    assert sum(ticks) == 7
    assert len(ticks) > 1
    assert encoder.encode([]).shape == (0, 384)


def test_numpy_has_its_threads_back(encoder: MiniLM) -> None:
    """They rest while texts are encoded, and only then."""
    pools = ThreadpoolController()
    during: list[int] = []
    before = [each["num_threads"] for each in pools.info()]

    encoder.encode(TEXTS, lambda _: during.extend(each["num_threads"] for each in pools.info()))

    assert set(during) == {1}
    assert [each["num_threads"] for each in pools.info()] == before
