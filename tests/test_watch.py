"""The eye on planted secrets sees them, in whatever way they are shown, and nothing where there is nothing."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from tests.canaries import CODES, NOW, PASSWORD, found_in

from postline.inkbox.vault.totp import generate_totp

ROOT = Path(__file__).parents[1]
CONFTEST = "from tests.conftest import pytest_configure"
TESTS = """
import base64, contextlib, logging, sys
import pytest
from postline.channels import Credential
from postline.inkbox.vault.totp import generate_totp
from postline.tools import Result, ToolError
from postline.tools.handles import web_origin
from tests.canaries import CODES, NOW, PASSWORD
from tests.core.inkbox.vault.vectors import ORG_KEY

log = logging.getLogger("deep.down")

def test_leaks_in_a_log(): log.debug("it is %s", PASSWORD)
def test_leaks_in_what_a_log_was_given(): log.debug("it is %.1s", PASSWORD)
def test_leaks_in_a_logged_error():
    try: web_origin("ftp:" + PASSWORD)
    except ValueError: log.exception("no")
def test_leaks_in_print(): print(PASSWORD)
def test_leaks_on_stderr(): sys.stderr.write(PASSWORD)
def test_leaks_in_print_that_is_read(capsys):
    print(PASSWORD)
    capsys.readouterr()
def test_leaks_in_a_result(): Result(PASSWORD)
def test_leaks_in_data(): Result("", {"untrusted": {"x": [PASSWORD]}})
def test_leaks_in_a_failure(): ToolError(PASSWORD)
def test_leaks_in_an_error():
    with pytest.raises(LookupError): raise KeyError(PASSWORD)
def test_leaks_in_what_an_error_came_from():
    with pytest.raises(LookupError):
        try: raise ValueError(PASSWORD)
        except ValueError: raise LookupError from None
def test_leaks_in_a_local():
    with pytest.raises(ValueError): web_origin("ftp:" + PASSWORD)
@pytest.fixture
def credential(): return Credential(id="1", name=PASSWORD, kind="login")
def test_leaks_in_a_repr(credential): pass
@pytest.fixture
def closing():
    yield
    print(PASSWORD)
def test_leaks_in_teardown(closing): pass
def test_leaks_in_base64(): print(base64.b64encode(b"ab" + PASSWORD.encode() + b"c").decode())
def test_leaks_in_bytes(): print(ORG_KEY)
def test_leaks_a_key(): log.error("comm_" + "0123456789abcdef" * 4)
def test_leaks_a_code(): print("code", generate_totp(CODES, now=NOW).code)
def test_is_clean():
    log.warning("nothing of %s", Credential)
    print("nothing", 12345678)
    Result("nothing", {"a": 1})
    with pytest.raises(ValueError): web_origin("ftp:")
def test_fails():
    log.debug(PASSWORD)
    assert False
"""
LEAKS = re.findall(r"def (test_leaks_\w+)", TESTS)


def run(folder: Path, *options: str) -> tuple[int, str]:
    """Run the tests of a folder as the suite is run; return the exit code and the output."""
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-rA", "--rootdir", ".", *options, "."]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTEST_ADDOPTS": ""}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=120)
    return done.returncode, done.stdout


@pytest.mark.parametrize("options", [(), ("-n", "2")], ids=["alone", "in workers"])
def test_a_test_that_shows_a_secret_fails(tmp_path: Path, options: tuple[str, ...]) -> None:
    """In each way there is; one that shows none passes. It is told what was shown where, not the secret."""
    (tmp_path / "conftest.py").write_text(CONFTEST)
    (tmp_path / "test_leaks.py").write_text(TESTS)

    code, output = run(tmp_path, *options)

    erred = set(re.findall(r"^ERROR test_leaks\.py::(\w+)", output, re.MULTILINE))
    assert (code, erred) == (1, {*LEAKS, "test_fails"})
    assert "PASSED test_leaks.py::test_is_clean" in output
    assert "a password in a log record of deep.down" in output
    assert "a password in url, a local of web_origin" in output
    assert "key material: organization in captured stdout call" in output


def test_what_is_committed_is_looked_at(tmp_path: Path) -> None:
    """Cassettes, and what notebooks put out, though every test passes; not what notebooks say themselves."""
    (tmp_path / "conftest.py").write_text(CONFTEST)
    (tmp_path / "test_fine.py").write_text("def test_is_clean(): pass")
    clean = run(tmp_path)
    cassette = tmp_path / "tests" / "cassettes" / "live" / "inkbox" / "leaks.yaml"
    cassette.parent.mkdir(parents=True)
    cassette.write_text(f"body: {PASSWORD}")
    (tmp_path / "notebooks").mkdir()
    for name, outputs in (("leaks", [{"text": [f"hunter {PASSWORD}"]}]), ("fine", [])):
        cells = [{"source": [PASSWORD], "outputs": outputs}]
        (tmp_path / "notebooks" / f"{name}.ipynb").write_text(json.dumps({"cells": cells}))

    code, output = run(tmp_path)

    assert clean[0] == 0
    assert code == 1
    assert "a password in leaks.yaml" in output
    assert "a password in leaks.ipynb" in output
    assert "fine.ipynb" not in output
    assert found_in(output) == []


def test_a_planted_code_is_told_from_other_numbers() -> None:
    """As part of a longer number it is none."""
    code = generate_totp(CODES, now=NOW).code

    assert found_in(f"your code: {code}.") == ["a one-time code"]
    assert found_in(f"1{code} {code}1 0.{code} x{code}") == []
