"""The official package `commune-mail`, unmodified, does every one of its methods against the sandbox."""

import asyncio
import base64
import operator
from collections.abc import Iterator
from typing import Any, Protocol

import commune
import httpx
import pytest

from postline_sandbox import Sandbox


class Client(Protocol):
    def __call__(self, method: str, *args: Any, **kwargs: Any) -> Any: ...


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as running:
        yield running


@pytest.fixture(params=["sync", "async"])
def official(request: pytest.FixtureRequest, sandbox: Sandbox) -> Iterator[Client]:
    access = {"api_key": sandbox.commune.api_key, "base_url": sandbox.commune.base_url}
    if request.param == "sync":
        with commune.CommuneClient(**access) as client:
            yield lambda method, *args, **kwargs: operator.attrgetter(method)(client)(*args, **kwargs)
    else:
        async_client = commune.AsyncCommuneClient(**access)
        with asyncio.Runner() as runner:
            yield lambda method, *args, **kwargs: runner.run(operator.attrgetter(method)(async_client)(*args, **kwargs))
            runner.run(async_client.close())


@pytest.fixture
def inbox(official: Client) -> commune.Inbox:
    created = official("inboxes.create", "support", name="Support desk")
    assert isinstance(created, commune.Inbox)
    return created


def test_a_domain_goes_from_created_to_verified(official: Client, sandbox: Sandbox) -> None:
    """create, get, list, records and verify show one domain, which DNS makes verified."""
    created = official("domains.create", "mail.customer.example.com", region="eu-west-1")
    waiting = official("domains.verify", created.id)
    sandbox.control.publish_dns("mail.customer.example.com")

    verified = official("domains.verify", created.id)

    assert (created.status, waiting.status, verified.status) == ("not_started", "pending", "verified")
    assert [one.id for one in official("domains.list")] == [created.id]
    assert official("domains.get", created.id).status == "verified"
    assert {record.status for record in official("domains.records", created.id)} == {"verified"}
    assert [record.record for record in official("domains.records", created.id)] == ["SPF", "SPF", "DKIM", "Receiving"]


def test_an_inbox_is_created_read_changed_and_removed(official: Client, inbox: commune.Inbox) -> None:
    """Every inbox method agrees with the others about one inbox."""
    updated = official("inboxes.update", inbox.domain_id, inbox.id, local_part="Help", status="inactive")

    hooked = official(
        "inboxes.set_webhook", inbox.domain_id, inbox.id, endpoint="http://127.0.0.1:9/hook", events=["x"]
    )

    assert inbox.address == "support@commune-sandbox.example.com"
    assert (updated.local_part, updated.status) == ("help", "inactive")
    assert isinstance(hooked.webhook, commune.InboxWebhook)
    assert hooked.webhook.secret is not None
    assert hooked.webhook.secret.startswith("whsec_")
    assert official("inboxes.get", inbox.domain_id, inbox.id) == hooked
    assert official("inboxes.list") == [hooked] == official("inboxes.list", inbox.domain_id)
    assert official("inboxes.remove", inbox.domain_id, inbox.id) is True
    assert official("inboxes.list") == []


def test_mail_goes_out_and_comes_back_in_one_thread(official: Client, inbox: commune.Inbox, sandbox: Sandbox) -> None:
    """A send, its answer from outside, and the answer to that are one conversation everywhere."""
    sent = official("messages.send", to="jane@customer.example.net", subject="Hello", text="Hi Jane", inbox_id=inbox.id)
    out = sandbox.control.outbox()[0]
    sandbox.control.deliver(
        inbox.address or "",
        "Jane <jane@customer.example.net>",
        "Re: Hello",
        "Yes",
        in_reply_to=out["headers"]["Message-ID"],
    )

    again = official(
        "messages.send",
        to="jane@customer.example.net",
        subject="Hello",
        html="<p>Fine</p>",
        thread_id=sent.thread_id,
        inbox_id=inbox.id,
    )

    messages = official("threads.messages", sent.thread_id)
    (thread,) = official("threads.list", inbox_id=inbox.id).data
    assert (sent.status, sent.id) == ("queued", sent.message_id)
    assert [one.direction for one in messages] == ["outbound", "inbound", "outbound"]
    assert (thread.thread_id, thread.message_count, thread.last_direction) == (again.thread_id, 3, "outbound")
    assert messages[2].metadata.subject == "Re: Hello"
    assert messages[2].metadata.references == [messages[0].metadata.message_id, messages[1].message_id]
    assert [one.message_id for one in official("messages.list", inbox_id=inbox.id, order="asc")] == [
        one.message_id for one in messages
    ]


def test_messages_are_listed_by_all_filters_together(official: Client, inbox: commune.Inbox, sandbox: Sandbox) -> None:
    """Inbox, domain, sender and time narrow one another."""
    address = inbox.address or ""
    sandbox.control.deliver(address, "Ann <ann@one.example.net>", "First", "1")
    sandbox.control.advance(60)
    middle = sandbox.control.now()
    sandbox.control.advance(60)
    sandbox.control.deliver(address, "bob@two.example.net", "Second", "2")

    def subjects(**filters: Any) -> list[str | None]:
        return [one.metadata.subject for one in official("messages.list", **filters)]

    assert subjects(inbox_id=inbox.id) == ["Second", "First"]
    assert subjects(domain_id=inbox.domain_id, order="asc", limit=1) == ["First"]
    assert subjects(sender="ANN@one.example.net", inbox_id=inbox.id) == ["First"]
    assert subjects(inbox_id=inbox.id, after=middle) == ["Second"]
    assert subjects(inbox_id=inbox.id, before=middle) == ["First"]
    assert subjects(sender="nobody@one.example.net", domain_id=inbox.domain_id) == []


def test_threads_are_paged_without_loss(official: Client, inbox: commune.Inbox, sandbox: Sandbox) -> None:
    """Following cursors in either order shows every thread once."""
    for number in range(7):
        sandbox.control.deliver(inbox.address or "", f"p{number}@one.example.net", f"Subject {number}", "Text")

    def follow(order: str) -> list[str]:
        found, cursor = [], None
        while True:
            page = official("threads.list", domain_id=inbox.domain_id, limit=3, cursor=cursor, order=order)
            found += [one.thread_id for one in page.data]
            cursor = page.next_cursor
            if not page.has_more:
                return found

    newest_first = follow("desc")

    assert len(set(newest_first)) == 7
    assert follow("asc") == newest_first[::-1]


def test_an_attachment_is_uploaded_sent_and_fetched(official: Client, inbox: commune.Inbox) -> None:
    """What was uploaded goes out with a mail and comes back through a signed link."""
    content = b"\x00\xffreport"
    upload = official("attachments.upload", base64.b64encode(content).decode(), "report ä.bin", "application/x-report")

    sent = official(
        "messages.send",
        to="a@b.example.net",
        subject="S",
        text="T",
        inbox_id=inbox.id,
        attachments=[upload.attachment_id],
    )
    link = official("attachments.url", upload.attachment_id, expires_in=60)
    fetched = httpx.get(link.url, trust_env=False)

    assert official("threads.messages", sent.thread_id)[0].attachments == [upload.attachment_id]
    assert official("threads.list", inbox_id=inbox.id).data[0].has_attachments
    facts = official("attachments.get", upload.attachment_id)
    assert (facts.filename, facts.mime_type, facts.size) == ("report ä.bin", "application/x-report", len(content))
    assert (link.expires_in, link.filename, link.size) == (60, "report ä.bin", len(content))
    assert (fetched.status_code, fetched.content) == (200, content)
    assert fetched.headers["content-type"] == "application/x-report"


def test_search_finds_threads_by_their_words(official: Client, inbox: commune.Inbox, sandbox: Sandbox) -> None:
    """The thread that has the words comes first; a filter that does not fit finds nothing."""
    sandbox.control.deliver(
        inbox.address or "", "ann@one.example.net", "Refund", "The pump arrived broken, order 4711."
    )
    sandbox.control.deliver(inbox.address or "", "bob@two.example.net", "Hello", "Nothing much.")

    found = official("search.threads", "broken pump", inbox_id=inbox.id)

    assert [one.subject for one in found] == ["Refund"]
    assert found[0].score == 1.0
    assert "pump" in found[0].snippet
    assert official("search.threads", "broken pump", domain_id="another") == []


def test_a_text_message_is_sent(official: Client) -> None:
    """SMS answers with an id, a state and what it cost."""
    result = official("sms.send", to="+12025550143", body="Hello")

    assert result.message_id.startswith("sms_")
    assert (result.status, result.credits_charged) == ("queued", 2)


def test_delivery_is_reported(official: Client, inbox: commune.Inbox, sandbox: Sandbox) -> None:
    """Events, suppressions and metrics tell the same story about a bounce."""
    good = official("messages.send", to="ok@one.example.net", subject="S", text="T", inbox_id=inbox.id)
    bad = official("messages.send", to="gone@one.example.net", subject="S", text="T", inbox_id=inbox.id)
    sandbox.control.bounce(bad.message_id)

    metrics = official("delivery.metrics", inbox_id=inbox.id, period="24h")
    (suppression,) = official("delivery.suppressions", domain_id=inbox.domain_id)
    events = official("delivery.events", message_id=bad.message_id)

    assert (metrics.sent, metrics.delivered, metrics.bounced, metrics.period) == (2, 1, 1, "24h")
    assert (metrics.delivery_rate, metrics.bounce_rate, metrics.complaint_rate) == (50.0, 50.0, 0.0)
    assert (suppression.email, suppression.reason) == ("gone@one.example.net", "bounce")
    assert suppression.suppressed_at is not None
    assert [one.event_type for one in events] == ["bounced", "delivered", "sent"]
    assert {one.recipient for one in events} == {"gone@one.example.net"}
    assert official("delivery.events", inbox_id=inbox.id, event_type="sent")[-1].message_id == good.message_id


def test_no_method_is_left_out() -> None:
    """The methods used in this file are all that the package has."""
    client = commune.CommuneClient("comm_x", base_url="http://127.0.0.1:9")
    with client:
        methods = {
            f"{group}.{name}"
            for group, namespace in vars(client).items()
            if not group.startswith("_")
            for name in dir(namespace)
            if not name.startswith("_")
        }
    with open(__file__, encoding="utf-8") as file:  # noqa: PTH123
        text = file.read()

    missing = {method for method in methods if f'"{method}"' not in text}

    assert len(methods) == 23
    assert missing == set()
