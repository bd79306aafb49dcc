"""httpx and `json`, without types: what a careful person writes by hand. One shared client."""

from typing import Any

import httpx

from bench.clients.side_by_side import side_by_side


def construct(url: str) -> httpx.Client:
    return httpx.Client(base_url=url, limits=httpx.Limits(max_connections=100, max_keepalive_connections=100))


def fetch(client: httpx.Client, targets: list[str], width: int) -> list[Any]:
    with client:
        return side_by_side(lambda target: client.get(target).raise_for_status().json(), targets, width)
