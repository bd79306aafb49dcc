"""What a person sees while work goes on: a bar for each step, on stderr, and nothing where nobody looks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn


class Task:
    """A step under way."""

    def __init__(self, bars: Progress, task_id: TaskID) -> None:
        self._bars = bars
        self._id = task_id

    def expect(self, total: int) -> None:
        """Tell how much there is to do."""
        self._bars.update(self._id, total=total)

    def advance(self, count: int = 1) -> None:
        """Tell that some of it is done."""
        self._bars.advance(self._id, count)

    def say(self, note: str) -> None:
        """Show what is being done at the moment."""
        self._bars.update(self._id, note=escape(note))


class Steps:
    """Shows steps and keeps how long each took.

    Args:
        quiet: Whether to show nothing.
    """

    def __init__(self, *, quiet: bool = False) -> None:
        console = Console(stderr=True)
        columns = (
            SpinnerColumn(finished_text="✓"),
            TextColumn("{task.description}"),
            BarColumn(20),
            TimeElapsedColumn(),
        )
        self.seconds: dict[str, float] = {}
        self._bars = Progress(
            *columns,
            TextColumn("[dim]{task.fields[note]}"),
            console=console,
            transient=True,
            disable=quiet or not console.is_terminal,
        )

    @contextmanager
    def step(self, title: str) -> Iterator[Task]:
        """Show and time a step."""
        started = perf_counter()
        task_id = self._bars.add_task(title, total=None, note="")
        yield Task(self._bars, task_id)
        done = self._bars.tasks[task_id].total or 1
        self._bars.update(task_id, total=done, completed=done, note="")
        self.seconds[title] = round(perf_counter() - started, 2)

    @contextmanager
    def shown(self) -> Iterator[Steps]:
        """Show the bars for as long as the block lasts."""
        with self._bars:
            yield self
