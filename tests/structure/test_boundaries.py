"""What imports what: the engine stays small, the twin apart, and each integration has one framework."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CORE, INTEGRATIONS = ROOT / "core", ROOT / "integrations"
FRAMEWORKS = {"langchain", "langchain_core", "langgraph", "llama_index", "mcp", "typer", "rich", "openai", "anthropic"}
PACKAGES = {
    "langchain_postline": {"langchain", "langchain_core", "langgraph"},
    "llama_index": {"llama_index"},
    "postline_mcp": {"mcp"},
}


def imports(path, *, for_types=True):
    """Yield what a module imports, at its top or within, by full name."""
    tree = ast.parse(path.read_text())
    if not for_types:
        tree.body = [node for node in tree.body if not ast.unparse(node).startswith("if TYPE_CHECKING:")]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield node.module


def roots(path):
    return {name.partition(".")[0] for name in imports(path)}


def modules(folder):
    return sorted(folder.rglob("*.py"))


def loaded(statement):
    """Return the modules that a fresh interpreter has after a statement, and that it lacks without it."""
    code = f"import sys; before = set(sys.modules); {statement}; print(*sorted(set(sys.modules) - before))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


@pytest.mark.parametrize("path", modules(CORE / "postline"), ids=lambda path: str(path.relative_to(CORE)))
def test_the_core_knows_neither_the_twin_nor_a_framework(path):
    """`postline` imports no framework, no integration and not the sandbox."""
    assert not roots(path) & {"postline_sandbox", *FRAMEWORKS, *PACKAGES, "postline_cli"}


@pytest.mark.parametrize("path", modules(CORE / "postline_sandbox"), ids=lambda path: str(path.relative_to(CORE)))
def test_the_twin_knows_neither_the_client_nor_a_framework(path):
    """`postline_sandbox` stands alone: what it proves about the client, it proves independently."""
    assert not roots(path) & {"postline", *FRAMEWORKS, *PACKAGES}


@pytest.mark.parametrize("package", sorted(PACKAGES))
def test_an_integration_imports_one_framework(package):
    """Its own; the command line alone may join them."""
    for path in modules(INTEGRATIONS / package):
        assert not roots(path) & FRAMEWORKS - PACKAGES[package], path
        assert "postline_sandbox" not in roots(path), path


@pytest.mark.parametrize("path", modules(CORE / "postline"), ids=lambda path: str(path.relative_to(CORE)))
def test_httpx_is_used_in_few_places(path):
    """Requests go through httpx in one module and its errors come from another, so that a successor can take its place."""
    known = {"network.py", "through.py"} | {
        "request.py",
        "transports.py",
    }  # the latter when one of its records is asked for
    inside = path.relative_to(CORE / "postline")

    if "httpx" in {name.partition(".")[0] for name in imports(path, for_types=False)}:
        assert inside.name in known or str(inside) == "inkbox/_wire.py"  # whose cookies are httpx's
    assert not roots(path) & {"httpcore", "h11"}


def test_importing_the_package_loads_the_standard_library_only():
    """Names load when they are first used."""
    assert {name.partition(".")[0] for name in loaded("import postline")} <= sys.stdlib_module_names | {"postline"}


@pytest.mark.parametrize("name", ["CommuneClient", "Inkbox"])
def test_making_a_client_loads_no_http_library(name):
    """Neither httpx, which a program may never need, nor what its first request loads, nor asyncio for code that waits."""
    found = loaded(f"from postline import {name}, Gather; {name}('key').close()")

    assert not found & {"httpx", "httpcore", "h11", "asyncio", "ssl", "socket"}


def test_importing_a_service_loads_httpx_and_pydantic_and_what_they_need():
    """Neither a framework nor cryptography comes along."""
    needed = {name.partition(".")[0] for name in loaded("import httpx, pydantic, pydantic.networks, annotated_types")}

    found = {
        name.partition(".")[0]
        for name in loaded("import postline.commune, postline.channels, postline.channels.commune")
    }

    assert found - needed <= sys.stdlib_module_names | {"postline"}


def test_tools_and_channels_load_nothing_heavy_for_secrets():
    """Cryptography comes with the first unlocking, and what runs programs with the first program."""
    found = loaded("import postline.tools, postline.channels.inkbox_people")

    assert not {name.partition(".")[0] for name in found} & {"argon2", "cryptography"}
    assert not loaded("import postline.tools") & {"subprocess", "shutil"}


def test_importing_reads_no_environment_and_makes_no_client():
    """Importing every module of the core does nothing that could be seen from outside."""
    code = """
import os, socket, threading
class Watched(dict):
    def __getitem__(self, name): seen.append(name); return super().__getitem__(name)
    def get(self, name, default=None): seen.append(name); return super().get(name, default)
seen = []
import httpx, pydantic, email.utils, json
os.environ = Watched(os.environ)
import postline.commune, postline.channels.commune, postline.client, postline.commune.webhooks
assert not [name for name in seen if "COMMUNE" in name or "POSTLINE" in name], seen
assert threading.active_count() == 1
"""
    subprocess.run([sys.executable, "-c", code], check=True)
