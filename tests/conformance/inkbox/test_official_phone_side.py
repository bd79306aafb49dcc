"""The official package does everything with phone numbers and their contact rules against the sandbox."""

from datetime import datetime, timedelta

import inkbox
from inkbox import AgentIdentity, Inkbox, PhoneNumber, SmsStatus
from tests.conformance.inkbox.conftest import Connect, Receiver, refusal
from tests.conformance.inkbox.phones import OTHER, OUTSIDE, SOCKET, code, places

from postline_sandbox import Sandbox


def test_a_toll_free_number_has_no_state_and_cannot_send_texts(official: Inkbox, alpha: AgentIdentity) -> None:
    """The identity holds it at once; sending says why not."""
    made = alpha.provision_phone_number()

    assert (made.type, made.status, made.state, made.incoming_call_action) == (
        "toll_free",
        "active",
        None,
        "auto_reject",
    )
    number = official.phone_numbers.get(made.id)
    assert official.get_identity("alpha").phone_number == made
    assert official.phone_numbers.list() == [number]
    assert vars(number) == vars(made)
    assert code(lambda: alpha.send_text(to=OUTSIDE, text="Hi"), 409) == "toll_free_sms_unsupported"


def test_a_local_number_is_ready_after_ten_minutes_of_the_sandbox(sandbox: Sandbox, alpha: AgentIdentity) -> None:
    """Until then a send is refused; the moment it became ready is kept."""
    made = alpha.provision_phone_number(type="local", state="ca")
    refused = code(lambda: alpha.send_text(to=OUTSIDE, text="Hi"), 409)
    sandbox.control.advance(599)
    waiting = alpha.refresh().phone_number
    now = datetime.fromisoformat(sandbox.control.advance(60))

    ready = alpha.refresh().phone_number

    assert refused == "sender_sms_pending"
    assert (made.state, made.number[:5], made.sms_status, made.sms_ready_at) == ("CA", "+1415", SmsStatus.PENDING, None)
    assert waiting is not None
    assert waiting.sms_status == SmsStatus.PENDING
    assert ready is not None
    assert ready.sms_ready_at is not None
    assert (ready.sms_status, timedelta(0) < now - ready.sms_ready_at < timedelta(seconds=60)) == ("ready", True)


def test_a_number_can_come_with_its_identity(official: Inkbox) -> None:
    """Its wishes hold; what does not fit leaves nothing behind."""
    wish = inkbox.IdentityPhoneNumberCreateOptions(
        type="local",
        state="NY",
        incoming_call_action="webhook",
        incoming_call_webhook_url="https://hooks.example.com/call",
        incoming_text_webhook_url="https://hooks.example.com/text",
    )
    number = official.create_identity("charlie", phone_number=wish).phone_number
    wrong = inkbox.IdentityPhoneNumberCreateOptions(incoming_text_webhook_url="http://hooks.example.com")

    error = refusal(lambda: official.create_identity("delta", phone_number=wrong))

    assert number is not None
    assert (number.number[:5], number.incoming_call_action) == ("+1212", "webhook")
    assert number.incoming_call_webhook_url == "https://hooks.example.com/call"
    assert number.incoming_text_webhook_url == "https://hooks.example.com/text"
    assert error.status_code == 422
    assert refusal(lambda: official.get_identity("delta")).status_code == 404


def test_orders_that_cannot_be_filled_say_why(official: Inkbox, alpha: AgentIdentity, bravo: AgentIdentity) -> None:
    """Unknown handle, no such place, a second number, a state for toll-free, the organization's cap."""
    provision = official.phone_numbers.provision
    official.create_identity("charlie")
    official.create_identity("delta")
    provision(agent_handle="@Alpha")

    assert refusal(lambda: provision(agent_handle="nobody")).status_code == 404
    assert refusal(lambda: provision(agent_handle="bravo", type="local", state="ZZ")).status_code == 404
    assert refusal(lambda: provision(agent_handle="alpha")).status_code == 409
    assert places(lambda: provision(agent_handle="bravo", state="NY")) == ["body"]
    assert places(lambda: provision(agent_handle="bravo", type="mobile")) == ["body.type"]
    provision(agent_handle="bravo", incoming_text_webhook_url="https://hooks.example.com")
    provision(agent_handle="charlie")
    assert refusal(lambda: provision(agent_handle="delta")).status_code == 429


def test_a_number_is_set_up(official: Inkbox, line: PhoneNumber) -> None:
    """Null takes a URL away; an action needs its URL; nothing given changes nothing."""
    update = official.phone_numbers.update
    assert places(lambda: update(line.id, incoming_call_action="auto_accept")) == ["body.client_websocket_url"]
    accepting = update(line.id, incoming_call_action="auto_accept", client_websocket_url=SOCKET)
    answering = update(line.id, incoming_call_action="webhook", incoming_call_webhook_url="https://hooks.example.com")

    cleared = update(line.id, client_websocket_url=None, incoming_text_webhook_url=None)

    assert (accepting.incoming_call_action, accepting.client_websocket_url) == ("auto_accept", SOCKET)
    assert (answering.client_websocket_url, cleared.client_websocket_url) == (SOCKET, None)
    assert update(line.id).updated_at == cleared.updated_at
    assert places(lambda: update(line.id, incoming_call_webhook_url=None)) == ["body.incoming_call_webhook_url"]
    assert places(lambda: update(line.id, client_websocket_url="ws://media.example.com")) == [
        "body.client_websocket_url"
    ]
    assert places(lambda: update(line.id, incoming_call_action="ring")) == ["body.incoming_call_action"]


def test_a_released_number_is_gone_and_its_identity_can_have_another(
    official: Inkbox, line: PhoneNumber, alpha: AgentIdentity, other_line: PhoneNumber, bravo: AgentIdentity
) -> None:
    """Through the number or through the identity; a second release is 404."""
    official.phone_numbers.release(line.id)
    bravo.release_phone_number()

    assert official.phone_numbers.list() == []
    assert bravo.phone_number is None
    assert refusal(lambda: official.phone_numbers.get(line.id)).status_code == 404
    assert refusal(alpha.release_phone_number).status_code == 404
    assert refusal(lambda: official.calls.list(line.id)).status_code == 404
    assert refusal(lambda: official.calls.place(from_number=line.number, to_number=OUTSIDE)).status_code == 400
    assert alpha.provision_phone_number().type == "toll_free"


def test_a_deleted_identity_releases_its_number(official: Inkbox, line: PhoneNumber, alpha: AgentIdentity) -> None:
    """The number goes with the identity."""
    alpha.delete()

    assert official.phone_numbers.list() == []
    assert refusal(lambda: official.phone_numbers.get(line.id)).status_code == 404


def test_numbers_of_others_are_out_of_reach(
    official: Inkbox,
    agent: Inkbox,
    sandbox: Sandbox,
    connect: Connect,
    line: PhoneNumber,
    other_line: PhoneNumber,
) -> None:
    """403 for another organization, 404 for another agent; agents leave filter modes and rules alone."""
    stranger = connect(sandbox.control.make_inkbox_organization()["api_key"])
    rule = agent.phone_contact_rules.create(line.id, action="block", match_target=OTHER)

    assert refusal(lambda: stranger.phone_numbers.get(line.id)).status_code == 403
    assert refusal(lambda: stranger.texts.list(line.id)).status_code == 403
    assert refusal(lambda: stranger.calls.place(from_number=line.number, to_number=OUTSIDE)).status_code == 403
    assert refusal(lambda: agent.phone_numbers.get(other_line.id)).status_code == 404
    assert refusal(lambda: agent.calls.place(from_number=other_line.number, to_number=OUTSIDE)).status_code == 403
    assert refusal(lambda: agent.phone_numbers.update(line.id, filter_mode="whitelist")).status_code == 403
    assert refusal(lambda: agent.phone_contact_rules.update(line.id, rule.id, status="paused")).status_code == 403
    assert refusal(lambda: agent.phone_contact_rules.delete(line.id, rule.id)).status_code == 403
    assert refusal(agent.phone_contact_rules.list_all).status_code == 403
    assert [one.id for one in agent.phone_numbers.list()] == [line.id]
    assert [one.id for one in agent.phone_contact_rules.list(line.id)] == [rule.id]
    assert stranger.phone_numbers.list() == []
    for forbidden in (
        agent.sms_opt_ins.list,
        lambda: agent.sms_opt_ins.get(OUTSIDE),
        lambda: agent.sms_opt_ins.opt_in(OUTSIDE),
        lambda: agent.sms_opt_ins.opt_out(OUTSIDE),
    ):
        assert refusal(forbidden).status_code == 403


def test_contact_rules_stop_both_directions(
    official: Inkbox, agent: Inkbox, sandbox: Sandbox, receiver: Receiver, line: PhoneNumber
) -> None:
    """Blocked traffic is kept, told nobody, hidden from agents; sends and calls are refused with the rule's id."""
    rule = official.phone_contact_rules.create(line.id, action="block", match_target="+1 (512) 555-0101")
    official.phone_numbers.update(line.id, incoming_text_webhook_url=receiver.url)
    text_id = sandbox.control.text_in(line.number, OUTSIDE, "Secret")["id"]
    call_id = sandbox.control.ring(line.number, OUTSIDE)["id"]
    sandbox.control.settle()

    texting = refusal(lambda: official.texts.send(line.id, to=OUTSIDE, text="Hi"), inkbox.RecipientBlockedError)
    calling = refusal(
        lambda: official.calls.place(from_number=line.number, to_number=OUTSIDE), inkbox.RecipientBlockedError
    )

    for error in (texting, calling):
        assert isinstance(error, inkbox.RecipientBlockedError)
        assert (error.matched_rule_id, error.address) == (rule.id, OUTSIDE)
        assert error.reason
    assert receiver.received == []
    assert rule.match_target == OUTSIDE
    assert official.texts.get(line.id, text_id).is_blocked
    assert [str(one.id) for one in official.texts.list(line.id, is_blocked=True)] == [text_id]
    assert text_id not in [str(one.id) for one in official.texts.list(line.id, is_blocked=False)]
    assert [str(one.id) for one in official.calls.list(line.id, is_blocked=True)] == [call_id]
    assert official.calls.list(line.id, is_blocked=False) == []
    assert text_id not in [str(one.id) for one in agent.texts.list(line.id, is_blocked=True)]
    assert agent.calls.list(line.id) == []
    assert agent.texts.search(line.id, q="secret") == []
    assert agent.texts.list_conversations(line.id)[0].latest_text != "Secret"
    assert refusal(lambda: agent.texts.get(line.id, text_id)).status_code == 404
    assert refusal(lambda: agent.calls.get(line.id, call_id)).status_code == 404


def test_a_whitelist_stops_everybody_else(official: Inkbox, sandbox: Sandbox, line: PhoneNumber) -> None:
    """The notice counts redundant rules; a refusal by the default names no rule."""
    rules = official.phone_contact_rules
    rules.create(line.id, action="block", match_target=OTHER)
    changed = official.phone_numbers.update(line.id, filter_mode="whitelist")
    again = official.phone_numbers.update(line.id, filter_mode="whitelist")

    error = refusal(lambda: official.texts.send(line.id, to=OUTSIDE, text="Hi"), inkbox.RecipientBlockedError)

    assert isinstance(error, inkbox.RecipientBlockedError)
    assert error.matched_rule_id is None
    assert changed.filter_mode_change_notice is not None
    assert changed.filter_mode_change_notice.redundant_rule_count == 1
    assert again.filter_mode_change_notice is None
    rules.create(line.id, action="allow", match_target=OUTSIDE)
    assert official.texts.send(line.id, to=OUTSIDE, text="Hi").delivery_status == "queued"
    assert sandbox.control.ring(line.number, "+15125550103")["is_blocked"] is True


def test_phone_rules_are_made_changed_listed_and_deleted(official: Inkbox, line: PhoneNumber) -> None:
    """Newest first, for one number and for all; a duplicate names the first."""
    rules = official.phone_contact_rules
    first = rules.create(line.id, action="block", match_target=OUTSIDE, match_type="exact_number")
    second = rules.create(line.id, action="allow", match_target=OTHER)

    changed = rules.update(line.id, first.id, action="allow", status="paused")

    assert (changed.action, changed.status, changed.phone_number_id) == ("allow", "paused", line.id)
    assert rules.get(line.id, first.id) == changed
    assert [one.id for one in rules.list(line.id)] == [second.id, first.id]
    assert [one.id for one in rules.list_all(phone_number_id=line.id, limit=1, offset=1)] == [first.id]
    duplicate = refusal(
        lambda: rules.create(line.id, action="block", match_target=OUTSIDE), inkbox.DuplicateContactRuleError
    )
    assert isinstance(duplicate, inkbox.DuplicateContactRuleError)
    assert duplicate.existing_rule_id == first.id
    rules.delete(line.id, first.id)
    assert refusal(lambda: rules.get(line.id, first.id)).status_code == 404
    assert places(lambda: rules.create(line.id, action="block", match_target="nobody")) == ["body.match_target"]
