"""An identity acts as itself, and knows what was changed through it."""

import json
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any
from uuid import UUID

import httpx
import pytest
from tests.conformance.inkbox.answers import (
    ADDRESS,
    ID,
    IDENTITY,
    IDENTITY_DETAIL,
    MESSAGE,
    NUMBER,
    OTHER_ID,
    PHONE_NUMBER,
    PLACED_CALL,
)
from tests.core.inkbox.conftest import BothInkboxes
from tests.core.inkbox.service import Service

from postline.errors import ReplyError
from postline.inkbox import AgentIdentity, InkboxAPIError, InkboxError
from postline.inkbox.mail.messages import Messages

MAILBOX_PATH = "/api/v1/mail/mailboxes/sales-bot%40inkbox.example.com"


def start(both: BothInkboxes, *answers: Any, **changes: Any) -> tuple[Service, Any]:
    """Fetch an identity whose detail is changed as said, and forget that request."""
    service = Service({**IDENTITY_DETAIL, **changes}, *answers)
    client = both.client(service)
    identity = both.do(lambda: client.get_identity("sales-bot"))
    service.requests.clear()
    return service, identity


def test_an_identity_knows_itself(both: BothInkboxes) -> None:
    """Its properties send nothing, and its `repr` has its name and id."""
    service, identity = start(both)

    assert isinstance(identity, AgentIdentity)
    assert (identity.agent_handle, identity.id, identity.email_address) == ("sales-bot", UUID(ID), ADDRESS)
    assert (identity.display_name, identity.description) == ("Sales Bot", None)
    assert (identity.mailbox.email_address, identity.phone_number.number) == (ADDRESS, NUMBER)
    assert identity.tunnel.tunnel_name == "sales-bot"
    assert repr(identity) == f"AgentIdentity(agent_handle='sales-bot', id='{ID}')"
    assert service.requests == []


def test_calls_go_out_from_its_own_address_and_number(both: BothInkboxes) -> None:
    """Those that it had when it was fetched."""
    service, identity = start(both, MESSAGE, PLACED_CALL)

    sent = both.do(lambda: identity.send_email(to=["u@customer.example.net"], subject="Hello", body_text="Hi"))
    call = both.do(lambda: identity.place_call(to_number="+15035550143"))

    assert service.asked == [f"POST {MAILBOX_PATH}/messages", "POST /api/v1/phone/place-call"]
    assert json.loads(service.requests[1].content) == {"from_number": NUMBER, "to_number": "+15035550143"}
    assert (sent.subject, call.rate_limit.calls_remaining) == ("Hello", 99)


@pytest.mark.parametrize(
    "use",
    [
        lambda identity: identity.list_calls(),
        lambda identity: identity.list_transcripts("c"),
        lambda identity: identity.send_text(to="+15035550143", text="t"),
        lambda identity: identity.get_text_conversation("+15035550143"),
        lambda identity: identity.mark_text_read("t"),
        lambda identity: identity.mark_text_conversation_read("+15035550143"),
        lambda identity: identity.place_call(to_number="+15035550143"),
        lambda identity: identity.release_phone_number(),
    ],
)
def test_without_a_number_nothing_is_sent(both: BothInkboxes, use: Callable[[Any], Any]) -> None:
    """The error says whose number is missing."""
    service, identity = start(both, phone_number=None)

    with pytest.raises(InkboxError, match=r"^Identity 'sales-bot' has no phone number assigned\. "):
        both.do(lambda: use(identity))

    assert service.requests == []


def test_without_a_mailbox_nothing_is_sent(both: BothInkboxes) -> None:
    """The error says whose mailbox is missing."""
    service, identity = start(both, mailbox=None)

    for use in (lambda: identity.get_message("m"), lambda: identity.mark_emails_read(["m"])):
        with pytest.raises(InkboxError, match=r"^Identity 'sales-bot' has no mailbox"):
            both.do(use)

    assert service.requests == []


def test_a_new_number_is_known_at_once(both: BothInkboxes) -> None:
    """It is read with the identity anew, and forgotten when it is given back."""
    service, identity = start(both, PHONE_NUMBER, IDENTITY_DETAIL, httpx.Response(204), phone_number=None)

    number = both.do(lambda: identity.provision_phone_number(type="local", state="NY"))
    known = identity.phone_number
    both.do(identity.release_phone_number)

    assert service.asked == [
        "POST /api/v1/phone/numbers",
        "GET /api/v1/identities/sales-bot",
        "DELETE /api/v1/identities/sales-bot/phone_number",
    ]
    assert number is known
    assert number.number == NUMBER
    assert identity.phone_number is None


def test_an_update_is_known_at_once(both: BothInkboxes) -> None:
    """What the answer says; the rest stays. A rename reads the tunnel's new name too."""
    changed = {**IDENTITY, "display_name": None}
    renamed = {**changed, "agent_handle": "new-bot"}
    service, identity = start(both, changed, renamed, {**IDENTITY_DETAIL, **renamed})

    both.do(lambda: identity.update(display_name=None))
    first = (identity.display_name, identity.mailbox.email_address, identity.tunnel.tunnel_name)
    both.do(lambda: identity.update(new_handle="New-Bot"))

    assert first == (None, ADDRESS, "sales-bot")
    assert identity.agent_handle == "new-bot"
    assert [json.loads(request.content or b"null") for request in service.requests] == [
        {"display_name": None}, {"agent_handle": "New-Bot"}, None,
    ]  # fmt: skip
    assert service.asked[1:] == ["PATCH /api/v1/identities/sales-bot", "GET /api/v1/identities/new-bot"]


def test_refresh_returns_the_same_identity(both: BothInkboxes) -> None:
    """With what the service knows now."""
    _, identity = start(both, {**IDENTITY_DETAIL, "display_name": "Renamed"})

    again = both.do(identity.refresh)

    assert again is identity
    assert identity.display_name == "Renamed"


def test_messages_are_marked_read_in_order(both: BothInkboxes) -> None:
    """One after the other; a refusal stops there."""
    service, identity = start(both, MESSAGE, httpx.Response(404, json={"detail": "no"}))

    with pytest.raises(InkboxAPIError):
        both.do(lambda: identity.mark_emails_read([ID, OTHER_ID, "never"]))

    assert service.asked == [f"PATCH {MAILBOX_PATH}/messages/{ID}", f"PATCH {MAILBOX_PATH}/messages/{OTHER_ID}"]


def page(*read: bool, more: str | None = None) -> dict[str, Any]:
    """Make a page of messages, some of them read."""
    items = [{**MESSAGE, "is_read": each, "subject": f"{number}"} for number, each in enumerate(read)]
    return {"items": items, "has_more": more is not None, "next_cursor": more}


def taken(both: BothInkboxes, items: Any, count: int | None = None) -> list[Any]:
    """Read some items, or all, from an iterator of either kind."""

    async def some() -> list[Any]:
        found: list[Any] = []
        async for item in items:
            found.append(item)
            if len(found) == count:
                await items.aclose()
                break
        return found

    if isinstance(items, AsyncIterator):
        return list(both._loop.run(some()))
    return [item for item, _ in zip(items, range(count), strict=False)] if count else list(items)


def test_listings_are_lazy_and_follow_cursors(both: BothInkboxes) -> None:
    """Nothing is asked before it is read; each page has the filters and the last page's cursor, verbatim."""
    service, identity = start(both, page(True, False, more="a+/="), page(True, more="b"), page(False))

    messages = identity.iter_emails(page_size=2, direction="inbound")
    before = list(service.requests)
    found = taken(both, messages)

    assert isinstance(messages, AsyncIterator if both.is_async else Iterator)
    assert before == []
    assert len(found) == 4
    where = f"GET {MAILBOX_PATH}/messages?limit=2"
    assert service.asked == [
        f"{where}&direction=inbound",
        f"{where}&cursor=a%2B%2F%3D&direction=inbound",
        f"{where}&cursor=b&direction=inbound",
    ]


def test_leaving_a_listing_leaves_the_rest(both: BothInkboxes) -> None:
    """At most the next page is on its way by then; the client that waits has not asked for it."""
    service, identity = start(both, *[page(True, True, more="a")] * 3)

    found = taken(both, identity.iter_emails(), 1)

    assert len(found) == 1
    assert len(service.requests) <= (2 if both.is_async else 1)


def test_unread_mail_is_found_among_all(both: BothInkboxes) -> None:
    """On every page, in order."""
    service, identity = start(both, page(True, False, more="a"), page(True, more="b"), page(False, False))

    found = taken(both, identity.iter_unread_emails())

    assert [message.subject for message in found] == ["1", "0", "1"]
    assert len(service.requests) == 3


def test_more_without_a_cursor_is_an_error(both: BothInkboxes) -> None:
    """It would be the first page for ever."""
    service, identity = start(both, {**page(True), "has_more": True})

    with pytest.raises(ReplyError, match="no cursor"):
        taken(both, identity.iter_emails())

    assert len(service.requests) == 1


def test_a_listing_can_be_expanded_into_bodies(both: BothInkboxes) -> None:
    """As a reader does: each message's body, in order."""

    def handler(request: httpx.Request) -> httpx.Response:
        last = request.url.path.rpartition("/")[2]
        if last == "messages":
            items = [{**MESSAGE, "id": str(UUID(int=number))} for number in range(5)]
            return httpx.Response(200, json={"items": items, "has_more": False})
        return httpx.Response(200, json={**MESSAGE, "id": last, "body_text": last})

    client = both.client(handler)
    listing = Messages.list(ADDRESS).expand(lambda message: Messages.get(ADDRESS, message.id), concurrency=3)

    found = both.read(client, listing)

    assert [message.body_text for message in found] == [str(UUID(int=number)) for number in range(5)]
