"""What is measured: each function gives the figures of one goal. All are ratios of medians from one run."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import ceil

from bench.measure import Job, Server, interleaved, latency_ms, serving
from bench.table import Figure

OURS = {"sync": "postline_sync", "async": "postline_async"}


@dataclass(frozen=True)
class Effort:
    """How long to measure."""

    rounds: int
    memory_rounds: int
    """Peak memory is almost the same in every round."""


FULL, QUICK = Effort(rounds=5, memory_rounds=5), Effort(rounds=3, memory_rounds=1)
INBOX = 10_000
Row = Callable[[Effort], Iterator[Figure]]
ROWS: dict[str, Row] = {}


def row(function: Row) -> Row:
    """List a function among the rows, under its own name."""
    ROWS[function.__name__] = function
    return function


def reading(client: str, width: int, count: int = 1000) -> Job:
    return Job(
        "reads",
        {"client": client, "count": count, "width": width},
        may_fail=client in {"official", "bare"} and width > 1,
    )


def streaming(client: str, size: int, *, exact: bool = True, pause_ms: float = 0) -> Job:
    return Job("inbox", {"client": client, "size": size, "pause_ms": pause_ms}, exact)


@row
def wide(effort: Effort) -> Iterator[Figure]:
    """G2: a thousand reads 32 wide at 20 ms, against the latency bound B."""
    for label, extra_ms, tls in (("", 0, False), (", 100 ms to connect", 100, False), (", TLS", 0, True)):
        with serving(size=1000, per_thread=1, latency_ms=20, connect_ms=extra_ms, tls=tls) as server:
            yield from _wide(label, extra_ms, server, effort)


def _wide(label: str, extra_ms: float, server: Server, effort: Effort) -> Iterator[Figure]:
    peers = {"raw": "raw", "official + threads": "official", "bare httpx + threads": "bare"}
    seen = interleaved({name: reading(client, 32) for name, client in (peers | OURS).items()}, server, effort.rounds)
    bound = latency_ms(server) * ceil(1000 / 32) + extra_ms
    for name in seen.reports:
        goal = 1.15 if name in OURS else None
        yield Figure("G2", f"32 wide at 20 ms{label}: {name} / B", seen(name, "wall_ms") / bound, goal)
    for name in OURS:
        yield Figure("G2", f"32 wide{label}: {name}, most connections", seen(name, "connections"), 32, "")


@row
def cpu(effort: Effort) -> Iterator[Figure]:
    """G3: CPU time of a thousand reads, 16 wide against the official loop, and of one call after the other."""
    for label, tls in (("", False), (" over TLS", True)):
        jobs = {
            "official": reading("official", 1),
            "raw": reading("raw", 16),
            "one at a time": reading(OURS["sync"], 1),
        }
        jobs |= {name: reading(client, 16) for name, client in OURS.items()}
        with serving(size=1000, per_thread=1, latency_ms=1, tls=tls) as server:
            seen = interleaved(jobs | {"bare httpx": reading("bare", 1)}, server, effort.rounds)
        for name, goal in (("sync", 0.68), ("async", 0.68), ("raw", None)):
            what = f"CPU of 1,000 reads 16 wide{label}: {name} / official loop"
            yield Figure("G3", what, seen.ratio(name, "official", "cpu_ms"), goal)
        for name, goal in (("one at a time", 0.65), ("bare httpx", None)):
            what = f"CPU of one call{label}: {name} / official call"
            yield Figure("G3", what, seen.ratio(name, "official", "cpu_ms"), goal)


@row
def memory(effort: Effort) -> Iterator[Figure]:
    """G4: peak memory of a lazy read, for a large inbox against a small one, and with a slow consumer."""
    small = INBOX // 10
    jobs = {"official, page by page": streaming("official", INBOX, exact=False)}
    for name, client in OURS.items():
        jobs[f"{name} small"] = streaming(client, small)
        jobs[name] = streaming(client, INBOX)
        jobs[f"{name} slow"] = streaming(client, INBOX, pause_ms=0.5)
    with serving(size=INBOX, latency_ms=20) as server:
        seen = interleaved(jobs, server, effort.memory_rounds)
    for name in OURS:
        what = f"peak memory, {INBOX:,} / {small:,} messages: {name}"
        yield Figure("G4", what, seen.ratio(name, f"{name} small", "peak_mb"), 1.10)
        yield Figure("G4", f"memory over import, {INBOX:,} messages: {name}", seen(name, "rise_mb"), 25, "MB")
        yield Figure("G4", f"memory over import, slow consumer: {name}", seen(f"{name} slow", "rise_mb"), 25, "MB")
    official = seen("official, page by page", "rise_mb")
    yield Figure("G4", "memory over import: official, page by page", official, unit="MB")


@row
def bulk(effort: Effort) -> Iterator[Figure]:
    """G5: a whole inbox at 50 ms against the official loop over pages of 1,000, which keeps its messages in a list."""
    peers = {"official": "official_kept", "official, nothing kept": "official"}
    jobs = {name: streaming(client, INBOX) for name, client in (peers | OURS).items()}
    with serving(size=INBOX, latency_ms=50) as server:
        seen = interleaved(jobs, server, effort.rounds)
    inbox = f"inbox of {INBOX:,} at 50 ms"
    for name in OURS:
        for key, what, goal in (("wall_ms", "wall", 0.9), ("rise_mb", "memory over import", 0.35)):
            yield Figure("G5", f"{inbox}, {what}: {name} / official", seen.ratio(name, "official", key), goal)
            unkept = seen.ratio(name, "official, nothing kept", key)
            yield Figure("G5", f"{inbox}, {what}: {name} / official, nothing kept", unkept)


@row
def ties(_: Effort) -> Iterator[Figure]:
    """G5: the same with equal timestamps, up to a page's limit of them: no message lost, none doubled."""
    size = 3_000
    clients = {"official": "official"} | OURS
    for same_time in (3, 150, 990):
        with serving(size=size, same_time=same_time) as server:
            seen = interleaved({n: streaming(c, size, exact=False) for n, c in clients.items()}, server, 1)
        for name in clients:
            wrong = sum(seen(name, key) for key in ("lost", "doubled", "misnamed"))
            goal = 0 if name in OURS else None
            yield Figure("G5", f"lost or doubled of {size:,}, {same_time} in one instant: {name}", wrong, goal, "")


@row
def start(effort: Effort) -> Iterator[Figure]:
    """G8: process start to the first typed message, and what a constructor costs."""
    clients = {"official": "official", "ours": OURS["sync"]}
    rounds = 2 * effort.rounds + 1
    with serving(size=8, per_thread=1) as server:
        firsts = interleaved({n: Job("first", {"client": c}) for n, c in clients.items()}, server, rounds)
        made = interleaved({n: Job("construct", {"client": c}) for n, c in clients.items()}, server, rounds)
    yield Figure(
        "G8", "process start to first message: ours / official", firsts.ratio("ours", "official", "wall_ms"), 0.75
    )
    yield Figure("G8", "constructor: ours / official", made.ratio("ours", "official", "wall_ms"), 0.2)
    heavy = len(firsts.reports["ours"][0]["heavy"])
    yield Figure("G8", "frameworks loaded by then", heavy, 0, "")


@row
def imports(effort: Effort) -> Iterator[Figure]:
    """What `import postline` costs against what it is built on."""
    touches = {
        "base": ["httpx", "pydantic"],
        "base, names used": ["httpx:Client", "pydantic:BaseModel", "pydantic:TypeAdapter"],
        "ours": ["postline"],
        "ours, names used": ["postline:CommuneClient", "postline:Gather"],
    }
    jobs = {name: Job("touch", {"names": names}) for name, names in touches.items()}
    seen = interleaved(jobs, None, 2 * effort.rounds + 1)
    for suffix in ("", ", names used"):
        ratio = seen.ratio(f"ours{suffix}", f"base{suffix}", "wall_ms")
        yield Figure("import", f"import postline / import httpx, pydantic{suffix}", ratio, 1.3)


@row
def functions(effort: Effort) -> Iterator[Figure]:
    """G9: tools as definitions for a model, and a call of one, against LangChain's."""
    clients = {"ours": "postline_tools", "langchain": "langchain_tools"}
    converted = interleaved({n: Job("schemas", {"client": c}) for n, c in clients.items()}, None, effort.rounds)
    called = interleaved({n: Job("dispatch", {"client": c}) for n, c in clients.items()}, None, effort.rounds)
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
