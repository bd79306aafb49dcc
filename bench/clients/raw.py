"""The floor: asyncio streams, a request written by hand, and nothing made of the answer while the clock runs."""

import asyncio
import ssl
import time
from functools import cache
from urllib.parse import urlsplit


def construct(url: str) -> str:
    """Nothing has to be made."""
    return url


trust = cache(ssl.create_default_context)


class Connection:
    def __init__(self, url: str) -> None:
        self.address = urlsplit(url)

    async def __aenter__(self) -> "Connection":
        context = trust() if self.address.scheme == "https" else None
        opened = asyncio.open_connection(self.address.hostname, self.address.port, ssl=context, limit=1 << 20)
        self.reader, self.writer = await opened
        return self

    async def __aexit__(self, *_: object) -> None:
        self.writer.close()
        await self.writer.wait_closed()

    async def get(self, target: str) -> bytes:
        self.writer.write(f"GET {target} HTTP/1.1\r\nHost: {self.address.netloc}\r\n\r\n".encode())
        head = await self.reader.readuntil(b"\r\n\r\n")
        length = int(head.rpartition(b"Content-Length: ")[2])
        return await self.reader.readexactly(length)


async def fetch(url: str, targets: list[str], width: int) -> list[bytes]:
    answers = [b""] * len(targets)
    todo = iter(enumerate(targets))

    async def work() -> None:
        async with Connection(url) as connection:
            for position, target in todo:
                answers[position] = await connection.get(target)

    await asyncio.gather(*(work() for _ in range(width)))
    return answers


async def timed(url: str, target: str, requests: int = 30) -> dict[str, list[float]]:
    """Time single requests on one connection; the first one, with its connection, apart."""
    seconds = []
    begun = time.perf_counter()
    async with Connection(url) as connection:
        for _ in range(requests):
            await connection.get(target)
            seconds.append(time.perf_counter() - begun)
            begun = time.perf_counter()
    return {"fresh": seconds[:1], "warm": seconds[1:]}
