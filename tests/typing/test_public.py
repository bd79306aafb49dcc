"""mypy and pyright agree about the public types."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FILE = "tests/typing/public.py"


def test_mypy_accepts_the_public_types():
    """Every `assert_type` holds under `--strict`, and every marked mistake is one."""
    command = [sys.executable, "-m", "mypy", "--strict", "--warn-unused-ignores", FILE]

    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr


def test_pyright_accepts_the_public_types():
    """The same file, in the other checker."""
    if not shutil.which("node"):
        pytest.skip("pyright needs node, which this machine lacks")
    command = [sys.executable, "-m", "pyright", "--pythonpath", sys.executable, FILE]
    quiet = {**os.environ, "PYRIGHT_PYTHON_IGNORE_WARNINGS": "1"}

    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, env=quiet, timeout=300)

    if " errors, " not in done.stdout and " error, " not in done.stdout:
        pytest.skip(f"pyright could not be fetched: {(done.stderr or done.stdout).strip()[-200:]}")
    assert "0 errors, 0 warnings" in done.stdout, done.stdout
