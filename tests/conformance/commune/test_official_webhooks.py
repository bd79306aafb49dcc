"""The official package verifies webhooks that the sandbox really delivered."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import commune
import pytest

from postline_sandbox import Sandbox


class Receiver(HTTPServer):
    """A receiver of webhooks that answers with the statuses it is given, then with 200."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.received: list[tuple[dict[str, str], bytes]] = []
        self.answers: list[int] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/hook"


class _Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.received.append(({name.lower(): value for name, value in self.headers.items()}, body))
        self.send_response(self.server.answers.pop(0) if self.server.answers else 200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as running:
        yield running


def test_a_delivered_webhook_verifies(sandbox: Sandbox, receiver: Receiver) -> None:
    """The signature fits the delivered bytes, secret and timestamp, and nothing else."""
    with commune.CommuneClient(sandbox.commune.api_key, base_url=sandbox.commune.base_url) as client:
        inbox = client.inboxes.create("support", webhook={"endpoint": receiver.url, "events": ["inbound"]})
    assert isinstance(inbox.webhook, commune.InboxWebhook)
    secret = inbox.webhook.secret or ""

    sandbox.control.deliver(inbox.address or "", "Jane <jane@one.example.net>", "Broken", "Hällo ☃")
    sandbox.control.settle()

    ((headers, body),) = receiver.received
    signature, timestamp = headers["x-commune-signature"], headers["x-commune-timestamp"]
    assert commune.verify_signature(body, signature, secret, timestamp=timestamp)
    assert commune.compute_signature(body, secret, timestamp) == signature
    with pytest.raises(commune.WebhookVerificationError, match="Invalid signature"):
        commune.verify_signature(body + b" ", signature, secret, timestamp=timestamp)
    with pytest.raises(commune.WebhookVerificationError, match="Invalid signature"):
        commune.verify_signature(body, signature, "another", timestamp=timestamp)
    payload = json.loads(body)
    assert payload["event"]["type"] == "email.received"
    assert (payload["inboxId"], payload["inboxAddress"]) == (inbox.id, inbox.address)
    assert commune.Message.model_validate(payload["message"]).content == "Hällo ☃"
    assert (payload["sender"], payload["text"]) == ("Jane <jane@one.example.net>", "Hällo ☃")
    assert (headers["x-commune-attempt"], headers["x-commune-delivery-id"][:4]) == ("1", "whd_")


def test_an_old_webhook_is_refused(sandbox: Sandbox, receiver: Receiver) -> None:
    """A delivery from a clock that is ten minutes off is correctly signed and still refused."""
    with commune.CommuneClient(sandbox.commune.api_key, base_url=sandbox.commune.base_url) as client:
        inbox = client.inboxes.create("support", webhook={"endpoint": receiver.url, "secret": "own secret"})
    sandbox.control.advance(600)

    sandbox.control.deliver(inbox.address or "", "jane@one.example.net", "S", "T")
    sandbox.control.settle()

    ((headers, body),) = receiver.received
    arguments = (body, headers["x-commune-signature"], "own secret")
    with pytest.raises(commune.WebhookVerificationError, match="too old"):
        commune.verify_signature(*arguments, timestamp=headers["x-commune-timestamp"])
    assert commune.verify_signature(*arguments, timestamp=headers["x-commune-timestamp"], tolerance_seconds=700)


def test_a_repeated_delivery_is_signed_anew(sandbox: Sandbox, receiver: Receiver) -> None:
    """Each attempt has the same delivery id and body, a later timestamp, and a signature of its own."""
    receiver.answers = [500]
    with commune.CommuneClient(sandbox.commune.api_key, base_url=sandbox.commune.base_url) as client:
        inbox = client.inboxes.create("support", webhook={"endpoint": receiver.url, "secret": "own secret"})

    sandbox.control.deliver(inbox.address or "", "jane@one.example.net", "S", "T")
    sandbox.control.settle()
    sandbox.control.advance(7)
    sandbox.control.settle()

    (first, body), (second, again) = receiver.received
    assert body == again
    assert first["x-commune-delivery-id"] == second["x-commune-delivery-id"]
    assert [one["x-commune-attempt"] for one in (first, second)] == ["1", "2"]
    assert int(second["x-commune-timestamp"]) > int(first["x-commune-timestamp"])
    for headers in (first, second):
        timestamp = headers["x-commune-timestamp"]
        assert commune.verify_signature(body, headers["x-commune-signature"], "own secret", timestamp=timestamp)
