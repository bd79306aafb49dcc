"""The official package raises its documented exceptions for what the sandbox refuses."""

import asyncio
import operator
from collections.abc import Callable, Iterator
from typing import Any

import commune
import httpx
import pytest

from postline_sandbox import Sandbox

Client = Callable[..., Any]

ARGUMENTS: dict[str, tuple[list[str], dict[str, Any]]] = {
    "domains.list": ([], {}),
    "domains.create": (["new.customer.example.com"], {}),
    "domains.get": (["d"], {}),
    "domains.verify": (["d"], {}),
    "domains.records": (["d"], {}),
    "inboxes.list": ([], {}),
    "inboxes.create": (["support"], {}),
    "inboxes.get": (["d", "i"], {}),
    "inboxes.update": (["d", "i"], {"status": "inactive"}),
    "inboxes.set_webhook": (["d", "i"], {"endpoint": "http://127.0.0.1:9"}),
    "inboxes.remove": (["d", "i"], {}),
    "threads.list": ([], {"inbox_id": "i"}),
    "threads.messages": (["t"], {}),
    "messages.send": ([], {"to": "a@b.example.net", "subject": "S", "text": "T"}),
    "messages.list": ([], {"inbox_id": "i"}),
    "attachments.upload": (["YQ==", "a.txt", "text/plain"], {}),
    "attachments.get": (["a"], {}),
    "attachments.url": (["a"], {}),
    "search.threads": (["words"], {"inbox_id": "i"}),
    "sms.send": ([], {"to": "+12025550143", "body": "Hi"}),
    "delivery.metrics": ([], {"inbox_id": "i"}),
    "delivery.suppressions": ([], {"inbox_id": "i"}),
    "delivery.events": ([], {"inbox_id": "i"}),
}
SEND = ARGUMENTS["messages.send"][1]


def _status(call: Client) -> int | None:
    try:
        call()
    except commune.CommuneError as error:
        return error.status_code
    return 200


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as running:
        yield running


@pytest.fixture(params=["sync", "async"])
def official(request: pytest.FixtureRequest, sandbox: Sandbox) -> Iterator[Client]:
    """Calls a method by its name, with any key; a client is made once for each."""
    make = commune.CommuneClient if request.param == "sync" else commune.AsyncCommuneClient
    clients: dict[str, Any] = {}
    with asyncio.Runner() as runner:

        def finish(result: Any) -> Any:
            return result if request.param == "sync" else runner.run(result)

        def call(method: str, *args: Any, key: str = sandbox.commune.api_key, **kwargs: Any) -> Any:
            client = clients.get(key) or make(key, base_url=sandbox.commune.base_url)
            clients[key] = client
            return finish(operator.attrgetter(method)(client)(*args, **kwargs))

        yield call
        for client in clients.values():
            finish(client.close())


def test_a_wrong_key_is_refused_everywhere(official: Client) -> None:
    """401 becomes AuthenticationError in every method."""
    for method, (args, kwargs) in ARGUMENTS.items():
        with pytest.raises(commune.AuthenticationError) as caught:
            official(method, *args, key="comm_" + "0" * 64, **kwargs)

        assert (caught.value.message, caught.value.status_code) == ("Invalid or expired API key", 401), method


def test_a_revoked_and_an_expired_key_are_refused(official: Client, sandbox: Sandbox) -> None:
    """A key stops to work when it is revoked or its time is over."""
    revoked = sandbox.control.issue_key()
    expired = sandbox.control.issue_key(expires_in_seconds=60)
    official("domains.list", key=revoked)
    official("domains.list", key=expired)
    sandbox.control.revoke_key(revoked)
    sandbox.control.advance(60)

    for key in (revoked, expired):
        with pytest.raises(commune.AuthenticationError):
            official("domains.list", key=key)


def test_every_method_needs_its_scope(official: Client, sandbox: Sandbox) -> None:
    """Without its scope a method gets 403; with it alone, it is let through."""
    powerless = sandbox.control.issue_key([])
    writer, reader = sandbox.control.issue_key(["write"]), sandbox.control.issue_key(["read"])
    writing = ("create", "verify", "update", "set_webhook", "remove", "send", "upload")

    for method, (args, kwargs) in ARGUMENTS.items():
        wrong, right = (reader, writer) if method.endswith(writing) else (writer, reader)
        for key in (powerless, wrong):
            with pytest.raises(commune.PermissionDeniedError, match="Insufficient permissions"):
                official(method, *args, key=key, **kwargs)
        assert _status(lambda: official(method, *args, key=right, **kwargs)) != 403, method  # noqa: B023


def test_what_another_organization_owns_does_not_exist(official: Client, sandbox: Sandbox) -> None:
    """A key sees nothing of another organization's: not found, empty, or forbidden."""
    stranger = sandbox.control.make_organization("Stranger")["api_key"]
    domain = official("domains.create", "mine.customer.example.com")
    inbox = official("inboxes.create", "support", domain_id=domain.id)
    upload = official("attachments.upload", "YQ==", "a.txt", "text/plain")
    official("messages.send", inbox_id=inbox.id, **SEND)

    hidden: list[tuple[str, list[str], dict[str, Any]]] = [
        ("domains.get", [domain.id], {}),
        ("domains.verify", [domain.id], {}),
        ("domains.records", [domain.id], {}),
        ("inboxes.get", [domain.id, inbox.id], {}),
        ("inboxes.update", [domain.id, inbox.id], {"status": "inactive"}),
        ("inboxes.remove", [domain.id, inbox.id], {}),
        ("attachments.get", [upload.attachment_id], {}),
        ("attachments.url", [upload.attachment_id], {}),
        ("messages.send", [], {**SEND, "inbox_id": inbox.id}),
    ]
    for method, args, kwargs in hidden:
        with pytest.raises(commune.NotFoundError):
            official(method, *args, key=stranger, **kwargs)
    with pytest.raises(commune.PermissionDeniedError, match="Cannot create inbox on this domain"):
        official("inboxes.create", "other", domain_id=domain.id, key=stranger)
    assert official("domains.list", key=stranger) == []
    assert official("inboxes.list", key=stranger) == []
    assert official("threads.list", inbox_id=inbox.id, key=stranger).data == []
    assert official("messages.list", domain_id=domain.id, key=stranger) == []
    assert official("delivery.events", inbox_id=inbox.id, key=stranger) == []


@pytest.mark.parametrize(
    ("method", "arguments", "message"),
    [
        ("domains.create", {"name": ""}, "Missing required field: name"),
        ("domains.create", {"name": "commune-sandbox.example.com"}, "This domain has been registered already"),
        ("inboxes.create", {"local_part": ""}, "Missing required field: local_part"),
        ("inboxes.create", {"local_part": "two words"}, "Invalid local_part"),
        ("threads.list", {}, "Missing required query parameter: inbox_id or domain_id"),
        ("messages.list", {}, "Provide at least one filter: sender, domain_id, or inbox_id"),
        ("messages.send", {"to": [], "subject": "S", "text": "T"}, "Invalid request"),
        ("messages.send", {"to": "a@b.example.net", "subject": "S"}, "Invalid request"),
        ("messages.send", {**SEND, "to": ["a@b.example.net"] + [f"p{n}@b.example.net" for n in range(50)]}, "Too many"),
        ("attachments.upload", {"content": "", "filename": "a", "mime_type": "b"}, "Missing required fields"),
        ("search.threads", {"query": "", "inbox_id": "i"}, "Missing required query parameter: q"),
        ("search.threads", {"query": "x"}, "At least one filter is required"),
        ("sms.send", {"to": "12", "body": "Hi"}, "Invalid request"),
        ("delivery.metrics", {}, "inbox_id or domain_id query parameter is required"),
        ("delivery.suppressions", {}, "inbox_id or domain_id query parameter is required"),
        ("delivery.events", {}, "Provide at least one of: inbox_id, domain_id, message_id"),
    ],
)
def test_bad_input_is_a_validation_error(
    official: Client, method: str, arguments: dict[str, Any], message: str
) -> None:
    """400 becomes ValidationError with the service's text."""
    with pytest.raises(commune.ValidationError, match=message) as caught:
        official(method, **arguments)

    assert caught.value.status_code == 400


@pytest.mark.parametrize(
    ("method", "arguments"),
    [
        ("domains.get", {"domain_id": "unknown"}),
        ("domains.verify", {"domain_id": "unknown"}),
        ("domains.records", {"domain_id": "unknown"}),
        ("inboxes.create", {"local_part": "a", "domain_id": "unknown"}),
        ("inboxes.get", {"domain_id": "unknown", "inbox_id": "unknown"}),
        ("inboxes.update", {"domain_id": "unknown", "inbox_id": "unknown"}),
        ("inboxes.set_webhook", {"domain_id": "unknown", "inbox_id": "unknown", "endpoint": "http://127.0.0.1:9"}),
        ("inboxes.remove", {"domain_id": "unknown", "inbox_id": "unknown"}),
        ("messages.send", {**SEND, "inbox_id": "unknown"}),
        ("messages.send", {**SEND, "domain_id": "unknown"}),
        ("attachments.get", {"attachment_id": "a/b"}),
        ("attachments.url", {"attachment_id": "unknown"}),
    ],
)
def test_what_is_not_there_is_not_found(official: Client, method: str, arguments: dict[str, Any]) -> None:
    """404 becomes NotFoundError."""
    with pytest.raises(commune.NotFoundError) as caught:
        official(method, **arguments)

    assert caught.value.status_code == 404


def test_unknown_places_list_nothing(official: Client) -> None:
    """Listings of what is not there are empty, not errors."""
    assert official("inboxes.list", "unknown") == []
    assert official("threads.messages", "<unknown@one.example.net>") == []
    assert official("threads.list", domain_id="unknown").data == []


def test_limits_of_a_plan_are_rate_limit_errors(official: Client, sandbox: Sandbox) -> None:
    """429 becomes RateLimitError, for mail, inboxes and domains, and ends with its window."""
    sandbox.control.set_limits(limits={"emails_per_hour": 1, "inboxes_per_day": 1, "domains_per_day": 1})
    for first in (
        ("messages.send", SEND),
        ("inboxes.create", {"local_part": "a"}),
        ("domains.create", {"name": "a.b.example.com"}),
    ):
        official(first[0], **first[1])

    for method, arguments, message in (
        ("messages.send", SEND, "Hourly email rate limit exceeded"),
        ("inboxes.create", {"local_part": "b"}, "Inbox creation rate limit exceeded"),
        ("domains.create", {"name": "c.b.example.com"}, "Domain creation rate limit exceeded"),
    ):
        with pytest.raises(commune.RateLimitError, match=message):
            official(method, **arguments)
    sandbox.control.advance(3600)
    assert official("messages.send", **SEND).status == "queued"


def test_a_plan_without_a_feature_forbids_it(official: Client, sandbox: Sandbox) -> None:
    """403 becomes PermissionDeniedError also where the plan is what is missing."""
    sandbox.control.set_limits("free")
    official("inboxes.create", "a")
    official("inboxes.create", "b")
    for method, arguments, message in (
        ("domains.create", {"name": "a.b.example.com"}, "Custom domains require a paid plan"),
        ("inboxes.create", {"local_part": "c"}, r"Inbox limit reached \(2/2\)"),
        ("search.threads", {"query": "x", "inbox_id": "i"}, "This feature requires a paid plan"),
        ("sms.send", {"to": "+12025550143", "body": "Hi"}, "plan_upgrade_required"),
    ):
        with pytest.raises(commune.PermissionDeniedError, match=message):
            official(method, **arguments)


def test_other_refusals_are_plain_errors(official: Client, sandbox: Sandbox) -> None:
    """402, 409, 413, 422 and 5xx become CommuneError with their status."""
    seen = []
    sandbox.control.set_limits(limits={"sms_credits": 1, "storage_bytes": 1})
    sandbox.control.refuse_texts("+12025550111")
    sandbox.control.fault("server_error", path="/v1/domains", status=409)
    sandbox.control.fault("server_error", path="/v1/inboxes", status=500)
    calls: list[tuple[str, dict[str, Any]]] = [
        ("sms.send", {"to": "+12025550143", "body": "Hi"}),
        ("attachments.upload", {"content": "YWE=", "filename": "a", "mime_type": "a/b"}),
        ("sms.send", {"to": "+12025550111", "body": "Hi"}),
        ("domains.list", {}),
        ("inboxes.list", {}),
        ("attachments.upload", {"content": "A" * 10_500_000, "filename": "a", "mime_type": "a/b"}),
    ]

    for method, arguments in calls:
        with pytest.raises(commune.CommuneError) as caught:
            official(method, **arguments)
        assert type(caught.value) is commune.CommuneError
        seen.append((caught.value.status_code, caught.value.message))

    assert seen == [
        (402, "insufficient_phone_credits"),
        (413, "Attachment storage limit exceeded"),
        (422, "recipient_suppressed"),
        (409, "Internal server error"),
        (500, "Internal server error"),
        (413, "request entity too large"),
    ]


def test_faults_of_the_connection_pass_through(official: Client, sandbox: Sandbox) -> None:
    """A reply that never comes, or comes in part, is httpx's error."""
    for kind in ("closed_connection", "dropped_reply", "truncated_body"):
        sandbox.control.fault(kind, path="/v1/domains")

        with pytest.raises(httpx.TransportError):
            official("domains.list")

    assert official("domains.list") == []
