"""The sample that ships with the sandbox: data files and where they lie, no behaviour.

Everything in it is invented: almost three weeks in the support inbox of a company that sells pumps and boat hardware, and what
reached its phone line afterwards.
"""

from importlib.resources import files
from pathlib import Path

__all__ = ["call", "mailbox", "questions"]


def call() -> Path:
    """Locate the sample call, with two text messages that come after it.

    A JSON object: `now`, a moment after all of the sample's mail; `caller`, `turns` (`at_ms` from the start of the call) and
    `ends_after_seconds` of the call; `texts`, each so long after the call; and `questions`, each with the `answer` (a substring
    of what was said or written), the `kind` of conversation that has it, and, for texts, the number that it is `about`.
    """
    return _locate("call.json")


def mailbox() -> Path:
    """Locate the sample mailbox, an mbox addressed to `support@harbor-supply.example.com`."""
    return _locate("mailbox.mbox")


def questions() -> Path:
    """Locate the questions that the sample answers.

    A JSON object: `inbox`; `questions`, each with the `answer` (a substring of one message's new text) and that
    message's `message_id`; `needs_answer`, a customer's open question with the facts that settle it; and the
    `message_id` of the `hostile` message and of the `bounce`.
    """
    return _locate("questions.json")


def _locate(name: str) -> Path:
    return Path(str(files(__name__).joinpath(name)))
