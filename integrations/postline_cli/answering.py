"""Questions answered from mail, calls and texts, offline: an index by meaning and by words, and answers that are quotes.

LlamaIndex does the indexing and the search. There is no language model: an answer is the passage that fits best, word for word, so
each can be checked against the message or call that it cites.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from llama_index.core import VectorStoreIndex
from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.embeddings import BaseEmbedding
from llama_index.core.llms import MockLLM
from llama_index.core.node_parser import SentenceSplitter
from llama_index.core.retrievers import QueryFusionRetriever
from llama_index.core.retrievers.fusion_retriever import FUSION_MODES
from llama_index.core.schema import BaseNode, Document, MetadataMode, NodeWithScore, QueryBundle
from typing_extensions import override

from postline_cli.language import BM25, passages
from postline_cli.quotes import Quote, moment

CHUNK_TOKENS = 200  # with the subject it stays below what the encoder looks at
MOST_EMBEDDED = 600  # chunks; beyond it, the oldest are found by their words alone
LEAST = 0.25  # of the highest score there could be, for an answer

_CHUNKS = 5  # that are searched for passages
_QUOTES = 3  # at most, each from another document
_RELEVANT = 0.75  # of the best score, for a further quote


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said on a question; the best quote first, none where nothing was found."""

    question: str
    quotes: tuple[Quote, ...]


class WordRetriever(BaseRetriever):
    """Finds chunks by the words that they share with a question."""

    def __init__(self, nodes: Sequence[BaseNode]) -> None:
        super().__init__()
        self._nodes = nodes
        self.ranking = BM25(each.get_content(MetadataMode.EMBED) for each in nodes)

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        scores = self.ranking.scores(query_bundle.query_str)
        best = sorted(range(len(scores)), key=scores.__getitem__, reverse=True)[:_CHUNKS]
        return [NodeWithScore(node=self._nodes[each], score=scores[each]) for each in best if scores[each]]


class TextSplitter(SentenceSplitter):
    """Cuts texts to one size, however much metadata goes with them: a long list of recipients must not end the work."""

    @override
    def split_text_metadata_aware(self, text: str, metadata_str: str) -> list[str]:
        """Cut the text as if it stood alone."""
        return self.split_text(text)


class Index:
    """An index over documents of mail, calls and texts.

    Args:
        documents: What the readers gave.
        embedding: Finds by meaning too; without it, by words alone.
        expect: Told how many chunks are about to be embedded.
    """

    def __init__(
        self,
        documents: Iterable[Document],
        embedding: BaseEmbedding | None,
        expect: Callable[[int], object] = lambda _: None,
    ) -> None:
        documents = list(documents)
        self._texts = {each.node_id: each.text for each in documents}
        self.chunks = split(documents)
        self.embedded = self.chunks[:MOST_EMBEDDED] if embedding else []
        expect(len(self.embedded))
        self._embedding = embedding
        self._words = WordRetriever(self.chunks)
        self._retriever: BaseRetriever = self._words
        if embedding and self.embedded:
            by_meaning = VectorStoreIndex(self.embedded, embed_model=embedding).as_retriever(similarity_top_k=_CHUNKS)
            self._retriever = QueryFusionRetriever(
                [by_meaning, self._words],
                llm=MockLLM(),  # it would only think up more questions; with one there is nothing to do
                num_queries=1,
                mode=FUSION_MODES.RECIPROCAL_RANK,
                similarity_top_k=_CHUNKS,
                use_async=False,
            )

    def answer(self, question: str) -> Answer:
        """Quote the passages that fit a question best, at most one from each document."""
        found = [(each.node, passage) for each in self._retriever.retrieve(question) for passage in passages(each.text)]
        texts = [f"{node.metadata.get('subject', '')}: {' '.join(some)}" for node, some in found]
        scores = fitness(question, texts, self._words.ranking, self._embedding)
        least = max([LEAST, *(_RELEVANT * each for each in scores)])
        quotes: dict[str, Quote] = {}
        for place in sorted(range(len(found)), key=scores.__getitem__, reverse=True):
            if scores[place] >= least:
                quote = self._quote(*found[place])
                quotes.setdefault(quote.document_id, quote)
        return Answer(question, tuple(quotes.values())[:_QUOTES])

    def _quote(self, node: BaseNode, passage: tuple[str, ...]) -> Quote:
        document_id = node.ref_doc_id or ""
        at = moment(node.metadata["kind"], passage, self._texts[document_id])
        return Quote(passage, document_id, node.metadata, at)


def fitness(question: str, texts: list[str], ranking: BM25, embedding: BaseEmbedding | None) -> list[float]:
    """Return from 0 to 1 how much of the question's words each text covers and, with an embedding, how near its meaning is."""
    shared = [ranking.shared(question, each) for each in texts]
    if not embedding or not texts:
        return shared
    vectors = np.array(embedding.get_text_embedding_batch(texts))
    near = vectors @ np.array(embedding.get_query_embedding(question))
    return [float(one + other) / 2 for one, other in zip(shared, near, strict=True)]


def split(documents: Iterable[Document]) -> list[BaseNode]:
    """Cut documents into chunks with stable ids, those of the newest first."""
    splitter = TextSplitter(
        chunk_size=CHUNK_TOKENS, chunk_overlap=20, id_func=lambda number, document: f"{document.node_id}#{number}"
    )
    newest_first = sorted(documents, key=lambda each: each.metadata["created_at_epoch_seconds"], reverse=True)
    return [each for each in splitter.get_nodes_from_documents(newest_first) if each.get_content().strip()]
