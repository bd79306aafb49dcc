"""One measurement in a process of its own: `python -m bench.job NAME ARGUMENTS-AS-JSON` prints one JSON line.

Only the clock, and what Python has loaded anyway, is imported before the client under test.
"""

import json
import resource
import sys
import time
from collections.abc import AsyncIterator, Iterator
from functools import partial
from importlib import import_module
from typing import Any

from bench.tally import Tally

Report = dict[str, Any]


class Meter:
    """Wall time, CPU time of the whole process, and how far its memory rose above what imports took."""

    def __init__(self) -> None:
        self.before = resource.getrusage(resource.RUSAGE_SELF)
        self.begun = time.perf_counter()

    def report(self) -> Report:
        wall = time.perf_counter() - self.begun
        after = resource.getrusage(resource.RUSAGE_SELF)
        cpu = after.ru_utime + after.ru_stime - self.before.ru_utime - self.before.ru_stime
        return {
            "wall_ms": wall * 1000,
            "cpu_ms": cpu * 1000,
            "peak_mb": after.ru_maxrss / 1024,
            "rise_mb": (after.ru_maxrss - self.before.ru_maxrss) / 1024,
        }


def _await(coroutine: Any) -> Any:
    import asyncio

    return asyncio.run(coroutine)


def reads(client: str, url: str, count: int, width: int = 1) -> Report:
    """Read `count` threads of one message each, and check them when the clock has stopped."""
    module = import_module(f"bench.clients.{client}")
    ids = [f"thread-{number}" for number in range(count)]
    meter = Meter()
    answers = module.reads(url, ids, width)
    if hasattr(answers, "__await__"):
        answers = _await(answers)
    measured = meter.report()
    tally = Tally(count)
    for message_id, text in module.texts(answers):
        tally.add(message_id, text)
    return measured | tally.report()


def inbox(client: str, url: str, size: int, pause_ms: float = 0) -> Report:
    """Read an inbox to its end and keep nothing; a slow consumer pauses after each message."""
    module = import_module(f"bench.clients.{client}")
    tally = Tally(size)
    meter = Meter()
    messages = module.inbox(url, size)
    if hasattr(messages, "__aiter__"):
        _await(_consume_async(messages, tally, pause_ms))
    else:
        _consume(messages, tally, pause_ms)
    return meter.report() | tally.report()


def _consume(messages: Iterator[tuple[str, str]], tally: Tally, pause_ms: float) -> None:
    for message_id, text in messages:
        tally.add(message_id, text)
        if pause_ms:
            time.sleep(pause_ms / 1000)


async def _consume_async(messages: AsyncIterator[tuple[str, str]], tally: Tally, pause_ms: float) -> None:
    import asyncio

    async for message_id, text in messages:
        tally.add(message_id, text)
        if pause_ms:
            await asyncio.sleep(pause_ms / 1000)


def latency(url: str) -> Report:
    """Time single requests without a client library."""
    module = import_module("bench.clients.raw")
    report: Report = _await(module.latency(url))
    return report


def first(client: str, url: str, started: float) -> Report:
    """Read one message; the time since the process was started, and the frameworks that came with it."""
    text = import_module(f"bench.clients.{client}").first(url)
    heavy = {"langchain", "langchain_core", "llama_index", "cryptography", "starlette", "typer", "numpy"}
    return {"wall_ms": (time.monotonic() - started) * 1000, "heavy": sorted(heavy & set(sys.modules)), "text": text[:6]}


def construct(client: str, url: str) -> Report:
    """Make one client, in a process that has not made one before."""
    module = import_module(f"bench.clients.{client}")
    meter = Meter()
    kept = module.construct(url)
    report = meter.report()
    kept.close()
    return report


def touch(names: list[str]) -> Report:
    """Import modules and look up names in them, given as `module` or `module:name`."""
    meter = Meter()
    for name in names:
        module, _, attribute = name.partition(":")
        loaded = import_module(module)
        if attribute:
            getattr(loaded, attribute)
    return meter.report()


def schemas(client: str, rounds: int = 9) -> Report:
    """Turn forty tools into definitions: in a cold process, the same tools again, and new tools in a warm process."""
    module = import_module(f"bench.clients.{client}")
    tools = module.prepared()
    cold = _timed(lambda: module.convert(tools))
    again = [_timed(lambda: module.convert(tools)) for _ in range(rounds)]
    fresh = [_timed(partial(module.convert, module.prepared())) for _ in range(rounds)]
    names = {definition["function"]["name"] for definition in module.convert(tools)}
    frameworks = sorted({"langchain_core", "langchain"} & set(sys.modules))
    medians = {"again_ms": sorted(again)[rounds // 2], "fresh_ms": sorted(fresh)[rounds // 2]}
    return {"cold_ms": cold, **medians, "tools": len(names), "heavy": frameworks}


def dispatch(client: str, calls: int = 2000) -> Report:
    """Call a tool that asks no service, checking its arguments as always."""
    call = import_module(f"bench.clients.{client}").dispatcher()
    answer = call()
    return {"wall_ms": _timed(lambda: [call() for _ in range(calls)]), "answer": answer}


def _timed(function: Any) -> float:
    begun = time.perf_counter()
    function()
    return (time.perf_counter() - begun) * 1000


JOBS = {job.__name__: job for job in (reads, inbox, latency, first, construct, touch, schemas, dispatch)}

if __name__ == "__main__":
    print(json.dumps(JOBS[sys.argv[1]](**json.loads(sys.argv[2]))))
