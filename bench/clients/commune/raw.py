"""The floor for Commune."""

import json
from collections.abc import Iterator

from bench.clients import commune, raw
from bench.clients.raw import construct

__all__ = ["construct", "latency", "reads", "texts"]


async def reads(url: str, count: int, width: int = 1) -> list[bytes]:
    return await raw.fetch(url, [commune.target(each) for each in commune.ids(count)], width)


def texts(answers: list[bytes]) -> Iterator[tuple[str, str]]:
    return (each for answer in answers for each in commune.texts(json.loads(answer)))


async def latency(url: str) -> dict[str, list[float]]:
    return await raw.timed(url, commune.target("thread-0"))
