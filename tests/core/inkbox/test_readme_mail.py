"""What the service's README does with mail, done by both clients on the sandbox."""

import base64
from typing import Any

import httpx
import pytest
from tests.cassetting.scenario import done, every
from tests.core.inkbox.conftest import refusal

from postline.inkbox import (
    DuplicateContactRuleError,
    FilterMode,
    MailRuleAction,
    MessageDirection,
    SendingDomainStatus,
    ThreadFolder,
)
from postline_sandbox import Sandbox

USER = "user@shop.example.net"
DOMAIN = "mail.customer.example.com"
PLATFORM = "inkbox-sandbox.example.com"
FILE = {
    "filename": "report.pdf",
    "content_type": "application/pdf",
    "content_base64": base64.b64encode(b"%PDF").decode(),
}


@pytest.fixture
def box(alpha: Any) -> str:
    """Alpha's address."""
    return str(alpha.email_address)


async def test_an_identity_sends_mail_to_people_in_copy_and_in_blind_copy(alpha: Any, sandbox: Sandbox) -> None:
    """As plain text and as HTML; only the sender can see the blind copy."""
    sent = await done(
        alpha.send_email(
            to=[USER],
            subject="Hello",
            body_text="Hi there!",
            body_html="<p>Hi there!</p>",
            cc=["manager@shop.example.net"],
            bcc=["archive@shop.example.net"],
        )
    )

    detail = await done(alpha.get_message(sent.id))
    assert (sent.status, sent.direction, sent.is_read) == ("sent", MessageDirection.OUTBOUND, True)
    assert (detail.status, detail.body_text, detail.body_html) == ("delivered", "Hi there!", "<p>Hi there!</p>")
    assert (detail.to_addresses, detail.cc_addresses) == ([USER], ["manager@shop.example.net"])
    assert detail.bcc_addresses == ["archive@shop.example.net"]


async def test_mail_to_a_name_with_an_address_arrives(alpha: Any, bravo: Any, sandbox: Sandbox) -> None:
    """In each of the three fields, and from outside."""
    address, other = f'"Bravo, B." <{bravo.email_address}>', [USER]

    for field in ("to", "cc", "bcc"):
        await done(alpha.send_email(**{"to": other, field: [address]}, subject=field, body_text="Hi"))
    sandbox.control.deliver(address, USER, "outside", "Hi")

    assert [one.subject for one in await every(bravo.iter_emails())] == ["outside", "bcc", "cc", "to"]


@pytest.mark.parametrize("name", ["id", "message_id"])
async def test_a_reply_joins_the_thread(alpha: Any, name: str) -> None:
    """Whether it names the message's id, as the README does, or its `Message-ID`, as the protocol does."""
    sent = await done(alpha.send_email(to=[USER], subject="Hello", body_text="Hi there!"))

    reply = await done(
        alpha.send_email(
            to=[USER],
            subject=f"Re: {sent.subject}",
            body_text="Following up!",
            in_reply_to_message_id=getattr(sent, name),
        )
    )

    thread = await done(alpha.get_thread(sent.thread_id))
    assert [(one.id, one.subject) for one in thread.messages] == [(sent.id, "Hello"), (reply.id, "Re: Hello")]
    assert (await done(alpha.get_message(reply.id))).in_reply_to == sent.message_id


async def test_an_attachment_can_be_fetched_by_whoever_has_its_link(alpha: Any, inkbox: Any, box: str) -> None:
    """Its metadata are in the message, its bytes behind the link, with no key."""
    sent = await done(alpha.send_email(to=[USER], subject="See attached", body_text="File", attachments=[FILE]))

    link = await done(inkbox.messages.get_attachment(box, sent.id, "report.pdf"))
    async with httpx.AsyncClient(trust_env=False) as anybody:
        fetched = await anybody.get(link["url"])

    detail = await done(inkbox.messages.get(box, sent.id))
    assert detail.attachment_metadata == [{"filename": "report.pdf", "content_type": "application/pdf", "size": 4}]
    assert (link["filename"], link["expires_in"] > 0, sent.has_attachments) == ("report.pdf", True, True)
    assert fetched.content == b"%PDF"


async def test_an_inbox_is_read_by_direction_and_by_what_is_unread(alpha: Any, sandbox: Sandbox, box: str) -> None:
    """Newest first, over all pages; what was marked read is no longer among the unread."""
    for number in range(3):
        sandbox.control.deliver(box, USER, f"Question {number}", "Well?")
    await done(alpha.send_email(to=[USER], subject="Answer", body_text="Yes."))

    everything = await every(alpha.iter_emails(page_size=2))
    inbound = await every(alpha.iter_emails(direction="inbound"))
    unread = await every(alpha.iter_unread_emails())
    await done(alpha.mark_emails_read([one.id for one in unread[1:]]))

    assert [one.subject for one in everything] == ["Answer", "Question 2", "Question 1", "Question 0"]
    assert [one.from_address for one in inbound] == [USER] * 3
    assert [one.id for one in unread] == [one.id for one in inbound]
    assert [one.id for one in await every(alpha.iter_unread_emails())] == [unread[0].id]


@pytest.mark.parametrize("mode", ["inline", "wrapped"])
async def test_a_message_is_forwarded(alpha: Any, bravo: Any, sandbox: Sandbox, box: str, mode: str) -> None:
    """In a thread of its own; the original is quoted or enclosed, under a note."""
    sandbox.control.deliver(box, USER, "Offer", "Forty pumps")
    (original,) = await every(alpha.iter_emails())

    forwarded = await done(
        alpha.forward_email(original.id, to=[bravo.email_address], mode=mode, body_text="See below", reply_to=USER)
    )

    (received,) = await every(bravo.iter_emails())
    detail = await done(bravo.get_message(received.id))
    assert (forwarded.subject, forwarded.thread_id == original.thread_id) == ("Fwd: Offer", False)
    assert detail.body_text.startswith("See below")
    assert ("Forty pumps" in detail.body_text, detail.has_attachments) == (mode == "inline", mode == "wrapped")


async def test_messages_of_any_mailbox_are_read_flagged_and_deleted(
    inkbox: Any, sandbox: Sandbox, alpha: Any, box: str
) -> None:
    """Without an identity at hand; each change comes back as the message is then."""
    sandbox.control.deliver(box, USER, "Invoice", "Please pay")
    sent = await done(inkbox.messages.send(box, to=[USER], subject="Hello", body_text="Hi there!"))
    (message,) = await every(inkbox.messages.list(box, direction=MessageDirection.INBOUND))
    messages = inkbox.messages

    detail = await done(messages.get(box, message.id))
    flags = [
        await done(messages.update_flags(box, message.id, is_read=True)),
        await done(messages.mark_unread(box, message.id)),
        await done(messages.mark_read(box, message.id)),
        await done(messages.star(box, message.id)),
        await done(messages.unstar(box, message.id)),
    ]
    forwarded = await done(messages.forward(box, message.id, to=[USER], include_original_attachments=False))
    await done(messages.delete(box, message.id))

    assert (detail.body_text, detail.is_read) == ("Please pay", False)
    assert [one.is_read for one in flags] == [True, False, True, True, True]
    assert [one.is_starred for one in flags] == [False, False, False, True, False]
    assert [one.id for one in await every(messages.list(box))] == [forwarded.id, sent.id]
    assert (await refusal(lambda: messages.get(box, message.id))).status_code == 404


async def test_threads_are_listed_moved_and_deleted(inkbox: Any, sandbox: Sandbox, alpha: Any, box: str) -> None:
    """By folder; with a thread go its messages."""
    for subject in ("Invoice", "Offer"):
        sandbox.control.deliver(box, USER, subject, "Text")
    offer, invoice = await every(inkbox.threads.list(box))

    moved = await done(inkbox.threads.update(box, offer.id, folder=ThreadFolder.ARCHIVE))

    assert (moved.subject, moved.folder, moved.message_count) == ("Offer", "archive", 1)
    assert await done(inkbox.threads.list_folders(box)) == [ThreadFolder.ARCHIVE, ThreadFolder.INBOX]
    assert [one.id for one in await every(inkbox.threads.list(box, folder="inbox"))] == [invoice.id]
    assert [one.subject for one in (await done(inkbox.threads.get(box, invoice.id))).messages] == ["Invoice"]
    await done(inkbox.threads.delete(box, invoice.id))
    assert [one.subject for one in await every(inkbox.messages.list(box))] == ["Offer"]


async def test_mailboxes_are_read_changed_and_searched(inkbox: Any, sandbox: Sandbox, alpha: Any, box: str) -> None:
    """They have no name of their own, and go with their identity."""
    sandbox.control.deliver(box, USER, "Invoice 7", "Pay the pump")
    sandbox.control.deliver(box, USER, "Greetings", "From the sea")

    listed = await done(inkbox.mailboxes.list())
    mailbox = await done(inkbox.mailboxes.get(box))
    hooked = await done(inkbox.mailboxes.update(box, webhook_url="https://hooks.example.com/mail"))
    unhooked = await done(inkbox.mailboxes.update(box, webhook_url=None))
    found = await done(inkbox.mailboxes.search(box, q="invoice", limit=20))

    assert listed == [mailbox]
    assert (mailbox.email_address, mailbox.sending_domain, mailbox.agent_identity_id) == (box, PLATFORM, alpha.id)
    assert (hooked.webhook_url, unhooked.webhook_url) == ("https://hooks.example.com/mail", None)
    assert [(one.subject, one.from_address) for one in found] == [("Invoice 7", USER)]
    await done((await done(inkbox.get_identity("alpha"))).delete())
    assert await done(inkbox.mailboxes.list()) == []


async def test_a_whitelist_hears_from_those_that_a_rule_allows(
    inkbox: Any, sandbox: Sandbox, alpha: Any, box: str
) -> None:
    """A notice tells of rules that say what is so anyway; a second rule for the same target is refused."""
    rules = inkbox.mail_contact_rules
    blocking = await done(rules.create(box, action="block", match_type="domain", match_target="Spam.example.net"))
    changed = await done(inkbox.mailboxes.update(box, filter_mode="whitelist"))
    allowing = await done(rules.create(box, action=MailRuleAction.ALLOW, match_type="exact_email", match_target=USER))

    for sender in (USER, "other@shop.example.net"):
        sandbox.control.deliver(box, sender, f"From {sender}", "Text")

    notice = changed.filter_mode_change_notice
    assert (notice.new_filter_mode, notice.redundant_rule_action, notice.redundant_rule_count) == (
        FilterMode.WHITELIST, "block", 1,
    )  # fmt: skip
    assert [one.subject for one in await every(inkbox.threads.list(box, folder="inbox"))] == [f"From {USER}"]
    assert len(await every(inkbox.threads.list(box, folder="blocked"))) == 1
    twice = await refusal(
        lambda: rules.create(box, action="allow", match_type="domain", match_target="spam.example.net"),
        DuplicateContactRuleError,
    )
    assert twice.existing_rule_id == blocking.id
    assert [one.id for one in await done(rules.list(box))] == [allowing.id, blocking.id]


async def test_mail_rules_are_paused_listed_and_deleted(inkbox: Any, alpha: Any, bravo: Any, box: str) -> None:
    """Those of one mailbox, and those of all."""
    rules, other = inkbox.mail_contact_rules, bravo.email_address
    first = await done(rules.create(box, action="block", match_type="domain", match_target="a.example.net"))
    second = await done(rules.create(other, action="allow", match_type="domain", match_target="b.example.net"))

    paused = await done(rules.update(box, first.id, status="paused", action="allow"))

    assert (paused.status, paused.action, paused.match_target) == ("paused", "allow", "a.example.net")
    assert await done(rules.get(box, first.id)) == paused
    assert [one.id for one in await done(rules.list_all(action="allow"))] == [second.id, first.id]
    assert [one.id for one in await done(rules.list_all(mailbox_id=alpha.mailbox.id, limit=5))] == [first.id]
    await done(rules.delete(box, first.id))
    assert await done(rules.list(box)) == []


@pytest.mark.parametrize("status", ["verified", SendingDomainStatus.VERIFIED])
async def test_a_verified_domain_becomes_the_default(inkbox: Any, sandbox: Sandbox, status: Any) -> None:
    """New mailboxes are on it until the platform's is the default again; its status is an enum member or text."""
    sandbox.control.set_sending_domain(DOMAIN)
    sandbox.control.set_sending_domain("later.customer.example.com", "pending")

    verified = await done(inkbox.domains.list(status=status))
    default = await done(inkbox.domains.set_default(DOMAIN))
    made = await done(inkbox.create_identity("alpha"))
    platform = await done(inkbox.domains.set_default(PLATFORM))

    assert [(one.domain, one.status, one.is_default) for one in verified] == [(DOMAIN, "verified", False)]
    assert (default, made.email_address, platform) == (DOMAIN, f"alpha@{DOMAIN}", None)
    pinned = await done(inkbox.create_identity("bravo", sending_domain=DOMAIN))
    assert (pinned.mailbox.sending_domain, pinned.email_address) == (DOMAIN, f"bravo@{DOMAIN}")
