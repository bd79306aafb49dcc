"""The Inkbox client's methods about mail, on the organization's resources and on an identity."""

from __future__ import annotations

import base64
from typing import Any

from tests.cassetting.scenario import done, every, scenario
from tests.cassetting.stage import ANN, HANDLE, JANE, MAILBOX, PUMP

from postline.operation import Operation


@scenario("inkbox")
async def client_mailboxes(client: Any) -> Any:
    listed = await done(client.mailboxes.list())
    changed = await done(client.mailboxes.update(MAILBOX, webhook_url="https://agent.example.com/mail"))
    fetched = await done(client.mailboxes.get(MAILBOX))
    found = await done(client.mailboxes.search(MAILBOX, q="sunday", limit=5))

    assert [each.email_address for each in listed] == [MAILBOX]
    assert changed.webhook_url == fetched.webhook_url == "https://agent.example.com/mail"
    assert [each.subject for each in found] == ["Opening hours"]
    return listed, fetched, found


@scenario("inkbox")
async def client_messages(client: Any) -> Any:
    listed = await every(client.messages.list(MAILBOX, page_size=2))
    whole = await done(client.messages.get(MAILBOX, listed[0].id))
    sent = await done(
        client.messages.send(
            MAILBOX,
            to=[JANE],
            cc=[ANN],
            subject="Re: A leaking pump",
            body_text="We come.",
            in_reply_to_message_id=PUMP,
        )
    )
    forwarded = await done(client.messages.forward(MAILBOX, listed[0].id, to=[ANN], body_text="For you"))
    outbound = await every(client.messages.list(MAILBOX, direction="outbound"))

    assert [each.subject for each in listed] == ["Re: A leaking pump", "Opening hours", "A leaking pump"]
    assert whole.body_text.startswith("Now it pours.")
    assert sent.thread_id == whole.thread_id
    assert forwarded.subject == "Fwd: Re: A leaking pump"
    assert [each.id for each in outbound] == [forwarded.id, sent.id]
    return listed, whole, sent, forwarded


@scenario("inkbox")
async def client_message_flags(client: Any) -> Any:
    newest = (await every(client.messages.list(MAILBOX)))[0]
    steps = [
        await done(change(MAILBOX, newest.id))
        for change in (
            *(client.messages.mark_read, client.messages.mark_unread, client.messages.star, client.messages.unstar),
            lambda *message: client.messages.update_flags(*message, is_read=True, is_starred=True),
        )
    ]
    unread = await every(client.messages.list_unread(MAILBOX))
    await done(client.messages.delete(MAILBOX, newest.id))

    assert [(each.is_read, each.is_starred) for each in steps] == [
        *((True, False), (False, False), (False, True), (False, False), (True, True))
    ]
    assert len(unread) == 2
    return steps, unread


@scenario("inkbox")
async def client_attachments(client: Any) -> Any:
    newest = (await every(client.messages.list(MAILBOX)))[0]
    link = await done(client.messages.get_attachment(MAILBOX, newest.id, "notes.txt"))
    content = await done(client.run(Operation("GET", link["url"], bytes)))
    prices = base64.b64encode(b"A price list").decode()
    file = {"filename": "prices.txt", "content_type": "text/plain", "content_base64": prices}
    sent = await done(
        client.messages.send(MAILBOX, to=[JANE], subject="Prices", body_text="See there.", attachments=[file])
    )

    assert content == b"Serial number 4711, built in 2016."
    assert sent.has_attachments
    return content, sent


@scenario("inkbox")
async def client_threads(client: Any) -> Any:
    threads = await every(client.threads.list(MAILBOX, page_size=1))
    whole = await done(client.threads.get(MAILBOX, threads[0].id))
    moved = await done(client.threads.update(MAILBOX, threads[1].id, folder="archive"))
    folders = await done(client.threads.list_folders(MAILBOX))
    archived = await every(client.threads.list(MAILBOX, folder="archive"))
    await done(client.threads.delete(MAILBOX, threads[0].id))

    assert [each.subject for each in threads] == ["A leaking pump", "Opening hours"]
    assert len(whole.messages) == 2
    assert [each.id for each in archived] == [moved.id]
    return threads, whole, moved, folders


@scenario("inkbox")
async def client_mail_rules(client: Any) -> Any:
    rules = client.mail_contact_rules
    made = await done(rules.create(MAILBOX, action="block", match_type="exact_email", match_target=ANN))
    changed = await done(rules.update(MAILBOX, made.id, status="paused"))
    fetched = await done(rules.get(MAILBOX, made.id))
    listed = await done(rules.list(MAILBOX, action="block"))
    everywhere = await done(rules.list_all(limit=10))
    await done(rules.delete(MAILBOX, made.id))

    assert changed == fetched
    assert listed == everywhere == [fetched]
    return made, fetched


@scenario("inkbox")
async def client_domains(client: Any) -> Any:
    listed = await done(client.domains.list(status="verified"))
    default = await done(client.domains.set_default("inkbox-sandbox.example.com"))

    return listed, default


@scenario("inkbox")
async def client_identity_mail(client: Any) -> Any:
    identity = await done(client.get_identity(HANDLE))
    newest = (await every(identity.iter_emails(page_size=2)))[0]
    whole = await done(identity.get_message(newest.id))
    thread = await done(identity.get_thread(newest.thread_id))
    sent = await done(identity.send_email(to=[JANE], subject="Hello", body_text="Hello Jane"))
    forwarded = await done(identity.forward_email(newest.id, to=[ANN]))
    await done(identity.mark_emails_read([each.id for each in thread.messages]))
    unread = await every(identity.iter_unread_emails())

    assert [each.subject for each in unread] == ["Opening hours"]
    return whole, thread, sent, forwarded, unread
