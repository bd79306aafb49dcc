"""What unlocking Inkbox's vault costs."""

from collections.abc import Iterator

from bench.measure import Job, interleaved, serving
from bench.names import SECRETS
from bench.peers import absent, officials
from bench.rows.plan import OURS, Effort, row
from bench.table import Figure


@row("inkbox")
def vault(effort: Effort, service: str) -> Iterator[Figure]:
    """Unlocking against the derivation of its key and as many bare decryptions as there are secrets; how many it makes."""
    clients = {name: (f"{service}.official", python) for name, python in officials(service).items()}
    clients |= {name: (f"{service}.{client}", Job.python) for name, client in OURS.items()}
    jobs = {"bare": Job("vault.unlock", {"client": f"{service}.bare_vault"})}
    counts = {}
    for name, (client, python) in clients.items():
        jobs[name] = Job("vault.unlock", {"client": client}, python=python)
        counts[name] = Job("vault.decrypted", {"client": client}, python=python)
    with serving(service, size=1, secrets=SECRETS) as server:
        seen = interleaved(jobs, server, effort.rounds)
        counted = interleaved(counts, server, 1)
    what, bare = f"{service}: unlocking {SECRETS:,} secrets", f"derivation + {SECRETS:,} decryptions"
    for name in clients:
        goal = 1.2 if name in OURS else None
        yield Figure("vault", f"{what}: {name} / ({bare})", seen.ratio(name, "bare", "wall_ms"), goal)
    for name in clients:
        first = seen(name, "cold_ms") / seen("bare", "wall_ms")
        yield Figure("vault", f"{what}, the first time in a process: {name} / ({bare})", first)
    for name in clients:
        goal = 0 if name in OURS else None
        yield Figure("vault", f"{what}: {name}, payloads decrypted", counted(name, "decrypted"), goal, "")
    yield from absent("vault", service)
