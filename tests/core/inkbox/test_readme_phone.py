"""What the service's README does with calls, texts and consent, done by both clients on the sandbox."""

from typing import Any

import pytest
from tests.cassetting.scenario import done
from tests.core.inkbox.conftest import OUTSIDE, Connect, refusal

from postline.inkbox import DuplicateContactRuleError, RecipientBlockedError, SmsDeliveryStatus, SmsOptInStatus
from postline_sandbox import Sandbox

OTHER = "+15125550102"
SOCKET = "wss://agent.example.com/ws"


async def called(line: Any, inkbox: Any, sandbox: Sandbox, *turns: tuple[Any, str], origin: str = "number") -> Any:
    """Place a call that is answered, spoken in and ended; return it as it was placed."""
    call = await done(inkbox.calls.place(from_number=str(getattr(line, origin)), to_number=OUTSIDE))
    sandbox.control.answer_call(str(call.id))
    for party, words in turns:
        sandbox.control.speak(str(call.id), words, party)
    sandbox.control.hang_up(str(call.id))
    return call


# calls


async def test_an_identity_places_a_call(alpha: Any, line: Any) -> None:
    """At once; the answer tells what is left of the day's calls."""
    call = await done(alpha.place_call(to_number=OUTSIDE, client_websocket_url=SOCKET))

    assert (call.status, call.direction, call.client_websocket_url) == ("initiated", "outbound", SOCKET)
    assert (call.local_phone_number, call.remote_phone_number) == (line.number, OUTSIDE)
    assert (call.rate_limit.calls_used, call.rate_limit.calls_remaining) == (1, call.rate_limit.calls_limit - 1)


@pytest.mark.parametrize("origin", ["id", "number"])
async def test_a_call_is_placed_from_a_number_or_its_id(inkbox: Any, sandbox: Sandbox, line: Any, origin: str) -> None:
    """The README shows the id, the protocol wants the number: both reach the person."""
    call = await called(line, inkbox, sandbox, ("remote", "Hello?"), origin=origin)

    assert call.local_phone_number == line.number
    assert (await done(inkbox.calls.get(line.id, call.id))).hangup_reason == "remote"


async def test_transcripts_of_all_recent_calls_are_read(alpha: Any, inkbox: Any, sandbox: Sandbox, line: Any) -> None:
    """Newest call first; the turns in order, each with its party, the system's own included."""
    await called(line, inkbox, sandbox, ("remote", "The pump drips"), ("local", "I will send somebody"))
    await called(line, inkbox, sandbox, ("system", "Recorded"), ("remote", "A refund, please"))
    silent = await done(alpha.place_call(to_number=OUTSIDE))

    calls = await done(alpha.list_calls(limit=10, offset=0))
    spoken = [[(turn.party, turn.text) for turn in await done(alpha.list_transcripts(call.id))] for call in calls]

    assert calls[0].id == silent.id
    assert [(call.direction, call.remote_phone_number) for call in calls] == [("outbound", OUTSIDE)] * 3
    assert spoken == [
        [],
        [("system", "Recorded"), ("remote", "A refund, please")],
        [("remote", "The pump drips"), ("local", "I will send somebody")],
    ]
    assert await done(inkbox.calls.list(line.id, limit=1, offset=1)) == calls[1:2]
    assert await done(inkbox.transcripts.list(line.id, calls[2].id)) == await done(alpha.list_transcripts(calls[2].id))


async def test_what_was_said_is_searched(inkbox: Any, sandbox: Sandbox, line: Any) -> None:
    """By one party, or by anybody."""
    await called(line, inkbox, sandbox, ("remote", "A refund, please"), ("local", "Which refund?"))
    search = inkbox.phone_numbers.search_transcripts

    by_remote = await done(search(line.id, q="refund", party="remote"))

    assert [one.text for one in by_remote] == ["A refund, please"]
    assert len(await done(search(line.id, q="refund"))) == 2
    assert await done(search(line.id, q="invoice")) == []


# texts


async def test_a_text_is_queued_and_then_delivered(alpha: Any, line: Any) -> None:
    """The answer shows it queued; fetched, it shows what became of it."""
    sent = await done(alpha.send_text(to=OUTSIDE, text="Hello from Alpha"))

    row = await done(alpha.get_text(sent.id))
    assert (sent.delivery_status, sent.type, sent.is_read) == (SmsDeliveryStatus.QUEUED, "sms", True)
    assert (row.id, row.delivery_status, row.delivered_at is not None) == (sent.id, "delivered", True)


async def test_texts_are_listed_marked_and_counted_by_conversation(alpha: Any, sandbox: Sandbox, line: Any) -> None:
    """One row for each person, the latest first; marking tells how many texts that changed."""
    for words in ("Where is it?", "Hello?"):
        sandbox.control.text_in(line.number, OTHER, words)
    first = sandbox.control.text_in(line.number, OUTSIDE, "Thanks")["id"]

    texts = await done(alpha.list_texts(limit=20))
    unread = await done(alpha.list_texts(is_read=False))
    conversations = await done(alpha.list_text_conversations(limit=20))
    read = await done(alpha.mark_text_read(first))
    marked = await done(alpha.mark_text_conversation_read(OTHER))

    assert [one.text for one in texts[:3]] == ["Thanks", "Hello?", "Where is it?"]
    assert [one.text for one in unread if one.text != "START"] == ["Thanks", "Hello?", "Where is it?"]
    assert [(one.remote_phone_number, one.latest_text) for one in conversations] == [
        (OUTSIDE, "Thanks"),
        (OTHER, "Hello?"),
    ]
    assert conversations[1].unread_count == 2
    assert (read.is_read, marked["updated_count"]) == (True, 2)
    assert [one.is_read for one in await done(alpha.get_text_conversation(OTHER, limit=50))] == [True, True]


async def test_a_text_with_a_picture_is_an_mms(alpha: Any, sandbox: Sandbox, line: Any) -> None:
    """Each picture has a type, a size and a link."""
    media = [{"content_type": "image/png", "content": b"pixels"}]
    text_id = sandbox.control.text_in(line.number, OUTSIDE, "Look", media=media)["id"]

    text = await done(alpha.get_text(text_id))

    (picture,) = text.media
    assert (text.type, picture.content_type, picture.size) == ("mms", "image/png", 6)
    assert picture.url.startswith(sandbox.inkbox.base_url)


async def test_texts_of_any_number_are_sent_searched_and_deleted(inkbox: Any, sandbox: Sandbox, line: Any) -> None:
    """Without an identity at hand; a deleted one is in no list."""
    texts = inkbox.texts
    sandbox.control.text_in(line.number, OUTSIDE, "Your invoice is wrong")
    await done(texts.send(line.id, to=OUTSIDE, text="Which invoice?"))
    answer, complaint = await done(texts.search(line.id, q="invoice", limit=20))

    unread = await done(texts.update(line.id, complaint.id, is_read=False))
    await done(texts.update(line.id, answer.id, status="deleted"))

    assert (answer.direction, complaint.direction, unread.is_read) == ("outbound", "inbound", False)
    assert [one.id for one in await done(texts.search(line.id, q="invoice"))] == [complaint.id]
    assert (await refusal(lambda: texts.get(line.id, answer.id))).status_code == 404
    assert (await done(texts.list_conversations(line.id)))[0].latest_text == "Your invoice is wrong"
    assert (await done(texts.get_conversation(line.id, OUTSIDE)))[0].id == complaint.id
    assert (await done(texts.update_conversation(line.id, OUTSIDE, is_read=True)))["updated_count"] == 2
    assert await done(texts.list(line.id, is_read=False)) == []


async def test_a_number_cannot_text_yet_or_ever(inkbox: Any, sandbox: Sandbox, alpha: Any, bravo: Any) -> None:
    """A new local one is ready in ten minutes; a toll-free one never is."""
    local = await done(alpha.provision_phone_number(type="local"))
    await done(bravo.provision_phone_number(type="toll_free"))
    sandbox.control.text_in(local.number, OUTSIDE, "START")

    pending = await refusal(lambda: alpha.send_text(to=OUTSIDE, text="Hi"))
    toll_free = await refusal(lambda: bravo.send_text(to=OUTSIDE, text="Hi"))
    sandbox.control.advance(601)

    assert (local.sms_status, pending.status_code, pending.code) == ("pending", 409, "sender_sms_pending")
    assert (toll_free.status_code, toll_free.code) == (409, "toll_free_sms_unsupported")
    assert (await done(alpha.send_text(to=OUTSIDE, text="Hi"))).delivery_status == "queued"


# consent


async def test_consent_is_texted(inkbox: Any, alpha: Any, sandbox: Sandbox, line: Any) -> None:
    """START and STOP decide; before either, nobody is texted; each change is in the list, the latest first."""
    unknown = await refusal(lambda: alpha.send_text(to=OTHER, text="Hi"))
    sandbox.control.text_in(line.number, OTHER, "START")
    await done(alpha.send_text(to=OTHER, text="Hi"))
    sandbox.control.text_in(line.number, OTHER, "STOP")
    refused = await refusal(lambda: alpha.send_text(to=OTHER, text="Hi"))

    rows = await done(inkbox.sms_opt_ins.list(limit=50))
    opted_out = await done(inkbox.sms_opt_ins.list(status=SmsOptInStatus.OPTED_OUT))

    assert (unknown.status_code, unknown.code) == (403, "recipient_not_opted_in")
    assert (refused.status_code, refused.code) == (403, "recipient_opted_out")
    assert [one.receiver_number for one in rows] == [OTHER, OUTSIDE]
    assert opted_out == rows[:1]
    row = await done(inkbox.sms_opt_ins.get(OTHER))
    assert (row.status, row.source, row.opted_in_at) == ("opted_out", "sms", None)
    assert (await refusal(lambda: inkbox.sms_opt_ins.get("+15125550103"))).status_code == 404


async def test_consent_is_written_by_whoever_has_a_campaign(inkbox: Any, sandbox: Sandbox) -> None:
    """On the shared campaign the service refuses; on one's own it says that the row came from the API."""
    shared = await refusal(lambda: inkbox.sms_opt_ins.opt_in(OTHER))
    sandbox.control.set_own_campaign()

    given = await done(inkbox.sms_opt_ins.opt_in(OTHER))
    withdrawn = await done(inkbox.sms_opt_ins.opt_out(OTHER))

    assert (shared.status_code, shared.code) == (409, "customer_campaign_required")
    assert (given.status, given.source) == ("opted_in", "api")
    assert (withdrawn.id, withdrawn.status) == (given.id, "opted_out")


# numbers


async def test_numbers_are_provisioned_listed_and_released(inkbox: Any, alpha: Any, bravo: Any) -> None:
    """Toll-free or in a state, for an identity."""
    numbers = inkbox.phone_numbers
    toll_free = await done(numbers.provision(agent_handle="alpha", type="toll_free"))
    local = await done(numbers.provision(agent_handle="bravo", type="local", state="NY"))

    listed = await done(numbers.list())
    await done(numbers.release(toll_free.id))

    assert {one.id for one in listed} == {toll_free.id, local.id}
    assert (toll_free.type, toll_free.agent_identity_id) == ("toll_free", alpha.id)
    assert (local.type, local.state) == ("local", "NY")
    assert await done(numbers.get(local.id)) == local
    assert await done(numbers.list()) == [local]
    assert (await done(alpha.refresh())).phone_number is None


async def test_a_number_says_what_becomes_of_calls(inkbox: Any, line: Any) -> None:
    """A webhook decides, or the call goes to a socket; what is not named stays, `None` clears."""
    update = inkbox.phone_numbers.update
    by_webhook = await done(
        update(line.id, incoming_call_action="webhook", incoming_call_webhook_url="https://hooks.example.com/calls")
    )
    accepted = await done(update(line.id, incoming_call_action="auto_accept", client_websocket_url=SOCKET))
    cleared = await done(update(line.id, incoming_call_webhook_url=None))

    assert by_webhook.incoming_call_action == "webhook"
    assert (accepted.incoming_call_action, accepted.client_websocket_url) == ("auto_accept", SOCKET)
    assert accepted.incoming_call_webhook_url == "https://hooks.example.com/calls"
    assert (cleared.incoming_call_webhook_url, cleared.client_websocket_url) == (None, SOCKET)


async def test_phone_rules_stop_calls_and_texts(inkbox: Any, alpha: Any, sandbox: Sandbox, line: Any) -> None:
    """Both ways; the refusal names the rule, and none where it is the filter mode that stops."""
    rules = inkbox.phone_contact_rules
    rule = await done(rules.create(line.id, action="block", match_target=OUTSIDE))
    sandbox.control.text_in(line.number, OUTSIDE, "Secret")
    calling = await refusal(lambda: alpha.place_call(to_number=OUTSIDE), RecipientBlockedError)
    paused = await done(rules.update(line.id, rule.id, status="paused"))
    changed = await done(inkbox.phone_numbers.update(line.id, filter_mode="whitelist"))

    texting = await refusal(lambda: alpha.send_text(to=OUTSIDE, text="Hi"), RecipientBlockedError)

    assert (calling.matched_rule_id, calling.address) == (rule.id, OUTSIDE)
    assert texting.matched_rule_id is None
    assert changed.filter_mode_change_notice.redundant_rule_count == 0
    assert [one.text for one in await done(inkbox.texts.list(line.id, is_blocked=True))] == ["Secret"]
    twice = await refusal(
        lambda: rules.create(line.id, action="allow", match_target=OUTSIDE), DuplicateContactRuleError
    )
    assert twice.existing_rule_id == rule.id
    assert await done(rules.get(line.id, rule.id)) == paused
    assert await done(rules.list(line.id)) == await done(rules.list_all(phone_number_id=line.id)) == [paused]
    await done(rules.delete(line.id, rule.id))
    assert await done(rules.list(line.id)) == []


async def test_an_agent_does_not_see_what_a_rule_stopped(
    inkbox: Any, connect: Connect, sandbox: Sandbox, alpha: Any, line: Any
) -> None:
    """Administrators see it, marked as blocked."""
    key = await done(inkbox.api_keys.create(label="alpha's", scoped_identity_id=alpha.id))
    await done(inkbox.phone_contact_rules.create(line.id, action="block", match_target=OTHER))
    sandbox.control.ring(line.number, OTHER)

    agents = await done(connect(key.api_key).calls.list(line.id))

    assert agents == []
    assert [one.is_blocked for one in await done(inkbox.calls.list(line.id))] == [True]
