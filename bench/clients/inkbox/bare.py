"""Inkbox with httpx and `json` alone."""

from collections.abc import Iterator
from typing import Any

import httpx

from bench.clients import bare, inkbox
from bench.clients.bare import construct

__all__ = ["construct", "reads", "texts"]


def reads(client: httpx.Client, count: int, width: int = 1) -> list[Any]:
    return bare.fetch(client, [inkbox.target(each) for each in inkbox.ids(count)], width)


def texts(answers: list[Any]) -> Iterator[tuple[str, str]]:
    return map(inkbox.text, answers)
