"""`Credentials` on Inkbox: there where the vault is open, and the identity's own, whatever else the client's key may read."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from tests.canaries import PASSWORD
from tests.conformance.inkbox.answers import IDENTITY_DETAIL
from tests.core.inkbox.vault import vectors as v
from tests.core.inkbox.vault.server import VaultServer
from tests.core.tools.line import Connect, Line, connect, line
from tests.vaults import open_vault

from postline.channels.inkbox_credentials import InkboxCredentials
from postline.channels.inkbox_people import inkbox_channels
from postline.errors import ArgumentError
from postline.hidden import Hidden
from postline.inkbox import AsyncInkbox, Inkbox, OtherPayload
from postline.inkbox.exceptions import InkboxAPIError
from postline.inkbox.vault._sealing import Key
from postline.inkbox.vault.opened import Opened
from postline_sandbox import Sandbox

__all__ = ["connect", "line"]


def test_an_identity_has_credentials_while_the_vault_is_open(line: Line) -> None:
    """A locked one could lend nothing."""
    before = line.channels.credentials
    line.do(open_vault(line.client))

    there = line.do(inkbox_channels(line.client, "desk")).credentials

    assert before is None
    assert repr(there) == "InkboxCredentials('desk')"
    line.client.vault.lock()
    assert line.do(inkbox_channels(line.client, "desk")).credentials is None


@pytest.mark.parametrize("key", ["the organization's", "the desk's own"])
def test_what_is_lent_is_the_identity_s_whatever_the_key(
    both: Any, sandbox: Sandbox, connect: Connect, line: Line, key: str
) -> None:
    """An organization's key sees every secret, one of the identity's own what it was granted: the channel is the same."""
    line.do(open_vault(line.client))
    desk = both.do(lambda: line.client.get_identity("desk"))
    other = both.do(lambda: line.client.create_identity("other"))
    own, shared, foreign = (
        both.do(lambda each=each, name=name: each.create_secret(name, OtherPayload(PASSWORD)))
        for name, each in (("Own", desk), ("Shared", other), ("Foreign", other))
    )
    both.do(lambda: line.client.vault.grant_access(shared.id, desk.id))
    client = line.client if key == "the organization's" else connect(sandbox.control.issue_inkbox_key("desk"))
    client.wire.opened = line.client.wire.opened
    channel: Any = both.run(client, inkbox_channels(client, "desk")).credentials

    listed = both.run(client, channel.list_credentials()).items
    read = [both.run(client, channel.read_secret(str(each.id), "text")).value.reveal() for each in (own, shared)]

    assert [each.name for each in listed] == ["Own", "Shared"]
    assert read == [PASSWORD, PASSWORD]
    with pytest.raises(ArgumentError, match="no such credential, or this identity may not use it"):
        both.run(client, channel.read_secret(str(foreign.id), "text"))


@pytest.mark.parametrize(
    ("subtype", "is_refused"),
    [("agent_scoped.claimed", False), ("agent_scoped.unclaimed", False), ("admin_scoped", True), (None, True)],
)
@pytest.mark.parametrize("is_async", [False, True])
async def test_a_key_that_may_not_see_who_has_access(is_async: bool, subtype: str | None, is_refused: bool) -> None:
    """One of an identity's own needs no more than that the service shows it the secret; any other is refused."""
    server = VaultServer.of_the_vectors()
    server.refuse["/access"] = httpx.Response(403, json={"detail": "not for you"})
    who = {"auth_type": "api_key", "organization_id": v.ORGANIZATION}
    server.refuse["/api/whoami"] = httpx.Response(200, json={**who, "auth_subtype": subtype and f"api_key.{subtype}"})
    client: Any = (AsyncInkbox if is_async else Inkbox)("key", transport=httpx.MockTransport(server))
    client.wire.opened = Opened(Key(Hidden(v.ORG_KEY)), [])
    channel = InkboxCredentials(client, IDENTITY_DETAIL["agent_handle"])

    async def run(work: Any) -> Any:
        return await client.run(work) if is_async else client.run(work)

    if is_refused:
        for work in (channel.list_credentials(), channel.read_secret(v.SECRET_ID, "password")):
            with pytest.raises(InkboxAPIError, match="not for you"):
                await run(work)
    else:
        assert [each.name for each in (await run(channel.list_credentials())).items] == ["CRM"]
        assert (await run(channel.read_secret(v.SECRET_ID, "password"))).value.reveal() == "s3cret"
    server.refuse["/access"] = httpx.Response(500, json={"detail": "broken"})
    with pytest.raises(InkboxAPIError, match="broken"):
        await run(channel.list_credentials())
