"""What the clients of Commune are asked for: threads of one message each."""

from collections.abc import Iterator
from typing import Any


def ids(count: int) -> list[str]:
    return [f"thread-{number}" for number in range(count)]


def target(thread_id: str) -> str:
    return f"/v1/threads/{thread_id}/messages?limit=50&order=asc"


def texts(answer: Any) -> Iterator[tuple[str, str]]:
    return ((message["message_id"], message["content"]) for message in answer["data"])
