"""Agents sign themselves up with the official package: little is allowed until a human vouches for them."""

import inkbox
import pytest
from inkbox import AgentIdentity, Inkbox
from tests.conformance.inkbox.conftest import Connect, Signup, refusal

from postline_sandbox import Sandbox

FIVE_MINUTES, TWO_DAYS = 300, 172_801


def identity(connect: Connect, signed_up: inkbox.AgentSignupResponse) -> AgentIdentity:
    return connect(signed_up.api_key).get_identity(signed_up.agent_handle)


def test_a_signup_gives_an_identity_and_its_key_at_once(signup: Signup, connect: Connect) -> None:
    """A free handle is honoured; mailbox and tunnel are there; the status says what is allowed."""
    signed_up = signup.start(agent_handle="sales-agent", display_name="Sales")

    status = signup.status(signed_up.api_key)

    assert (signed_up.agent_handle, signed_up.claim_status) == ("sales-agent", "agent_unclaimed")
    assert signed_up.human_email == Signup.human
    made = identity(connect, signed_up)
    assert (made.email_address, made.display_name) == (signed_up.email_address, "Sales")
    assert made.tunnel is not None
    assert (status.claim_status, status.human_state, status.human_email) == (
        "agent_unclaimed", "human_no_account", Signup.human,
    )  # fmt: skip
    allowed = status.restrictions
    assert (allowed.max_sends_per_day, allowed.allowed_recipients) == (10, [Signup.human])
    assert (allowed.can_receive, allowed.can_create_mailboxes) == (True, False)


def test_a_signup_that_cannot_be_is_refused(signup: Signup) -> None:
    """A taken handle is 409, an address that is not the handle's 422, and so is nonsense."""
    signup.start(agent_handle="sales-agent")

    taken = refusal(lambda: signup.start(agent_handle="sales-agent"))

    assert taken.status_code == 409
    assert refusal(lambda: signup.start(agent_handle="other", email_local_part="x")).status_code == 422
    assert refusal(lambda: signup.start(agent_handle="-")).status_code == 422
    assert refusal(lambda: signup.start(display_name="")).status_code == 422


def test_only_three_signups_an_hour(signup: Signup, sandbox: Sandbox) -> None:
    """The fourth is 429 until an hour has passed; the number can be set."""
    for _ in range(3):
        signup.start()

    assert refusal(signup.start).status_code == 429
    sandbox.control.advance(3601)
    signup.start()
    assert sandbox.control.set_inkbox_limits({"signups_per_hour": 0})["signups_per_hour"] == 0
    assert refusal(signup.start).status_code == 429


def test_the_code_lifts_the_restrictions(signup: Signup, sandbox: Sandbox, connect: Connect) -> None:
    """A wrong code is 401, the right one claims the agent, and claiming again is welcome."""
    signed_up = signup.start(agent_handle="sales-agent")
    made = identity(connect, signed_up)
    too_early = refusal(lambda: made.send_email(to=["a@x.example.net"], subject="Hi", body_text="T"))
    made.send_email(to=[Signup.human], subject="Hi", body_text="T")
    code = sandbox.control.signup_code("sales-agent")
    wrong = refusal(lambda: signup.verify(signed_up.api_key, f"{(int(code) + 1) % 1_000_000:06d}"))

    claimed = signup.verify(signed_up.api_key, code)

    assert (too_early.status_code, wrong.status_code) == (403, 401)
    assert claimed.claim_status == signup.status(signed_up.api_key).claim_status == "agent_claimed"
    assert signup.verify(signed_up.api_key, code).organization_id == signed_up.organization_id
    assert connect(signed_up.api_key).whoami().auth_subtype == inkbox.AUTH_SUBTYPE_API_KEY_AGENT_SCOPED_CLAIMED
    made.send_email(to=["a@x.example.net"], subject="Hi", body_text="T")
    assert signup.status(signed_up.api_key).restrictions.max_sends_per_day == 500
    assert refusal(lambda: signup.resend(signed_up.api_key)).status_code == 404


def test_codes_are_tried_five_times_and_live_two_days(signup: Signup, sandbox: Sandbox) -> None:
    """After five wrong ones even the right one is 429; a new one helps after five minutes; an old one is 410."""
    api_key = signup.start(agent_handle="sales-agent").api_key
    code = sandbox.control.signup_code("sales-agent")
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    tries = [refusal(lambda: signup.verify(api_key, wrong)).status_code for _ in range(6)]
    too_many = refusal(lambda: signup.verify(api_key, code))
    too_soon = refusal(lambda: signup.resend(api_key))
    sandbox.control.advance(FIVE_MINUTES)

    signup.resend(api_key)

    assert (tries, too_many.status_code, too_soon.status_code) == ([401] * 5 + [429], 429, 429)
    assert refusal(lambda: signup.verify(api_key, code)).status_code == 401
    sandbox.control.advance(TWO_DAYS)
    newest = sandbox.control.signup_code("sales-agent")
    assert refusal(lambda: signup.verify(api_key, newest)).status_code == 410
    assert refusal(lambda: signup.verify(api_key, "abc")).status_code == 422


def test_an_unclaimed_agent_sends_ten_mails_a_day(signup: Signup, sandbox: Sandbox, connect: Connect) -> None:
    """The eleventh is 429 until a day has passed, and deleting what was sent does not help."""
    client = connect((signed := signup.start()).api_key)
    made = client.get_identity(signed.agent_handle)
    sent = [made.send_email(to=[Signup.human], subject="Hi", body_text="T") for _ in range(10)]
    client.messages.delete(signed.email_address, str(sent[0].id))

    over = refusal(lambda: made.send_email(to=[Signup.human], subject="Hi", body_text="T"))

    assert over.status_code == 429
    sandbox.control.advance(86_401)
    made.send_email(to=[Signup.human], subject="Hi", body_text="T")


def test_the_human_gets_the_code_by_mail(signup: Signup, sandbox: Sandbox, official: Inkbox) -> None:
    """Where the human's address lives in the sandbox, the mail is really delivered, the note included."""
    human = official.create_identity("human")
    signup.human = str(human.email_address)

    signup.start(agent_handle="sales-agent")

    (mail,) = human.iter_emails()
    text = human.get_message(str(mail.id)).body_text or ""
    assert "I am your agent" in text
    assert sandbox.control.signup_code("sales-agent") in text


@pytest.mark.parametrize("method", ["status", "resend"])
def test_keys_without_a_signup_are_refused(signup: Signup, sandbox: Sandbox, method: str) -> None:
    """An unknown key is 401; one that belongs to no signup is 404."""
    call = getattr(signup, method)

    assert refusal(lambda: call("ApiKey_unknown")).status_code == 401
    assert refusal(lambda: call(sandbox.inkbox.api_key)).status_code == 404
