"""The official clients to compare with, and the environment of the one that cannot be installed beside the other."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from bench.measure import ROOT
from bench.table import Figure

FOLDER = ROOT / ".venv-bench"


@dataclass(frozen=True)
class Current:
    """The current `inkbox`: its version, or why there is none."""

    version: str | None
    problem: str = ""


def officials(service: str) -> dict[str, str]:
    """What a service's official clients are called in figures, and which interpreter has each; what cannot be had is left out."""
    found = {"official": sys.executable}
    if service == "inkbox" and (version := current_inkbox().version):
        found[f"official {version}"] = str(FOLDER / "bin/python")
    return found


def absent(goal: str, service: str) -> Iterator[Figure]:
    """Say which official client a row could not compare with."""
    if service == "inkbox" and (problem := current_inkbox().problem):
        yield Figure(goal, f"inkbox: {problem}", None)


@cache
def current_inkbox() -> Current:
    """The current `inkbox`, installed into an environment of its own when it is first asked for."""
    if not (made := FOLDER / "made").exists():
        print(f"Setting up {FOLDER.name} with the current inkbox (once) ...", file=sys.stderr, flush=True)
        try:
            _do("venv", "--clear", "--without-pip", str(FOLDER))
            _do("pip", "--quiet", "--disable-pip-version-check", "--python", str(FOLDER), "install", "inkbox")
        except subprocess.CalledProcessError as error:
            said = error.stderr.strip().splitlines() or ["no reason given"]
            return Current(None, f"the current official client cannot be installed: {said[-1]}")
        made.touch()
    [installed] = FOLDER.glob("lib/*/site-packages/inkbox-*.dist-info")
    return Current(installed.name.removeprefix("inkbox-").removesuffix(".dist-info"))


def _do(module: str, *arguments: str) -> None:
    subprocess.run([sys.executable, "-m", module, *arguments], check=True, capture_output=True, text=True)
