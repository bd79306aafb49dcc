"""The life of two agents with the official package, from the first key to the last deletion."""

import inkbox
from inkbox import Inkbox
from tests.conformance.inkbox.conftest import Receiver, refusal

from postline_sandbox import Sandbox


def test_two_agents_live_and_end(sandbox: Sandbox, receiver: Receiver) -> None:
    """Mail there and back, thread, forward, filter mode and rules, signing key, and a deletion that leaves nothing."""
    with Inkbox(sandbox.inkbox.api_key, base_url=sandbox.inkbox.base_url) as client:
        whoami = client.whoami()
        alpha, bravo = client.create_identity("alpha", display_name="Alpha"), client.create_identity("bravo")
        boxes = [str(one.email_address) for one in (alpha, bravo)]
        key = client.create_signing_key().signing_key
        client.mailboxes.update(boxes[0], webhook_url=receiver.url)

        first = alpha.send_email(to=[boxes[1]], subject="Plan", body_text="Shall we?")
        (received,) = bravo.iter_unread_emails()
        bravo.send_email(to=[boxes[0]], subject="Re: Plan", body_text="Yes", in_reply_to_message_id=received.message_id)
        bravo.mark_emails_read([str(received.id)])
        bravo.forward_email(str(received.id), to=[boxes[0]])
        talk = [one.snippet for one in alpha.get_thread(str(first.thread_id)).messages]

        client.mailboxes.update(boxes[0], filter_mode="whitelist")
        client.mail_contact_rules.create(
            boxes[0], action="allow", match_type="exact_email", match_target="a@x.example.net"
        )
        for sender in ("a@x.example.net", boxes[1]):
            sandbox.control.deliver(boxes[0], sender, f"From {sender}", "T")
        blocked = [one.subject for one in client.threads.list(boxes[0], folder="blocked")]
        alpha.delete()
        bounced = bravo.send_email(to=[boxes[0]], subject="Still there?", body_text="T")
        sandbox.control.settle()

        assert whoami.organization_id == client.list_identities()[0].organization_id
        assert talk == ["Shall we?", "Yes"]
        assert blocked == [f"From {boxes[1]}"]
        assert len(receiver.received) == 5
        assert all(inkbox.verify_webhook(payload=body, headers=one, secret=key) for one, body in receiver.received)
        assert bravo.get_message(str(bounced.id)).status == "bounced"
        assert [one.agent_handle for one in client.list_identities()] == ["bravo"]
        assert [one.tunnel_name for one in client.tunnels.list()] == ["bravo"]
        assert refusal(lambda: client.mailboxes.get(boxes[0])).status_code == 404
