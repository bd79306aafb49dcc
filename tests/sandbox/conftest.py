"""What the sandbox's tests share: a running sandbox, plain HTTP to it, a receiver of webhooks."""

import os
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest

from postline_sandbox import Sandbox


class Receiver(HTTPServer):
    """Keeps what was posted; answers with the statuses and bodies it is given, then with 200 and nothing."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.received: list[tuple[dict[str, str], bytes]] = []
        self.answers: list[int] = []
        self.replies: list[bytes] = []
        self.before: Callable[[], Any] = lambda: None
        """What happens while a sender waits for its answer."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/hook"


class _Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.received.append(({name.lower(): value for name, value in self.headers.items()}, body))
        self.server.before()
        self.send_response(self.server.answers.pop(0) if self.server.answers else 200)
        self.end_headers()
        self.wfile.write(self.server.replies.pop(0) if self.server.replies else b"")

    def log_message(self, *_: object) -> None:
        pass


class Http:
    """Plain HTTP to a sandbox's Commune, with its first key."""

    def __init__(self, sandbox: Sandbox) -> None:
        headers = {"authorization": f"Bearer {sandbox.commune.api_key}"}
        self.client = httpx.Client(base_url=sandbox.commune.base_url, headers=headers, trust_env=False)

    def get(self, path: str, **query: Any) -> Any:
        return self._json(self.client.get(path, params=query))

    def post(self, path: str, headers: dict[str, str] | None = None, **body: Any) -> Any:
        return self._json(self.client.post(path, json=body, headers=headers))

    def send(self, **body: Any) -> Any:
        return self.post("/v1/messages/send", **{"to": "jane@one.example.net", "subject": "Hi", "text": "T", **body})[
            "data"
        ]

    def inbox(self, local_part: str = "support", **body: Any) -> Any:
        return self.post("/v1/inboxes", local_part=local_part, **body)["data"]

    def messages(self, thread_id: str) -> Any:
        path = "/v1/threads/" + "".join(f"%{byte:02X}" for byte in thread_id.encode()) + "/messages"
        return self.get(path)["data"]

    def _json(self, answer: httpx.Response) -> Any:
        assert answer.is_success, answer.text
        return answer.json()


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as running:
        yield running


@pytest.fixture
def http(sandbox: Sandbox) -> Iterator[Http]:
    plain = Http(sandbox)
    with plain.client:
        yield plain


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def real_mail() -> Path:
    """The folder of real mail; a test that needs it skips, saying so, where it is absent."""
    default = Path(__file__).parents[2] / "../shared/mail"
    folder = Path(os.environ.get("POSTLINE_MAIL", default))
    if not folder.is_dir():
        pytest.skip(f"no real mail at {folder}; POSTLINE_MAIL may name another folder")
    return folder
