"""Texts as vectors, as LlamaIndex wants them, offline: by meaning where the encoder's package is installed, else by words."""

from __future__ import annotations

import os
from collections.abc import Callable
from zlib import crc32

import numpy as np
from llama_index.core.embeddings import BaseEmbedding
from pydantic import PrivateAttr

from postline_cli.language import words
from postline_cli.minilm import MiniLM, find_weights

_DIMENSIONS = 4096  # of vectors of words; two words seldom share one


def load_embedding() -> BaseEmbedding:
    """Return the encoder where its package is installed, else vectors of words."""
    encoder = load_encoder()
    return MiniLMEmbedding(encoder) if encoder else WordEmbedding()


def load_encoder() -> MiniLM | None:
    """Return the encoder, or `None` where its package is not installed."""
    folder = find_weights()
    return MiniLM(folder, threads=os.cpu_count() or 1) if folder else None


class _Embedding(BaseEmbedding):
    """What is the same for both: a question is a text, and nothing waits."""

    def _get_text_embedding(self, text: str) -> list[float]:
        return self._get_text_embeddings([text])[0]

    def _get_query_embedding(self, query: str) -> list[float]:
        return self._get_text_embedding(query)

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_query_embedding(query)


class MiniLMEmbedding(_Embedding):
    """The encoder as LlamaIndex wants it.

    Args:
        model: The encoder.
        tick: Called with the number of texts each time that some are done.
    """

    _model: MiniLM = PrivateAttr()
    _tick: Callable[[int], object] = PrivateAttr()

    def __init__(self, model: MiniLM, tick: Callable[[int], object] = lambda _: None) -> None:
        super().__init__(model_name="all-MiniLM-L6-v2", embed_batch_size=2048)
        self._model = model
        self._tick = tick

    def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        vectors: list[list[float]] = self._model.encode(texts, self._tick).tolist()
        return vectors


class WordEmbedding(_Embedding):
    """For want of an encoder: two texts are as near as the words that they share."""

    def __init__(self) -> None:
        super().__init__(model_name="words", embed_batch_size=2048)

    def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        vectors = np.zeros((len(texts), _DIMENSIONS))
        for vector, text in zip(vectors, texts, strict=True):
            for word in words(text):
                vector[crc32(word.encode()) % _DIMENSIONS] += 1
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        rows: list[list[float]] = (vectors / np.maximum(lengths, 1)).tolist()
        return rows
