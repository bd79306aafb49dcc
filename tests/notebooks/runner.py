"""Runs the notebook that comes in, up to an error if there is one, and writes it out with its outputs.

A process of its own: what becomes of the kernel, and what the kernel's process says, stays apart from the tests.
"""

import contextlib
import sys
import tempfile

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from traitlets.config import Config


def main() -> None:
    """Talk to the kernel by files; the path of one has at most 107 characters."""
    notebook = nbformat.reads(sys.stdin.read(), 4)
    with tempfile.TemporaryDirectory(prefix="nb") as folder, contextlib.suppress(CellExecutionError):
        config = Config({"KernelManager": {"transport": "ipc", "ip": f"{folder}/k"}})
        NotebookClient(notebook, kernel_name="python3", timeout=120, config=config).execute()
    sys.stdout.write(nbformat.writes(notebook))


if __name__ == "__main__":
    main()
