"""Each notebook runs from top to bottom, with no key and no network, and shows nothing that it should not."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
GUARD, RUNNER = Path(__file__).parent / "guard", Path(__file__).parent / "runner.py"

MOST_SHOWN = 6_000
CONFESSION = """
import json
known = globals()
keys = [access.api_key for access in (known["sandbox"].commune, known["sandbox"].inkbox)]
made = [known[name] for name in ("password", "seed", "vault_key") if name in known]
print(json.dumps([*keys, *made, *(form["code"] for form in known["site"].logins)] if "site" in known else keys))
"""
"""A cell that tells all secrets of the notebook above it."""
ESCAPES = """
import socket, httpx
server = socket.create_server(("127.0.0.1", 0))
for attempt in (
    lambda: socket.create_connection(("192.0.2.1", 80), 1),
    lambda: socket.getaddrinfo("api.example.com", 443),
    lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("192.0.2.1", 53)),
    lambda: httpx.get("https://api.example.com"),
    lambda: socket.create_connection(server.getsockname()),
):
    try:
        attempt()
        print("here")
    except Exception as error:
        assert "notebooks run without a network" in str(error)
        print("refused")
"""
"""A cell that tries to reach others, and itself."""


def execute(notebook: NotebookNode, folder: Path) -> NotebookNode:
    """Run a notebook in a real kernel that reaches nothing but this machine, and knows no key."""
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG"}}
    done = subprocess.run(
        [sys.executable, RUNNER],
        input=nbformat.writes(notebook),
        capture_output=True,
        text=True,
        timeout=180,
        cwd=folder,
        env={**kept, "PYTHONPATH": str(GUARD), "IPYTHONDIR": str(folder), "PYDEVD_DISABLE_FILE_VALIDATION": "1"},
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return nbformat.reads(done.stdout, 4)


def shown(cell: NotebookNode) -> list[str]:
    """Return what a code cell shows, as text."""
    return [str(each.get("text") or each.data["text/plain"]) for each in cell.get("outputs", ())]


def with_cell(notebook: NotebookNode, source: str) -> NotebookNode:
    notebook.cells.append(nbformat.v4.new_code_cell(source))
    return notebook


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_from_top_to_bottom(path: Path, tmp_path: Path) -> None:
    """Without an error or a warning; what it shows is short and has no secret, and each of its assertions holds."""
    *cells, last = execute(with_cell(nbformat.read(path, 4), CONFESSION), tmp_path).cells

    outputs = [each for cell in cells for each in cell.get("outputs", ())]
    assert [each["traceback"] for each in outputs if each.output_type == "error"] == []
    assert [each.text for each in outputs if each.get("name") == "stderr"] == []
    texts = [text for cell in cells for text in shown(cell)]
    assert texts
    assert max(map(len, texts)) < MOST_SHOWN
    secrets = json.loads("".join(shown(last)))
    assert len(secrets) >= 2
    # Six digits may be part of any longer number.
    leaked = [each for each in secrets if re.search(rf"(?<!\w){re.escape(each)}(?!\w)", "\n".join(texts))]
    assert leaked == []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_kept_without_outputs(path: Path) -> None:
    """Nor with what an editor adds: `jupyter nbconvert --clear-output --inplace` removes outputs."""
    notebook = json.loads(path.read_text())

    nbformat.validate(notebook)
    assert set(notebook["metadata"]) == {"kernelspec", "language_info"}
    assert notebook["metadata"]["language_info"] == {"name": "python"}
    assert notebook["metadata"]["kernelspec"]["name"] == "python3"
    for cell in notebook["cells"]:
        assert cell["metadata"] == {}
        if cell["cell_type"] == "code":
            assert (cell["outputs"], cell["execution_count"]) == ([], None)


def test_notebooks_are_numbered_and_in_the_readme() -> None:
    """From 01 on, each with its title; links between them lead somewhere."""
    rows = re.findall(r"^\| \[`(.*?)`\]\(notebooks/(.*?)\.ipynb\) \|", (ROOT / "README.md").read_text(), re.MULTILINE)

    assert [int(path.stem.partition("_")[0]) for path in NOTEBOOKS] == [*range(1, len(NOTEBOOKS) + 1)]
    assert rows == [(path.stem, path.stem) for path in NOTEBOOKS]
    for path in NOTEBOOKS:
        first = json.loads(path.read_text())["cells"][0]
        assert "".join(first["source"]).startswith("# ")
        for link in re.findall(r"\]\((\S+?\.ipynb)\)", path.read_text()):
            assert (path.parent / link).exists()


def test_a_kernel_reaches_nothing_else(tmp_path: Path) -> None:
    """The guard that the other tests rely on holds in the kernel's process, too."""
    notebook = with_cell(nbformat.v4.new_notebook(), ESCAPES)

    [cell] = execute(notebook, tmp_path).cells

    assert "".join(shown(cell)).split() == [*["refused"] * 4, "here"]
