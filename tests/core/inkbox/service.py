"""A service that says what a test wants it to."""

from __future__ import annotations

from typing import Any

import httpx


class Service:
    """Answers requests from a list, in turn, and keeps them."""

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)
        self.requests: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Give the next answer: a response, an exception to raise, or JSON for a 200."""
        request.read()
        self.requests.append(request)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer if isinstance(answer, httpx.Response) else httpx.Response(200, json=answer)

    @property
    def asked(self) -> list[str]:
        """Method and whole path of each request."""
        return [f"{request.method} {request.url.raw_path.decode()}" for request in self.requests]
