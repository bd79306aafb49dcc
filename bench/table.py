"""Figures beside their goals, for people and as JSON."""

import json
import os
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Figure:
    """One measured number; without a goal it is there to compare with."""

    name: str
    what: str
    seen: float | None
    """`None` where it could not be measured; `what` says why."""
    goal: float | None = None
    """The most that it may be."""
    unit: str = "x"
    at_least: bool = False
    """Whether the goal is the least that it may be."""

    @property
    def met(self) -> bool | None:
        if self.goal is None or self.seen is None:
            return None
        seen = round(self.seen, 2)
        return seen >= self.goal if self.at_least else seen <= self.goal

    def cells(self) -> tuple[str, ...]:
        seen = "not measured" if self.seen is None else f"{self.seen:.2f} {self.unit}"
        goal = "" if self.goal is None else f"{'>=' if self.at_least else '<='} {self.goal:g}"
        return (self.name, self.what, seen, goal, {None: "", True: "yes", False: "NO"}[self.met])


def show(figures: Sequence[Figure]) -> str:
    rows = [("", "figure", "seen", "goal", "met"), *(figure.cells() for figure in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(5)]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join([lines[0], "-" * len(lines[0]), *lines[1:]])


def save(figures: Sequence[Figure], path: Path) -> None:
    machine = {"python": platform.python_version(), "machine": platform.machine(), "cores": os.cpu_count()}
    rows = [asdict(figure) | {"met": figure.met} for figure in figures]
    path.write_text(json.dumps({"machine": machine, "figures": rows}, indent=2) + "\n")
