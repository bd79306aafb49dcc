"""The summary shows what was done, and nothing that could take a terminal over."""

from __future__ import annotations

import io
import json

import pytest
from rich.console import Console

from postline_cli.answering import Answer, Quote
from postline_cli.demo import Asked, DemoError, Report, check_answer
from postline_cli.progress import Steps
from postline_cli.questions import Question
from postline_cli.report import as_data, show
from postline_cli.triage import Conversation, Outcome

QUOTE = Quote(("It is \x1b[31mhere.",), "1", "<1@shop.example.net>", "Pump", "Jane [bold]", "2026-11-20T10:00:00+00:00")


@pytest.fixture
def report() -> Report:
    conversation = Conversation(
        thread_id="t", subject="Pump\x1b]0;x\x07", sender="Jane", verdict="suspicious", reason="why"
    )
    return Report(
        source="some.mbox",
        model="scripted",
        inbox="inbox@commune-sandbox.example.com",
        imported={"imported": 2, "updated": 1, "skipped": [{"source": "a", "reason": "empty"}]},
        outcome=Outcome([conversation], 3, None),
        chunks=9,
        embedded=4,
        search="by meaning",
        asked=[Asked(question=Question("Where?", "asked"), answer=Answer("Where?", (QUOTE,)), found_again=None)],
        seconds={"Load mail": 0.1},
    )


def written(report: Report, *, terminal: bool) -> str:
    file = io.StringIO()
    show(report, Console(file=file, force_terminal=terminal, width=40, highlight=False, no_color=True))
    return file.getvalue()


def test_strangers_cannot_steer_the_terminal(report: Report) -> None:
    """Escape sequences in subjects and quotes are taken out, and markup is shown as it stands."""
    text = written(report, terminal=False)

    assert "\x1b" not in text
    assert "\x07" not in text
    assert "Jane [bold]" in text


def test_a_narrow_terminal_gets_wrapped_lines(report: Report) -> None:
    """Lines fit a narrow terminal; in a pipe they are left whole."""
    narrow = [line for line in written(report, terminal=True).splitlines() if "\x1b" not in line]

    assert max(map(len, narrow)) <= 40
    assert any(len(line) > 60 for line in written(report, terminal=False).splitlines())


def test_the_summary_leaves_nothing_out(report: Report) -> None:
    """What was skipped, copied or not embedded is said, and that nothing was answered."""
    text = written(report, terminal=False)

    assert "a: empty" in text
    assert "1 more were copies" in text
    assert "by meaning the newest 4 chunks only" in text
    assert "Nothing awaited an answer." in text


def test_the_summary_is_data_too(report: Report) -> None:
    """As JSON it says the same to a program."""
    data = json.loads(json.dumps(as_data(report)))

    assert data["reply"] is None
    assert data["triage"][0]["verdict"] == "suspicious"
    assert data["answers"][0]["citations"][0]["rfc_message_id"] == "<1@shop.example.net>"


@pytest.mark.parametrize(
    ("question", "quotes", "reason"),
    [
        (Question("Where?", "made"), (), "no answer"),
        (Question("Where?", "sample", "there", "<1@shop.example.net>"), (QUOTE,), "wrong answer"),
        (Question("Where?", "sample", "here", "<2@shop.example.net>"), (QUOTE,), "wrong citation"),
    ],
)
def test_a_wrong_answer_is_a_failure(question: Question, quotes: tuple[Quote, ...], reason: str) -> None:
    """A known question must get its known answer from its known message."""
    with pytest.raises(DemoError, match=reason):
        check_answer(question, Answer("Where?", quotes))


def test_steps_are_timed_and_silent_where_nobody_looks(capsys: pytest.CaptureFixture[str]) -> None:
    """Each step's time is kept; nothing is written without a terminal."""
    with Steps().shown() as steps, steps.step("Load mail") as task:
        task.expect(2)
        task.advance()
        task.say("[/oops] halfway")

    assert list(steps.seconds) == ["Load mail"]
    assert capsys.readouterr() == ("", "")
