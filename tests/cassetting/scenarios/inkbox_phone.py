"""The Inkbox client's methods about numbers, calls, transcripts and texts."""

from __future__ import annotations

from typing import Any

import pytest
from tests.cassetting.scenario import done, scenario
from tests.cassetting.stage import HANDLE, IDA, NUMBER, SOCKET, TOM

from postline.inkbox import InkboxAPIError


async def number_id(client: Any) -> Any:
    """Find the id of the number that the scenarios are about."""
    return (await done(client.get_identity(HANDLE))).phone_number.id


@scenario("inkbox")
async def client_numbers(client: Any) -> Any:
    (listed,) = await done(client.phone_numbers.list())
    fetched = await done(client.phone_numbers.get(listed.id))
    changed = await done(client.phone_numbers.update(listed.id, incoming_call_action="auto_reject"))
    found = await done(client.phone_numbers.search_transcripts(listed.id, q="crane", party="remote"))
    await done(client.create_identity("sales"))
    other = await done(client.phone_numbers.provision(agent_handle="sales"))
    await done(client.phone_numbers.release(other.id))

    assert (fetched.number, changed.incoming_call_action) == (NUMBER, "auto_reject")
    assert [each.text for each in found] == ["Is the crane free on Tuesday?"]
    assert other.type == "toll_free"
    return fetched, changed, found, other


@scenario("inkbox")
async def client_calls(client: Any) -> Any:
    number = await number_id(client)
    placed = await done(client.calls.place(from_number=NUMBER, to_number=IDA, client_websocket_url=SOCKET))
    calls = await done(client.calls.list(number, limit=10))
    answered = await done(client.calls.get(number, calls[1].id))
    said = await done(client.transcripts.list(number, answered.id))

    assert [each.status for each in calls] == ["initiated", "completed", "failed"]
    assert placed.rate_limit.calls_used == 1
    assert [each.party for each in said] == ["local", "remote"]
    return placed, calls, answered, said


@scenario("inkbox")
async def client_texts(client: Any) -> Any:
    number = await number_id(client)
    sent = await done(client.texts.send(number, to=IDA, text="Berth 4 is free."))
    listed = await done(client.texts.list(number, limit=3, is_read=False))
    fetched = await done(client.texts.get(number, sent.id))
    read = await done(client.texts.update(number, listed[0].id, is_read=True))
    found = await done(client.texts.search(number, q="berth"))
    conversations = await done(client.texts.list_conversations(number))
    conversation = await done(client.texts.get_conversation(number, IDA, limit=2))
    updated = await done(client.texts.update_conversation(number, IDA, is_read=True))
    gone = await done(client.texts.update(number, sent.id, status="deleted"))

    assert [each.text for each in listed[:2]] == ["Wrong number?", "Is a berth free?"]
    assert read.is_read
    assert fetched.text == conversation[0].text == "Berth 4 is free."
    assert {each.remote_phone_number for each in conversations} == {IDA, TOM}
    assert updated["is_read"]
    return sent, listed, found, conversations, conversation, updated, gone


@scenario("inkbox")
async def client_opt_ins(client: Any) -> Any:
    number = await number_id(client)
    with pytest.raises(InkboxAPIError) as refused:
        await done(client.texts.send(number, to=TOM, text="Who are you?"))
    with pytest.raises(InkboxAPIError) as shared:
        await done(client.sms_opt_ins.opt_in(TOM))
    with pytest.raises(InkboxAPIError):
        await done(client.sms_opt_ins.opt_out(TOM))
    listed = await done(client.sms_opt_ins.list(status="opted_in", limit=5))
    fetched = await done(client.sms_opt_ins.get(IDA))

    assert listed == [fetched]
    return refused.value.code, shared.value.status_code, fetched


@scenario("inkbox")
async def client_phone_rules(client: Any) -> Any:
    number, rules = await number_id(client), client.phone_contact_rules
    made = await done(rules.create(number, action="block", match_target=TOM))
    changed = await done(rules.update(number, made.id, status="paused"))
    fetched = await done(rules.get(number, made.id))
    listed = await done(rules.list(number, match_type="exact_number"))
    everywhere = await done(rules.list_all(phone_number_id=number))
    await done(rules.delete(number, made.id))

    assert changed == fetched
    assert listed == everywhere == [fetched]
    return made, fetched


@scenario("inkbox")
async def client_identity_phone(client: Any) -> Any:
    identity = await done(client.get_identity(HANDLE))
    placed = await done(identity.place_call(to_number=IDA))
    calls = await done(identity.list_calls(limit=2))
    said = await done(identity.list_transcripts(calls[1].id))
    sent = await done(identity.send_text(to=IDA, text="Berth 4 is free."))
    texts = await done(identity.list_texts(limit=2))
    fetched = await done(identity.get_text(sent.id))
    read = await done(identity.mark_text_read(texts[1].id))
    conversations = await done(identity.list_text_conversations())
    conversation = await done(identity.get_text_conversation(TOM))
    updated = await done(identity.mark_text_conversation_read(TOM))
    await done(identity.release_phone_number())
    other = await done(identity.provision_phone_number(type="local", state="CA"))

    assert [each.text for each in said] == ["Harbor office, good morning.", "Is the crane free on Tuesday?"]
    assert read.is_read
    return placed, calls, sent, texts, fetched, conversations, conversation, updated, other
