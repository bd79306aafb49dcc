"""G4 and G5: large inboxes, in bounded memory."""

from collections.abc import Iterator
from dataclasses import replace

from bench.measure import Job, interleaved, serving
from bench.rows.plan import OURS, Effort, row, streaming
from bench.table import Figure

MOST_MB = {"commune": 25, "inkbox": 12}
LATE = ["postline.ahead", "postline.channels.commune", "postline.channels.inkbox"]


@row("commune", "inkbox")
def memory(effort: Effort, service: str) -> Iterator[Figure]:
    """G4: peak memory of a lazy read, for a large inbox against a small one, and with a slow consumer."""
    large = effort.inbox if service == "commune" else effort.mailbox
    small = large // 10
    # On Inkbox the official loop keeps nothing but takes a request for each message.
    looped = large if service == "commune" else small // 10
    jobs = {}
    if effort.complete:
        jobs["official"] = replace(streaming(f"{service}.official", looped), exact=False)
    for name, client in OURS.items():
        for size, label in ((small, f"{name} small"), (large, name)):
            job = streaming(f"{service}.{client}", size)
            jobs[label] = replace(job, arguments=job.arguments | {"loads": LATE})
        jobs[f"{name} slow"] = _slow(jobs[name])
    with serving(service, size=large, latency_ms=20 if service == "commune" else 5) as server:
        seen = interleaved(jobs, server, effort.memory_rounds)
    goal = MOST_MB[service]
    for name in OURS:
        what = f"{service}: peak memory, {large:,} / {small:,} messages: {name}"
        yield Figure("G4", what, seen.ratio(name, f"{name} small", "peak_mb"), 1.10)
        over = f"{service}: memory over import"
        yield Figure("G4", f"{over}, {large:,} messages: {name}", seen(name, "rise_mb"), goal, "MB")
        yield Figure("G4", f"{over}, slow consumer: {name}", seen(f"{name} slow", "rise_mb"), goal, "MB")
    if effort.complete:
        what = f"{over}, {looped:,} messages: official, nothing kept"
        yield Figure("G4", what, seen("official", "rise_mb"), unit="MB")


def _slow(job: Job) -> Job:
    return replace(job, arguments={**job.arguments, "pause_ms": 0.5})


@row("commune")
def bulk(effort: Effort, service: str) -> Iterator[Figure]:
    """G5: a whole inbox at 50 ms against the official loop over pages of 1,000, which keeps its messages in a list."""
    peers = {"official": "official_kept"}
    if effort.complete:
        peers["official, nothing kept"] = "official"
    jobs = {name: streaming(f"{service}.{client}", effort.inbox) for name, client in (peers | OURS).items()}
    with serving(service, size=effort.inbox, latency_ms=50) as server:
        seen = interleaved(jobs, server, effort.rounds)
    for name in OURS:
        for peer in peers:
            for key, what, goal in (("wall_ms", "wall", 0.9), ("rise_mb", "memory over import", 0.35)):
                what = f"{service}: inbox of {effort.inbox:,} at 50 ms, {what}: {name} / {peer}"
                yield Figure("G5", what, seen.ratio(name, peer, key), goal if peer == "official" else None)


@row("commune")
def ties(_: Effort, service: str) -> Iterator[Figure]:
    """G5: the same with equal timestamps, up to a page's limit of them: no message lost, none doubled."""
    size = 3_000
    clients = {"official": "official"} | OURS
    jobs = {name: replace(streaming(f"{service}.{client}", size), exact=False) for name, client in clients.items()}
    for same_time in (3, 150, 990):
        with serving(service, size=size, same_time=same_time) as server:
            seen = interleaved(jobs, server, 1)
        for name in clients:
            wrong = sum(seen(name, key) for key in ("lost", "doubled", "misnamed"))
            what = f"{service}: lost or doubled of {size:,}, {same_time} in one instant: {name}"
            yield Figure("G5", what, wrong, 0 if name in OURS else None, "")
