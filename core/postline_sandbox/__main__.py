"""The sandbox as a process: `python -m postline_sandbox`."""

import argparse
import json
import signal
import sys
import threading
from dataclasses import asdict

from postline_sandbox import Sandbox, StorageError


def main() -> int:
    """Serve until SIGTERM or SIGINT; return the exit code."""
    arguments = _parser().parse_args()
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
    lines = {
        "Commune": commune.base_url,
        "  API key": commune.api_key,
        "Inkbox": inkbox.base_url,
        "  its API key": inkbox.api_key,
        "Control": control.base_url,
        "  described at": f"{control.base_url}/openapi.json",
    }
    return "\n".join(f"{name:<16}{value}" for name, value in lines.items()) + "\nCtrl+C ends it."


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m postline_sandbox", description="A local twin of the services.")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen at (default: %(default)s)")
    parser.add_argument("--port", type=int, default=0, help="port to listen at (default: a free one)")
    parser.add_argument("--data", metavar="FILE", help="SQLite file that keeps everything")
    parser.add_argument("--json", action="store_true", help="say how to reach it as one line of JSON")
    return parser


if __name__ == "__main__":
    sys.exit(main())
