"""Inkbox's calls and what was said in them, by the routes of client 0.4.4 and those of later ones."""

from typing import Any

from bench.corpus import FIRST_MS, PARAGRAPHS, STEP_MS, dumps, timestamp
from bench.names import number_in, uuid_of
from bench.services import Answer, Query, Route, limit_of
from bench.tally import checksum

TURNS = 40


class Phone:
    """Calls 0, 1, 2, ...: a phone number of size N has the first N of them."""

    def __init__(self, count: int) -> None:
        said = [turns_of(k) for k in range(count)]
        self.sums = [checksum(k, "\n".join(turns)) for k, turns in enumerate(said)]
        self.calls = [dumps(_call(k)) for k in range(count)]
        self.transcripts = [dumps([_turn(k, *turn) for turn in enumerate(turns)]) for k, turns in enumerate(said)]
        self.routes: dict[str, Route] = {
            "api/v1/phone/numbers/*/calls/*/transcripts": lambda parts, _: (200, self.transcripts[number_in(parts[6])]),
            "api/v1/phone/calls/*/transcripts": lambda parts, _: (200, self.transcripts[number_in(parts[4])]),
            "api/v1/phone/numbers/*/calls": lambda parts, query: self.listed(parts[4], query),
            "api/v1/phone/calls": lambda _, query: self.listed(query["agent_identity_id"], query),
        }

    def listed(self, name: str, query: Query) -> Answer:
        rows, offset = self.calls[: number_in(name)][::-1], int(query.get("offset", 0))
        return 200, b"[" + b",".join(rows[offset : offset + limit_of(query, 50, 200)]) + b"]"


def turns_of(call: int) -> list[str]:
    """What is said in a call, turn by turn; the first one says which call it is."""
    return [f"Call {call}:", *(PARAGRAPHS[(call * 7 + turn) % 500][:160] for turn in range(1, TURNS))]


def _call(number: int) -> dict[str, Any]:
    at = timestamp(FIRST_MS + number * STEP_MS)
    return {
        "id": uuid_of(number),
        "local_phone_number": "+12125550100",
        "remote_phone_number": f"+1212555{110 + number % 80:04d}",
        "direction": "inbound" if number % 2 else "outbound",
        "status": "completed",
        "client_websocket_url": None,
        "use_inkbox_tts": True,
        "use_inkbox_stt": True,
        "hangup_reason": "remote",
        "started_at": at,
        "ended_at": at,
        "is_blocked": False,
        "created_at": at,
        "updated_at": at,
    }


def _turn(call: int, seq: int, text: str) -> dict[str, Any]:
    return {
        "id": uuid_of(call * TURNS + seq),
        "call_id": uuid_of(call),
        "seq": seq,
        "ts_ms": seq * 2500,
        "party": "remote" if seq % 2 else "local",
        "text": text,
        "created_at": timestamp(FIRST_MS + call * STEP_MS + seq * 2500),
    }
