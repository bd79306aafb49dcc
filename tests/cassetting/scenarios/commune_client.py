"""Every method of the Commune client."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from tests.cassetting.scenario import done, scenario
from tests.cassetting.stage import JANE, PUMP

from postline.commune import NotFoundError, ValidationError
from postline.operation import Operation


@scenario("commune")
async def client_domains(client: Any) -> Any:
    created = await done(client.domains.create("mail.customer.example.com", region="eu-west-1"))
    records = await done(client.domains.records(created.id))
    verified = await done(client.domains.verify(created.id))
    fetched = await done(client.domains.get(created.id))
    listed = await done(client.domains.list())

    assert (created.name, verified.status) == ("mail.customer.example.com", "pending")
    assert [each.id for each in listed] == [fetched.id] == [created.id]
    assert {each.type for each in records} == {"MX", "TXT"}
    return created, records, verified, fetched, listed


@scenario("commune")
async def client_inboxes(client: Any) -> Any:
    created = await done(client.inboxes.create("sales", name="Sales"))
    where = (created.domain_id, created.id)
    hooked = await done(client.inboxes.set_webhook(*where, endpoint="https://hooks.example.com/mail"))
    updated = await done(client.inboxes.update(*where, local_part="orders"))
    fetched = await done(client.inboxes.get(*where))
    listed = await done(client.inboxes.list())
    removed = await done(client.inboxes.remove(*where))

    assert hooked.webhook.endpoint == "https://hooks.example.com/mail"
    assert (updated.local_part, fetched.local_part) == ("orders", "orders")
    assert {each.local_part for each in listed} == {"support", "orders"}
    assert removed is True
    return created, hooked, updated, fetched, listed


@scenario("commune")
async def client_threads(client: Any) -> Any:
    inbox = (await done(client.inboxes.list()))[0]
    first = await done(client.threads.list(inbox_id=inbox.id, limit=1))
    second = await done(client.threads.list(inbox_id=inbox.id, limit=1, cursor=first.next_cursor))
    messages = await done(client.threads.messages(PUMP, order="desc"))

    assert (first.data[0].thread_id, first.has_more, second.has_more) == (PUMP, True, False)
    assert [each.metadata.subject for each in messages] == ["Re: A leaking pump", "A leaking pump"]
    return first, second, messages


@scenario("commune")
async def client_messages(client: Any) -> Any:
    inbox = (await done(client.inboxes.list()))[0]
    sent = await done(
        client.messages.send(
            to=JANE, subject="A leaking pump", text="We come on Tuesday.", thread_id=PUMP, inbox_id=inbox.id
        )
    )
    once = {
        "to": [JANE],
        "subject": "An offer",
        "html": "<p>20 %</p>",
        "inbox_id": inbox.id,
        "idempotency_key": "offer-1",
    }
    offers = [await done(client.messages.send(**once)) for _ in range(2)]
    listed = await done(client.messages.list(inbox_id=inbox.id, order="asc"))
    janes = await done(client.messages.list(sender=JANE, limit=1, before=listed[-1].created_at))

    assert (sent.thread_id, sent.status) == (PUMP, "queued")
    assert offers[0] == offers[1]
    assert [each.direction for each in listed] == ["inbound"] * 3 + ["outbound"] * 2
    assert [each.content for each in janes] == ["It drips since Monday."]
    return sent, offers, listed, janes


@scenario("commune")
async def client_attachments(client: Any) -> Any:
    content = base64.b64encode(b"A price list").decode()
    uploaded = await done(client.attachments.upload(content, "prices.txt", "text/plain"))
    facts = await done(client.attachments.get(uploaded.attachment_id))
    link = await done(client.attachments.url(uploaded.attachment_id, expires_in=60))
    downloaded = await done(client.run(Operation("GET", link.url, bytes)))

    assert (facts.filename, facts.mime_type, facts.size) == ("prices.txt", "text/plain", 12)
    assert downloaded == b"A price list"
    return facts, downloaded


@scenario("commune")
async def client_search(client: Any) -> Any:
    inbox = (await done(client.inboxes.list()))[0]
    found = await done(client.search.threads("sunday", inbox_id=inbox.id))

    assert [each.subject for each in found] == ["Opening hours"]
    return found


@scenario("commune")
async def client_sms(client: Any) -> Any:
    sent = await done(client.sms.send(to="+12025550123", body="Your order is ready."))

    assert sent.message_id.startswith("sms_")
    return sent


@scenario("commune")
async def client_delivery(client: Any) -> Any:
    inbox = (await done(client.inboxes.list()))[0]
    sent = await done(client.messages.send(to=JANE, subject="Hello", text="Hello", inbox_id=inbox.id))
    metrics = await done(client.delivery.metrics(inbox_id=inbox.id, period="24h"))
    events = await done(client.delivery.events(message_id=sent.id))
    suppressed = await done(client.delivery.suppressions(inbox_id=inbox.id))

    assert metrics.sent == 1
    assert {each.message_id for each in events} == {sent.id}
    assert suppressed == []
    return metrics, events


@scenario("commune")
async def client_refusals(client: Any) -> Any:
    with pytest.raises(NotFoundError) as missing:
        await done(client.domains.get("no-such-domain"))
    with pytest.raises(ValidationError) as invalid:
        await done(client.threads.list())

    assert (missing.value.status_code, invalid.value.status_code) == (404, 400)
    return missing.value.message, invalid.value.message


@scenario("commune", live=True)
async def client_read_only(client: Any) -> Any:
    domains = await done(client.domains.list())
    inboxes = await done(client.inboxes.list())
    assert inboxes, "the account needs an inbox"
    threads = await done(client.threads.list(inbox_id=inboxes[0].id, limit=5))
    opened = [await done(client.threads.messages(each.thread_id, limit=5)) for each in threads.data]
    messages = await done(client.messages.list(inbox_id=inboxes[0].id, limit=5))
    found = await done(client.search.threads("hello", inbox_id=inboxes[0].id, limit=5))

    assert [len(each) > 0 for each in opened] == [True] * len(threads.data)
    return domains, inboxes, threads, opened, messages, found
