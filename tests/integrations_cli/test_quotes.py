"""Quotes of calls and texts: where they begin, and the way back to them through their channels."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from llama_index.core.schema import Document

from llama_index.readers.postline import TextReader, TranscriptReader
from postline.channels import Channels
from postline_cli import phone
from postline_cli.answering import Answer, Index
from postline_cli.checks import check_answer, check_citations
from postline_cli.desks import Desk, inkbox
from postline_cli.questions import Kind, Question
from postline_cli.quotes import Quote, fetch_again, moment
from postline_cli.records import DemoError
from postline_sandbox import Sandbox

TALK = (
    "[00:02] caller: Hello there. Is it\n[00:09] agent: yes the pump is here. Come on Friday.\n[65:01] caller: Thanks"
)
SAID = phone.sample()


@pytest.fixture
def desk(sandbox: Sandbox) -> Iterator[Desk]:
    """A mailbox with a phone line that the sample's call and texts have reached."""
    with inkbox(sandbox, None) as desk:
        assert desk.line is not None
        phone.receive(sandbox, desk.line, SAID)
        yield desk


@pytest.fixture
def spoken(desk: Desk) -> list[Document]:
    """The documents of that call and those texts."""
    return [
        *TranscriptReader(phone=desk.channels.phone).lazy_load_data(),
        *TextReader(texts=desk.channels.texts).lazy_load_data(),
    ]


@pytest.mark.parametrize(
    ("passage", "time"),
    [
        (("[00:02] caller: Hello there.",), "00:02"),
        (("Come on Friday.",), "00:09"),
        (("[00:09] agent: yes the pump is here.", "Come on Friday."), "00:09"),
        (("[65:01] caller: Thanks",), "65:01"),
    ],
)
def test_a_quote_begins_where_its_turn_does(passage: tuple[str, ...], time: str) -> None:
    """The time is that of the turn, also for a sentence in its middle, and where turns end without a full stop."""
    assert moment("call", passage, TALK) == time
    assert moment("email", passage, TALK) is None


@pytest.mark.parametrize("question", SAID.questions, ids=lambda each: each.kind)
def test_what_was_said_and_written_leads_back_to_its_channel(
    question: Question, desk: Desk, spoken: list[Document]
) -> None:
    """A question on the call or the texts is answered from there, and the quote stands in what the channel then gives."""
    found = Index(spoken, None).answer(question.text)

    check_citations(found, desk)
    best = found.quotes[0]
    assert best.kind == question.kind
    assert str(question.expected) in str(best)
    assert best.stands_in(fetch_again(best, desk) or "")


def test_the_moment_in_a_call_is_that_of_the_turn(desk: Desk, spoken: list[Document]) -> None:
    """The time that is cited is that at which the channel has the words."""
    quote = Index(spoken, None).answer(SAID.questions[0].text).quotes[0]
    assert desk.channels.phone is not None

    call = desk.channels.phone.client.sync.run(desk.channels.phone.get_call(quote.reference))

    assert quote.at is not None
    minutes, seconds = map(int, quote.at.split(":"))
    (turn,) = (each for each in call.turns or () if quote.sentences[-1] in each.text)
    assert turn.start_ms // 1000 == 60 * minutes + seconds


def test_a_quote_that_does_not_stand_there_is_a_failure(desk: Desk, spoken: list[Document]) -> None:
    """Other words, another moment, and a channel that tells nothing are all found out."""
    good = Index(spoken, None).answer(SAID.questions[0].text).quotes[0]
    words = Quote(("It is free.",), good.document_id, good.source, good.at)
    time = Quote(good.sentences, good.document_id, good.source, "00:00")

    for quote in (words, time):
        with pytest.raises(DemoError, match="does not stand in what it cites, call "):
            check_citations(Answer("Why?", (quote,)), desk)
    for quote in (Index(spoken, None).answer(SAID.questions[1].text).quotes[0], good):
        with pytest.raises(DemoError, match="does not stand"):
            check_citations(Answer("Why?", (quote,)), Desk(mail=desk.mail, line=Channels(mail=desk.mail)))


@pytest.mark.parametrize(
    ("kind", "about", "expected", "reason"),
    [
        ("email", "<1@shop.example.net>", "there", "wrong answer"),
        ("email", "<2@shop.example.net>", "here", "wrong citation"),
        ("call", "<1@shop.example.net>", "here", "wrong citation"),
    ],
)
def test_a_wrong_answer_is_a_failure(kind: Kind, about: str, expected: str, reason: str) -> None:
    """A known question must get its known answer from its known source."""
    quote = Quote(("It is here.",), "email:1", {"kind": "email", "rfc_message_id": "<1@shop.example.net>"})

    with pytest.raises(DemoError, match=reason):
        check_answer(Question("Where?", "sample", expected, about, kind), Answer("Where?", (quote,)))


def test_only_a_person_s_question_may_stay_without_an_answer() -> None:
    """What was made from the mail must be found in it."""
    with pytest.raises(DemoError, match="no answer"):
        check_answer(Question("Where?", "made"), Answer("Where?", ()))

    check_answer(Question("Where?", "asked"), Answer("Where?", ()))
