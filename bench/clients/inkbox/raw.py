"""The floor for Inkbox."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator

from bench.clients import inkbox, raw
from bench.clients.raw import construct
from bench.names import mailbox_of

__all__ = ["construct", "inbox", "latency", "reads", "texts"]

WIDTH = 16


async def reads(url: str, count: int, width: int = 1) -> list[bytes]:
    return await raw.fetch(url, [inkbox.target(each) for each in inkbox.ids(count)], width)


def texts(answers: list[bytes]) -> Iterator[tuple[str, str]]:
    return (inkbox.text(json.loads(answer)) for answer in answers)


async def latency(url: str) -> dict[str, list[float]]:
    return await raw.timed(url, inkbox.target(inkbox.ids(1)[0]))


async def inbox(url: str, size: int) -> AsyncIterator[tuple[str, str]]:
    """Pages before bodies, so that there is always enough to do; every answer is kept."""
    where = f"/api/v1/mail/mailboxes/{mailbox_of(size)}/messages"
    todo: asyncio.PriorityQueue[tuple[bool, str]] = asyncio.PriorityQueue()
    todo.put_nowait((False, f"{where}?limit=100"))
    answers: list[bytes] = []

    async def work() -> None:
        async with raw.Connection(url) as connection:
            while True:
                is_body, asked = await todo.get()
                answer = await connection.get(asked)
                if is_body:
                    answers.append(answer)
                else:
                    page = json.loads(answer)
                    if page["has_more"]:
                        todo.put_nowait((False, f"{where}?limit=100&cursor={page['next_cursor']}"))
                    for item in page["items"]:
                        todo.put_nowait((True, f"{where}/{item['id']}"))
                todo.task_done()

    workers = [asyncio.create_task(work()) for _ in range(WIDTH)]
    await todo.join()
    for worker in workers:
        worker.cancel()
    for each in texts(answers):
        yield each
