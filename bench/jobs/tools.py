"""Tools as definitions for a model, and calls of them."""

import sys
import time
from functools import partial
from typing import Any

from bench.jobs import Report, client_module


def schemas(client: str, rounds: int = 9) -> Report:
    """Turn forty tools into definitions: in a cold process, the same tools again, and new tools in a warm process."""
    module = client_module(client)
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
    call = client_module(client).dispatcher()
    answer = call()
    return {"wall_ms": _timed(lambda: [call() for _ in range(calls)]), "answer": answer}


def _timed(function: Any) -> float:
    begun = time.perf_counter()
    function()
    return (time.perf_counter() - begun) * 1000
