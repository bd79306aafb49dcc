"""G8: what comes before the first answer."""

from collections.abc import Iterator
from dataclasses import replace

from bench.measure import Job, interleaved, serving
from bench.peers import absent, officials
from bench.rows.plan import OURS, Effort, row
from bench.table import Figure


@row("commune", "inkbox")
def start(effort: Effort, service: str) -> Iterator[Figure]:
    """Process start to the first typed message, and what a constructor costs."""
    peers = {name: (f"{service}.official", python) for name, python in officials(service).items()}
    jobs = {"ours": Job("start.first", {"client": f"{service}.{OURS['sync']}"})}
    jobs |= {n: Job("start.first", {"client": client}, python=python) for n, (client, python) in peers.items()}
    made = {name: replace(job, name="start.construct") for name, job in jobs.items()}
    with serving(service, size=8, per_thread=1) as server:
        firsts = interleaved(jobs, server, effort.rounds + 2)
        constructed = interleaved(made, server, effort.rounds + 2)
    for peer in peers:
        ratio = firsts.ratio("ours", peer, "wall_ms")
        yield Figure("G8", f"{service}: process start to first message: ours / {peer}", ratio, 0.75)
        ratio = constructed.ratio("ours", peer, "wall_ms")
        yield Figure("G8", f"{service}: constructor: ours / {peer}", ratio, 0.2)
    heavy = len(firsts.reports["ours"][0]["heavy"])
    yield Figure("G8", f"{service}: frameworks loaded by then", heavy, 0, "")
    yield from absent("G8", service)


@row()
def imports(effort: Effort) -> Iterator[Figure]:
    """What `import postline` costs against what it is built on."""
    touches = {
        "base": ["httpx", "pydantic"],
        "base, names used": ["httpx:Client", "pydantic:BaseModel", "pydantic:TypeAdapter"],
        "ours": ["postline"],
        "ours, names used": ["postline:CommuneClient", "postline:Gather"],
    }
    jobs = {name: Job("start.touch", {"names": names}) for name, names in touches.items()}
    seen = interleaved(jobs, None, effort.rounds + 2)
    for suffix in ("", ", names used"):
        ratio = seen.ratio(f"ours{suffix}", f"base{suffix}", "wall_ms")
        yield Figure("import", f"import postline / import httpx, pydantic{suffix}", ratio, 1.3)
