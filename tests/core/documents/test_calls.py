"""A call as a document: who said what and when, and flat facts."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postline.channels import Call, Turn
from postline.documents import call_document

NUMBER, OTHER = "+12025550100", "+12025550123"
START = datetime(2026, 11, 9, 9, 12, 5, tzinfo=UTC)
CALL = Call(
    id="call_1",
    direction="inbound",
    number=NUMBER,
    other=OTHER,
    status="completed",
    created_at=START,
    started_at=START + timedelta(seconds=3),
    ended_at=START + timedelta(seconds=98, milliseconds=500),
    hangup_reason="remote",
    turns=(
        Turn(party="agent", start_ms=0, text="Harbor office, good morning.", call_id="call_1"),
        Turn(party="caller", start_ms=12_999, text="Good morning, is the crane free?", call_id="call_1"),
        Turn(party="system", start_ms=75 * 60_000, text="The line is closing.", call_id="call_1"),
    ),
)
FACTS = {
    "service": "inkbox",
    "kind": "call",
    "number": NUMBER,
    "call_id": "call_1",
    "direction": "inbound",
    "other": OTHER,
    "status": "completed",
    "hangup_reason": "remote",
    "created_at": "2026-11-09T09:12:05+00:00",
    "created_at_epoch_seconds": 1794215525,
    "started_at": "2026-11-09T09:12:08+00:00",
    "started_at_epoch_seconds": 1794215528,
    "ended_at": "2026-11-09T09:13:43+00:00",
    "ended_at_epoch_seconds": 1794215623,
    "duration_seconds": 95.5,
    "turn_count": 3,
}


def document(**changes: Any) -> Any:
    return call_document(replace(CALL, **changes), service="inkbox")


def said(*turns: tuple[int, str]) -> tuple[Turn, ...]:
    return tuple(Turn(party="caller", start_ms=at, text=text) for at, text in turns)


def test_a_call_has_a_stable_id_its_turns_and_flat_facts() -> None:
    """A line for each turn, with minutes and seconds from the start and the speaker; facts keep their order."""
    found = document()

    assert found.id == f"postline:call:inkbox:{NUMBER}:call_1"
    assert found.text == (
        "[00:00] agent: Harbor office, good morning.\n"
        "[00:12] caller: Good morning, is the crane free?\n"
        "[75:00] system: The line is closing."
    )
    assert list(found.metadata.items()) == list(FACTS.items())


def test_turns_stand_in_the_order_in_which_they_were_said() -> None:
    """Also where a transcript comes late; what was said at once stays as the service has it."""
    found = document(turns=said((9_000, "three"), (1_000, "one"), (9_000, "four"), (2_000, "two")))

    assert [each.rpartition(" ")[2] for each in found.text.splitlines()] == ["one", "two", "three", "four"]


@given(st.text(st.characters() | st.sampled_from("\n\r\x0b\x1c\u2028\u0085\u202e[]0:: agent")))
def test_words_cannot_pass_for_another_turn(words: str) -> None:
    """Whatever was transcribed, a turn is one line, and no line begins as another turn's would."""
    found = document(turns=said((1_000, f"Yes {words}"), (2_000, "No")))

    first, second = found.text.splitlines()
    assert first.startswith("[00:01] caller: Yes")
    assert second == "[00:02] caller: No"


@pytest.mark.parametrize("turns", [(), said((0, " \n"), (5, "\u200b"))])
@pytest.mark.parametrize(
    ("direction", "ends"), [("inbound", f"from {OTHER} to {NUMBER}"), ("outbound", f"from {NUMBER} to {OTHER}")]
)
def test_a_call_without_words_says_so(turns: tuple[Turn, ...], direction: Any, ends: str) -> None:
    """Its text is a sentence of its facts, never empty, and the facts count no turn."""
    found = document(turns=turns, direction=direction, status="no_answer", started_at=None, ended_at=None)

    assert found.text == f"Call {ends} on 2026-11-09 at 09:12 UTC, status no_answer; nothing that was said is known."
    assert found.metadata["turn_count"] == 0
    assert not {"started_at", "ended_at", "duration_seconds"} & found.metadata.keys()


def test_all_facts_are_flat() -> None:
    """Vector stores take no lists, and filters no booleans; what is unknown has no key."""
    found = document(hangup_reason=None, ended_at=None)

    assert {type(value) for value in found.metadata.values()} <= {str, int, float}
    assert not {"hangup_reason", "ended_at", "ended_at_epoch_seconds", "duration_seconds"} & found.metadata.keys()


def test_the_hash_follows_the_content() -> None:
    """The same call in another zone is the same; another word makes another hash under the same id."""
    zone = timezone(timedelta(hours=-5))
    moved = document(
        **{name: getattr(CALL, name).astimezone(zone) for name in ("created_at", "started_at", "ended_at")}
    )
    changed = document(turns=(*(CALL.turns or ()), *said((6_000_000, "Bye."))))

    assert moved.content_hash == document().content_hash
    assert changed.content_hash != document().content_hash
    assert changed.id == moved.id


def test_a_call_listed_without_its_turns_is_refused() -> None:
    """A listing without them would otherwise pass for a call in which nothing was said."""
    with pytest.raises(ValueError, match="without its turns"):
        document(turns=None)


def test_no_repr_shows_what_was_said_or_who_called() -> None:
    """A document in a log shows its id, and with it only the agent's own number."""
    shown = repr(document())

    assert "crane" not in shown
    assert OTHER not in shown
