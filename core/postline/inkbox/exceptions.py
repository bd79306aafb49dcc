"""Inkbox's exceptions, by their documented names. Those of identities and tunnels are in their folders.

PostlineError
`-- InkboxError
    |-- InkboxVaultKeyError                    a vault key that is too weak
    |-- TunnelError                            see `tunnels.exceptions`
    `-- InkboxAPIError                         any refusal of the service (also an APIError)
        |-- DuplicateContactRuleError          409, with the rule that is there already
        |-- RedundantContactAccessGrantError   409, everybody has access already
        `-- RecipientBlockedError              403, a contact rule stops this text or call
"""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

from postline.errors import APIError, PostlineError
from postline.inkbox._remedies import REMEDIES
from postline.request import Reply


class InkboxError(PostlineError):
    """Root of everything that has to do with Inkbox."""


class InkboxVaultKeyError(InkboxError):
    """A new vault key is too weak; nothing was sent."""


class InkboxAPIError(InkboxError, APIError):
    """The service refused a call.

    Its text masks telephone numbers, hashes, keys and what is sealed, and leaves out what a refused argument was; `detail` has
    everything.

    Args:
        status_code: The HTTP status.
        detail: The answer's `detail`, of whatever JSON type; the answer's text where it has none.
    """

    status_code: int

    def __init__(self, status_code: int, detail: Any) -> None:
        super().__init__(status_code, detail)
        self.status_code = status_code
        self.detail = detail
        if isinstance(detail, dict):
            code = detail.get("error") or detail.get("code")
            self.code = code if isinstance(code, str) else None
        self.remedy = REMEDIES[self.code].sentence if self.code in REMEDIES else None

    @property
    def retryable(self) -> bool:  # type: ignore[override]  # computed here, constant elsewhere
        """Whether waiting helps: as the service's word for the refusal says, else as the status does."""
        return REMEDIES[self.code].passes if self.code in REMEDIES else super().retryable

    def __str__(self) -> str:
        detail = self.detail
        if isinstance(detail, list):
            detail = [_without_input(line) for line in detail]
        return f"HTTP {self.status_code}: {_NUMBER.sub(_masked, _LONG.sub('***', str(detail)))}"

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self})"


class DuplicateContactRuleError(InkboxAPIError):
    """There is a rule for this target already, perhaps a paused one: `existing_rule_id`."""

    def __init__(self, status_code: int, detail: dict[str, Any]) -> None:
        super().__init__(status_code, detail)
        self.existing_rule_id = UUID(str(detail["existing_rule_id"]))


class RedundantContactAccessGrantError(InkboxAPIError):
    """The grant adds nothing: a wildcard already gives everybody access."""

    def __init__(self, status_code: int, detail: dict[str, Any]) -> None:
        super().__init__(status_code, detail)
        self.error = str(detail.get("error", ""))
        self.detail_message = str(detail.get("detail", ""))


class RecipientBlockedError(InkboxAPIError):
    """A contact rule stops this text or call; `matched_rule_id` is `None` where only the whitelist's default does."""

    def __init__(self, status_code: int, detail: dict[str, Any]) -> None:
        super().__init__(status_code, detail)
        rule = detail.get("matched_rule_id")
        self.matched_rule_id = UUID(str(rule)) if rule is not None else None
        self.address = str(detail.get("address", ""))
        self.reason = str(detail.get("reason", ""))


_MARKS: tuple[tuple[int, type[InkboxAPIError], str, Any], ...] = (
    (409, DuplicateContactRuleError, "existing_rule_id", None),
    (409, RedundantContactAccessGrantError, "error", "redundant_grant"),
    (403, RecipientBlockedError, "error", "recipient_blocked"),
)
"""Status, class, the key of `detail` that tells, and its value where that matters. The first match wins."""

_LONG = re.compile(r"[0-9A-Za-z+/]{40,}={0,2}")
_NUMBER = re.compile(r"\+\d{5,}(?=\d{2})")


def from_reply(reply: Reply, body: Any) -> InkboxAPIError:
    """Make the exception that Inkbox documents for an answer."""
    status = reply.status_code
    detail = body["detail"] if isinstance(body, dict) and "detail" in body else reply.text
    if isinstance(detail, dict):
        for marked, kind, key, value in _MARKS:
            if status == marked and key in detail and value in (None, detail[key]):
                try:
                    return kind(status, detail)
                except ValueError:  # an id that is none: the refusal counts for more than its class
                    break
    return InkboxAPIError(status, detail)


def signup_refusal(reply: Reply, body: Any) -> InkboxAPIError:
    """Make the exception of a signup call: always the plain one, its detail as text."""
    detail = from_reply(reply, body).detail
    return InkboxAPIError(reply.status_code, detail if isinstance(detail, str) else str(detail))


def _masked(number: re.Match[str]) -> str:
    return "+" + "*" * (len(number.group()) - 1)


def _without_input(line: Any) -> Any:
    return (
        {key: value for key, value in line.items() if key not in {"input", "ctx"}} if isinstance(line, dict) else line
    )
