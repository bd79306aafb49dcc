"""What may be sent, how it is composed, and what a plan allows."""

from typing import Any

import httpx
import pytest

from postline_sandbox import Sandbox

GOOD = {"to": "a@b.example.net", "subject": "S", "text": "T"}


@pytest.mark.parametrize(
    ("body", "details"),
    [
        ([], [("", "Expected object, received array")]),
        ({"subject": "S", "text": "T"}, [("to", "Invalid input")]),
        ({**GOOD, "to": 5}, [("to", "Invalid input")]),
        ({**GOOD, "to": ""}, [("to", "Recipient email is required")]),
        ({**GOOD, "to": []}, [("to", "At least one recipient required")]),
        ({**GOOD, "to": ["a@b.example.net", ""]}, [("to.1", "Recipient email is required")]),
        ({"to": "a@b.example.net", "text": "T"}, [("subject", "Required")]),
        ({**GOOD, "subject": "\r\n"}, [("subject", "Subject is required")]),
        ({**GOOD, "subject": "x" * 501}, [("subject", "Subject too long")]),
        ({**GOOD, "text": None}, [("text", "Expected string, received null")]),
        ({**GOOD, "html": "x" * 10_000_001}, [("html", "String must contain at most 10000000 character(s)")]),
        ({**GOOD, "from": "nobody"}, [("from", "Invalid email address")]),
        ({**GOOD, "cc": ["a@b.example.net", "nobody"]}, [("cc.1", "Invalid email address")]),
        ({**GOOD, "bcc": None}, [("bcc", "Expected array, received null")]),
        (
            {**GOOD, "reply_to": ["a@b.example.net", "c@d.example.net"]},
            [("reply_to", "Expected string, received array")],
        ),
        ({**GOOD, "headers": {"X-A": 5}}, [("headers.X-A", "Expected string, received number")]),
        ({**GOOD, "attachments": [5]}, [("attachments.0", "Invalid input")]),
        ({**GOOD, "thread_id": 5}, [("thread_id", "Expected string, received number")]),
        ({**GOOD, "text": "", "html": ""}, [("text", "text or html is required")]),
    ],
)
def test_a_bad_body_is_explained(http: Any, body: Any, details: list[tuple[str, str]]) -> None:
    """400 names each wrong field in the service's words."""
    answer = http.client.post("/v1/messages/send", json=body)

    assert (answer.status_code, answer.json()["error"]) == (400, "Invalid request")
    assert [(one["path"], one["message"]) for one in answer.json()["details"]] == details


def test_the_mail_that_goes_out_is_composed(http: Any, sandbox: Sandbox) -> None:
    """Sender, headers, text part and recipients as documented; forbidden headers are dropped."""
    inbox = http.inbox(name="Support, Inc.")

    body = {
        "inboxId": inbox["id"],
        "to": ["a@b.example.net", "c@d.example.net", "a@b.example.net"],
        "cc": ["e@f.example.net"],
        "bcc": "g@h.example.net",
        "subject": " Two\nlines ",
        "html": "<p>Hello &amp; bye</p><p>Line</p>",
        "headers": {"X-Mine": "yes\r\nX-Evil: 1", "From": "evil@h.example.net"},
        "reply_to": ["r@s.example.net"],
    }
    http.client.post("/v1/messages/send", json=body)

    (out,) = sandbox.control.outbox()
    assert out["from"] == '"Support, Inc." <support@commune-sandbox.example.com>'
    assert (out["to"], out["cc"], out["bcc"]) == (
        ["a@b.example.net", "c@d.example.net"],
        ["e@f.example.net"],
        ["g@h.example.net"],
    )
    assert (out["subject"], out["text"], out["reply_to"]) == ("Two lines", "Hello & bye\nLine", ["r@s.example.net"])
    assert out["headers"]["X-Mine"] == "yesX-Evil: 1"
    assert "From" not in out["headers"]
    assert out["headers"]["X-Commune-Outbound-Id"] == out["message_id"]
    (message,) = http.messages(out["thread_id"])
    assert (message["content"], message["content_html"]) == ("", "<p>Hello &amp; bye</p><p>Line</p>")
    assert [one["role"] for one in message["participants"]] == ["sender", "to", "to", "cc", "bcc"]


def test_a_sender_must_be_ones_own(http: Any, sandbox: Sandbox) -> None:
    """Own domains and own inboxes may be used, others not; without any, the shared domain's agent sends."""
    domain = http.post("/v1/domains", name="own.customer.example.com")["data"]
    inbox = http.inbox()

    http.send(**{"from": "Ann <ann@own.customer.example.com>"})
    http.send(**{"from": inbox["address"]})
    http.send(domainId=domain["id"])
    http.send()
    refused = [
        http.client.post("/v1/messages/send", json={**GOOD, "from": sender}).status_code
        for sender in ("me@elsewhere.example.net", "someone@commune-sandbox.example.com")
    ]

    assert [one["from"] for one in sandbox.control.outbox()] == [
        "Ann <ann@own.customer.example.com>",
        inbox["address"],
        "agent@own.customer.example.com",
        "agent@commune-sandbox.example.com",
    ]
    assert refused == [403, 403]


def test_a_key_sends_once(http: Any, sandbox: Sandbox) -> None:
    """The same Idempotency-Key within a day replays the answer, whatever the body; later it sends again."""
    headers = {"idempotency-key": "once"}
    first = http.client.post("/v1/messages/send", json=GOOD, headers=headers)

    again = http.client.post("/v1/messages/send", json={**GOOD, "text": "other"}, headers=headers)
    invalid = http.client.post("/v1/messages/send", json={}, headers=headers)
    sandbox.control.advance(86_401)
    later = http.client.post("/v1/messages/send", json=GOOD, headers=headers)

    assert again.json() == first.json()
    assert (again.status_code, again.headers["idempotency-replayed"]) == (202, "true")
    assert invalid.status_code == 400
    assert later.json() != first.json()
    assert len(sandbox.control.outbox()) == 2


def test_keys_of_two_organizations_do_not_meet(http: Any, sandbox: Sandbox) -> None:
    """The scope of an idempotency key is the organization."""
    other = sandbox.control.make_organization()["api_key"]
    first = http.client.post("/v1/messages/send", json=GOOD, headers={"idempotency-key": "k"})

    second = http.client.post(
        "/v1/messages/send", json=GOOD, headers={"idempotency-key": "k", "authorization": f"Bearer {other}"}
    )

    assert second.json() != first.json()


def test_suppressed_addresses_get_nothing(http: Any, sandbox: Sandbox) -> None:
    """After a hard bounce a recipient is skipped; a mail to nobody else is not sent."""
    inbox = http.inbox()
    first = http.send(to="gone@one.example.net", inboxId=inbox["id"])
    sandbox.control.bounce(first["id"])

    both = http.send(to=["GONE@one.example.net", "here@one.example.net"], inboxId=inbox["id"])
    none = http.send(to="gone@one.example.net", inboxId=inbox["id"])

    outbox = {one["message_id"]: one["to"] for one in sandbox.control.outbox()}
    assert (outbox[both["id"]], outbox[none["id"]]) == (["here@one.example.net"], [])
    metrics = http.get("/v1/delivery/metrics", inbox_id=inbox["id"])["data"]
    assert [metrics[name] for name in ("sent", "delivered", "bounced", "suppressed")] == [3, 1, 1, 1]
    assert metrics["suppression_rate"] == 33.33


def test_three_soft_bounces_suppress_for_a_week(http: Any, sandbox: Sandbox) -> None:
    """Two are forgiven, the third counts, and it passes."""
    inbox = http.inbox()

    def suppressed() -> list[tuple[str, str]]:
        found = http.get("/v1/delivery/suppressions", inbox_id=inbox["id"])["data"]
        return [(one["email"], one["type"]) for one in found]

    for expected in ([], [], [("full@one.example.net", "soft")]):
        sent = http.send(to="full@one.example.net", inboxId=inbox["id"])
        sandbox.control.bounce(sent["id"], kind="soft", reason="mailbox full")
        assert suppressed() == expected
    http.send(to="full@one.example.net", inboxId=inbox["id"])
    sandbox.control.advance(7 * 86_400 + 1)
    http.send(to="full@one.example.net", inboxId=inbox["id"])

    assert [one["to"] for one in sandbox.control.outbox()[3:]] == [[], ["full@one.example.net"]]


def test_complaints_and_unsubscribes_suppress(http: Any, sandbox: Sandbox) -> None:
    """Both end the sending to an address; a complaint also marks the mail."""
    inbox = http.inbox()
    angry, tired = (
        http.send(to="angry@one.example.net", inboxId=inbox["id"]),
        http.send(to="tired@one.example.net", inboxId=inbox["id"]),
    )

    sandbox.control.complain(angry["id"])
    sandbox.control.unsubscribe(tired["id"])

    found = http.get("/v1/delivery/suppressions", inbox_id=inbox["id"])["data"]
    assert {(one["email"], one["reason"], one["type"], one["source"]) for one in found} == {
        ("angry@one.example.net", "complaint", "spam", "inbox"),
        ("tired@one.example.net", "unsubscribe", "permanent", "inbox"),
    }
    assert http.messages(angry["thread_id"])[0]["metadata"]["delivery_status"] == "complained"
    assert http.messages(tired["thread_id"])[0]["metadata"]["delivery_status"] == "delivered"


def test_an_address_that_is_none_fails(http: Any) -> None:
    """Recipients are not checked when accepted, only when sent."""
    inbox = http.inbox()

    sent = http.send(to="not an address", inboxId=inbox["id"])

    (event,) = http.get("/v1/delivery/events", message_id=sent["id"])["data"]
    assert (event["event_type"], event["detail"]) == ("failed", "invalid_syntax")
    assert http.get("/v1/delivery/metrics", inbox_id=inbox["id"])["data"]["failed"] == 1


@pytest.mark.parametrize(
    ("period", "days"), [("7d", 7), ("24h", 1), ("25h", 2), ("0d", 1), ("400d", 90), ("a week", 7), ("", 7)]
)
def test_metrics_understand_periods(http: Any, period: str, days: int) -> None:
    """Days, hours rounded up, a cap, and a default."""
    metrics = http.get("/v1/delivery/metrics", inbox_id="any", period=period)["data"]

    assert metrics["period_days"] == days
    assert metrics["delivery_rate"] is None


def test_limited_sends_say_what_is_left(http: Any, sandbox: Sandbox) -> None:
    """Headers with and without the window's name, on success and refusal; the refusal says when to come back."""
    sandbox.control.set_limits(limits={"emails_per_hour": 2, "emails_per_day": 3})
    first = http.client.post("/v1/messages/send", json=GOOD)
    http.send()

    refused = http.client.post("/v1/messages/send", json=GOOD)

    assert {
        name: first.headers[f"x-ratelimit-{name}"]
        for name in ("limit-hour", "remaining-hour", "remaining-day", "remaining")
    } == {
        "limit-hour": "2",
        "remaining-hour": "1",
        "remaining-day": "2",
        "remaining": "1",
    }
    assert refused.status_code == 429
    assert 3500 < refused.json()["retryAfter"] == int(refused.headers["retry-after"]) <= 3600
    assert refused.headers["x-ratelimit-remaining-hour"] == "0"
    sandbox.control.advance(refused.json()["retryAfter"])
    assert http.client.post("/v1/messages/send", json=GOOD).status_code == 202
    assert http.client.post("/v1/messages/send", json=GOOD).json()["error"] == "Daily email rate limit exceeded"


def test_an_inbox_has_a_limit_of_its_own(http: Any, sandbox: Sandbox) -> None:
    """The per-inbox limit of a day counts one inbox only."""
    inbox, other = http.inbox(), http.inbox("other")
    sandbox.control.set_limits(limits={"emails_per_inbox_per_day": 1})
    http.send(inboxId=inbox["id"])

    refused = http.client.post("/v1/messages/send", json={**GOOD, "inboxId": inbox["id"]})

    assert refused.status_code == 429
    assert refused.json() == {
        "error": "Inbox daily send limit exceeded",
        "inbox_id": inbox["id"],
        "current_count": 1,
        "daily_limit": 1,
        "tier": "enterprise",
    }
    http.send(inboxId=other["id"])


def test_bursts_are_refused(http: Any, sandbox: Sandbox) -> None:
    """More than fifteen sends in ten seconds are too many, refused attempts included, until there is a pause."""
    sandbox.control.set_limits(limits={"bursts": True})
    statuses = [http.client.post("/v1/messages/send", json=GOOD).status_code for _ in range(17)]
    sandbox.control.advance(11)

    assert statuses == [202] * 15 + [429] * 2
    assert http.client.post("/v1/messages/send", json=GOOD).status_code == 202


def test_bad_health_pauses_sending(http: Any, sandbox: Sandbox) -> None:
    """Twenty sends with one bounce in twenty pause sending for four hours."""
    sandbox.control.set_limits(limits={"health": True})
    sent = [http.send(to=f"p{number}@one.example.net") for number in range(20)]
    sandbox.control.bounce(sent[0]["id"])

    paused = http.client.post("/v1/messages/send", json=GOOD)
    sandbox.control.advance(86_400)

    assert paused.status_code == 403
    assert paused.json()["error"] == "Sending paused due to high bounce/complaint rate"
    assert paused.json()["reason"] == "bounce_rate"
    assert http.client.post("/v1/messages/send", json=GOOD).headers["x-sending-health"] == "healthy"


def test_a_young_domain_sends_little(http: Any, sandbox: Sandbox) -> None:
    """Fifty a day at first; the headers count them."""
    domain = http.post("/v1/domains", name="own.customer.example.com")["data"]
    sandbox.control.set_limits(limits={"warmup": True})
    first = http.client.post("/v1/messages/send", json={**GOOD, "domainId": domain["id"]})
    for _ in range(49):
        http.send(domainId=domain["id"])

    refused = http.client.post("/v1/messages/send", json={**GOOD, "domainId": domain["id"]})

    assert (first.headers["x-warmup-daily-limit"], first.headers["x-warmup-day"]) == ("50", "1")
    assert (refused.status_code, refused.json()["warmup"]["remaining"]) == (429, 0)
    assert http.client.post("/v1/messages/send", json=GOOD).status_code == 202


def test_spam_is_not_sent(http: Any) -> None:
    """Content over the threshold is refused with its reasons."""
    text = (
        "You have won the lottery! Act now!!! Claim your prize: guaranteed profit, million dollars. "
        "Verify your account at http://192.0.2.7/x or http://bit.ly/x or http://user@xn--x.example.net/ cheap meds"
    )
    answer = http.client.post(
        "/v1/messages/send", json={**GOOD, "subject": "URGENT RESPONSE", "text": text, "from": "a1234567@spam.top"}
    )

    assert answer.status_code == 403
    domain = http.post("/v1/domains", name="shop.top")["data"]
    refused = http.client.post(
        "/v1/messages/send",
        json={**GOOD, "subject": "URGENT RESPONSE", "text": text, "from": f"a1234567@{domain['name']}"},
    )
    assert (refused.status_code, refused.json()["error"]) == (400, "Email content flagged as potential spam")
    assert refused.json()["score"] > 0.8
    assert "prize_or_lottery" in refused.json()["reasons"]


def test_big_mail_is_warned_about(http: Any) -> None:
    """Mail that a reader would clip says so."""
    answer = http.client.post("/v1/messages/send", json={**GOOD, "html": "x" * 102_401})

    assert (answer.headers["x-content-warning"], answer.headers["x-content-size"]) == ("gmail-clip", "102401")


def test_links_to_files_run_out(http: Any, sandbox: Sandbox) -> None:
    """A link works without a key until its time is over, and not after a change."""
    upload = http.post("/v1/attachments/upload", content="YWJj", filename='a"b.txt', mime_type="text/plain\r\nx: y")[
        "data"
    ]
    link = http.get(f"/v1/attachments/{upload['attachment_id']}/url", expires_in=60)["data"]["url"]

    def fetch(url: str) -> httpx.Response:
        return httpx.get(url, trust_env=False)

    assert (fetch(link).status_code, fetch(link).content) == (200, b"abc")
    assert fetch(link).headers["content-type"] == "application/octet-stream"
    assert fetch(link.replace("expires=", "expires=9")).status_code == 403
    assert fetch(link + "0").status_code == 403
    sandbox.control.advance(60)
    assert fetch(link).status_code == 403


@pytest.mark.parametrize(("asked", "given"), [("60", 60), ("0", 3600), ("x", 3600), ("-5", 3600), ("999999", 86_400)])
def test_the_life_of_a_link_is_bounded(http: Any, asked: str, given: int) -> None:
    """Garbage is the default, a day is the most."""
    upload = http.post("/v1/attachments/upload", content="YWJj", filename="a", mime_type="a/b")["data"]

    assert http.get(f"/v1/attachments/{upload['attachment_id']}/url", expires_in=asked)["data"]["expires_in"] == given


@pytest.mark.parametrize(
    ("content", "size"), [("YWJj", 3), ("YW Jj\n", 3), ("YWI", 2), ("_-8", 2), ("YWJj====", 3), ("Y*W*J*j", 3)]
)
def test_base64_is_read_leniently(http: Any, content: str, size: int) -> None:
    """Either alphabet, spaces, missing padding and foreign characters do not matter."""
    assert http.post("/v1/attachments/upload", content=content, filename="a", mime_type="a/b")["data"]["size"] == size


@pytest.mark.parametrize("content", ["", "*", "="])
def test_content_that_is_nothing_is_refused(http: Any, content: str) -> None:
    """Empty content is 400."""
    body = {"content": content, "filename": "a", "mime_type": "a/b"}

    assert http.client.post("/v1/attachments/upload", json=body).status_code == 400


def test_unknown_attachments_are_left_out(http: Any, sandbox: Sandbox) -> None:
    """A send with an unknown id goes out without it."""
    http.send(attachments=["unknown", {"filename": "a", "content": "b"}])

    assert sandbox.control.outbox()[0]["attachments"] == []
