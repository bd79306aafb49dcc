"""Record the cassettes anew: `python -m tests.record [name ...]`.

From the sandbox all of them; from a live service those that make sense on any account, if its key is set (`COMMUNE_API_KEY`).
The mail of such an account is scrubbed, but use one with no mail that matters, and read what came of it before it is committed.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Iterable
from pathlib import Path

import httpx
from tests.cassetting import stage
from tests.cassetting.scenario import CASSETTES, SERVICES, Scenario, Source, scenarios


async def record(each: Scenario, source: Source, home: str, key: str, root: Path = CASSETTES) -> None:
    """Play a scenario against a service, and keep what was said in place of what was kept before."""
    each.path(source, root).unlink(missing_ok=True)
    # One connection: requests that are made side by side are then recorded in the order in which they were begun.
    transport = httpx.AsyncHTTPTransport(limits=httpx.Limits(max_connections=1))
    async with SERVICES[each.service].awaiting(key, base_url=home, transport=transport) as client:
        with each.cassette(source, root=root, home=home, secrets=[key]):
            await each.play(client)


def from_sandbox(chosen: Iterable[Scenario], root: Path = CASSETTES) -> None:
    """Record scenarios, each from a sandbox of its own."""
    for each in chosen:
        with stage.sandbox(each.service) as running:
            access = getattr(running, each.service)
            asyncio.run(record(each, "sandbox", access.base_url, access.api_key, root))


def from_live(chosen: Iterable[Scenario]) -> None:
    """Record from live services what makes sense there, where there is a key."""
    for each in chosen:
        prefix = each.service.upper()
        if not each.live:
            continue
        if key := os.environ.get(f"{prefix}_API_KEY"):
            home = os.environ.get(f"{prefix}_BASE_URL") or SERVICES[each.service].url
            asyncio.run(record(each, "live", home, key))
            say(f"Recorded {each.name} live: read it before you commit it.")
        else:
            say(f"Not recorded live, without {prefix}_API_KEY: {each.name}.")


def main(names: list[str]) -> int:
    """Record what is named, or everything; recordings that nothing plays any more are removed."""
    known = scenarios()
    if unknown := set(names) - {each.name for each in known}:
        say(f"There is no scenario {', '.join(sorted(unknown))}.")
        return 2
    chosen = [each for each in known if not names or each.name in names]
    from_sandbox(chosen)
    say(f"Recorded {len(chosen)} from the sandbox.")
    from_live(chosen)
    for path in orphans(known):
        path.unlink()
        say(f"Removed {path.name}, which nothing plays.")
    return 0


def say(text: str) -> None:
    """Tell the person at the terminal."""
    sys.stdout.write(f"{text}\n")


def orphans(known: Iterable[Scenario]) -> list[Path]:
    """List the recordings that no scenario plays."""
    played = {each.path("sandbox") for each in known} | {each.path("live") for each in known if each.live}
    return [path for path in sorted(CASSETTES.rglob("*.yaml")) if path not in played]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
