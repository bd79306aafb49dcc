"""The sandbox as a process: `python -m postline_sandbox`."""

import argparse
import json
import signal
import sys
import threading
from collections.abc import Sequence
from dataclasses import asdict

from postline_sandbox import Sandbox, StorageError


def main(given: Sequence[str] | None = None, *, program: str = "python -m postline_sandbox") -> int:
    """Serve until SIGTERM or SIGINT; return the exit code."""
    arguments = _parser(program).parse_args(given)
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    try:
        with Sandbox(host=arguments.host, port=arguments.port, data=arguments.data) as sandbox:
            _say(_announcement(sandbox, as_json=arguments.json))
            ended.wait()
    except (StorageError, OSError) as error:
        sys.stderr.write(f"postline_sandbox: {error}\n")
        return 2
    return 0


def _announcement(sandbox: Sandbox, *, as_json: bool) -> str:
    commune, inkbox, control = sandbox.commune, sandbox.inkbox, sandbox.control
    if as_json:
        access = {"commune": asdict(commune), "inkbox": asdict(inkbox)}
        return json.dumps({**access, "control": {"base_url": control.base_url}})
    return "\n".join(
        [
            "The sandbox serves on this machine only; Ctrl+C ends it. For another shell, where code then runs as if live:",
            "",
            f"export COMMUNE_BASE_URL={commune.base_url} COMMUNE_API_KEY={commune.api_key}",
            f"export INKBOX_BASE_URL={inkbox.base_url} INKBOX_API_KEY={inkbox.api_key}",
            "",
            f"The outside world is played at {control.base_url}, described by {control.base_url}/openapi.json",
        ]
    )


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _parser(program: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=program, description="A local twin of the services.")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen at (default: %(default)s)")
    parser.add_argument("--port", type=int, default=0, help="port to listen at (default: a free one)")
    parser.add_argument("--data", metavar="FILE", help="SQLite file that keeps everything")
    parser.add_argument("--json", action="store_true", help="say how to reach it as one line of JSON")
    return parser


if __name__ == "__main__":
    sys.exit(main())
