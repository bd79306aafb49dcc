"""What comes before the first answer."""

import sys
import time
from importlib import import_module

from bench.jobs import Meter, Report, client_module


def first(client: str, url: str, started: float) -> Report:
    """Read one message; the time since the process was started, and the frameworks that came with it."""
    module = client_module(client)
    text = module.first(module.construct(url))
    heavy = {"langchain", "langchain_core", "llama_index", "cryptography", "starlette", "typer", "numpy"}
    return {"wall_ms": (time.monotonic() - started) * 1000, "heavy": sorted(heavy & set(sys.modules)), "text": text[:6]}


def construct(client: str, url: str) -> Report:
    """Make one client, in a process that has not made one before."""
    module = client_module(client)
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
