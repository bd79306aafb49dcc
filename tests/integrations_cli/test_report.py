"""The summary shows what was done, and nothing that could take a terminal over."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime, timedelta

import pytest
from rich.console import Console

from postline.channels import Call, Text
from postline_cli.answering import Answer
from postline_cli.data import as_data
from postline_cli.progress import Steps
from postline_cli.questions import Question
from postline_cli.quotes import Quote
from postline_cli.records import Asked, Line, Report, Service
from postline_cli.report import show
from postline_cli.triage import CallNote, Conversation, Outcome

TIME = datetime(2026, 11, 20, 10, tzinfo=UTC)
OWN, OTHER = "+12075550150", "+12075550117"
ENDS = {"number": OWN, "other": OTHER}
MAIL = {
    "kind": "email",
    "message_id": "1",
    "rfc_message_id": "<1@shop.example.net>",
    "subject": "Pump",
    "sender": "jane@shop.example.net",
    "sender_name": "Jane [bold]",
    "created_at": TIME.isoformat(),
}
QUOTES = (
    Quote(("It is \x1b[31mhere.",), "email:1", MAIL),
    Quote(
        ("[02:05] caller: Yes.",),
        "call:1",
        {"kind": "call", "call_id": "c1", "created_at": TIME.isoformat(), **ENDS},
        "02:05",
    ),
    Quote(("[10:00] other: No.",), "texts:1", {"kind": "texts", "created_at": TIME.isoformat(), **ENDS}, "10:00"),
)
LINE = Line(
    handle="front-desk",
    email="front-desk@inkbox-sandbox.example.com",
    number=OWN,
    calls=(
        Call(
            id="c1",
            direction="inbound",
            status="completed",
            created_at=TIME,
            started_at=TIME,
            ended_at=TIME + timedelta(seconds=125),
            turns=(),
            number=OWN,
            other=OTHER,
        ),
    ),
    texts=(Text(id="t1", direction="inbound", text="No\x1b[2J.", created_at=TIME, number=OWN, other=OTHER),),
)


@pytest.fixture
def report() -> Report:
    conversation = Conversation(
        thread_id="t", subject="Pump\x1b]0;x\x07", sender="Jane", verdict="suspicious", reason="why"
    )
    return Report(
        service=Service.BOTH,
        source="some.mbox",
        model="scripted",
        inbox="inbox@commune-sandbox.example.com",
        imported={"imported": 2, "updated": 1, "skipped": [{"source": "a", "reason": "empty"}]},
        line=LINE,
        passed_on="Fwd: Pump",
        outcome=Outcome([conversation], 3, None, [CallNote(call_id="c1", other=OTHER, note="they ask: Why?")]),
        documents={"email": 2, "call": 1, "texts": 1},
        chunks=9,
        embedded=4,
        search="by meaning",
        asked=[Asked(question=Question("Where?", "asked"), answer=Answer("Where?", QUOTES), found_again=None)],
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


def test_the_phone_line_is_shown(report: Report) -> None:
    """Number, call, texts and what was passed on are told; quotes of them say when it was said."""
    text = written(report, terminal=False)

    assert "+12075550150 and front-desk@inkbox-sandbox.example.com of front-desk, on Inkbox: 1 call, 1 text of" in text
    assert "call: from +12075550117, 2:05 minutes, 0 turns: they ask: Why?" in text
    assert "text: from +12075550117: No" in text
    assert "“Fwd: Pump” went from the inbox to front-desk@inkbox-sandbox.example.com" in text
    assert "2 messages, 1 call, 1 text conversation in 9 chunks" in text
    assert "call with +12075550117, 2026-11-20 at 02:05 of it, c1" in text
    assert "texts with +12075550117, 2026-11-20 at 10:00" in text


def test_without_a_phone_line_nothing_is_said_of_it(report: Report) -> None:
    """There is no empty section, and as data it is null."""
    report.line = None

    assert "Phone line" not in written(report, terminal=False)
    assert as_data(report)["line"] is None


def test_the_summary_is_data_too(report: Report) -> None:
    """As JSON it says the same to a program."""
    data = json.loads(json.dumps(as_data(report)))

    assert data["reply"] is None
    assert data["triage"][0]["verdict"] == "suspicious"
    assert data["service"] == "both"
    assert data["line"]["calls"][0]["duration_seconds"] == 125
    assert data["line"]["calls"][0]["note"] == "they ask: Why?"
    assert [each["text_id"] for each in data["line"]["texts"]] == ["t1"]
    mail, call, texts = data["answers"][0]["citations"]
    assert (mail["rfc_message_id"], mail["sender"]) == ("<1@shop.example.net>", "Jane [bold]")
    assert (call["call_id"], call["at"]) == ("c1", "02:05")
    assert (texts["other"], texts["at"]) == (OTHER, "10:00")


def test_steps_are_timed_and_silent_where_nobody_looks(capsys: pytest.CaptureFixture[str]) -> None:
    """Each step's time is kept; nothing is written without a terminal."""
    with Steps().shown() as steps, steps.step("Load mail") as task:
        task.expect(2)
        task.advance()
        task.say("[/oops] halfway")

    assert list(steps.seconds) == ["Load mail"]
    assert capsys.readouterr() == ("", "")
