"""What the README says runs."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()


def test_the_python_of_the_readme_runs_from_top_to_bottom() -> None:
    """The examples, one after the other, work as they stand, and warn of nothing."""
    program = "\n".join(re.findall(r"```python\n(.*?)```", README, re.DOTALL))

    done = subprocess.run([sys.executable, "-W", "error", "-c", program], capture_output=True, text=True, timeout=60)

    assert done.returncode == 0, done.stderr
    assert "Where is my order?" in done.stdout
    assert "untrusted" in done.stdout
    assert "A handle for the password: secret://" in done.stdout
    secrets = re.findall(r'(?:unlock|LoginPayload)\("([^"]+)"', program)
    assert len(secrets) == 2
    assert [secret for secret in secrets if secret in done.stdout] == []
    assert not done.stderr


def test_every_target_that_the_readme_names_exists() -> None:
    """`make x` in the README is a target of the Makefile."""
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))

    named = set(re.findall(r"`make ([a-z]+)", README)) | set(re.findall(r"^\$ make ([a-z]+)", README, re.MULTILINE))

    assert named
    assert named <= targets


def test_every_tool_is_in_the_readme() -> None:
    """The table of tools names each tool of the catalogue, and no other."""
    from postline.tools import CATALOGUE

    table = re.search(r"\| tool \| effect .*?\n\n", README, re.DOTALL)

    assert table
    rows = re.findall(r"^\| (`.*?) \| (\w+) \|", table[0], re.MULTILINE)
    named = {name: effect for names, effect in rows for name in re.findall(r"`(\w+)`", names)}
    assert named == {tool.name: tool.effect for tool in CATALOGUE}


def test_every_extra_is_in_the_readme() -> None:
    """The table of extras names each extra that is meant for users."""
    import tomllib

    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]

    named = set(re.findall(r"`postline\[([\w-]+)\]`", README))

    assert named == set(extras) - {"all"}
