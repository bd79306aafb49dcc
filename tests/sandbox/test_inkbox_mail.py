"""Mail that crosses the border between the two services, comes from outside, or from a file."""

from pathlib import Path
from typing import Any

import pytest
from inkbox import AgentIdentity, Inkbox
from tests.sandbox.conftest import Http, Receiver

from postline_sandbox import ControlError, Sandbox

OUTSIDE = "Jane <jane@shop.example.net>"
EML = b"""From: Jane <jane@shop.example.net>
To: alpha@inkbox-sandbox.example.com
Subject: Old
Message-ID: <old@shop.example.net>
Date: Mon, 02 Mar 2026 10:00:00 +0000

Old text
"""


@pytest.fixture
def alpha(sandbox: Sandbox) -> Any:
    with Inkbox(sandbox.inkbox.api_key, base_url=sandbox.inkbox.base_url) as client:
        yield client.create_identity("alpha", display_name="Alpha, Inc.")


def detail(identity: AgentIdentity, number: int = 0) -> Any:
    return identity.get_message(str(list(identity.iter_emails())[number].id))


def test_a_conversation_between_the_services_stays_one_thread_on_both_sides(
    sandbox: Sandbox, http: Http, alpha: AgentIdentity, receiver: Receiver
) -> None:
    """Inkbox writes, Commune answers, Inkbox answers back: one thread each, and Commune's webhook fires twice."""
    inbox = http.inbox(webhook={"endpoint": receiver.url, "events": ["inbound"]})
    first = alpha.send_email(to=[inbox["address"]], subject="Hi", body_text="One")
    (thread,) = http.get("/v1/threads", inbox_id=inbox["id"])["data"]

    http.send(inbox_id=inbox["id"], thread_id=thread["thread_id"], to=str(alpha.email_address), text="Two")
    answer = detail(alpha)
    third = alpha.send_email(
        to=[inbox["address"]], subject="Re: Hi", body_text="Three", in_reply_to_message_id=answer.message_id
    )

    assert [one.snippet for one in alpha.get_thread(str(first.thread_id)).messages] == ["One", "Two", "Three"]
    assert third.thread_id == answer.thread_id == first.thread_id
    assert [one["content"] for one in http.messages(thread["thread_id"])] == ["One", "Two", "Three"]
    sandbox.control.settle()
    assert len(receiver.received) == 2
    people = http.messages(thread["thread_id"])[0]["participants"]
    assert people[0]["identity"] == '"Alpha, Inc." <alpha@inkbox-sandbox.example.com>'


def test_a_commune_send_reports_what_an_inkbox_mailbox_got(http: Http, alpha: AgentIdentity) -> None:
    """Attachments and both bodies cross over."""
    inbox = http.inbox()
    file = {"content": "aGk=", "filename": "a.txt", "mime_type": "text/plain"}
    attachment_id = http.post("/v1/attachments/upload", **file)["data"]["attachment_id"]

    body = {"to": str(alpha.email_address), "html": "<b>Bold</b>", "text": "Plain", "attachments": [attachment_id]}
    http.send(inbox_id=inbox["id"], **body)

    received = detail(alpha)
    assert (received.from_address, received.body_text, received.body_html) == (inbox["address"], "Plain", "<b>Bold</b>")
    assert received.attachment_metadata == [{"filename": "a.txt", "content_type": "text/plain", "size": 2}]


def test_mail_from_outside_is_threaded_and_kept_once(sandbox: Sandbox, alpha: AgentIdentity) -> None:
    """An answer by In-Reply-To or References joins its thread; the same Message-ID again changes nothing."""
    address = f"alpha+tag@{str(alpha.email_address).partition('@')[2]}"
    (first,) = sandbox.control.deliver(address, OUTSIDE, "Hi", "One", message_id="<one@x.example.net>")
    (again,) = sandbox.control.deliver(address, OUTSIDE, "Hi", "One", message_id="<one@x.example.net>")
    (second,) = sandbox.control.deliver(address, OUTSIDE, "Re: Hi", "Two", references=["<one@x.example.net>"])
    (other,) = sandbox.control.deliver(address, OUTSIDE, "Hi", "Three", in_reply_to="<zero@x.example.net>")

    assert (first["new"], again["new"], again["id"]) == (True, False, first["id"])
    assert second["thread_id"] == first["thread_id"] != other["thread_id"]
    assert len(list(alpha.iter_emails())) == 3
    assert detail(alpha, 1).references == ["<one@x.example.net>"]


def test_html_only_mail_can_be_listed_and_found(sandbox: Sandbox, alpha: AgentIdentity) -> None:
    """Its words make the snippet; the text stays empty."""
    sandbox.control.deliver(str(alpha.email_address), OUTSIDE, "Hi", html="<p>Fish &amp; chips</p><script>x</script>")

    received = detail(alpha)

    assert (received.snippet, received.body_text) == ("Fish & chips", None)


def test_mail_to_nobody_is_reported(sandbox: Sandbox, alpha: AgentIdentity) -> None:
    """An address without a mailbox on the platform's domain is an error, beside one that exists a report."""
    nobody = "nobody@inkbox-sandbox.example.com"

    reports = sandbox.control.deliver([nobody, str(alpha.email_address)], OUTSIDE, "Hi", "T")

    assert [(one["stored"], one.get("reason")) for one in reports] == [(False, "no such inbox"), (True, None)]
    with pytest.raises(ControlError, match="nobody"):
        sandbox.control.deliver(nobody, OUTSIDE, "Hi", "T")


def test_old_mail_is_imported_quietly(sandbox: Sandbox, alpha: AgentIdentity, tmp_path: Path) -> None:
    """At its own time, once however often; what the mailbox's address wrote counts as sent; bad files are reported."""
    address = str(alpha.email_address)
    own = EML.replace(b"Jane <jane@shop.example.net>", address.encode()).replace(b"<old@", b"<own@")
    for name, raw in {"a.eml": EML, "b.eml": own, "c.eml": b"no mail"}.items():
        (tmp_path / name).write_bytes(raw)

    first = sandbox.control.import_mail(str(tmp_path), address)
    ids = {one.id for one in alpha.iter_emails()}
    (tmp_path / "a.eml").write_bytes(EML.replace(b"Old text", b"New text"))
    again = sandbox.control.import_mail(str(tmp_path), address)

    assert (first["imported"], again["imported"], again["updated"], len(again["skipped"])) == (2, 0, 2, 1)
    messages = {one.message_id: one for one in alpha.iter_emails()}
    assert {one.id for one in messages.values()} == ids
    assert {one.direction for one in messages.values()} == {"inbound", "outbound"}
    old = messages["<old@shop.example.net>"]
    assert (old.created_at.isoformat(), old.snippet) == ("2026-03-02T10:00:00+00:00", "New text")
    assert sandbox.control.webhook_deliveries() == []
    with pytest.raises(ControlError, match="no inbox here"):
        sandbox.control.import_mail(str(tmp_path), "nobody@inkbox-sandbox.example.com")


def test_control_operations_refuse_what_they_cannot_do(sandbox: Sandbox, http: Http) -> None:
    """Unknown names, values and domains that somebody else has."""
    http.post("/v1/domains", name="mail.customer.example.com")
    control = sandbox.control
    wrong: list[Any] = [
        lambda: control.signup_code("nobody"),
        lambda: control.set_inkbox_limits({"unknown": 1}),
        lambda: control.set_inkbox_limits({"texts_per_day": -1}),
        lambda: control.set_inkbox_limits({"texts_per_day": True}),
        lambda: control.set_sending_domain("mail.customer.example.com"),
        lambda: control.set_sending_domain("a.example.com", organization="org_unknown"),
        lambda: control.set_sending_domain("a.example.com", "nonsense"),  # type: ignore[arg-type]  # that is the point
        lambda: control.conclude_mail("<unknown@x.example.net>"),
        lambda: control.expect_mail(OUTSIDE, "nonsense"),  # type: ignore[arg-type]  # that is the point
    ]

    for call in wrong:
        with pytest.raises(ControlError):
            call()
