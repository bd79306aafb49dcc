"""The official client's bulk loop as it is mostly written: every page goes into one list."""

from collections.abc import Iterator

from commune import CommuneClient

from bench.clients.commune.official import PAGE, construct, texts

__all__ = ["construct", "inbox"]


def inbox(client: CommuneClient, size: int) -> Iterator[tuple[str, str]]:
    kept, before = [], None
    with client:
        while page := client.messages.list(inbox_id=f"inbox-{size}", limit=PAGE, before=before):
            kept.extend(page)
            before = page[-1].created_at
    return texts([kept])
