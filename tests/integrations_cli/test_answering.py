"""An index over mail: stable chunks, quotes that stand where they are said to, and honest silence."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from llama_index.core.schema import Document

from postline_cli import answering, questions
from postline_cli.answering import Index, split
from postline_cli.embedding import MiniLMEmbedding
from postline_cli.minilm import MiniLM

MAIL = {
    "pump": "Hello,\n\nThe replacement pump left us at noon. It will be with you on Thursday, 12 November.\n\nMarta",
    "training": "The training is on Tuesday, from ten o'clock.",
    "hostile": "Was the pump late?",
}


def document(name: str, text: str, *, day: int = 1, subject: str = "About it", **more: str) -> Document:
    return Document(
        id_=f"mail:{name}",
        text=text,
        metadata={
            "kind": "email",
            "message_id": name,
            "rfc_message_id": f"<{name}@shop.example.net>",
            "thread_id": more.pop("thread", name),
            "direction": more.pop("direction", "inbound"),
            "subject": subject,
            "sender": "jane@shop.example.net",
            "created_at": f"2026-11-{day:02}T10:00:00+00:00",
            "created_at_epoch_seconds": day,
            **more,
        },
    )


@pytest.fixture
def documents() -> Sequence[Document]:
    return [document(name, text, day=day) for day, (name, text) in enumerate(MAIL.items(), 1)]


def test_an_answer_is_a_quote_with_its_source(documents: Sequence[Document]) -> None:
    """The passage with the answer is quoted in its words, though only its neighbour has the question's."""
    found = Index(documents, None).answer("When will the replacement pump be here?")

    best = found.quotes[0]
    assert str(best) == "The replacement pump left us at noon. It will be with you on Thursday, 12 November."
    assert (best.kind, best.reference, best.at) == ("email", "<pump@shop.example.net>", None)
    assert best.stands_in(MAIL["pump"])
    assert not best.stands_in(MAIL["training"])


def test_a_question_is_no_answer(documents: Sequence[Document]) -> None:
    """A message that only asks is not quoted, however well its words fit."""
    found = Index(documents, None).answer("Was the pump late?")

    assert "mail:hostile" not in {each.document_id for each in found.quotes}


def test_nothing_relevant_gives_no_quote(documents: Sequence[Document], encoder: MiniLM) -> None:
    """A question that the mail says nothing on is answered with nothing, by words and by meaning."""
    embedding = MiniLMEmbedding(encoder)

    assert Index(documents, None).answer("zebra crossing").quotes == ()
    assert Index(documents, embedding).answer("Who won the chess championship?").quotes == ()
    assert Index([], embedding).answer("Anything?").quotes == ()


def test_meaning_finds_what_words_do_not(documents: Sequence[Document], encoder: MiniLM) -> None:
    """A question in other words than the mail's finds the passage by meaning."""
    question = "At what time does the course for employees start?"

    assert Index(documents, None).answer(question).quotes == ()
    assert Index(documents, MiniLMEmbedding(encoder)).answer(question).quotes[0].document_id == "mail:training"


def test_only_the_newest_chunks_are_embedded_beyond_the_limit(
    documents: Sequence[Document], encoder: MiniLM, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is older is still found by its words."""
    monkeypatch.setattr(answering, "MOST_EMBEDDED", 1)
    expected: list[int] = []

    index = Index(documents, MiniLMEmbedding(encoder), expected.append)

    assert expected == [1]
    assert [each.metadata["message_id"] for each in index.embedded] == ["hostile"]
    assert index.answer("When will the replacement pump be here?").quotes[0].document_id == "mail:pump"


def test_chunks_have_stable_ids_and_any_metadata() -> None:
    """The same mail gives the same chunks each time, however long the list of its recipients."""
    crowd = ", ".join(f"somebody{number}@crowd.example.org" for number in range(300))
    long = document("long", "A sentence about something. " * 200, to=crowd)

    first, second = ([(each.node_id, each.get_content()) for each in split([long])] for _ in range(2))

    assert first == second
    assert len(first) > 3
    assert first[0][0] == "mail:long#0"


def test_questions_are_made_from_what_others_wrote() -> None:
    """Each names telling words of a received sentence and its subject; quotes, code and our own mail give none."""
    talk = [
        document("one", "The gantry crane broke its hoist cable yesterday.", thread="a", subject="Re: Delay"),
        document("two", "> Which ancient parchment fell overboard.\nThanks.", thread="a", subject="Re: Delay"),
        document("three", "Our own marvellous announcement concerns penguins.", thread="a", direction="outbound"),
        document("four", "def f(x): return {x}", thread="b"),
    ]

    made = questions.made([(each.text, each.metadata) for each in talk])

    assert [each.about for each in made] == ["<one@shop.example.net>"]
    assert made[0].origin == "made"
    assert made[0].text.endswith("in “Delay”?")
    assert sum(word in made[0].text for word in ("gantry", "crane", "broke", "hoist", "cable", "yesterday")) == 3
