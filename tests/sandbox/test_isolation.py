"""The sandbox stands alone, and serves many at once."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from postline_sandbox import Sandbox

BODY = {"to": "a@b.example.net", "subject": "S", "text": "T"}


def test_the_sandbox_never_loads_the_client() -> None:
    """A sandbox that runs has loaded neither postline nor an HTTP client."""
    code = (
        "import sys; from postline_sandbox import Sandbox\n"
        "with Sandbox(): print(*sorted({'postline', 'httpx'} & set(sys.modules)))"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=20, check=True)

    assert done.stdout.strip() == ""


def test_many_at_once_lose_nothing(http: Any, sandbox: Sandbox) -> None:
    """Eight threads that send, and the control used beside them, leave every message once."""
    inbox = http.inbox()

    def send(number: int) -> str:
        if number % 10 == 0:
            sandbox.control.deliver(inbox["address"], "a@one.example.net", str(number), "T")
        return str(http.client.post("/v1/messages/send", json={**BODY, "inboxId": inbox["id"]}).json()["data"]["id"])

    with ThreadPoolExecutor(8) as threads:
        sent = list(threads.map(send, range(80)))

    stored = http.get("/v1/messages", inbox_id=inbox["id"], limit=1000)["data"]
    assert len(set(sent)) == 80
    assert {one["message_id"] for one in stored if one["direction"] == "outbound"} == set(sent)
    assert len(stored) == 88


def test_a_write_that_is_answered_is_seen_by_the_next_read(http: Any) -> None:
    """No reader is ever behind."""
    inbox = http.inbox()

    for number in range(1, 21):
        http.send(inboxId=inbox["id"])
        assert len(http.get("/v1/messages", inbox_id=inbox["id"], limit=1000)["data"]) == number


def test_what_reaches_a_service_is_shown_without_its_key(sandbox: Sandbox) -> None:
    """A notebook or a log that shows it keeps the key to itself."""
    assert sandbox.commune.base_url in repr(sandbox.commune)
    assert sandbox.commune.api_key not in repr(sandbox.commune)
