"""Policies: each takes a toolbox and returns one that may do less. They compose in any order.

A policy on mail stands at the channel's door and judges the mail as it would go out, whichever tool sends it and wherever its
recipients were taken from.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from postline.channels import Address, Draft
from postline.errors import ArgumentError
from postline.operation import Steps
from postline.tools.arguments import parse_address
from postline.tools.call import Around, Call, Proceed
from postline.tools.failures import may_have_happened
from postline.tools.result import Result, ToolError
from postline.tools.toolbox import Toolbox


def read_only(toolbox: Toolbox) -> Toolbox:
    """Keep the tools that only read."""
    return toolbox.keeping(lambda each: each.effect == "read")


def only(toolbox: Toolbox, *names: str) -> Toolbox:
    """Keep the tools named.

    Raises:
        ArgumentError: The toolbox has no tool of a name.
    """
    if unknown := [name for name in names if name not in toolbox]:
        raise ArgumentError(
            f"no tool {', '.join(unknown)}; there are {', '.join(each.name for each in toolbox) or 'none'}"
        )
    return toolbox.keeping(lambda each: each.name in names)


def allow_recipients(toolbox: Toolbox, patterns: Iterable[str]) -> Toolbox:
    """Let a mail out only if everybody who would get it is allowed: to, cc and bcc, of answers too.

    Args:
        toolbox: What to restrict.
        patterns: Addresses, `*` standing for any characters: `jane@shop.example.com`, `*@example.com`. Case does not matter.
            An empty list allows nobody. Names beside addresses are dropped, so that only what was judged goes out.

    Raises:
        ArgumentError: A pattern is not one of an address.
    """
    allowed = _compiled(patterns)

    def check(send: Callable[..., Steps[Any]], draft: Draft, **options: Any) -> Steps[Any]:
        if not all(_is_allowed(recipient, allowed) for recipient in draft.recipients):
            raise ToolError("The operator does not allow mail to every one of these recipients; nothing was sent.")
        return send(replace(draft, to=_bare(draft.to), cc=_bare(draft.cc), bcc=_bare(draft.bcc)), **options)

    return _at_the_door(toolbox, check)


def limit_sends(toolbox: Toolbox, count: int) -> Toolbox:
    """Let at most `count` mails out over the life of the toolbox returned. What a policy or the service refused does not count."""
    left = threading.Semaphore(count)

    def check(send: Callable[..., Steps[Any]], draft: Draft, **options: Any) -> Steps[Any]:
        if not left.acquire(blocking=False):
            raise ToolError(f"The operator allows {count} mails, and they have been sent; nothing was sent.")
        try:
            return (yield from send(draft, **options))
        except Exception as error:
            if not may_have_happened(error):
                left.release()
            raise

    return _at_the_door(toolbox, check)


def _at_the_door(toolbox: Toolbox, check: Around) -> Toolbox:
    def layer(call: Call, proceed: Proceed) -> Steps[Result]:
        return proceed(call.around("send_message", check))

    return toolbox.under(layer)


def _compiled(patterns: Iterable[str]) -> re.Pattern[str]:
    if isinstance(patterns, str):
        raise ArgumentError("patterns is a list of them, not one string")
    expressions = []
    for pattern in patterns:
        if pattern.count("@") != 1:
            raise ArgumentError(f"{pattern!r} is neither an address nor a pattern of one such as '*@example.com'")
        plain = unicodedata.normalize("NFC", pattern.strip()).lower()
        expressions.append(re.escape(plain).replace(r"\*", "[^@]*"))
    return re.compile("|".join(expressions) if expressions else r"(?!)")


def _bare(addresses: Iterable[Address]) -> tuple[Address, ...]:
    return tuple(Address(each.email) for each in addresses)


def _is_allowed(recipient: Address, allowed: re.Pattern[str]) -> bool:
    try:
        return bool(allowed.fullmatch(parse_address(recipient.email).email.lower()))
    except ValueError:
        return False
