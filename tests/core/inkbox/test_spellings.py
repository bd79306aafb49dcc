"""What the service's README shows and what its client does both work; what neither allows is refused before it is sent."""

import inspect
import json
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from tests.conformance.inkbox.answers import (
    CERTIFICATE,
    CONTACT,
    DOMAIN,
    ID,
    IDENTITY_DETAIL,
    MESSAGE,
    NUMBER,
    PLACED_CALL,
    TEXT,
    TRANSCRIPT,
    VAULT_KEY,
    WHOAMI,
)
from tests.core.inkbox.conftest import BothInkboxes
from tests.core.inkbox.service import Service

from postline.inkbox import (
    IdentityMailboxCreateOptions,
    IdentityPhoneNumberCreateOptions,
    IdentityTunnelCreateOptions,
    SendingDomainStatus,
    TLSMode,
)
from postline.inkbox.notes.resource import Notes

ADDRESS = "a@inkbox.example.com"


def sent(both: BothInkboxes, answer: Any, call: Callable[[Any], Any]) -> list[Any]:
    """Make a call, and return the path and the JSON that were sent."""
    service = Service(answer)
    client = both.client(service)
    both.do(lambda: call(client))
    (request,) = service.requests
    return [service.asked[0], json.loads(request.content or b"null")]


@pytest.mark.parametrize(
    ("answer", "shown", "done"),
    [
        ([VAULT_KEY], lambda c: c.vault.list_keys(key_type="PRIMARY"), lambda c: c.vault.list_keys(key_type="primary")),
        (
            IDENTITY_DETAIL,
            lambda c: c.create_identity("a-b", tunnel={"tls_mode": "passthrough"}),
            lambda c: c.create_identity("a-b", tunnel=IdentityTunnelCreateOptions(tls_mode=TLSMode.PASSTHROUGH)),
        ),
        (
            IDENTITY_DETAIL,
            lambda c: c.create_identity("a-b", phone_number={"type": "local", "state": "NY"}),
            lambda c: c.create_identity("a-b", phone_number=IdentityPhoneNumberCreateOptions("local", "NY")),
        ),
        (
            CERTIFICATE,
            lambda c: c.tunnels.sign_csr(ID, csr_pem=b"-----BEGIN"),
            lambda c: c.tunnels.sign_csr(UUID(ID), csr_pem="-----BEGIN"),
        ),
        (
            MESSAGE,
            lambda c: c.messages.send(ADDRESS, to=[ADDRESS], subject="s", in_reply_to_message_id=UUID(ID)),
            lambda c: c.messages.send(ADDRESS, to=[ADDRESS], subject="s", in_reply_to_message_id=ID),
        ),
        (
            [DOMAIN],
            lambda c: c.domains.list(status="verified"),
            lambda c: c.domains.list(status=SendingDomainStatus.VERIFIED),
        ),
    ],
)
def test_both_spellings_send_the_same(
    both: BothInkboxes, answer: Any, shown: Callable[[Any], Any], done: Callable[[Any], Any]
) -> None:
    """The one of the examples and the one of the code."""
    assert sent(both, answer, shown) == sent(both, answer, done)


def test_a_text_can_be_deleted_as_shown(both: BothInkboxes) -> None:
    """With a status, which the official client does not take."""
    assert sent(both, TEXT, lambda c: c.texts.update("n", "t", status="deleted"))[1] == {"status": "deleted"}


def test_a_call_is_placed_from_what_is_given(both: BothInkboxes) -> None:
    """A number, or the id that the examples show: the service looks it up."""
    call = sent(both, PLACED_CALL, lambda c: c.calls.place(from_number=ID, to_number=NUMBER))

    assert call[1] == {"from_number": ID, "to_number": NUMBER}


def test_answers_can_be_compared_with_classes_on_the_client(both: BothInkboxes) -> None:
    """As the examples do, where `inkbox` is the client."""
    client = both.client(Service(WHOAMI))

    info = both.do(client.whoami)

    assert isinstance(info, client.WhoamiApiKeyResponse)
    assert not isinstance(info, client.WhoamiJwtResponse)


def test_a_third_party_in_a_call_is_kept(both: BothInkboxes) -> None:
    """`system` speaks too, though only two parties are shown."""
    client = both.client(Service([TRANSCRIPT]))

    (turn,) = both.do(lambda: client.transcripts.list("n", "c"))

    assert turn.party == "system"


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda c: c.threads.update(ADDRESS, ID, folder="blocked"), "blocked"),
        (
            lambda c: c.contacts.lookup(),
            "lookup() requires exactly one of: email, email_contains, email_domain, phone, phone_contains.",
        ),
        (lambda c: c.contacts.lookup(email="a", phone="b"), "lookup() requires exactly one of"),
        (
            lambda c: c.contacts.access.grant(ID, identity_id=ID, wildcard=True),
            "Pass either identity_id or wildcard=True, not both.",
        ),
        (lambda c: c.tunnels.update(ID, metadata=[1]), "metadata must be a dict or None"),
        (lambda c: c.messages.forward(ADDRESS, ID, to=[ADDRESS], mode="sideways"), "sideways"),
        (lambda c: c.messages.send(ADDRESS, to=ADDRESS, subject="s"), "to must be a list"),
        (lambda c: c.messages.forward(ADDRESS, ID, bcc=ADDRESS), "bcc must be a list"),
        (
            lambda c: c.create_identity("a-b", phone_number={"type": "toll_free", "state": "NY"}),
            "state is only supported for local phone numbers",
        ),
        (
            lambda c: c.create_identity("a-b", phone_number={"incoming_call_action": "auto_accept"}),
            "client_websocket_url is required for auto_accept",
        ),
        (
            lambda c: c.create_identity("a-b", phone_number={"incoming_call_action": "webhook"}),
            "incoming_call_webhook_url is required for webhook",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_not_sent(both: BothInkboxes, call: Callable[[Any], Any], said: str) -> None:
    """A `ValueError`, in the documented words."""
    service = Service()
    client = both.client(service)

    with pytest.raises(ValueError) as caught:  # noqa: PT011  # the text is compared below
        both.do(lambda: call(client))

    assert said in str(caught.value)
    assert service.requests == []


def test_an_unknown_option_is_not_sent(both: BothInkboxes) -> None:
    """A misspelt key of a dict is no silent default."""
    client = both.client(Service())

    with pytest.raises(TypeError, match="tls_mod"):
        both.do(lambda: client.create_identity("a-b", tunnel={"tls_mod": "edge"}))


def test_omitted_null_and_empty_are_three_things(both: BothInkboxes) -> None:
    """Left as it is, cleared, and set to nothing."""

    def body(call: Callable[[Any], Any], answer: Any) -> Any:
        return sent(both, answer, call)[1]

    assert body(lambda c: c.contacts.update(ID), CONTACT) == {}
    assert body(lambda c: c.contacts.update(ID, emails=None, notes=None), CONTACT) == {"emails": None, "notes": None}
    assert body(lambda c: c.contacts.update(ID, emails=[], notes=""), CONTACT) == {"emails": [], "notes": ""}
    assert body(lambda c: c.contacts.create(), CONTACT) == {}
    assert body(lambda c: c.contacts.create(access_identity_ids=None), CONTACT) == {"access_identity_ids": None}
    assert body(lambda c: c.contacts.create(access_identity_ids=[]), CONTACT) == {"access_identity_ids": []}
    made = {"agent_handle": "a-b"}
    assert body(lambda c: c.create_identity("a-b"), IDENTITY_DETAIL) == made
    assert body(lambda c: c.create_identity("a-b", description=None), IDENTITY_DETAIL) == {**made, "description": None}
    platform = {**made, "mailbox": {"sending_domain": None}}
    assert body(lambda c: c.create_identity("a-b", sending_domain=None), IDENTITY_DETAIL) == platform
    assert body(lambda c: c.create_identity("a-b", tunnel={}), IDENTITY_DETAIL) == {**made, "tunnel": {}}
    nobody = {**made, "vault_secret_ids": []}
    assert body(lambda c: c.create_identity("a-b", vault_secret_ids=[]), IDENTITY_DETAIL) == nobody


def test_help_shows_what_can_be_omitted() -> None:
    """By a word, where `None` would mean something else."""
    assert "title: 'str | Omitted | None' = OMITTED" in str(inspect.signature(Notes.update))


def test_option_objects_tell_what_they_send() -> None:
    """Before anything is sent."""
    assert IdentityMailboxCreateOptions("sales").to_wire() == {"email_local_part": "sales"}
    assert IdentityMailboxCreateOptions().to_wire() == {}
    assert IdentityTunnelCreateOptions().to_wire() == {}
    assert IdentityPhoneNumberCreateOptions().to_wire() == {"type": "toll_free", "incoming_call_action": "auto_reject"}
