"""What people get to see of an error or an object: texts, logs, tracebacks with the locals of their frames."""

from __future__ import annotations

import pprint
import traceback
from collections.abc import Callable, Collection
from contextlib import suppress
from pathlib import Path
from typing import Any

import rich.pretty
from _pytest._io.pprint import PrettyPrinter
from _pytest._io.saferepr import saferepr
from rich.traceback import Traceback
from tests.watch import family, frames

TESTS = str(Path(__file__).parents[3])
"""Frames of the tests know the secrets, of course."""


def shown(value: Any) -> str:
    """Return everything that shows an object without asking it for its secrets by name."""
    printers: tuple[Callable[[Any], str], ...] = (
        repr,
        str,
        saferepr,
        pprint.pformat,
        PrettyPrinter().pformat,
        rich.pretty.pretty_repr,
    )
    texts = []
    for show in printers:
        with suppress(AttributeError):  # what a constructor did not finish cannot be printed
            texts.append(show(value))
    return "\n".join(texts)


def shown_of_error(error: BaseException, besides: Collection[str] = ()) -> str:
    """Return everything that shows an error and those that it came from, the locals of this project's frames included.

    Args:
        error: The error.
        besides: Attributes of it that may show what they are asked for.
    """
    texts = []
    for each in family(error):
        attributes = {"args": each.args, **vars(each)}
        texts += [shown(each), *(shown(value) for name, value in attributes.items() if name not in besides)]
        for frame in frames(each):
            if TESTS not in frame.f_code.co_filename:
                texts += [shown(value) for value in frame.f_locals.values()]
        texts.append("".join(traceback.format_exception(each)))
        texts.append(_by_rich(each))
    return "\n".join(texts)


def _by_rich(error: BaseException) -> str:
    """Return the locals as rich's tracebacks show them."""
    trace = Traceback.extract(
        type(error), error, error.__traceback__, show_locals=True, locals_max_length=10_000, locals_max_string=10_000
    )
    frames = [frame for stack in trace.stacks for frame in stack.frames if TESTS not in frame.filename]
    return "\n".join(str(node) for frame in frames for node in (frame.locals or {}).values())
