"""Watches a whole run of the suite for planted secrets: whatever shows one fails the test that did it.

It looks at what is logged, at any level, and printed; at results and failures of tools; at errors that tests expect, with the
locals of this project's frames; at how the objects print that fixtures give; and at committed cassettes and notebooks. Keys of
services it looks for as well, but for locals: what writes a request has them in its hands.
"""

from __future__ import annotations

import json
import logging
import traceback
from collections.abc import Callable, Iterator
from functools import wraps
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from _pytest._io.saferepr import saferepr
from tests.canaries import found_in, keys_in

from postline.tools import Result, ToolError

OWN = tuple(str(Path(__file__).parents[1] / folder) for folder in ("core", "integrations"))
PACKAGES = ("postline", "langchain_postline", "llama_index.readers.postline")


class Watch(logging.Handler):
    """A plugin of pytest's that is a handler of logs as well."""

    def __init__(self, root: Path) -> None:
        super().__init__()
        self._root = root
        self._shown: set[str] = set()

    def look(self, where: str, *texts: str) -> None:
        """Look for planted secrets, and keep what is found."""
        self._shown.update(f"{what} in {where}" for text in texts for what in (*found_in(text), *keys_in(text)))

    def emit(self, record: logging.LogRecord) -> None:
        """Look at a log record."""
        self.look(f"a log record of {record.name}", self.format(record), shown(record.args))
        if record.exc_info and record.exc_info[1]:
            self.look_at_error(record.exc_info[1])

    def look_at_error(self, error: BaseException) -> None:
        """Look at all that shows an error, and those that it came from."""
        for each in family(error):
            self.look(f"a {type(each).__name__}", *traceback.format_exception_only(each), shown(each))
            for frame in frames(each):
                if frame.f_code.co_filename.startswith(OWN):
                    for name, value in frame.f_locals.items():
                        where = f"{name}, a local of {frame.f_code.co_qualname}"
                        self._shown.update(f"{what} in {where}" for what in found_in(shown(value)))

    def install(self, patch: pytest.MonkeyPatch) -> None:
        """Look at everything that passes by, from now on."""
        root = logging.getLogger()
        root.addHandler(self)
        root.setLevel(logging.DEBUG)
        logging.getLogger("vcr").setLevel(logging.WARNING)  # a recorder sees what it has yet to scrub

        def follow(kind: type, name: str, look: Callable[[Any, Any], None]) -> None:
            method = getattr(kind, name)

            @wraps(method)
            def followed(it: Any, *args: Any, **kwargs: Any) -> Any:
                outcome = method(it, *args, **kwargs)
                look(it, outcome)
                return outcome

            patch.setattr(kind, name, followed)

        follow(Result, "__init__", lambda it, _: self.look("a tool's result", it.text, shown(it), shown(it.data)))
        follow(ToolError, "__init__", lambda it, _: self.look("a tool's failure", str(it), it.text))
        follow(pytest.RaisesExc, "__exit__", lambda it, _: self.look_at_error(it.excinfo.value))
        follow(pytest.CaptureFixture, "readouterr", lambda _, read: self.look("what was printed", *map(str, read)))

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
        """Fail a test that showed something, once all of it is over."""
        report: pytest.TestReport = yield  # type: ignore[assignment,misc]  # what pluggy sends
        if call.when == "call":
            for name, value in getattr(item, "funcargs", {}).items():
                if type(value).__module__.startswith(PACKAGES):
                    self.look(f"the repr of {name}", shown(value))
        if call.when == "teardown":
            for title, text in report.sections:
                self.look(title.lower(), text)
            if told := self._told():
                report.sections.append(("Planted secrets are shown", told))
                report.outcome, report.longrepr = "failed", report.longrepr or told
        return report  # type: ignore[return-value]  # to pluggy

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Look at what is committed, once, and fail the run for what is found."""
        if hasattr(session.config, "workerinput"):  # of xdist's
            return
        for name, text in committed(self._root):
            self.look(name, text)
        if self._shown:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Tell what was found."""
        if told := self._told():
            terminalreporter.section("Planted secrets are shown", red=True)
            terminalreporter.write_line(told)

    def _told(self) -> str:
        told = "\n".join(sorted(self._shown))
        self._shown.clear()
        return told


def shown(value: Any) -> str:
    """Return how pytest shows a value, but longer."""
    return saferepr(value, maxsize=20_000)


def family(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and those that it came from, also those that `from None` hides."""
    waiting, seen = [error], set()
    while waiting:
        each = waiting.pop()
        if id(each) not in seen:
            seen.add(id(each))
            yield each
            waiting += [more for more in (each.__cause__, each.__context__) if more is not None]


def frames(error: BaseException) -> Iterator[FrameType]:
    """Yield the frames that an error came through."""
    for frame, _ in traceback.walk_tb(error.__traceback__):
        yield frame


def committed(root: Path) -> Iterator[tuple[str, str]]:
    """Yield cassettes, and what notebooks put out; each with its name."""
    for path in (root / "tests" / "cassettes").rglob("*.yaml"):
        yield path.name, path.read_text(encoding="utf-8")
    for path in (root / "notebooks").rglob("*.ipynb"):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        yield path.name, json.dumps([each.get("outputs") for each in cells], ensure_ascii=False)
