"""What the mail tools do on Commune alone: its threads, its keys against sending twice, and its scopes."""

from __future__ import annotations

from base64 import b64encode
from typing import Any, cast

import pytest
from tests.core.tools.desks import CommuneDesk, Deliver, at_commune
from tests.core.tools.memory_mail import Run

from postline import functions
from postline.channels import Draft
from postline.channels.commune import CommuneMail
from postline.errors import CapabilityError
from postline.tools import Tool, Toolbox, ToolError, UnknownOutcomeError
from postline_sandbox import Sandbox

DESK = f"desk@{CommuneDesk.domain}"
MAIL = {"to": ["jane@shop.example.net"], "subject": "Offer", "text": "Dear Jane"}


@pytest.fixture
def desk(both: Any, sandbox: Sandbox) -> CommuneDesk:
    return at_commune(both, sandbox)


@pytest.fixture
def toolbox(desk: CommuneDesk) -> Toolbox:
    return Toolbox(desk.mail, allow={"send"})


@pytest.fixture
def deliver(desk: CommuneDesk) -> Deliver:
    return desk.deliver


def newest(run: Run, toolbox: Toolbox) -> str:
    return str(run(toolbox, "list_emails", limit=1).data["emails"][0]["untrusted"]["id"])


def test_an_answer_that_lands_under_a_newer_mail_says_so(run: Run, toolbox: Toolbox, deliver: Deliver) -> None:
    """Commune answers the newest mail of a thread; answering an older one is done, and told."""
    deliver(message_id="<first@shop.example.net>")
    older = newest(run, toolbox)
    deliver(text="One more thing.", in_reply_to="<first@shop.example.net>")

    result = run(toolbox, "reply_to_email", message_id=older, text="Fine, thanks.")

    assert "newest" in result.data["note"]
    assert result.data["note"][1:] in result.text


@pytest.mark.parametrize("kind", ["dropped_reply", "truncated_body", "closed_connection", "server_error", "rate_limit"])
def test_a_send_that_is_repeated_sends_one_mail(run: Run, desk: CommuneDesk, toolbox: Toolbox, kind: Any) -> None:
    """Wherever the first attempt broke, the client repeats it under its key, and one mail goes out."""
    desk.sandbox.control.fault(kind, method="POST", path="/v1/messages/send", times=1, seconds=0)

    run(toolbox, "send_email", **MAIL)

    assert len(desk.outbox()) == 1


@pytest.mark.parametrize("kind", ["dropped_reply", "truncated_body", "server_error", "not_json"])
def test_a_send_without_an_answer_may_be_called_again(run: Run, desk: CommuneDesk, toolbox: Toolbox, kind: Any) -> None:
    """After all attempts broke, the same call made again, by whomever, keeps its key, and one mail goes out in all."""
    desk.sandbox.control.fault(kind, method="POST", path="/v1/messages/send", times=None)
    with pytest.raises(ToolError) as caught:
        run(toolbox, "send_email", **MAIL)
    desk.sandbox.control.clear_faults()

    run(toolbox, "send_email", **MAIL)

    assert caught.value.retryable or isinstance(caught.value, UnknownOutcomeError)
    assert len(desk.outbox()) == 1


def test_a_service_that_refuses_is_a_failure(run: Run, both: Any, sandbox: Sandbox, desk: CommuneDesk) -> None:
    """A key without the scope gets a failure with the service's own words, and a limit says that waiting helps."""
    key = sandbox.control.issue_key(scopes=["inboxes:read", "messages:read"])
    weak = Toolbox(
        CommuneMail(both.client(api_key=key, base_url=sandbox.commune.base_url), DESK),
        allow={"send"},
    )
    sandbox.control.fault("rate_limit", method="GET", path="/v1/messages", times=None, seconds=100)

    with pytest.raises(ToolError, match="Insufficient permissions") as refused:
        run(weak, "send_email", **MAIL)
    with pytest.raises(ToolError) as limited:
        run(weak, "list_emails")

    assert (refused.value.retryable, limited.value.retryable) == (False, True)
    assert desk.outbox() == []


@pytest.mark.parametrize(
    "each", [*Toolbox(CommuneMail(cast("Any", None), "i1"), allow={"send"})], ids=lambda each: each.name
)
def test_every_tool_names_the_scopes_that_suffice(
    run: Run, both: Any, sandbox: Sandbox, deliver: Deliver, toolbox: Toolbox, each: Tool
) -> None:
    """With the scopes that a tool names, and the one to look the inbox up, it works; with the latter alone it is refused."""
    thread_id = deliver(
        attachments=[{"filename": "a.txt", "content": b64encode(b"a").decode(), "mime_type": "text/plain"}]
    )
    message_id = newest(run, toolbox)
    [attachment] = run(toolbox, "read_email", message_id=message_id).data["email"]["untrusted"]["attachments"]
    arguments: dict[str, dict[str, Any]] = {
        "list_emails": {},
        "search_emails": {"query": "you"},
        "read_email": {"message_id": message_id},
        "list_threads": {},
        "read_thread": {"thread_id": thread_id},
        "get_attachment": {"attachment_id": attachment["id"]},
        "send_email": MAIL,
        "reply_to_email": {"message_id": message_id, "text": "Fine."},
    }

    def with_scopes(*scopes: str) -> Toolbox:
        key = sandbox.control.issue_key(scopes=["inboxes:read", *scopes])
        return Toolbox(
            CommuneMail(both.client(api_key=key, base_url=sandbox.commune.base_url), DESK),
            allow={"send"},
        )

    assert run(with_scopes(*each.scope.split()), each.name, **arguments[each.name]).text
    with pytest.raises(ToolError, match="Insufficient permissions"):
        run(with_scopes(), each.name, **arguments[each.name])


def test_what_the_service_lacks_is_absent(both: Any, desk: CommuneDesk) -> None:
    """No tool, and no schema, for what Commune has nothing for; from Python it is an error that names both."""
    toolbox = Toolbox(desk.mail, allow={"send", "write", "spend"})
    message = Draft(to=(), subject="s", forwards=both.run(desk.client, listed_one(desk)))

    for name in ("forward_email", "mark_emails_read", "send_text", "place_call", "whoami"):
        assert name not in toolbox
        assert name not in str(functions.export(toolbox, "openai"))
    for capability, work in (
        ("forward_message", lambda: desk.mail.send_message(message, idempotency_key="k")),
        ("mark_messages_read", lambda: desk.mail.mark_messages_read(("m",))),
    ):
        with pytest.raises(CapabilityError, match=f"Commune has nothing for {capability}") as caught:
            both.run(desk.client, work())
        assert (caught.value.service, caught.value.capability) == ("Commune", capability)


def listed_one(desk: CommuneDesk) -> Any:
    desk.deliver()
    page = yield from desk.mail.list_messages(limit=1)
    return page.items[0]
