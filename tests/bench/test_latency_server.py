"""The latency server that benchmarks run against: what it refuses, and that its mailboxes hold what they say."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from bench.admission import Admission
from bench.corpus import Corpus
from bench.names import mailbox_of, uuid_of
from bench.server import Api
from bench.services.commune import Commune
from bench.services.inkbox import Inkbox
from bench.tally import Tally

SIZE = 120


@pytest.fixture
def inkbox():
    return Api(Inkbox(Corpus(SIZE), calls=3, secrets=0), Admission())


def ask(api, target):
    (status, body), _ = api.answer(target, now=0.0)
    assert status == 200
    return json.loads(body)


def test_a_mailbox_holds_every_message_once(inkbox):
    """Pages lead to all of it, newest first, and each message has the text that its number says."""
    where, cursor, tally = f"/api/v1/mail/mailboxes/{mailbox_of(SIZE)}/messages", "", Tally(SIZE)
    times = []
    while cursor is not None:
        page = ask(inkbox, f"{where}?limit=50&cursor={cursor}" if cursor else f"{where}?limit=50")
        for item in page["items"]:
            whole = ask(inkbox, f"{where}/{item['id']}")
            tally.add(whole["message_id"], whole["body_text"])
            times.append(item["created_at"])
        cursor = page["next_cursor"]

    found = tally.report()

    assert found == {"lost": 0, "doubled": 0, "misnamed": 0, "sum": sum(inkbox.service.sums("mail.inbox"))}
    assert times == sorted(times, reverse=True)


@pytest.mark.parametrize(
    ("listed", "transcript"),
    [
        (f"numbers/{uuid_of(3)}/calls", f"numbers/{uuid_of(3)}/calls/{{}}/transcripts"),
        (f"calls?agent_identity_id={uuid_of(3)}", "calls/{}/transcripts"),
    ],
)
def test_calls_are_found_by_the_routes_of_old_and_new_clients(inkbox, listed, transcript):
    """By their number or by their identity, the same calls and transcripts."""
    tally = Tally(3, uuid_of)
    for call in ask(inkbox, f"/api/v1/phone/{listed}"):
        turns = ask(inkbox, f"/api/v1/phone/{transcript.format(call['id'])}")
        tally.add(call["id"], "\n".join(turn["text"] for turn in turns))

    found = tally.report()

    assert found == {"lost": 0, "doubled": 0, "misnamed": 0, "sum": sum(inkbox.service.sums("mail.calls"))}


def test_a_limit_lets_through_what_it_says():
    """In ten seconds at full speed: ten seconds' worth, and what the bucket held at first."""
    admission = Admission(rps=200)

    let_through = sum(admission.refusal(k / 1000) is None for k in range(10_001))

    assert let_through == pytest.approx(2020, abs=2)


@pytest.mark.parametrize(
    ("hint", "said"), [("none", ""), ("exact", "Retry-After: 0.100\r\n"), ("whole", "Retry-After: 1\r\n")]
)
def test_a_refusal_says_when_to_try_again_as_it_was_told_to(hint, said):
    """Nothing, the moment when there is room again, or whole seconds."""
    admission = Admission(rps=10, hint=hint)
    admission.refusal(0.0)

    refusal = admission.refusal(0.0)

    assert refusal == said


def test_failures_come_at_regular_places():
    """Each n-th request, and each is counted."""
    api = Api(Commune(Corpus(8)), Admission(fail_every=3))

    statuses = [api.answer("/v1/threads/thread-0/messages", now=0.0)[0][0] for _ in range(6)]

    assert statuses == [200, 200, 429, 200, 200, 429]
    assert api.stats.requests["refused"] == 2


def test_the_current_inkbox_is_measured_without_postline():
    """What runs in an environment of its own imports that client, and nothing of ours but the benchmarks."""
    jobs = "bench.jobs.mail, bench.jobs.start, bench.jobs.vault"
    clients = "official, official_later, official_threads"
    code = f"import sys, {jobs}; from bench.clients.inkbox import {clients}; assert 'postline' not in sys.modules"

    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[2])
