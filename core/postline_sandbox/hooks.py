"""Webhook deliveries of both services: kept in the database, posted by a task, repeated on the sandbox's clock."""

import asyncio
import contextlib
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from postline_sandbox.clock import Clock, iso
from postline_sandbox.storage import Row, Storage

if TYPE_CHECKING:
    import httpx

_TABLES = """
CREATE TABLE IF NOT EXISTS webhook_deliveries (
    delivery_id TEXT PRIMARY KEY, service TEXT NOT NULL, organization_id TEXT NOT NULL, source_id TEXT NOT NULL,
    event_type TEXT NOT NULL, endpoint TEXT NOT NULL, body BLOB NOT NULL, state TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0, created_ms INTEGER NOT NULL, next_ms INTEGER, delivered_ms INTEGER,
    status_code INTEGER, response_ms INTEGER, error TEXT
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS webhook_due ON webhook_deliveries (next_ms) WHERE next_ms IS NOT NULL;
"""
_SHOWN = (
    "delivery_id, service, organization_id, source_id, event_type, endpoint, state, attempts, status_code,"
    " response_ms, error, created_ms, next_ms, delivered_ms"
)
_ERROR_CHARS = 500


@dataclass(frozen=True)
class Attempt:
    """One try at one delivery."""

    delivery_id: str
    source_id: str
    endpoint: str
    body: bytes
    number: int
    """Counted from 1."""
    timestamp_ms: int
    test: bool = False
    organization_id: str = ""


@dataclass(frozen=True)
class Outcome:
    """What a receiver answered."""

    status_code: int | None
    response_ms: int
    error: str | None
    body: bytes = b""

    @property
    def delivered(self) -> bool:
        """Whether the receiver took it."""
        return self.error is None


@dataclass(frozen=True)
class Policy:
    """How a service posts: the headers of an attempt, and the delays in seconds after failed ones."""

    headers: Callable[[Attempt], dict[str, str]]
    delays_seconds: tuple[float, ...]
    jitter: float = 0.25
    first_timeout_seconds: float = 10
    later_timeout_seconds: float = 30
    break_after: int = 5
    """So many failures in a row at one endpoint, and nothing is sent there for a while."""
    break_seconds: float = 300


@dataclass
class _Circuit:
    failures: int = 0
    open_until_ms: int = field(default=0)


class Hooks:
    """The queue of deliveries and the task that works it off."""

    def __init__(self, storage: Storage, clock: Clock, seed: str) -> None:
        self._storage = storage
        self._clock = clock
        self._random = random.Random(seed)  # noqa: S311 - jitter, the same in every run
        self._policies: dict[str, Policy] = {}
        self._circuits: dict[str, _Circuit] = {}
        self._flying: dict[str, asyncio.Task[None]] = {}
        self._wake = asyncio.Event()
        self._client: httpx.AsyncClient | None = None
        storage.create(_TABLES)

    def register(self, service: str, policy: Policy) -> None:
        """Say how a service posts."""
        self._policies[service] = policy

    def add(
        self, delivery_id: str, service: str, owner: tuple[str, str], endpoint: str, event: str, body: bytes
    ) -> None:
        """Queue a delivery for an organization's inbox or number; it is posted once the caller has committed."""
        now = self._clock.now_ms()
        self._storage.run(
            "INSERT INTO webhook_deliveries (delivery_id, service, organization_id, source_id, event_type, endpoint,"
            " body, state, created_ms, next_ms) VALUES (?, ?, ?, ?, ?, ?, ?, 'pending', ?, ?)",
            *(delivery_id, service, *owner, event, endpoint, body, now, now),
        )
        self.wake()

    def retry(self, delivery_id: str) -> None:
        """Make a delivery due at once, from its first attempt on."""
        self._storage.run(
            "UPDATE webhook_deliveries SET state = 'pending', attempts = 0, next_ms = ? WHERE delivery_id = ?",
            *(self._clock.now_ms(), delivery_id),
        )
        self.wake()

    def wake(self) -> None:
        """Look for deliveries that are due: one was added, or the clock moved."""
        self._wake.set()

    def listing(self, where: str, *values: Any) -> list[dict[str, Any]]:
        """Return deliveries, newest first, without their bodies."""
        sql = f"SELECT {_SHOWN} FROM webhook_deliveries WHERE {where} ORDER BY created_ms DESC, delivery_id"  # noqa: S608 - `where` is written here
        return [_shown(row) for row in self._storage.rows(sql, values)]

    async def run(self) -> None:
        """Post what is due until cancelled."""
        try:
            while True:
                self._wake.clear()
                self._start_due()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._wake.wait(), self._seconds_to_next())
        finally:
            for task in self._flying.values():
                task.cancel()
            await asyncio.gather(*self._flying.values(), return_exceptions=True)
            if self._client is not None:
                await self._client.aclose()

    async def settle(self) -> None:
        """Wait until nothing is due and nothing is on its way."""
        while flying := self._start_due():
            await asyncio.wait(flying)

    async def post(self, service: str, attempt: Attempt) -> Outcome:
        """Post one attempt and report; nothing is stored."""
        import httpx  # loaded with the first webhook

        policy = self._policies[service]
        timeout = policy.first_timeout_seconds if attempt.number == 1 else policy.later_timeout_seconds
        if self._client is None:
            self._client = httpx.AsyncClient(trust_env=False)
        headers = {"content-type": "application/json", **policy.headers(attempt)}
        started = time.perf_counter()
        try:
            answer = await self._client.post(attempt.endpoint, content=attempt.body, headers=headers, timeout=timeout)
        except Exception as error:  # noqa: BLE001 - whatever ails an endpoint, the queue must go on
            return Outcome(None, _since(started), f"{type(error).__name__}: {error}"[:_ERROR_CHARS])
        complaint = None if answer.is_success else answer.text[:_ERROR_CHARS]
        return Outcome(answer.status_code, _since(started), complaint, answer.content)

    def _seconds_to_next(self) -> float | None:
        if not self._clock.ticks:
            return None
        marks = ",".join("?" * len(self._flying))
        sql = f"SELECT min(next_ms) FROM webhook_deliveries WHERE next_ms IS NOT NULL AND delivery_id NOT IN ({marks})"  # noqa: S608 - only question marks
        next_ms = self._storage.value(sql, *self._flying)
        return None if next_ms is None else max(0.0, (next_ms - self._clock.now_ms()) / 1000)

    def _start_due(self) -> list[asyncio.Task[None]]:
        sql = "SELECT delivery_id FROM webhook_deliveries WHERE next_ms <= ? ORDER BY next_ms"
        for (delivery_id,) in self._storage.rows(sql, (self._clock.now_ms(),)):
            if delivery_id not in self._flying:
                self._flying[delivery_id] = asyncio.create_task(self._deliver(delivery_id))
        return list(self._flying.values())

    async def _deliver(self, delivery_id: str) -> None:
        try:
            row = self._storage.row(
                "SELECT service, organization_id, source_id, endpoint, body, attempts FROM webhook_deliveries"
                " WHERE delivery_id = ?",
                delivery_id,
            )
            if row is not None:
                service, owner, source_id, endpoint, body, attempts = row
                now = self._clock.now_ms()
                attempt = Attempt(delivery_id, source_id, endpoint, body, attempts + 1, now, organization_id=owner)
                self._record(self._policies[service], attempt, await self._guarded(service, attempt))
        finally:
            del self._flying[delivery_id]
            self.wake()

    async def _guarded(self, service: str, attempt: Attempt) -> Outcome:
        policy, circuit = self._policies[service], self._circuits.setdefault(attempt.endpoint, _Circuit())
        if circuit.open_until_ms > self._clock.now_ms():
            return Outcome(None, 0, "Circuit breaker open")
        outcome = await self.post(service, attempt)
        circuit.failures = 0 if outcome.delivered else circuit.failures + 1
        if circuit.failures >= policy.break_after:
            circuit.open_until_ms = self._clock.now_ms() + round(policy.break_seconds * 1000)
        return outcome

    def _record(self, policy: Policy, attempt: Attempt, outcome: Outcome) -> None:
        now, next_ms = self._clock.now_ms(), None
        state = "delivered" if outcome.delivered else "dead"
        if not outcome.delivered and attempt.number <= len(policy.delays_seconds):
            spread = 1 + policy.jitter * self._random.uniform(-1, 1)
            state, next_ms = "retrying", now + round(policy.delays_seconds[attempt.number - 1] * spread * 1000)
        self._storage.run(
            "UPDATE webhook_deliveries SET state = ?, attempts = ?, next_ms = ?, delivered_ms = ?, status_code = ?,"
            " response_ms = ?, error = ? WHERE delivery_id = ?",
            *(state, attempt.number, next_ms, now if outcome.delivered else None),
            *(outcome.status_code, outcome.response_ms, outcome.error, attempt.delivery_id),
        )


def _since(started: float) -> int:
    return round((time.perf_counter() - started) * 1000)


def _shown(row: Row) -> dict[str, Any]:
    record = dict(zip(_SHOWN.replace(" ", "").split(","), row, strict=True))
    for name in ("created", "next", "delivered"):
        ms = record.pop(f"{name}_ms")
        record[f"{name}_at"] = None if ms is None else iso(ms)
    return record
