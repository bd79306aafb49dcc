"""What is done in a process of its own, and the clock for it. Loads next to nothing before the client under test."""

import resource
import time
from importlib import import_module
from typing import Any

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


def client_module(name: str) -> Any:
    return import_module(f"bench.clients.{name}")


def awaited(coroutine: Any) -> Any:
    import asyncio

    return asyncio.run(coroutine)
