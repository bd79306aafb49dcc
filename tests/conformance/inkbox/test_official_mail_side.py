"""The official package does everything with mail against the sandbox: mailboxes, messages, threads, rules."""

import base64
from email import message_from_bytes
from typing import Any
from uuid import uuid4

import httpx
import inkbox
import pytest
from inkbox import AgentIdentity, FilterMode, Inkbox, Message, ThreadFolder
from tests.conformance.inkbox.conftest import refusal

from postline_sandbox import Sandbox

OUTSIDE = "Jane <jane@shop.example.net>"
ATTACHED = [{"filename": "a b.txt", "content_type": "text/plain", "content_base64": "aGVsbG8="}]


@pytest.fixture
def box(alpha: AgentIdentity) -> str:
    assert alpha.email_address is not None
    return alpha.email_address


@pytest.fixture
def other(bravo: AgentIdentity) -> str:
    assert bravo.email_address is not None
    return bravo.email_address


def only(identity: AgentIdentity, direction: str = "inbound") -> Message:
    (message,) = identity.iter_emails(direction=direction)
    return message


def names_of(error: inkbox.InkboxAPIError) -> list[Any]:
    assert error.status_code == 422
    assert isinstance(error.detail, list)
    return [".".join(map(str, one["loc"])) for one in error.detail]


def test_mail_between_two_agents_arrives_and_is_answered_in_its_thread(
    alpha: AgentIdentity, bravo: AgentIdentity, other: str, box: str
) -> None:
    """Both sides keep the same Message-ID in threads of their own, and the answer joins both threads."""
    sent = alpha.send_email(
        to=[other], subject="Hi", body_text="First", body_html="<p>First</p>", cc=["c@x.example.net"]
    )
    received = bravo.get_message(str(only(bravo).id))

    bravo.send_email(to=[box], subject="Re: Hi", body_text="Second", in_reply_to_message_id=received.message_id)

    assert (sent.status, sent.direction, sent.is_read) == ("sent", "outbound", True)
    assert (received.status, received.is_read, received.message_id) == ("received", False, sent.message_id)
    assert (received.from_address, received.to_addresses, received.cc_addresses) == (box, [other], ["c@x.example.net"])
    assert (received.body_text, received.body_html, received.snippet) == ("First", "<p>First</p>", "First")
    thread = alpha.get_thread(str(sent.thread_id))
    assert [one.snippet for one in thread.messages] == ["First", "Second"]
    assert thread.message_count == 2
    assert len(bravo.get_thread(str(received.thread_id)).messages) == 2
    assert thread.id != received.thread_id
    answer = alpha.get_message(str(thread.messages[1].id))
    assert (answer.in_reply_to, answer.references) == (sent.message_id, [sent.message_id])


def test_an_answer_may_name_the_row_as_well(alpha: AgentIdentity) -> None:
    """`in_reply_to_message_id` takes the id of the row; one that is unknown is 404."""
    sent = alpha.send_email(to=[OUTSIDE], subject="Hi", body_text="T")

    again = alpha.send_email(to=[OUTSIDE], subject="Hi", body_text="T", in_reply_to_message_id=str(sent.id))

    assert again.thread_id == sent.thread_id
    unknown = {"to": [OUTSIDE], "subject": "Hi", "body_text": "T", "in_reply_to_message_id": str(uuid4())}
    assert refusal(lambda: alpha.send_email(**unknown)).status_code == 404


def test_blind_copies_are_seen_by_the_sender_only(alpha: AgentIdentity, bravo: AgentIdentity, other: str) -> None:
    """A bcc is delivered, and only the sender's own message lists it."""
    sent = alpha.send_email(to=["c@x.example.net"], bcc=[other], subject="Quiet", body_text="T")

    received = bravo.get_message(str(only(bravo).id))

    assert received.bcc_addresses is None
    assert received.to_addresses == ["c@x.example.net"]
    assert alpha.get_message(str(sent.id)).bcc_addresses == [other]


def test_messages_are_listed_newest_first_page_by_page(official: Inkbox, alpha: AgentIdentity, box: str) -> None:
    """A page size of 1 over 3 messages gives each once; a direction filters."""
    for number in range(3):
        alpha.send_email(to=[OUTSIDE], subject=f"{number}", body_text="T")

    listed = list(official.messages.list(box, page_size=1))

    assert [one.subject for one in listed] == ["2", "1", "0"]
    assert [one.subject for one in official.messages.list(box, page_size=3)] == ["2", "1", "0"]
    assert list(official.messages.list(box, direction=inkbox.MessageDirection.INBOUND)) == []
    assert len(list(alpha.iter_emails(direction="outbound", page_size=2))) == 3


def test_flags_are_set_and_cleared(official: Inkbox, sandbox: Sandbox, alpha: AgentIdentity, box: str) -> None:
    """Reading does not mark read; every flag method says what holds then."""
    for number in range(2):
        sandbox.control.deliver(box, OUTSIDE, f"{number}", "T")
    first, second = (str(one.id) for one in alpha.iter_unread_emails())
    alpha.get_message(first)
    assert len(list(alpha.iter_unread_emails())) == 2

    alpha.mark_emails_read([first, second])

    assert list(alpha.iter_unread_emails()) == []
    assert official.messages.mark_unread(box, first).is_read is False
    assert official.messages.mark_read(box, first).is_read is True
    assert official.messages.star(box, first).is_starred is True
    assert official.messages.unstar(box, first).is_starred is False
    assert official.messages.update_flags(box, first, is_read=False, is_starred=True).is_starred is True
    assert official.messages.update_flags(box, first).is_read is False


def test_a_deleted_message_is_gone(official: Inkbox, alpha: AgentIdentity, box: str) -> None:
    """Neither lists, search nor its thread show it; the thread goes with its last message."""
    sent = alpha.send_email(to=[OUTSIDE], subject="Hi", body_text="Unmistakable")

    official.messages.delete(box, str(sent.id))

    assert list(alpha.iter_emails()) == []
    assert official.mailboxes.search(box, q="unmistakable") == []
    assert refusal(lambda: alpha.get_message(str(sent.id))).status_code == 404
    assert refusal(lambda: alpha.get_thread(str(sent.thread_id))).status_code == 404


def test_attachments_travel_and_are_fetched_by_signed_links(
    official: Inkbox, sandbox: Sandbox, alpha: AgentIdentity, bravo: AgentIdentity, other: str
) -> None:
    """The link gives the bytes without a key, in both forms, until it runs out."""
    alpha.send_email(to=[other], subject="Hi", body_text="T", attachments=ATTACHED)
    message = bravo.get_message(str(only(bravo).id))

    for redirect in (False, True):
        link = official.messages.get_attachment(other, str(message.id), "a b.txt", redirect=redirect)
        fetched = httpx.get(link["url"], trust_env=False)
        assert (fetched.content, link["filename"], link["expires_in"]) == (b"hello", "a b.txt", 3600)

    assert message.has_attachments
    assert message.attachment_metadata == [{"filename": "a b.txt", "content_type": "text/plain", "size": 5}]
    sandbox.control.advance(3601)
    assert httpx.get(link["url"], trust_env=False).status_code == 403
    assert httpx.get(link["url"][:-1] + "x", trust_env=False).status_code == 403
    missing = refusal(lambda: official.messages.get_attachment(other, str(message.id), "c.txt"))
    assert missing.status_code == 404


def test_file_names_with_slashes_are_found(official: Inkbox, alpha: AgentIdentity, box: str) -> None:
    """The rest of the path is the file's name, as the package does not escape it."""
    file = {"filename": "in/ü.txt", "content_type": "text/plain", "content_base64": "aGk="}
    sent = alpha.send_email(to=[OUTSIDE], subject="Hi", body_text="T", attachments=[file])

    link = official.messages.get_attachment(box, str(sent.id), "in/ü.txt")

    assert httpx.get(link["url"], trust_env=False).content == b"hi"


@pytest.mark.parametrize(
    ("wrong", "place"),
    [
        ({"to": []}, "body.recipients.to"),
        ({"to": ["nobody"]}, "body.recipients"),
        ({"subject": "x" * 999}, "body.subject"),
        ({"body_text": None}, "body"),
        ({"attachments": [ATTACHED[0] | {"filename": "setup.EXE"}]}, "body.attachments.0.filename"),
        ({"attachments": [ATTACHED[0] | {"content_base64": "?"}]}, "body.attachments.0.content_base64"),
        ({"attachments": [{"filename": "a"}]}, "body.attachments.0.content_type"),
    ],
)
def test_a_send_that_does_not_fit_is_422(alpha: AgentIdentity, wrong: dict[str, Any], place: str) -> None:
    """The error names the field, and nothing is kept."""
    fine: dict[str, Any] = {"to": [OUTSIDE], "subject": "Hi", "body_text": "T"}

    error = refusal(lambda: alpha.send_email(**{**fine, **wrong}))

    assert place in names_of(error)
    assert list(alpha.iter_emails()) == []


def test_attachments_over_25_mb_are_refused(alpha: AgentIdentity) -> None:
    """The sum of the decoded sizes counts."""
    half = {"filename": "a", "content_type": "text/plain", "content_base64": base64.b64encode(bytes(13 << 20)).decode()}

    error = refusal(lambda: alpha.send_email(to=[OUTSIDE], subject="Hi", body_text="T", attachments=[half, half]))

    assert names_of(error) == ["body.attachments"]


def test_an_inline_forward_quotes_the_original(
    sandbox: Sandbox, alpha: AgentIdentity, bravo: AgentIdentity, box: str, other: str
) -> None:
    """Note, preamble, original body and files, under a subject that says Fwd once, in a thread of its own."""
    file = {"filename": "a.txt", "content": "aGk=", "mime_type": "text/plain"}
    sandbox.control.deliver(box, OUTSIDE, "Offer", "The offer", html="<b>The offer</b>", attachments=[file])
    original = only(alpha)

    forwarded = alpha.forward_email(str(original.id), to=[other], body_text="See below", reply_to="desk@x.example.net")
    again = bravo.forward_email(str(only(bravo).id), cc=[OUTSIDE], include_original_attachments=False)

    assert (forwarded.subject, again.subject) == ("Fwd: Offer", "Fwd: Offer")
    assert forwarded.thread_id != original.thread_id
    received = bravo.get_message(str(only(bravo).id))
    assert received.body_text is not None
    assert received.body_text.startswith("See below\n\n")
    assert "jane@shop.example.net" in received.body_text
    assert received.body_text.endswith("The offer")
    assert received.body_html is not None
    assert received.body_html.endswith("<b>The offer</b>")
    assert [one["filename"] for one in received.attachment_metadata or []] == ["a.txt"]
    assert again.has_attachments is False


def test_a_wrapped_forward_encloses_the_original(
    official: Inkbox, sandbox: Sandbox, alpha: AgentIdentity, box: str
) -> None:
    """The original is one message/rfc822 file that a mail program can read, whatever the flag says."""
    sandbox.control.deliver(box, OUTSIDE, "Größe", "Grüße", html="<b>Grüße</b>")

    forwarded = alpha.forward_email(
        str(only(alpha).id),
        bcc=[OUTSIDE],
        mode="wrapped",
        subject="Look",
        body_html="<i>Look</i>",
        include_original_attachments=False,
        additional_attachments=ATTACHED,
    )

    metadata = alpha.get_message(str(forwarded.id)).attachment_metadata or []
    assert [one["content_type"] for one in metadata] == ["message/rfc822", "text/plain"]
    link = official.messages.get_attachment(box, str(forwarded.id), metadata[0]["filename"])
    enclosed = message_from_bytes(httpx.get(link["url"], trust_env=False).content)
    assert enclosed["from"] == "jane@shop.example.net"
    assert [part.get_content_type() for part in enclosed.walk()][1:] == ["text/plain", "text/html"]
    nobody = refusal(lambda: alpha.forward_email(str(forwarded.id)))
    assert names_of(nobody) == ["body.recipients"]


def test_threads_move_between_folders_and_go(official: Inkbox, alpha: AgentIdentity, box: str) -> None:
    """Folders list what is not empty; `blocked` cannot be asked for; a deleted thread takes its messages along."""
    sent = [alpha.send_email(to=[OUTSIDE], subject=f"{number}", body_text="T") for number in range(3)]
    moved = official.threads.update(box, str(sent[0].thread_id), folder=ThreadFolder.ARCHIVE)

    official.threads.delete(box, str(sent[1].thread_id))

    assert moved.folder == ThreadFolder.ARCHIVE
    assert official.threads.list_folders(box) == ["archive", "inbox"]
    assert [one.subject for one in official.threads.list(box, page_size=1)] == ["2", "0"]
    assert [one.subject for one in official.threads.list(box, folder="archive")] == ["0"]
    assert [one.subject for one in alpha.iter_emails()] == ["2", "0"]
    unknown = refusal(lambda: official.threads.get(box, str(uuid4())))
    assert unknown.status_code == 404


def test_search_ranks_by_relevance(official: Inkbox, sandbox: Sandbox, box: str) -> None:
    """The message that has more of the words comes first; both directions are searched."""
    sandbox.control.deliver(box, OUTSIDE, "Pump", "The pump drips and the valve sticks")
    sandbox.control.deliver(box, OUTSIDE, "Hose", "A hose and a valve")
    sandbox.control.deliver(box, OUTSIDE, "Other", "Nothing of it")

    found = official.mailboxes.search(box, q="pump valve")

    assert [one.subject for one in found] == ["Pump", "Hose"]
    assert len(official.mailboxes.search(box, q="valve", limit=1)) == 1
    assert official.mailboxes.search(box, q='"*(') == []
    assert names_of(refusal(lambda: official.mailboxes.search(box, q="valve", limit=101))) == ["query.limit"]


def test_a_mailbox_is_shown_and_set_up(official: Inkbox, alpha: AgentIdentity, box: str, other: str) -> None:
    """List, get and update; null takes the webhook away; what cannot be set is 422."""
    listed = {one.email_address: one for one in official.mailboxes.list()}
    updated = official.mailboxes.update(box, webhook_url="https://hooks.example.com/mail")

    cleared = official.mailboxes.update(box, webhook_url=None)

    assert listed.keys() == {box, other}
    assert official.mailboxes.get(box).agent_identity_id == alpha.id
    assert (updated.webhook_url, cleared.webhook_url) == ("https://hooks.example.com/mail", None)
    assert official.mailboxes.update(box).updated_at == cleared.updated_at
    wrong = refusal(lambda: official.mailboxes.update(box, webhook_url="http://hooks.example.com"))
    assert names_of(wrong) == ["body.webhook_url"]
    assert refusal(lambda: official.mailboxes.get("nobody@inkbox-sandbox.example.com")).status_code == 404


def test_a_filter_mode_flip_says_what_became_redundant(official: Inkbox, box: str) -> None:
    """The notice counts active rules of the redundant action; the same mode again has none."""
    rule = official.mail_contact_rules.create(box, action="block", match_type="domain", match_target="Spam.Example.net")

    flipped = official.mailboxes.update(box, filter_mode=FilterMode.WHITELIST)
    again = official.mailboxes.update(box, filter_mode="whitelist")

    notice = flipped.filter_mode_change_notice
    assert notice is not None
    assert (notice.new_filter_mode, notice.redundant_rule_action, notice.redundant_rule_count) == (
        "whitelist",
        "block",
        1,
    )
    assert again.filter_mode_change_notice is None
    assert rule.match_target == "spam.example.net"


def test_contact_rules_are_made_changed_listed_and_deleted(official: Inkbox, box: str, other: str) -> None:
    """Newest first, per mailbox and for all; a duplicate names the first, a paused one included."""
    rules = official.mail_contact_rules
    first = rules.create(box, action="block", match_type="exact_email", match_target="Bad@x.example.net")
    second = rules.create(other, action="allow", match_type="domain", match_target="x.example.net")

    changed = rules.update(box, str(first.id), action="allow", status="paused")

    assert (changed.action, changed.status, changed.match_target) == ("allow", "paused", "bad@x.example.net")
    assert rules.get(box, str(first.id)) == changed
    assert [one.id for one in rules.list_all()] == [second.id, first.id]
    assert [one.id for one in rules.list_all(mailbox_id=str(second.mailbox_id), action="allow")] == [second.id]
    assert [one.id for one in rules.list_all(match_type="domain", limit=1, offset=0)] == [second.id]
    assert rules.list(box, action="block") == []
    again = {"action": "block", "match_type": "exact_email", "match_target": "bad@X.example.net"}
    duplicate = refusal(lambda: rules.create(box, **again), inkbox.DuplicateContactRuleError)
    assert isinstance(duplicate, inkbox.DuplicateContactRuleError)
    assert duplicate.existing_rule_id == first.id
    rules.delete(box, str(first.id))
    assert refusal(lambda: rules.get(box, str(first.id))).status_code == 404
    wrong = refusal(lambda: rules.create(box, action="block", match_type="domain", match_target="a b"))
    assert names_of(wrong) == ["body.match_target"]
    assert names_of(refusal(lambda: rules.list(box, limit=201))) == ["query.limit"]
    assert names_of(refusal(lambda: rules.list(box, match_type="exact_number"))) == ["query.match_type"]


def test_blocked_mail_is_kept_apart_and_hidden_from_agents(
    official: Inkbox, agent: Inkbox, sandbox: Sandbox, box: str
) -> None:
    """A block rule stops a domain, a more specific allow rule lets one address through; agents never see the rest."""
    rules = official.mail_contact_rules
    rules.create(box, action="block", match_type="domain", match_target="shop.example.net")
    rules.create(box, action="allow", match_type="exact_email", match_target="ann@shop.example.net")
    for sender in ("jane@shop.example.net", "ann@shop.example.net"):
        sandbox.control.deliver(box, sender, sender, "Findable")

    seen = [one.subject for one in agent.messages.list(box)]

    (blocked,) = official.threads.list(box, folder=ThreadFolder.BLOCKED)
    assert seen == ["ann@shop.example.net"]
    assert len(list(official.messages.list(box))) == 2
    assert [one.subject for one in agent.mailboxes.search(box, q="findable")] == seen
    assert list(agent.threads.list(box, folder="blocked")) == []
    assert (official.threads.list_folders(box), agent.threads.list_folders(box)) == (["blocked", "inbox"], ["inbox"])
    assert refusal(lambda: agent.threads.get(box, str(blocked.id))).status_code == 404
    (hidden,) = official.threads.get(box, str(blocked.id)).messages
    assert refusal(lambda: agent.messages.get(box, str(hidden.id))).status_code == 404


def test_mail_that_is_let_through_later_is_the_agents_too(
    official: Inkbox, agent: Inkbox, sandbox: Sandbox, box: str
) -> None:
    """An administrator moves its thread out of `blocked`: the agent then lists, finds and reads it."""
    official.mail_contact_rules.create(box, action="block", match_type="domain", match_target="shop.example.net")
    sandbox.control.deliver(box, "jane@shop.example.net", "Sorry", "Findable")
    (blocked,) = official.threads.list(box, folder="blocked")

    official.threads.update(box, str(blocked.id), folder="inbox")

    (message,) = agent.messages.list(box)
    assert [one.id for one in agent.threads.get(box, str(blocked.id)).messages] == [message.id]
    assert agent.messages.get(box, str(message.id)).body_text == "Findable"
    assert [one.id for one in agent.mailboxes.search(box, q="findable")] == [message.id]


def test_a_whitelist_lets_only_allowed_senders_in(official: Inkbox, sandbox: Sandbox, box: str) -> None:
    """Everybody else is blocked, whom a paused rule allows included."""
    official.mailboxes.update(box, filter_mode="whitelist")
    rules = official.mail_contact_rules
    rules.create(box, action="allow", match_type="domain", match_target="one.example.net")
    paused = rules.create(box, action="allow", match_type="domain", match_target="two.example.net")
    rules.update(box, str(paused.id), status="paused")

    for name in ("one", "two", "three"):
        sandbox.control.deliver(box, f"a@{name}.example.net", name, "T")

    assert [one.subject for one in official.threads.list(box, folder="inbox")] == ["one"]
    assert {one.subject for one in official.threads.list(box, folder="blocked")} == {"two", "three"}


def test_an_agent_uses_its_own_mailbox_only(official: Inkbox, agent: Inkbox, box: str, other: str) -> None:
    """Other mailboxes do not exist for it; rules it may make but not change; filter modes are not its business."""
    rule = agent.mail_contact_rules.create(box, action="block", match_type="domain", match_target="x.example.net")

    forbidden = [
        lambda: agent.mail_contact_rules.update(box, str(rule.id), status="paused"),
        lambda: agent.mail_contact_rules.delete(box, str(rule.id)),
        lambda: agent.mail_contact_rules.list_all(),
        lambda: agent.mailboxes.update(box, filter_mode="whitelist"),
    ]

    assert [refusal(one).status_code for one in forbidden] == [403] * 4
    assert [one.email_address for one in agent.mailboxes.list()] == [box]
    assert agent.mailboxes.update(box, webhook_url="https://hooks.example.com").webhook_url
    assert [one.id for one in agent.mail_contact_rules.list(box)] == [rule.id]
    assert refusal(lambda: agent.mailboxes.get(other)).status_code == 404
    assert refusal(lambda: list(agent.messages.list(other))).status_code == 404
    assert len(official.mailboxes.list()) == 2
