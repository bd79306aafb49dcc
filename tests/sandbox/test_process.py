"""The sandbox as a process: what it says, how it ends, what survives its death."""

import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from postline_sandbox import Sandbox, StorageError

Start = Callable[..., tuple[subprocess.Popen[str], dict[str, Any]]]


@pytest.fixture
def start() -> Iterator[Start]:
    running: list[subprocess.Popen[str]] = []

    def run(*arguments: str) -> tuple[subprocess.Popen[str], dict[str, Any]]:
        command = [sys.executable, "-m", "postline_sandbox", "--json", *arguments]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        running.append(process)
        assert process.stdout is not None
        return process, json.loads(process.stdout.readline())

    yield run
    for process in running:
        process.kill()
        process.communicate()


def _client(said: dict[str, Any]) -> httpx.Client:
    headers = {"authorization": f"Bearer {said['commune']['api_key']}"}
    return httpx.Client(base_url=said["commune"]["base_url"], headers=headers, trust_env=False)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_says_how_to_reach_it_and_ends_cleanly(start: Start, number: signal.Signals) -> None:
    """One line of JSON once it serves, and exit code 0 on either signal."""
    process, said = start()
    with _client(said) as client:
        assert client.get("/health").json() == {"ok": True}
        assert client.get("/v1/domains").status_code == 200
    control = said["control"]["base_url"]
    assert httpx.post(f"{control}/now", trust_env=False).status_code == 200

    process.send_signal(number)

    assert process.wait(10) == 0
    assert process.communicate() == ("", "")


def test_it_speaks_to_a_person_too() -> None:
    """Without --json it says the same in lines, two of them to paste into a shell."""
    command = [sys.executable, "-m", "postline_sandbox"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(6)]
        process.terminate()

    exported = " ".join(line for line in lines if line.startswith("export "))
    assert re.findall(r"(\w+)=\S", exported) == [
        "COMMUNE_BASE_URL",
        "COMMUNE_API_KEY",
        "INKBOX_BASE_URL",
        "INKBOX_API_KEY",
    ]


def test_nothing_acknowledged_is_lost(start: Start, tmp_path: Path) -> None:
    """After kill -9 and a restart every answered write is there: mail, keys, attachments, clock, faults aside."""
    data = str(tmp_path / "sandbox.db")
    process, said = start("--data", data)
    control = said["control"]["base_url"]
    with _client(said) as client:
        inbox = client.post("/v1/inboxes", json={"local_part": "support"}).json()["data"]
        key = httpx.post(f"{control}/issue_key", json={"scopes": ["read"]}, trust_env=False).json()
        before = httpx.post(f"{control}/advance", json={"seconds": 86_400}, trust_env=False).json()
        body = {"to": "a@one.example.net", "subject": "S", "text": "T", "inboxId": inbox["id"]}
        sent = [client.post("/v1/messages/send", json={**body, "subject": str(n)}).json()["data"] for n in range(50)]
        process.send_signal(signal.SIGKILL)
        process.wait()

    _, again = start("--data", data)

    assert again["commune"]["api_key"] == said["commune"]["api_key"]
    assert httpx.post(f"{again['control']['base_url']}/now", trust_env=False).json() > before
    with _client(again) as client:
        found = client.get("/v1/messages", params={"inbox_id": inbox["id"], "order": "asc"}).json()["data"]
        later = client.post("/v1/messages/send", json=body).json()["data"]
        client.headers["authorization"] = f"Bearer {key}"
        assert client.get("/v1/inboxes").json()["data"][0]["id"] == inbox["id"]
    assert [one["message_id"] for one in found] == [one["id"] for one in sent]
    assert later["id"] not in {one["id"] for one in sent}


def test_a_file_in_use_is_refused_in_one_line(tmp_path: Path) -> None:
    """A second sandbox on the same file gets exit code 2."""
    with Sandbox(data=tmp_path / "sandbox.db"):
        outcome = _refused(tmp_path / "sandbox.db")

    assert outcome == (2, f"postline_sandbox: {tmp_path / 'sandbox.db'} is in use by another sandbox\n")


def test_a_file_that_is_none_of_ours_is_refused_in_one_line(tmp_path: Path) -> None:
    """Text, another program's database, and a folder are left as they are."""
    text, other = tmp_path / "notes.txt", tmp_path / "other.db"
    text.write_text("not a database, and long enough to be sure of it " * 50)
    with sqlite3.connect(other) as connection:
        connection.execute("CREATE TABLE mine (x)")
    connection.close()

    outcomes = [_refused(path) for path in (text, other, tmp_path)]

    assert [code for code, _ in outcomes] == [2, 2, 2]
    assert [error.count("\n") for _, error in outcomes] == [1, 1, 1]
    assert "is not an SQLite database" in outcomes[0][1]
    assert "not a sandbox's" in outcomes[1][1]
    with pytest.raises(StorageError):
        Sandbox(data=other).start()


def test_a_port_in_use_is_refused_in_one_line() -> None:
    """Two sandboxes cannot have one port."""
    with Sandbox() as first:
        port = first.commune.base_url.rpartition(":")[2]
        outcome = _run("--port", port)

    assert outcome[0] == 2
    assert outcome[1].count("\n") == 1


def _refused(path: Path) -> tuple[int, str]:
    return _run("--data", str(path))


def _run(*arguments: str) -> tuple[int, str]:
    command = [sys.executable, "-m", "postline_sandbox", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False, env=dict(os.environ))
    return done.returncode, done.stderr
