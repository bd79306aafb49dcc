"""The floor: asyncio streams, a request written by hand, and nothing made of the answer while the clock runs."""

import asyncio
import json
import ssl
import time
from collections.abc import Iterator
from urllib.parse import urlsplit


class Connection:
    def __init__(self, url: str) -> None:
        self.address = urlsplit(url)

    async def __aenter__(self) -> "Connection":
        context = ssl.create_default_context() if self.address.scheme == "https" else None
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


async def reads(url: str, ids: list[str], width: int = 1) -> list[bytes]:
    answers = [b""] * len(ids)
    todo = iter(enumerate(ids))

    async def work() -> None:
        async with Connection(url) as connection:
            for position, thread_id in todo:
                answers[position] = await connection.get(f"/v1/threads/{thread_id}/messages?limit=50&order=asc")

    await asyncio.gather(*(work() for _ in range(width)))
    return answers


def texts(answers: list[bytes]) -> Iterator[tuple[str, str]]:
    return ((m["message_id"], m["content"]) for answer in answers for m in json.loads(answer)["data"])


async def latency(url: str, requests: int = 30) -> dict[str, list[float]]:
    """Time single requests on one connection; the first one, with its connection, apart."""
    seconds = []
    begun = time.perf_counter()
    async with Connection(url) as connection:
        for _ in range(requests):
            await connection.get("/v1/threads/thread-0/messages")
            seconds.append(time.perf_counter() - begun)
            begun = time.perf_counter()
    return {"fresh": seconds[:1], "warm": seconds[1:]}
