"""The Inkbox client's methods about the account: who it is, identities, keys, tunnels, signup."""

from __future__ import annotations

from typing import Any

import pytest
from tests.cassetting.scenario import done, every, scenario
from tests.cassetting.stage import HANDLE, MAILBOX, NUMBER

from postline.inkbox import HandleUnavailableError, InkboxAPIError


@scenario("inkbox")
async def client_account(client: Any) -> Any:
    who = await done(client.whoami())
    signing = await done(client.create_signing_key())
    support = await done(client.get_identity(HANDLE))
    made = await done(client.api_keys.create(label="Reports", scoped_identity_id=support.id))

    assert who.auth_type == "api_key"
    assert made.record.label == "Reports"
    return who, signing, made


@scenario("inkbox")
async def client_signup(client: Any) -> Any:
    where = {"base_url": client.wire.settings.base_url}
    asked = await done(
        client.signup("ida@pilots.example.com", note_to_human="Please vouch for me.", agent_handle="pilot", **where)
    )
    with pytest.raises(InkboxAPIError) as wrong:
        await done(client.verify_signup(asked.api_key, "000000", **where))
    status = await done(client.get_signup_status(asked.api_key, **where))
    with pytest.raises(InkboxAPIError) as hasty:
        await done(client.resend_signup_verification(asked.api_key, **where))

    assert asked.agent_handle == "pilot"
    return asked, status, str(wrong.value), str(hasty.value)


@scenario("inkbox")
async def client_identities(client: Any) -> Any:
    made = await done(client.create_identity("sales", display_name="Sales", description="Sells cranes"))
    support = await done(client.get_identity(HANDLE))
    listed = await done(client.list_identities())
    access = [await done(made.list_access()), await done(made.grant_access(support.id))]
    await done(made.revoke_access(support.id))
    await done(made.update(display_name="Sales desk", description=None))
    renewed = await done(made.refresh())
    await done(made.delete())

    assert [each.agent_handle for each in listed] == ["sales", HANDLE]
    assert (renewed.display_name, renewed.description) == ("Sales desk", None)
    assert (support.email_address, support.phone_number.number) == (MAILBOX, NUMBER)
    return renewed.mailbox, renewed.tunnel, listed, access


@scenario("inkbox")
async def client_tunnels(client: Any) -> Any:
    (listed,) = await done(client.tunnels.list())
    changed = await done(client.tunnels.update(listed.id, metadata={"team": "harbor"}))
    fetched = await done(client.tunnels.get(listed.id))

    assert changed == fetched
    assert fetched.metadata == {"team": "harbor"}
    return listed, fetched


@scenario("inkbox")
async def client_refusals(client: Any) -> Any:
    nowhere = "00000000-0000-4000-8000-000000000000"
    with pytest.raises(HandleUnavailableError) as taken:
        await done(client.create_identity(HANDLE))
    with pytest.raises(InkboxAPIError) as missing:
        await done(client.messages.get(MAILBOX, nowhere))
    with pytest.raises(InkboxAPIError) as wrong:
        await done(client.messages.send(MAILBOX, to=["no address"], subject="Hi", body_text="Hello"))

    assert [each.value.status_code for each in (missing, wrong)] == [404, 422]
    return [str(each.value) for each in (taken, missing, wrong)]


@scenario("inkbox", live=True)
async def client_read_only(client: Any) -> Any:
    """What every account can answer without being changed: bodies are not fetched, for that may mark mail read."""
    who = await done(client.whoami())
    mailboxes = (await done(client.mailboxes.list()))[:1]
    messages = [each for box in mailboxes for each in await every(client.messages.list(box.email_address))][:5]
    folders = [await done(client.threads.list_folders(each.email_address)) for each in mailboxes]
    numbers = (await done(client.phone_numbers.list()))[:1]
    calls = [await done(client.calls.list(each.id, limit=2)) for each in numbers]
    texts = [await done(client.texts.list(each.id, limit=2)) for each in numbers]

    assert who.organization_id
    assert all(each.message_id for each in messages)
    return mailboxes, messages, folders, calls, texts
