"""httpx and `json`, without types: what a careful person writes by hand. One shared client."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx


def reads(url: str, ids: list[str], width: int = 1) -> list[Any]:
    limits = httpx.Limits(max_connections=width, max_keepalive_connections=width)
    with httpx.Client(base_url=url, limits=limits) as client, ThreadPoolExecutor(width) as pool:

        def read(thread_id: str) -> Any:
            response = client.get(f"/v1/threads/{thread_id}/messages", params={"limit": 50, "order": "asc"})
            return response.raise_for_status().json()["data"]

        return [read(thread_id) for thread_id in ids] if width == 1 else list(pool.map(read, ids))


def texts(answers: list[Any]) -> Iterator[tuple[str, str]]:
    return ((message["message_id"], message["content"]) for messages in answers for message in messages)
