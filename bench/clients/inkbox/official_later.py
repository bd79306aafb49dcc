"""The official `inkbox` since its calls belong to identities and have their transcripts."""

from collections.abc import Iterator
from typing import Any

from bench.clients.inkbox.official import PAGE, construct
from bench.names import uuid_of

__all__ = ["calls", "construct"]


def calls(client: Any, size: int) -> Iterator[tuple[str, str]]:
    with client:
        for offset in range(0, size, PAGE):
            for call in client.calls.list(agent_identity_id=uuid_of(size), limit=PAGE, offset=offset):
                yield str(call.id), "\n".join(turn.text for turn in client.calls.transcripts(call.id))
