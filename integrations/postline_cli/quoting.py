"""A language model with no model behind it, as LlamaIndex wants one: it can only quote, from sources that a prompt numbers.

For query engines that must run with no key and no network, such as `CitationQueryEngine`.
"""

from __future__ import annotations

import re
from typing import Any

from llama_index.core.base.llms.types import CompletionResponse, CompletionResponseGen, LLMMetadata
from llama_index.core.embeddings import BaseEmbedding
from llama_index.core.llms import CustomLLM
from pydantic import PrivateAttr

from postline_cli.answering import LEAST, fitness
from postline_cli.language import BM25, passages

SILENCE = "None of the sources answers that."

_PROMPT = re.compile(r".*numbered sources of information(.*)\nQuery: (.*?)\nAnswer:", re.DOTALL)
_SOURCE = re.compile(r"^Source (\d+):\n", re.MULTILINE)


class QuotingLLM(CustomLLM):
    """Answers with the passage that fits the question best, word for word, and the number of its source.

    Args:
        embedding: Tells how near two texts are in meaning; without it, words alone count.
    """

    _embedding: BaseEmbedding | None = PrivateAttr()

    def __init__(self, embedding: BaseEmbedding | None = None) -> None:
        super().__init__()
        self._embedding = embedding

    @classmethod
    def class_name(cls) -> str:
        """Return the name that LlamaIndex keeps it by."""
        return "QuotingLLM"

    @property
    def metadata(self) -> LLMMetadata:
        """Tell of the model: it reads all sources at a time."""
        return LLMMetadata(model_name="quoting", context_window=1_000_000)

    def complete(self, prompt: str, formatted: bool = False, **_: Any) -> CompletionResponse:  # noqa: ARG002  # as the base has it
        """Answer a prompt.

        Raises:
            ValueError: It has no numbered sources.
        """
        return CompletionResponse(text=self._answer(prompt))

    def stream_complete(self, prompt: str, formatted: bool = False, **_: Any) -> CompletionResponseGen:
        """Answer a prompt, in one piece."""
        answer = self.complete(prompt, formatted).text
        yield CompletionResponse(text=answer, delta=answer)

    def _answer(self, prompt: str) -> str:
        found = _PROMPT.match(prompt)
        if not found:
            raise ValueError(
                "a model that can only quote needs a prompt with numbered sources, and a question below them"
            )
        parts, question = _SOURCE.split(found[1]), found[2]
        said = [
            (number, " ".join(each))
            for number, text in zip(parts[1::2], parts[2::2], strict=True)
            for each in passages(text)
        ]
        texts = [text for _, text in said]
        scores = fitness(question, texts, BM25(texts), self._embedding)
        best = max(range(len(said)), key=scores.__getitem__, default=None)
        if best is None or scores[best] < LEAST:
            return SILENCE
        return f"“{said[best][1]}” [{said[best][0]}]"
