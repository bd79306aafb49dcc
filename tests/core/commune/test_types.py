"""Commune's records: the same fields as the official ones, with a `repr` that keeps secrets."""

from __future__ import annotations

import inspect

import commune
import commune.types as official_types
import pydantic
import pytest

from postline.commune import types
from postline.commune.types import ContractModel, DeliveryMetrics, Inbox, Message, Thread

NAMES = [
    name
    for name, value in vars(official_types).items()
    if inspect.isclass(value) and issubclass(value, pydantic.BaseModel)
]
NAMES = [name for name in NAMES if name != "BaseModel"]

MESSAGE = {
    "_id": "1",
    "message_id": "<m1@mail.example.com>",
    "thread_id": "t1",
    "direction": "inbound",
    "participants": [{"role": "sender", "identity": "Jane <jane@shop.example.net>"}],
    "content": "private text",
    "content_html": "<p>private text</p>",
    "created_at": "2026-02-12T09:30:00.123Z",
    "metadata": {"created_at": "2026-02-12T09:30:00.123Z", "subject": "Order", "spam_checked": True},
    "orgId": "o1",
}


@pytest.mark.parametrize("name", NAMES)
def test_a_record_has_the_official_fields(name):
    """Names, aliases, what is required, defaults and whether `None` is taken are the same."""
    ours, official = getattr(types, name), getattr(official_types, name)

    assert sorted(ours.model_fields) == sorted(official.model_fields)
    for field, expected in official.model_fields.items():
        found = ours.model_fields[field]
        assert (found.alias, found.is_required()) == (expected.alias, expected.is_required()), field
        assert found.get_default(call_default_factory=True) == expected.get_default(call_default_factory=True), field


@pytest.mark.parametrize("name", NAMES)
def test_a_record_takes_what_the_official_one_takes(name):
    """Of a wide choice of values, each field takes and refuses the same, and reads them as the same."""
    ours, official = getattr(types, name), getattr(official_types, name)
    if name == "DeliveryMetrics":
        values = [None, 7, 1.5, "10", [], {}]  # it reads more: what the live service sends
    else:
        values = [
            None,
            "text",
            "",
            7,
            1.0,
            1.5,
            True,
            "10",
            [],
            {},
            ["a"],
            [7],
            {"a": 1},
            {"endpoint": "e"},
            "inbound",
            "sms",
        ]
    required = {
        "id": "i", "thread_id": "t", "last_message_at": "x", "message_id": "m", "direction": "inbound", "role": "sender",
        "identity": "a", "created_at": "c", "metadata": {"created_at": "c"}, "attachment_id": "a", "filename": "f",
        "mime_type": "m", "size": 1, "url": "u", "to": "a", "subject": "s",
        "name": "n", "local_part": "l", "endpoint": "e", "content": "c",
    }  # fmt: skip
    base = {
        key: value
        for key, value in required.items()
        if key in official.model_fields and official.model_fields[key].is_required()
    }

    for field in official.model_fields:
        for value in values:
            data = {**base, field: value}
            assert read(ours, data) == read(official, data), (field, value)


def read(model, data):
    try:
        return model.model_validate(data).model_dump()
    except pydantic.ValidationError:
        return "refused"


def test_both_spellings_are_taken():
    """A field with a name of its own on the wire is read by either."""
    assert Inbox.model_validate({"id": "i", "localPart": "a"}).local_part == "a"
    assert Inbox.model_validate({"id": "i", "local_part": "a"}).local_part == "a"


def test_fields_unknown_are_kept():
    """What the service adds is readable, and is dumped."""
    message = Message.model_validate(MESSAGE)

    assert message.orgId == message["orgId"] == message.model_dump()["orgId"] == "o1"
    assert message.metadata.spam_checked is True


def test_records_read_like_a_dict_by_python_names():
    """Item access, `get`, `keys`, `values` and `items` work as in the official package."""
    message, official = Message.model_validate(MESSAGE), commune.Message.model_validate(MESSAGE)

    assert (message["id"], message["content"], message.get("_id"), message.get("x", 7)) == (
        "1",
        "private text",
        None,
        7,
    )
    assert message.metadata.get("subject", "") == "Order"
    assert message.metadata.get("in_reply_to", "none") is None
    assert dict(message.items()) == dict(official.items())
    assert list(message.keys()) == list(official.keys())
    assert list(message.values()) == list(official.values())
    with pytest.raises(KeyError):
        message["_id"]


def test_records_can_be_changed():
    """They are the service's own, and mutable as documented."""
    thread = Thread(thread_id="t", last_message_at="2026-01-01T00:00:00.000Z")

    thread.subject = "New"

    assert thread.subject == "New"


def test_a_repr_shows_ids_and_subject_but_no_body_and_no_secret():
    """What is printed or logged by accident holds nothing private."""
    message = Message.model_validate({**MESSAGE, "text": "private extra"})
    inbox = Inbox.model_validate({"id": "i", "webhook": {"endpoint": "https://x.example.com", "secret": "private"}})
    url = types.AttachmentUrl(url="https://x.example.com/?signature=private", filename="private.pdf")
    send = types.SendMessagePayload(to="private@x.example.com", subject="S", text="private")
    upload = types.UploadAttachmentPayload(content="private", filename="private", mime_type="text/plain")

    for record in (message, inbox, inbox.webhook, message.metadata, message.participants[0], url, send, upload):
        assert isinstance(record, ContractModel)
        assert "private" not in repr(record) + str(record)
    assert repr(message).startswith("Message(id='1', message_id='<m1@mail.example.com>', thread_id='t1'")
    assert "Order" in repr(message.metadata)
    assert "jane" not in repr(message) + repr(message.participants)


def test_metrics_of_the_live_service_are_read():
    """Percentages written as text, and a period written as a window."""
    metrics = DeliveryMetrics.model_validate(
        {
            "sent": 4,
            "delivery_rate": "75.0%",
            "bounce_rate": "N/A",
            "complaint_rate": 0.5,
            "period": {"days": 7, "start": "x"},
        }
    )

    assert (metrics.sent, metrics.delivery_rate, metrics.bounce_rate, metrics.complaint_rate) == (4, 75.0, None, 0.5)
    assert metrics.period == "7d"
    assert DeliveryMetrics(period="24h").period == "24h"
    with pytest.raises(pydantic.ValidationError):
        DeliveryMetrics(period={"weeks": 1})


def test_errors_of_records_do_not_hold_what_was_wrong():
    """A value that does not fit may be private."""
    with pytest.raises(pydantic.ValidationError) as caught:
        Message.model_validate({**MESSAGE, "direction": "private"})

    assert "private" not in str(caught.value)
