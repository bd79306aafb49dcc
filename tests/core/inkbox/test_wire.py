"""How Inkbox is spoken to: addresses, keys, cookies, redirects, bodies, repetitions."""

import json
from typing import Any

import httpx
import pytest
from tests.conformance.inkbox.answers import CERTIFICATE, IDENTITY, IMPORT, MAILBOX, MESSAGE, OPT_IN, PHONE_NUMBER
from tests.core.inkbox.conftest import URL, BothInkboxes
from tests.core.inkbox.service import Service

from postline.config import Retry
from postline.errors import ArgumentError, NetworkError, ReplyError
from postline.inkbox import Inkbox, InkboxAPIError, TLSMode
from postline.inkbox._wire import settings
from postline.inkbox.identities.resource import Identities
from postline.inkbox.mail.messages import Messages
from postline.inkbox.tunnels.resource import Tunnels
from postline.operation import Operation

ADDRESS = "a@inkbox.example.com"


@pytest.mark.parametrize(
    ("base_url", "used"),
    [
        ("https://x.example.com", "https://x.example.com/api/whoami"),
        ("https://x.example.com/deep///", "https://x.example.com/deep/api/whoami"),
        ("http://localhost:8000", "http://localhost:8000/api/whoami"),
        ("http://127.0.0.1", "http://127.0.0.1/api/whoami"),
        ("http://LOCALHOST/", "http://localhost/api/whoami"),
    ],
)
def test_a_key_goes_to_safe_addresses(both: BothInkboxes, base_url: str, used: str) -> None:
    """HTTPS anywhere, plain HTTP on this machine; slashes at the end do not matter."""
    service = Service({"auth_type": "jwt"})
    client = both.client(service, base_url=base_url)

    both.do(client.whoami)

    assert str(service.requests[0].url) == used


@pytest.mark.parametrize(
    "base_url",
    ["HTTPS://x.example.com", "http://[::1]:8000", "http://127.0.0.2", "http://localhost.evil.example.com", "localhost:8000",
     "", "http://x.example.com", "http://localhost@x.example.com", "ftp://localhost"],
)  # fmt: skip
def test_a_key_goes_to_no_other_address(both: BothInkboxes, base_url: str) -> None:
    """The constructor refuses, and so does a signup, before anything is sent."""
    with pytest.raises(ValueError, match=r"^Only HTTPS base URLs are permitted|of the form http"):
        both.client(Service(), base_url=base_url)

    with pytest.raises(ValueError, match=r"^Only HTTPS base URLs are permitted|of the form http"):
        both.do(lambda: both.kind.get_signup_status("key", base_url=base_url))


def test_settings_come_from_the_environment(both: BothInkboxes, monkeypatch: pytest.MonkeyPatch) -> None:
    """At construction, where an argument is missing."""
    monkeypatch.setenv("INKBOX_API_KEY", "from-outside")
    monkeypatch.setenv("INKBOX_BASE_URL", "https://outside.example.com/")
    service = Service([], [])
    found = both.client(service, api_key=None, base_url=None)
    given = both.client(service)
    monkeypatch.delenv("INKBOX_API_KEY")

    both.do(found.mailboxes.list)
    both.do(given.mailboxes.list)

    sent = [(str(request.url), request.headers["x-api-key"]) for request in service.requests]
    assert sent == [
        ("https://outside.example.com/api/v1/mail/mailboxes", "from-outside"),
        (f"{URL}/api/v1/mail/mailboxes", "key"),
    ]


def test_a_client_needs_a_key() -> None:
    """And says how to give one; the live service is the default."""
    with pytest.raises(ValueError, match="INKBOX_API_KEY"):
        Inkbox()

    with Inkbox("key") as client:
        assert client.wire.settings.base_url == "https://inkbox.ai"
    assert settings(None, 5, client.wire.settings.retry).timeout == 5


def test_a_cookie_set_by_one_answer_goes_with_later_requests(both: BothInkboxes) -> None:
    """Whatever the answer's status, whatever the family, while it lasts, and by both twins of a client."""
    set_it = httpx.Response(
        404, headers=[("set-cookie", "AWSALB=one; Path=/"), ("set-cookie", "b=2; Path=/api")], json={}
    )
    end_it = httpx.Response(200, headers={"set-cookie": "AWSALB=; Max-Age=0; Path=/"}, json=[])
    service = Service(set_it, end_it, [], [])
    client = both.client(service)

    with pytest.raises(InkboxAPIError):
        both.do(lambda: client.mailboxes.get(ADDRESS))
    both.do(client.phone_numbers.list)
    both.do(client.notes.list)
    sent = [request.headers.get("cookie") for request in service.requests]
    twin = client.sync if both.is_async else client.aio

    assert sent[0] is None
    assert {*str(sent[1]).split("; ")} == {"AWSALB=one", "b=2"}
    assert sent[2] == "b=2"
    assert "b=2" in twin.wire.request(Operation("GET", "/api/whoami", None)).headers["cookie"]


def test_a_cookie_changes_nothing_else_of_a_request(both: BothInkboxes) -> None:
    """The length stays that of the content: with another one, the content would be read as the next request."""
    service = Service(httpx.Response(200, headers={"set-cookie": "a=1; Path=/"}, json=[]))
    client = both.client(service)
    change = Operation("POST", "/api/notes", None, body={"title": "t"})
    before = client.wire.request(change)

    both.do(client.notes.list)
    after = client.wire.request(change)

    assert after.headers == {**before.headers, "cookie": "a=1"}
    assert after.headers["content-length"] == str(len(after.content))


def test_cookies_and_keys_stay_at_home(both: BothInkboxes) -> None:
    """A signed link to elsewhere gets neither, and cannot set a cookie for the service."""
    there = httpx.Response(
        200, headers={"set-cookie": f"evil=1; Domain={httpx.URL(URL).host}; Path=/"}, content=b"file"
    )
    here = httpx.Response(200, headers={"set-cookie": "good=1; Path=/"}, json=[])
    service = Service(here, there, [])
    client = both.client(service)

    both.do(client.mailboxes.list)
    content = both.run(client, Operation("GET", "https://files.example.net/1?signature=s", bytes))
    both.do(client.mailboxes.list)

    assert content == b"file"
    assert not {"x-api-key", "cookie"} & {name.lower() for name in service.requests[1].headers}
    assert service.requests[2].headers["cookie"] == "good=1"


def test_a_redirect_is_an_answer(both: BothInkboxes) -> None:
    """It is not followed: a 302 with a JSON body is read, one without is an error of the answer."""
    link = {"url": "https://files.example.com/1", "filename": "a.pdf", "expires_in": 9}
    service = Service(httpx.Response(302, headers={"location": link["url"]}, json=link), httpx.Response(302))
    client = both.client(service)

    found = both.do(lambda: client.messages.get_attachment(ADDRESS, "m", "a.pdf", redirect=True))

    assert found == link
    assert service.asked == [
        "GET /api/v1/mail/mailboxes/a%40inkbox.example.com/messages/m/attachments/a.pdf?redirect=true"
    ]
    with pytest.raises(ReplyError):
        both.do(lambda: client.messages.get_attachment(ADDRESS, "m", "a.pdf", redirect=True))


@pytest.mark.parametrize("answer", [httpx.Response(200), httpx.Response(204), httpx.Response(200, text="<html>")])
def test_an_answer_without_its_json_is_an_error(both: BothInkboxes, answer: httpx.Response) -> None:
    """Also a `ValueError`, as the official client's is."""
    client = both.client(Service(answer))

    with pytest.raises(ValueError) as caught:  # noqa: PT011  # any text
        both.do(lambda: client.mailboxes.get(ADDRESS))

    assert isinstance(caught.value, ReplyError)


def test_bodies_are_sent_as_documented(both: BothInkboxes) -> None:
    """Some calls send nothing, some `{}`, and a vCard goes as it is."""
    service = Service(OPT_IN, {"signing_key": "k", "created_at": "2026-01-01"}, MAILBOX, IMPORT)
    client = both.client(service)

    both.do(lambda: client.sms_opt_ins.opt_in("+15035550143"))
    both.do(client.create_signing_key)
    both.do(lambda: client.mailboxes.update(ADDRESS))
    both.do(lambda: client.contacts.vcards.import_vcards("BEGIN:VCARD é", content_type="text/x-vcard"))

    sent = [(r.content, r.headers.get("content-type"), r.headers.get("content-length")) for r in service.requests]
    assert sent == [
        (b"", None, "0"),
        (b"{}", "application/json", "2"),
        (b"{}", "application/json", "2"),
        ("BEGIN:VCARD é".encode(), "text/x-vcard", "14"),
    ]


def test_a_card_that_is_not_text_is_an_error(both: BothInkboxes) -> None:
    """Of the answer, and without what it holds."""
    client = both.client(Service(httpx.Response(200, content=b"\xff\xfe")))

    with pytest.raises(ReplyError, match="UTF-8"):
        both.do(lambda: client.contacts.vcards.export_vcard("c"))


def test_a_certificate_is_waited_for(both: BothInkboxes) -> None:
    """Signing takes longer than other calls, which have the client's own patience."""
    service = Service(CERTIFICATE, [])
    client = both.client(service, timeout=7)

    both.do(lambda: client.tunnels.sign_csr("t", csr_pem=b"pem"))
    both.do(client.tunnels.list)

    assert [request.extensions["timeout"]["read"] for request in service.requests] == [180, 7]
    assert json.loads(service.requests[0].content) == {"csr_pem": "pem"}


@pytest.mark.parametrize(
    ("method", "args", "kwargs", "answer", "again"),
    [
        ("messages.get", [ADDRESS, "m"], {}, None, True),
        ("messages.mark_read", [ADDRESS, "m"], {}, MESSAGE, True),
        ("messages.delete", [ADDRESS, "m"], {}, {}, True),
        ("phone_numbers.update", ["n"], {"client_websocket_url": None}, PHONE_NUMBER, True),
        ("sms_opt_ins.opt_out", ["+15035550143"], {}, OPT_IN, True),
        ("domains.set_default", ["d.example.com"], {}, {"default_domain": None}, True),
        ("messages.send", [ADDRESS], {"to": [ADDRESS], "subject": "s"}, None, False),
        ("messages.forward", [ADDRESS, "m"], {"to": [ADDRESS]}, None, False),
        ("texts.send", ["n"], {"to": "+15035550143", "text": "t"}, None, False),
        ("calls.place", [], {"from_number": "+12125550100", "to_number": "+15035550143"}, None, False),
        ("phone_numbers.provision", [], {"agent_handle": "a"}, None, False),
        ("create_identity", ["a"], {}, None, False),
        ("create_signing_key", [], {}, None, False),
        ("api_keys.create", [], {"label": "l"}, None, False),
        ("notes.create", [], {"body": "b"}, None, False),
        ("tunnels.sign_csr", ["t"], {"csr_pem": "p"}, None, False),
    ],
)
def test_only_what_does_no_harm_twice_is_repeated(
    both: BothInkboxes, method: str, args: list[Any], kwargs: dict[str, Any], answer: Any, again: bool
) -> None:
    """A change whose answer was lost is repeated if twice is as good as once; else it is unknown, and says so."""
    service = Service(httpx.ReadTimeout("lost"), httpx.Response(503, json={}), answer or httpx.Response(418, json={}))
    owner = both.client(service)
    for name in method.split("."):
        owner = getattr(owner, name)

    try:
        both.do(lambda: owner(*args, **kwargs))
        unknown = False
    except NetworkError as error:
        unknown = error.may_have_arrived
    except InkboxAPIError:
        unknown = False

    assert len(service.requests) == (3 if again else 1)
    assert unknown is not again


def test_a_rename_is_not_repeated() -> None:
    """Done once, the old handle would no longer be found; other changes of an identity are repeated."""
    client = BothInkboxes("sync")
    renaming, changing = Service(httpx.ReadTimeout("lost")), Service(httpx.ReadTimeout("lost"), IDENTITY)

    with pytest.raises(NetworkError):
        client.run(client.client(renaming), Identities.update("a", new_handle="b"))
    summary = client.run(client.client(changing), Identities.update("a", status="paused"))

    assert len(changing.requests) == 2
    assert summary.agent_handle == "sales-bot"
    client.close()


def test_ids_are_quoted_whole(both: BothInkboxes) -> None:
    """What is meant for one place in a path cannot lead to another, and may not be empty."""
    service = Service({})
    client = both.client(service)

    both.do(lambda: client.messages.get_attachment(ADDRESS, "m/../x", "a/b?c#d e.pdf"))

    path = service.requests[0].url.raw_path.decode().partition("?")[0]
    assert path.endswith("/messages/m%2F..%2Fx/attachments/a%2Fb%3Fc%23d%20e.pdf")
    for bad in ("", ".", ".."):
        with pytest.raises(ArgumentError):
            both.do(lambda bad=bad: client.messages.get(ADDRESS, bad))
    with pytest.raises(ArgumentError):
        both.do(lambda: client.messages.get(ADDRESS, None))
    assert len(service.requests) == 1


def test_errors_name_no_telephone_number(both: BothInkboxes) -> None:
    """Neither in the path that an error shows nor in its text; `detail` has what the service said."""
    detail = {"error": "recipient_blocked", "address": "+15035550143", "reason": "+15035550143 is blocked"}
    answers = httpx.Response(403, json={"detail": detail}), httpx.ReadTimeout("lost")
    client = both.client(Service(*answers), retry=Retry(attempts=1))

    with pytest.raises(InkboxAPIError) as refused:
        both.do(lambda: client.texts.get_conversation("n", "+15035550143"))
    with pytest.raises(NetworkError) as lost:
        both.do(lambda: client.texts.update_conversation("n", "+15035550143", is_read=True))

    shown = f"{refused.value} {refused.value!r} {refused.value.path} {lost.value} {lost.value!r}"
    assert "5550143" not in shown
    assert refused.value.detail == detail


def test_errors_name_no_hash_of_a_vault_key(both: BothInkboxes) -> None:
    """It proves who one is, though it is part of a path."""
    client = both.client(Service(httpx.Response(404, json={"detail": "no"})))

    with pytest.raises(InkboxAPIError) as caught:
        both.do(lambda: client.vault.delete_key("0a" * 32))

    assert caught.value.path == "/api/v1/vault/keys/..."


def test_an_envelope_without_its_items_is_an_error(both: BothInkboxes) -> None:
    """It is not an empty list."""
    client = both.client(Service({"entries": []}))

    with pytest.raises(ReplyError, match="items"):
        both.do(client.contacts.list)


def test_an_operation_stands_for_a_call_on_the_class() -> None:
    """Flows and readers build work without a client."""
    sending: Any = Messages.send(ADDRESS, to=[ADDRESS], subject="s")

    assert (sending.method, sending.may_repeat) == ("POST", False)
    assert isinstance(Tunnels.list(), Operation)
    assert TLSMode.EDGE == "edge"
