"""The life of two agents with both clients, from the first key to the last deletion."""

from typing import Any

from tests.cassetting.scenario import done, every
from tests.core.inkbox.conftest import Connect, Receiver, entered, refusal

from postline.inkbox import LoginPayload, parse_webhook, verify_webhook
from postline_sandbox import Sandbox

KEY = "my-Vault-key-01!"
FRIEND, STRANGER = "friend@shop.example.net", "stranger@shop.example.net"
TOTP = "otpauth://totp/CRM:bot?secret=JBSWY3DPEHPK3PXP&digits=8"


async def correspond(alpha: Any, bravo: Any) -> tuple[Any, list[Any]]:
    """Send mail there, back, and on; return the thread at its start and what bravo has then."""
    sent = await done(alpha.send_email(to=[bravo.email_address], subject="Plan", body_text="Shall we?"))
    (received,) = await every(bravo.iter_unread_emails())
    await done(
        bravo.send_email(
            to=[alpha.email_address], subject="Re: Plan", body_text="Yes", in_reply_to_message_id=received.message_id
        )
    )
    await done(bravo.mark_emails_read([received.id]))
    await done(bravo.forward_email(received.id, to=[alpha.email_address], body_text="As said"))
    return await done(alpha.get_thread(sent.thread_id)), await every(bravo.iter_unread_emails(direction="inbound"))


async def keep_a_login(agent: Any, handle: str) -> tuple[Any, Any]:
    """Store a login with one-time codes as an agent; return what it is and its code."""
    identity = await done(agent.get_identity(handle))
    secret = await done(identity.create_secret("CRM", LoginPayload("s3cret", username="bot")))
    await done(identity.set_totp(secret.id, TOTP))
    return secret, await done(identity.get_totp_code(secret.id))


async def test_two_agents_live_and_end(inkbox: Any, connect: Connect, sandbox: Sandbox, receiver: Receiver) -> None:
    """Mail there and back, thread, forward, filter mode and rules, a login with codes, signed events, a last deletion."""
    whoami = await done(inkbox.whoami())
    alpha, bravo = [await done(inkbox.create_identity(handle)) for handle in ("alpha", "bravo")]
    box = alpha.email_address
    key = (await done(inkbox.create_signing_key())).signing_key
    await done(inkbox.mailboxes.update(box, webhook_url=receiver.url))
    await done(inkbox.vault.initialize(KEY))
    agent_key = (await done(inkbox.api_keys.create(label="alpha's", scoped_identity_id=alpha.id))).api_key

    thread, unread = await correspond(alpha, bravo)
    async with entered(connect(agent_key, vault_key=KEY)) as agent:
        secret, code = await keep_a_login(agent, "alpha")
    granted = await done(inkbox.vault.list_access_rules(secret.id))
    changed = await done(inkbox.mailboxes.update(box, filter_mode="whitelist"))
    await done(inkbox.mail_contact_rules.create(box, action="allow", match_type="exact_email", match_target=FRIEND))
    for sender in (FRIEND, STRANGER):
        sandbox.control.deliver(box, sender, f"From {sender}", "Text")
    blocked = [one.subject for one in await every(inkbox.threads.list(box, folder="blocked"))]
    sandbox.control.settle()
    await done(alpha.delete())
    bounced = await done(bravo.send_email(to=[box], subject="Still there?", body_text="Hello?"))

    assert {one.organization_id for one in await done(inkbox.list_identities())} == {whoami.organization_id}
    assert ([one.snippet for one in thread.messages], unread) == (["Shall we?", "Yes"], [])
    assert changed.filter_mode_change_notice.redundant_rule_count == 0
    assert blocked == [f"From {STRANGER}"]
    assert (len(code.code), [one.identity_id for one in granted]) == (8, [alpha.id])
    assert all(verify_webhook(payload=body, headers=one, secret=key) for one, body in receiver.received)
    events = [parse_webhook(body) for _, body in receiver.received]
    assert sorted(getattr(one, "event_type", "") for one in events) == [
        "message.delivered", *["message.received"] * 3, "message.sent",
    ]  # fmt: skip
    assert (await done(bravo.get_message(bounced.id))).status == "bounced"
    await check_cascade(inkbox, connect(agent_key), box, secret.id)


async def check_cascade(inkbox: Any, agent: Any, box: str, secret_id: Any) -> None:
    """Nothing of alpha is left: its handle, tunnel, mailbox and key are gone, the secret is nobody's."""
    assert [one.agent_handle for one in await done(inkbox.list_identities())] == ["bravo"]
    assert [one.tunnel_name for one in await done(inkbox.tunnels.list())] == ["bravo"]
    assert await done(inkbox.vault.list_access_rules(secret_id)) == []
    assert (await refusal(lambda: inkbox.mailboxes.get(box))).status_code == 404
    assert (await refusal(lambda: inkbox.get_identity("alpha"))).status_code == 404
    assert (await refusal(agent.whoami)).status_code == 401
