"""Answers become records as documented: what may be missing or null, what may not, what is kept."""

import copy
import dataclasses
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from pydantic import ValidationError
from tests.conformance.inkbox import answers

from postline.inkbox import (
    AgentIdentitySummary,
    Contact,
    ContactAddress,
    ContactDate,
    ContactEmail,
    ContactImportResult,
    ContactPhone,
    CreatedApiKey,
    FilterMode,
    IdentityMailbox,
    IdentityPhoneNumber,
    Mailbox,
    MailContactRule,
    Message,
    MessageDirection,
    PhoneNumber,
    SmsStatus,
    TextConversationSummary,
    TextMessage,
    TextMessageOrigin,
    Thread,
    ThreadFolder,
    Tunnel,
    TunnelStatus,
    WhoamiApiKeyResponse,
    WhoamiJwtResponse,
)
from postline.inkbox.identities.types import IdentityDetail
from postline.inkbox.whoami.types import Whoami
from postline.wire import adapter

ORGANIZATION = "org_2abcDEF"
DOCUMENTED_IDENTITY: dict[str, Any] = {
    "id": "5f0c1c5e-6a3b-4c1e-9a51-0d6a0a6f2b10", "organization_id": ORGANIZATION, "agent_handle": "sales-bot",
    "display_name": "Sales Bot", "description": None, "email_address": "sales-bot@inkbox.example.com",
    "created_at": "2026-05-20T10:00:00Z", "updated_at": "2026-05-20T10:00:00Z",
    "mailbox": {
        "id": "0b8f3f0e-31f7-4a53-8a50-2a5f8d0f7a01", "email_address": "sales-bot@inkbox.example.com",
        "webhook_url": None, "agent_identity_id": None, "created_at": "2026-05-20T10:00:00Z",
        "updated_at": "2026-05-20T10:00:00Z",
    },
    "phone_number": None,
    "tunnel": answers.TUNNEL,
}  # fmt: skip


def read(kind: Any, value: dict[str, Any], **changes: Any) -> Any:
    """Read a record from JSON with some changes; `...` leaves a key out."""
    changed = {key: each for key, each in {**copy.deepcopy(value), **changes}.items() if each is not ...}
    return adapter(kind).validate_python(changed)


def test_the_documented_identity_is_read() -> None:
    """With its mailbox and tunnel as records; unknown keys are ignored."""
    identity = read(IdentityDetail, DOCUMENTED_IDENTITY, status="active")

    assert identity.id == UUID("5f0c1c5e-6a3b-4c1e-9a51-0d6a0a6f2b10")
    assert identity.created_at == datetime(2026, 5, 20, 10, tzinfo=UTC)
    assert isinstance(identity.mailbox, IdentityMailbox)
    assert (identity.mailbox.sending_domain, identity.mailbox.filter_mode) == (
        "inkbox.example.com",
        FilterMode.BLACKLIST,
    )
    assert identity.phone_number is None
    assert (identity.tunnel.status, identity.tunnel.metadata) == (TunnelStatus.ACTIVE, {"a": [1]})
    assert isinstance(identity, AgentIdentitySummary)


def test_records_are_plain_mutable_dataclasses() -> None:
    """They can be changed, copied, compared and made into dicts; four kinds are frozen."""
    message = read(Message, answers.MESSAGE)
    message.is_read = True

    assert dataclasses.asdict(message)["subject"] == "Hello"
    assert dataclasses.replace(message, is_read=False) == read(Message, answers.MESSAGE)
    assert message.direction is MessageDirection.OUTBOUND
    with pytest.raises(dataclasses.FrozenInstanceError):
        read(Tunnel, answers.TUNNEL).zone = "x"


@pytest.mark.parametrize(
    ("kind", "sample", "field", "value", "found"),
    [
        (Mailbox, answers.MAILBOX, "sending_domain", "", "inkbox.example.com"),
        (Mailbox, answers.MAILBOX, "sending_domain", None, "inkbox.example.com"),
        (Mailbox, answers.MAILBOX, "filter_mode", ..., FilterMode.BLACKLIST),
        (Thread, answers.THREAD, "folder", ..., ThreadFolder.INBOX),
        (MailContactRule, answers.MAIL_RULE, "status", ..., "active"),
        (PhoneNumber, answers.PHONE_NUMBER, "sms_status", None, SmsStatus.READY),
        (PhoneNumber, answers.PHONE_NUMBER, "sms_status", ..., SmsStatus.READY),
        (PhoneNumber, answers.PHONE_NUMBER, "type", "satellite", "satellite"),
        (TextMessage, answers.TEXT, "media", [], None),
        (TextMessage, answers.TEXT, "origin", None, TextMessageOrigin.USER_INITIATED),
        (TextMessage, answers.TEXT, "is_blocked", ..., False),
        (Message, answers.MESSAGE, "status", "invented", "invented"),
        (Message, answers.MESSAGE, "created_at", "2026-05-20", datetime(2026, 5, 20)),  # no zone in the text
        (Tunnel, answers.TUNNEL, "status", "invented", "invented"),
        (Tunnel, answers.TUNNEL, "metadata", [1], {}),
        (Tunnel, answers.TUNNEL, "metadata", None, {}),
        (Tunnel, answers.TUNNEL, "currently_connected", ..., False),
        (Contact, answers.CONTACT, "emails", None, []),
        (Contact, answers.CONTACT, "custom_fields", ..., []),
        (Contact, answers.CONTACT, "access", None, []),
    ],
)
def test_what_is_missing_or_null_has_its_documented_value(
    kind: Any, sample: dict[str, Any], field: str, value: Any, found: Any
) -> None:
    """And free text is kept whatever it says."""
    assert getattr(read(kind, sample, **{field: value}), field) == found


@pytest.mark.parametrize(
    ("kind", "sample", "field", "value"),
    [
        (Message, answers.MESSAGE, "direction", "sideways"),
        (Message, answers.MESSAGE, "message_id", ...),
        (Message, answers.MESSAGE, "id", "no-id"),
        (Mailbox, answers.MAILBOX, "filter_mode", None),
        (Mailbox, answers.MAILBOX, "email_address", ...),
        (Tunnel, answers.TUNNEL, "public_host", ""),
        (Tunnel, answers.TUNNEL, "zone", ...),
        (PhoneNumber, answers.PHONE_NUMBER, "incoming_call_action", ...),
        (CreatedApiKey, {"api_key": "k", "record": answers.API_KEY}, "record", {**answers.API_KEY, "status": "lost"}),
    ],
)
def test_what_is_wrong_is_not_read(kind: Any, sample: dict[str, Any], field: str, value: Any) -> None:
    """An unknown member of an enumeration, a missing key, an id that is none."""
    with pytest.raises(ValidationError):
        read(kind, sample, **{field: value})


@pytest.mark.parametrize(
    ("kind", "sample", "field", "value", "found"),
    [
        (Tunnel, answers.TUNNEL, "organization_id", ..., None),
        (Tunnel, answers.TUNNEL, "currently_connected", None, False),
        (TextMessage, answers.TEXT, "remote_phone_number", None, ""),
        (TextConversationSummary, answers.CONVERSATION, "remote_phone_number", None, ""),
    ],
)
def test_what_newer_services_leave_out_stops_nobody(
    kind: Any, sample: dict[str, Any], field: str, value: Any, found: Any
) -> None:
    """A summary of a tunnel lies in every identity there, and texts of groups among the others."""
    assert getattr(read(kind, sample, **{field: value}), field) == found


def test_a_contact_has_python_names_for_its_lists() -> None:
    """Numbers, addresses and dates are called otherwise in JSON, where labels may be missing."""
    contact = read(Contact, answers.CONTACT)

    assert contact.phones == [ContactPhone(None, answers.REMOTE)]
    assert contact.emails == [ContactEmail("work", "jane@customer.example.net", is_primary=True)]
    assert contact.dates == [ContactDate("met", date(2020, 1, 2))]
    assert contact.addresses == [ContactAddress(None, None, "Bergen", None, "5003", None)]
    assert contact.websites[0].value == "https://jane.example.net"
    assert contact.birthday == date(1990, 2, 28)
    assert contact.phones[0].to_wire() == {"value_e164": answers.REMOTE}
    assert contact.emails[0].to_wire() == {"label": "work", "value": "jane@customer.example.net", "is_primary": True}
    assert contact.dates[0].to_wire() == {"label": "met", "date": "2020-01-02"}


def test_an_import_tells_what_became_of_each_card() -> None:
    """What was made, and what was not."""
    result = read(ContactImportResult, answers.IMPORT)

    assert result.created_ids == [UUID(answers.ID)]
    assert [(item.index, item.error) for item in result.errors] == [(1, "no name")]


def test_a_key_and_a_person_are_told_apart() -> None:
    """By `auth_type`: anything but an API key is a person."""
    key = read(Whoami, answers.WHOAMI)
    person = read(Whoami, {"auth_type": "invented", "user_id": "u"})

    assert isinstance(key, WhoamiApiKeyResponse)
    assert (key.created_at, key.last_used_at) == (1711929600.0, None)
    assert isinstance(person, WhoamiJwtResponse)
    assert (person.user_id, person.org_role) == ("u", None)


@pytest.mark.parametrize(
    ("kind", "sample"),
    [
        (CreatedApiKey, {"api_key": "secret", "record": answers.API_KEY}),
        (IdentityPhoneNumber, answers.PHONE_NUMBER),
        (TextMessage, {**answers.TEXT, "text": "secret"}),
        (Message, {**answers.MESSAGE, "snippet": "secret"}),
        (Contact, {**answers.CONTACT, "notes": "secret"}),
    ],
)
def test_a_record_does_not_show_what_it_holds(kind: Any, sample: dict[str, Any]) -> None:
    """Ids and subjects only: no body, no secret, no telephone number."""
    shown = repr(read(kind, sample))

    assert shown.startswith(f"{kind.__name__}(")
    assert "secret" not in shown
    assert "555" not in shown


def test_a_message_shows_its_id_and_subject() -> None:
    """What a notebook prints helps to tell messages apart."""
    shown = repr(read(Message, answers.MESSAGE))

    assert f"id='{answers.ID}'" in shown
    assert "subject='Hello'" in shown
