"""G9: function calling."""

from collections.abc import Iterator

from bench.measure import Job, interleaved
from bench.rows.plan import Effort, row
from bench.table import Figure


@row()
def functions(effort: Effort) -> Iterator[Figure]:
    """G9: tools as definitions for a model, and a call of one, against LangChain's."""
    clients = {"ours": "postline_tools", "langchain": "langchain_tools"}
    converted = interleaved({n: Job("tools.schemas", {"client": c}) for n, c in clients.items()}, None, effort.rounds)
    called = interleaved({n: Job("tools.dispatch", {"client": c}) for n, c in clients.items()}, None, effort.rounds)
    # LangChain keeps a tool's definition once made; what it costs to make is seen on tools that it meets for the first time.
    ours, made, kept = (
        converted(*at) for at in (("ours", "again_ms"), ("langchain", "fresh_ms"), ("langchain", "again_ms"))
    )
    yield Figure("G9", "40 tools to definitions, warm: ours / LangChain's conversion", ours / made, 0.05)
    yield Figure("G9", "40 tools to definitions, warm: ours / what LangChain has kept", ours / kept)
    cold = converted.ratio("ours", "langchain", "cold_ms")
    yield Figure("G9", "40 tools to definitions, cold: ours / LangChain", cold)
    yield Figure("G9", "frameworks loaded for it", len(converted.reports["ours"][0]["heavy"]), 0, "")
    yield Figure(
        "G9", "validate and call: ours / StructuredTool.invoke", called.ratio("ours", "langchain", "wall_ms"), 0.05
    )
