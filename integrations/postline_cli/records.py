"""What goes into a demo and what comes out. Light, so that the command's help is quick."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from postline.channels import Call, Message, Text
    from postline_cli.answering import Answer
    from postline_cli.questions import Question
    from postline_cli.triage import Outcome


class DemoError(Exception):
    """A step that did not work. The text is one line for a person."""


class Service(StrEnum):
    """Where the agent has its inbox, and whether it has a phone line."""

    COMMUNE = "commune"
    INKBOX = "inkbox"
    BOTH = "both"


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What to run on."""

    service: Service = Service.BOTH
    """The inbox on Commune or on Inkbox; with both, the inbox on Commune and the phone line on Inkbox."""
    mail: Path | None = None
    """An `.mbox` or `.eml` file, a Maildir, or a folder of those; the shipped sample where it is missing."""
    inbox: str | None = None
    """Whose mail it is: what comes from this address counts as sent."""
    ask: tuple[str, ...] = ()
    model: str | None = None
    """A chat model as LangChain names it; scripted where it is missing."""
    words_only: bool = False
    """Whether to search by words alone."""


@dataclass(slots=True, kw_only=True)
class Asked:
    """A question with its answer."""

    question: Question
    answer: Answer
    found_again: bool | None
    """Whether that is cited which the question is about; `None` where that is not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A phone line and what reached it, as its channels tell it."""

    handle: str
    email: str
    number: str
    calls: tuple[Call, ...]
    texts: tuple[Text, ...]


@dataclass(slots=True, kw_only=True)
class Report:
    """What was done."""

    service: Service
    source: str
    model: str
    inbox: str = ""
    imported: dict[str, Any] = field(default_factory=dict)
    line: Line | None = None
    passed_on: str | None = None
    """The subject of the mail that the inbox sent to the phone line's mailbox."""
    outcome: Outcome | None = None
    reply: Message | None = None
    documents: dict[str, int] = field(default_factory=dict)
    """How many were read of each kind."""
    chunks: int = 0
    embedded: int = 0
    search: str = ""
    asked: list[Asked] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)
