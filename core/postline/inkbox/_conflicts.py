"""Conflicts (409) that one endpoint gives a name of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from postline.inkbox.exceptions import InkboxAPIError
from postline.operation import Steps, Work

T = TypeVar("T")


def renamed(work: Work[T], name: Callable[[InkboxAPIError], InkboxAPIError]) -> Steps[T]:
    """Do the work; a conflict is raised as what `name` makes of it."""
    try:
        return (yield from work)
    except InkboxAPIError as error:
        if error.status_code != 409:
            raise
        conflict = name(error)
        conflict.method, conflict.path = error.method, error.path
        raise conflict from error
