"""Policies: each takes a toolbox and returns one that may do less. They compose in any order.

A policy on mails, texts and calls stands at the channel's door and judges each as it would go out, whichever tool sends it and
wherever its recipients were taken from.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from postline.channels import Address, Draft
from postline.errors import ArgumentError
from postline.operation import Steps
from postline.tools.arguments import E164, parse_address
from postline.tools.call import Around, Call, Proceed
from postline.tools.failures import may_have_happened
from postline.tools.outgoing import DOORS
from postline.tools.result import Result, ToolError
from postline.tools.toolbox import Toolbox

_NUMBERS = re.compile(r"\+[0-9*]+|\*")


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
    """Let a mail, a text or a call out only if everybody whom it would reach is allowed: to, cc and bcc, of answers too.

    Args:
        toolbox: What to restrict.
        patterns: Addresses, `*` standing for any characters: `jane@shop.example.com`, `*@example.com`; case does not matter. And
            phone numbers in E.164 form, `*` standing for any digits: `+12125550100`, `+1212*`, or `*` alone for every number.
            An empty list allows nobody. Names beside addresses are dropped, so that only what was judged goes out.

    Raises:
        ArgumentError: A pattern is neither one of an address nor one of a number.
    """
    addresses, numbers = _compiled(patterns)

    def mail(send: Callable[..., Steps[Any]], draft: Draft, **options: Any) -> Steps[Any]:
        if not all(_is_allowed(recipient, addresses) for recipient in draft.recipients):
            raise ToolError("The operator does not allow mail to every one of these recipients; nothing was sent.")
        return send(replace(draft, to=_bare(draft.to), cc=_bare(draft.cc), bcc=_bare(draft.bcc)), **options)

    def number(reach: Callable[..., Steps[Any]], to: str, *given: Any, **options: Any) -> Steps[Any]:
        if not (isinstance(to, str) and E164.fullmatch(to) and numbers.fullmatch(to)):
            raise ToolError("The operator does not allow texts and calls to this number; nothing was done.")
        return reach(to, *given, **options)

    return _at_the_doors(toolbox, {**dict.fromkeys(DOORS, number), "send_message": mail})


def limit_sends(toolbox: Toolbox, count: int) -> Toolbox:
    """Let at most `count` mails, texts and calls out, together, over the life of the toolbox returned.

    What a policy or the service refused does not count.
    """
    left = threading.Semaphore(count)

    def check(send: Callable[..., Steps[Any]], *given: Any, **options: Any) -> Steps[Any]:
        if not left.acquire(blocking=False):
            raise ToolError(
                f"The operator allows {count} mails, texts and calls, and they are used up; nothing was sent."
            )
        try:
            return (yield from send(*given, **options))
        except Exception as error:
            if not may_have_happened(error):
                left.release()
            raise

    return _at_the_doors(toolbox, dict.fromkeys(DOORS, check))


def _at_the_doors(toolbox: Toolbox, checks: Mapping[str, Around]) -> Toolbox:
    def layer(call: Call, proceed: Proceed) -> Steps[Result]:
        for door, check in checks.items():
            call = call.around(door, check)
        return proceed(call)

    return toolbox.under(layer)


def _compiled(patterns: Iterable[str]) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return what an address and what a number has to match."""
    if isinstance(patterns, str):
        raise ArgumentError("patterns is a list of them, not one string")
    addresses, numbers = [], []
    for pattern in patterns:
        if _NUMBERS.fullmatch(pattern.strip()):
            numbers.append(re.escape(pattern.strip()).replace(r"\*", "[+0-9]*"))
        elif pattern.count("@") == 1:
            plain = unicodedata.normalize("NFC", pattern.strip()).lower()
            addresses.append(re.escape(plain).replace(r"\*", "[^@]*"))
        else:
            raise ArgumentError(
                f"{pattern!r} is neither an address nor a number, nor a pattern such as '*@example.com' or '+1212*'"
            )
    return _any_of(addresses), _any_of(numbers)


def _any_of(expressions: list[str]) -> re.Pattern[str]:
    return re.compile("|".join(expressions) if expressions else r"(?!)")


def _bare(addresses: Iterable[Address]) -> tuple[Address, ...]:
    return tuple(Address(each.email) for each in addresses)


def _is_allowed(recipient: Address, allowed: re.Pattern[str]) -> bool:
    try:
        return bool(allowed.fullmatch(parse_address(recipient.email).email.lower()))
    except ValueError:
        return False
