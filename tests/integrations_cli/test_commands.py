"""The small commands: version, tools, sandbox."""

from __future__ import annotations

import json
import signal
import subprocess
import sys

import httpx
import pytest
from typer.testing import CliRunner

import postline
from postline.functions import DIALECTS
from postline_cli.app import app

from .conftest import Run


def test_help_loads_no_framework() -> None:
    """Asking for help imports neither LangChain nor LlamaIndex nor numpy."""
    code = (
        "import sys; from typer.testing import CliRunner; from postline_cli.app import app\n"
        "assert CliRunner().invoke(app, ['demo', '--help']).exit_code == 0\n"
        "print([name for name in ('langchain', 'langchain_core', 'llama_index.core', 'numpy') if name in sys.modules])"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout == "[]\n"


def test_version_is_the_package_s() -> None:
    """`--version` tells the version."""
    assert CliRunner().invoke(app, ["--version"]).output == f"postline {postline.__version__}\n"


@pytest.mark.parametrize("dialect", DIALECTS)
def test_tools_are_printed_in_each_dialect(dialect: str) -> None:
    """`tools` prints a definition for every tool, or for those that only read."""
    every, reading = (
        json.loads(CliRunner().invoke(app, ["tools", "--format", dialect, *more]).output)
        for more in ([], ["--read-only"])
    )

    assert "reply_to_email" in json.dumps(every)
    assert "reply_to_email" not in json.dumps(reading)
    assert 0 < len(reading) < len(every)


def test_an_unknown_dialect_is_one_clear_line(postline: Run) -> None:
    """`tools` names the dialects that there are."""
    done = postline("tools", "--format", "latin")

    assert done.returncode == 1
    assert done.stderr.startswith("postline: no dialect 'latin'; there are openai, ")


def test_the_sandbox_serves_until_it_is_ended() -> None:
    """`sandbox --json` announces itself on one line, answers, and ends cleanly on SIGTERM."""
    command = [sys.executable, "-c", "from postline_cli import main; main()", "sandbox", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        access = json.loads(process.stdout.readline())["commune"]
        answer = httpx.get(f"{access['base_url']}/v1/inboxes", headers={"Authorization": f"Bearer {access['api_key']}"})
        process.send_signal(signal.SIGTERM)

        assert process.wait(timeout=20) == 0
    assert answer.status_code == 200


def test_without_its_packages_the_command_says_what_to_install(postline: Run) -> None:
    """Where only the core is installed, the command is one line with the remedy, and a failure."""
    done = postline("--version", without="typer")

    assert done.returncode == 1
    assert done.stderr == "postline: the command needs more packages (typer): pip install 'postline[cli]'\n"
