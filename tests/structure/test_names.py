"""Public names are listed, sorted and true; everything public is documented; modules stay short."""

from __future__ import annotations

import ast
import importlib
import inspect
import re
import shutil
import subprocess
from pathlib import Path

import pytest

import postline

ROOT = Path(__file__).parents[2]
FOLDERS = [ROOT / "core", ROOT / "integrations"]
MODULES = sorted(path for folder in FOLDERS for path in folder.rglob("*.py"))
OWN = ["core", "integrations", "tests", "bench", "notebooks", ".ci"]
LONGEST = 400


def name_of(path):
    """The importable name of a module file."""
    folder = next(folder for folder in FOLDERS if path.is_relative_to(folder))
    parts = path.relative_to(folder).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def shown(path):
    return str(path.relative_to(ROOT))


def tracked():
    """Files under version control; without git, what lies in the project's own folders."""
    if shutil.which("git") and (ROOT / ".git").exists():
        done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)
        files = [ROOT / name for name in done.stdout.decode().split("\0") if name]
    else:
        files = [path for folder in OWN for path in (ROOT / folder).rglob("*") if "__pycache__" not in path.parts]
    return [path for path in files if path.is_file()]


@pytest.mark.parametrize("path", MODULES, ids=shown)
def test_a_module_is_short_enough_to_read(path):
    """At most 400 lines."""
    assert len(path.read_text().splitlines()) <= LONGEST


@pytest.mark.parametrize("path", [path for path in MODULES if path.name == "__init__.py"], ids=shown)
def test_public_names_are_there(path):
    """`__all__` lists each name once (the linter sees to their order), and every one resolves."""
    listed = [
        ast.literal_eval(node.value)
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id == "__all__"
    ]
    if not listed:
        return

    (names,) = listed
    module = importlib.import_module(name_of(path))

    assert len(names) == len(set(names))
    assert all(hasattr(module, name) for name in names)


@pytest.mark.parametrize("package", ["postline.commune", "postline.channels", "postline.tools", "postline.documents"])
def test_public_names_are_complete(package):
    """What a package's root imports from its own modules is public, and listed."""
    module = importlib.import_module(package)
    there = {
        name
        for name, value in vars(module).items()
        if not name.startswith("_") and str(getattr(value, "__module__", "")).startswith(package + ".")
    }

    assert there <= set(module.__all__)


def test_the_packages_own_names_have_homes():
    """Each name of `postline` loads from the module that it is said to live in; no other name resolves."""
    assert set(postline.__all__) == {*postline._HOMES, "__version__"}
    assert dir(postline) == sorted(postline.__all__)
    for name, home in postline._HOMES.items():
        assert getattr(postline, name) is getattr(importlib.import_module(f"postline.{home}"), name)
    with pytest.raises(AttributeError, match="no attribute 'Nothing'"):
        postline.Nothing  # noqa: B018  # reading it is the test


def test_type_checkers_see_the_same_names():
    """What is imported for type checkers is what loads when used."""
    tree = ast.parse(Path(postline.__file__).read_text())
    block = next(node for node in tree.body if isinstance(node, ast.If))
    seen = {
        alias.name: node.module.removeprefix("postline.")
        for node in block.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }

    assert seen == postline._HOMES


def documented(node):
    """Yield the public classes and functions of a module or class, with theirs."""
    for each in node.body:
        if isinstance(each, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and not each.name.startswith("_"):
            yield each
            if isinstance(each, ast.ClassDef):
                yield from documented(each)


@pytest.mark.parametrize("path", MODULES, ids=shown)
def test_everything_public_is_documented(path):
    """Modules, classes and functions have a docstring whose first line is a sentence."""
    tree = ast.parse(path.read_text())

    for node in (tree, *documented(tree)):
        overload = any("overload" in ast.unparse(each) for each in getattr(node, "decorator_list", []))
        text = ast.get_docstring(node)
        assert overload or text, getattr(node, "name", "module")
        assert overload or text.splitlines()[0].rstrip().endswith((".", ":", "?")), getattr(node, "name", "module")


def test_namespace_packages_stay_open():
    """`llama_index` and its `readers` and `tools` merge with the installed ones: they have no `__init__.py` here."""
    for folder in ("llama_index", "llama_index/readers", "llama_index/tools"):
        assert not (ROOT / "integrations" / folder / "__init__.py").exists()


@pytest.mark.parametrize("path", [path for path in tracked() if path.suffix == ".py"], ids=shown)
def test_an_exception_from_a_rule_says_which(path):
    """No bare `type: ignore`, and no bare `noqa`."""
    text = path.read_text()

    assert not re.search(r"#\s*type:\s*ignore(?!\[)", text.replace("`type: ignore`", ""))
    assert not re.search(r"#\s*noqa(?!:)", text.replace("`noqa`", ""))


def test_no_file_holds_a_path_of_a_machine():
    """Nothing that is under version control names a home, a work or a temporary folder of whoever wrote it."""
    folder = re.compile(rb"(?<![\w.])/(?:home/\w|root/|Users/\w|work/\w)")

    assert [shown(path) for path in tracked() if folder.search(path.read_bytes())] == []


def test_signatures_of_public_functions_are_annotated():
    """What a package's root offers can be called by its signature alone."""
    import postline.commune

    for name in postline.commune.__all__:
        value = getattr(postline.commune, name)
        if inspect.isfunction(value):
            parameters = inspect.signature(value).parameters.values()
            assert all(each.annotation is not inspect.Parameter.empty for each in parameters), name
