"""What the front asks of a service, whichever it is."""

from abc import ABC, abstractmethod
from collections.abc import Callable

from postline_sandbox.mime import Mail
from postline_sandbox.web import Answer, Reply, Request

Importer = Callable[[Mail], bool]
"""Keeps one mail of the past and says whether it was new."""


class Service(ABC):
    """One service's half of the sandbox: a sub-application with tables of its own."""

    name: str
    body_limit_bytes: int

    @abstractmethod
    def owns(self, path: bytes) -> bool:
        """Say whether a path is the service's."""

    @abstractmethod
    def answer(self, request: Request) -> Answer:
        """Do what a request asks and answer it; what it wrote is committed when this returns."""

    @abstractmethod
    def body_too_large(self) -> Reply:
        """Answer a body over the limit."""

    @abstractmethod
    def failure(self, status: int, retry_after_seconds: float | None = None) -> Reply:
        """Answer as the service does when it is in trouble (5xx) or asks for patience (429)."""

    @abstractmethod
    def has_address(self, address: str) -> bool:
        """Say whether mail to an address belongs here."""

    @abstractmethod
    def receive(self, mail: Mail, recipients: list[str]) -> list[dict[str, object]]:
        """Take in mail for addresses of this service and report what became of each."""

    @abstractmethod
    def importer(self, address: str) -> Importer | None:
        """Return what keeps old mail in the inbox of an address, or None where there is no such inbox."""
