"""Reading mail and calls."""

import time
from collections.abc import AsyncIterator, Iterator, Sequence
from importlib import import_module

from bench.jobs import Meter, Report, awaited, client_module
from bench.names import uuid_of
from bench.tally import Tally


def reads(client: str, url: str, count: int, width: int = 1) -> Report:
    """Read `count` messages with a client made before; check them when the clock has stopped."""
    module = client_module(client)
    made = module.construct(url)
    meter = Meter()
    answers = module.reads(made, count, width)
    if hasattr(answers, "__await__"):
        answers = awaited(answers)
    measured = meter.report()
    tally = Tally(count)
    for message_id, text in module.texts(answers):
        tally.add(message_id, text)
    return measured | tally.report()


def inbox(client: str, url: str, size: int, pause_ms: float = 0, loads: Sequence[str] = ()) -> Report:
    """Read an inbox to its end with a client made before, and keep nothing; a slow consumer pauses after each message.

    Modules that the client would load late are loaded before, so that what is measured is reading alone.
    """
    for name in loads:
        import_module(name)
    return _stream(client, "inbox", url, Tally(size), pause_ms)


def calls(client: str, url: str, size: int) -> Report:
    """Read what was said in every call, with a client made before."""
    return _stream(client, "calls", url, Tally(size, uuid_of))


def _stream(client: str, what: str, url: str, tally: Tally, pause_ms: float = 0) -> Report:
    module = client_module(client)
    made = module.construct(url)
    meter = Meter()
    items = getattr(module, what)(made, len(tally.seen))
    if hasattr(items, "__aiter__"):
        awaited(_consume_async(items, tally, pause_ms))
    else:
        _consume(items, tally, pause_ms)
    return meter.report() | tally.report()


def _consume(items: Iterator[tuple[str, str]], tally: Tally, pause_ms: float) -> None:
    for name, text in items:
        tally.add(name, text)
        if pause_ms:
            time.sleep(pause_ms / 1000)


async def _consume_async(items: AsyncIterator[tuple[str, str]], tally: Tally, pause_ms: float) -> None:
    import asyncio

    async for name, text in items:
        tally.add(name, text)
        if pause_ms:
            await asyncio.sleep(pause_ms / 1000)


def latency(client: str, url: str) -> Report:
    """Time single requests without a client library."""
    report: Report = awaited(client_module(client).latency(url))
    return report
