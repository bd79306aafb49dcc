"""What a person reads who installed the core without the extra."""

from __future__ import annotations

import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    ("module", "without", "extra"),
    [
        ("langchain_postline", "langchain_core", "langchain"),
        ("llama_index.readers.postline", "llama_index.core", "llama-index"),
        ("postline_sandbox", "starlette", "sandbox"),
    ],
)
def test_a_missing_extra_is_named(module: str, without: str, extra: str) -> None:
    """An import without its packages says what to install."""
    code = f"import sys; sys.modules[{without!r}] = None; import {module}"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert done.returncode == 1
    assert done.stderr.endswith(f"{module} needs more packages: pip install 'postline[{extra}]'\n")
