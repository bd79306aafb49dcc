"""Refusals become the documented exceptions, by status, body and method."""

import copy
import pickle
from typing import Any
from uuid import UUID

import httpx
import pytest
from tests.conformance.inkbox.answers import ID, IDENTITY_DETAIL
from tests.core.inkbox.conftest import BothInkboxes
from tests.core.inkbox.service import Service

from postline.errors import APIError, PostlineError
from postline.inkbox import (
    DuplicateContactRuleError,
    HandleUnavailableError,
    InkboxAPIError,
    InkboxError,
    RecipientBlockedError,
    RedundantContactAccessGrantError,
    TunnelCSRStateConflict,
    TunnelTLSModeMismatch,
)


def refused(both: BothInkboxes, status: int, **answer: Any) -> InkboxAPIError:
    """Have the service refuse a call."""
    client = both.client(Service(httpx.Response(status, **answer)))
    with pytest.raises(InkboxAPIError) as caught:
        both.do(lambda: client.notes.create(body="b"))
    return caught.value


@pytest.mark.parametrize(
    ("answer", "detail"),
    [
        ({"json": {"detail": "No"}}, "No"),
        ({"json": {"detail": {"error": "e", "message": "m"}}}, {"error": "e", "message": "m"}),
        ({"json": {"detail": None}}, None),
        ({"json": {"detail": [{"loc": ["body"], "msg": "m", "type": "t"}]}}, [{"loc": ["body"], "msg": "m", "type": "t"}]),
        ({"json": {"error": "other"}}, '{"error":"other"}'),
        ({"json": ["a"]}, '["a"]'),
        ({"text": "<html>down</html>"}, "<html>down</html>"),
        ({}, ""),
    ],
)  # fmt: skip
def test_the_detail_is_what_the_body_says(both: BothInkboxes, answer: dict[str, Any], detail: Any) -> None:
    """Its `detail` of whatever type, else its text."""
    error = refused(both, 418, **answer)

    assert type(error) is InkboxAPIError
    assert (error.status_code, error.detail, str(error)) == (418, detail, f"HTTP 418: {detail}")
    assert (error.method, error.path) == ("POST", "/api/v1/notes")


@pytest.mark.parametrize(
    ("status", "detail", "kind"),
    [
        (409, {"existing_rule_id": ID}, DuplicateContactRuleError),
        (409, {"existing_rule_id": ID, "error": "redundant_grant"}, DuplicateContactRuleError),
        (409, {"existing_rule_id": "no id"}, InkboxAPIError),
        (409, {"error": "redundant_grant", "detail": "all"}, RedundantContactAccessGrantError),
        (403, {"error": "recipient_blocked"}, RecipientBlockedError),
        (409, {"error": "recipient_blocked"}, InkboxAPIError),
        (403, {"error": "recipient_opted_out"}, InkboxAPIError),
        (409, "Access already granted", InkboxAPIError),
        (403, {"existing_rule_id": ID}, InkboxAPIError),
    ],
)  # fmt: skip
def test_status_and_detail_tell_the_class(
    both: BothInkboxes, status: int, detail: Any, kind: type[InkboxAPIError]
) -> None:
    """The first documented match wins; anything else is the plain one."""
    error = refused(both, status, json={"detail": detail})

    assert type(error) is kind
    assert isinstance(error, InkboxError)
    assert isinstance(error, APIError)
    assert isinstance(error, PostlineError)
    assert error.code == (detail.get("error") if isinstance(detail, dict) else None)


def test_a_class_knows_what_its_detail_says() -> None:
    """Each has the documented attributes, with their defaults."""
    duplicate = DuplicateContactRuleError(409, {"existing_rule_id": ID})
    grant = RedundantContactAccessGrantError(409, {"error": "redundant_grant"})
    by_rule = RecipientBlockedError(403, {"matched_rule_id": ID, "address": "+15035550143", "reason": "r"})
    by_default = RecipientBlockedError(403, {"error": "recipient_blocked", "matched_rule_id": None})

    assert duplicate.existing_rule_id == UUID(ID)
    assert (grant.error, grant.detail_message) == ("redundant_grant", "")
    assert (by_rule.matched_rule_id, by_rule.address, by_rule.reason) == (UUID(ID), "+15035550143", "r")
    assert (by_default.matched_rule_id, by_default.address, by_default.reason) == (None, "", "")


def test_an_error_does_not_show_what_was_refused(both: BothInkboxes) -> None:
    """Some services quote the argument; the text leaves it out, and masks telephone numbers."""
    line = {"loc": ["body"], "msg": "too long", "type": "t", "input": "secret words", "ctx": {"x": "secret"}}

    error = refused(both, 422, json={"detail": [line, "call +15035550143"]})

    assert str(error) == "HTTP 422: [{'loc': ['body'], 'msg': 'too long', 'type': 't'}, 'call +*********43']"
    assert "secret" not in repr(error)
    assert error.detail[0] == line


@pytest.mark.parametrize(
    "error",
    [
        InkboxAPIError(404, "No"),
        DuplicateContactRuleError(409, {"existing_rule_id": ID}),
        RecipientBlockedError(403, {"error": "recipient_blocked"}),
        HandleUnavailableError(409, {"message": "taken"}, "mail"),
    ],
)
def test_errors_can_be_sent_to_another_process(error: InkboxAPIError) -> None:
    """With everything that they know."""
    for twin in (pickle.loads(pickle.dumps(error)), copy.copy(error)):
        assert type(twin) is type(error)
        assert (twin.__dict__, str(twin)) == (error.__dict__, str(error))


@pytest.mark.parametrize(
    ("detail", "space"),
    [
        ({"error": "agent_handle_unavailable", "blocking_namespace": "tunnels"}, "tunnels"),
        ({"blocking_namespace": "elsewhere"}, None),
        ({"existing_rule_id": ID}, None),
        ({"error": "redundant_grant"}, None),
        ("taken", None),
    ],
)
def test_any_conflict_about_an_identity_is_about_its_handle(both: BothInkboxes, detail: Any, space: str | None) -> None:
    """On creation and on update, also what would be another class elsewhere."""
    conflict = httpx.Response(409, json={"detail": detail})
    client = both.client(Service(conflict, IDENTITY_DETAIL, conflict))

    with pytest.raises(HandleUnavailableError) as created:
        both.do(lambda: client.create_identity("sales-bot"))
    identity = both.do(lambda: client.get_identity("sales-bot"))
    with pytest.raises(HandleUnavailableError) as updated:
        both.do(lambda: identity.update(new_handle="taken"))

    for error, path in ((created.value, "/api/v1/identities/"), (updated.value, "/api/v1/identities/sales-bot")):
        assert (error.blocking_namespace, error.detail, error.path) == (space, detail, path)


def test_other_refusals_of_an_identity_stay_what_they_are(both: BothInkboxes) -> None:
    """A conflict about access keeps its class, and only conflicts are about the handle."""
    grant = httpx.Response(409, json={"detail": {"error": "redundant_grant"}})
    client = both.client(Service(IDENTITY_DETAIL, grant, httpx.Response(422, json={"detail": []})))
    identity = both.do(lambda: client.get_identity("sales-bot"))

    with pytest.raises(RedundantContactAccessGrantError):
        both.do(lambda: identity.grant_access(ID))
    with pytest.raises(InkboxAPIError) as invalid:
        both.do(lambda: client.create_identity("a"))

    assert type(invalid.value) is InkboxAPIError


@pytest.mark.parametrize(
    ("detail", "kind"),
    [
        ("this tunnel ends at the Edge", TunnelTLSModeMismatch),
        ({"detail": "not a passthrough tunnel"}, TunnelTLSModeMismatch),
        ({"error": "tls_mode"}, TunnelTLSModeMismatch),
        ({"detail": "wrong state", "hint": "passthrough"}, TunnelCSRStateConflict),
        ("wrong state", TunnelCSRStateConflict),
        (None, TunnelCSRStateConflict),
    ],
)
def test_a_conflict_over_a_certificate_says_which(both: BothInkboxes, detail: Any, kind: type[InkboxAPIError]) -> None:
    """By the words of its detail."""
    client = both.client(Service(httpx.Response(409, json={"detail": detail}), httpx.Response(400, json={})))

    with pytest.raises(InkboxAPIError) as conflict:
        both.do(lambda: client.tunnels.sign_csr("t", csr_pem="p"))
    with pytest.raises(InkboxAPIError) as malformed:
        both.do(lambda: client.tunnels.sign_csr("t", csr_pem="p"))

    assert (type(conflict.value), conflict.value.detail) == (kind, detail)
    assert type(malformed.value) is InkboxAPIError


def test_no_vault_is_no_error(both: BothInkboxes) -> None:
    """`info` gives `None`; another refusal stays one."""
    client = both.client(Service(httpx.Response(404, json={"detail": "none"}), httpx.Response(403, json={})))

    assert both.do(client.vault.info) is None
    with pytest.raises(InkboxAPIError):
        both.do(client.vault.info)


@pytest.mark.parametrize("detail", ["No", {"a": 1}, [1]])
def test_a_signup_is_refused_in_plain_words(both: BothInkboxes, detail: Any) -> None:
    """One class, its detail as text."""
    transport = httpx.MockTransport(Service(httpx.Response(409, json={"detail": detail})))

    with pytest.raises(InkboxAPIError) as caught:
        both.do(lambda: both.kind.verify_signup("key", "123456", base_url="http://localhost", transport=transport))

    assert (type(caught.value), caught.value.detail) == (InkboxAPIError, str(detail))


def test_a_signup_sends_a_key_only_when_there_is_one(both: BothInkboxes) -> None:
    """The first call has none yet; an empty one is not sent; cookies are not kept."""
    done = {"claim_status": "agent_claimed", "organization_id": "o", "message": "m"}
    service = Service(*[httpx.Response(200, headers={"set-cookie": "a=1"}, json=done)] * 2)
    access = {"base_url": "http://localhost", "transport": httpx.MockTransport(service)}

    both.do(lambda: both.kind.resend_signup_verification("key", **access))
    both.do(lambda: both.kind.verify_signup("", "123456", **access))

    assert [request.headers.get("x-api-key") for request in service.requests] == ["key", None]
    assert "cookie" not in service.requests[1].headers
