"""The official package does everything with accounts against the sandbox: identities, keys, domains."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import inkbox
import pytest
from inkbox import AgentIdentity, Inkbox
from tests.conformance.inkbox.conftest import Connect, Signup, refusal

from postline_sandbox import Sandbox

DOMAIN = "inkbox-sandbox.example.com"
ABSENT = str(uuid4())


def test_an_identity_comes_with_its_channels(official: Inkbox) -> None:
    """The handle is normalized; mailbox and tunnel are there at once; get, list and refresh agree."""
    made = official.create_identity("@Sales-Bot", display_name="Sales", description="")

    assert (made.agent_handle, made.display_name, made.description) == ("sales-bot", "Sales", "")
    assert made.mailbox is not None
    assert made.tunnel is not None
    assert (made.email_address, made.mailbox.sending_domain) == (f"sales-bot@{DOMAIN}", DOMAIN)
    assert (made.tunnel.tunnel_name, made.tunnel.tls_mode, made.tunnel.status) == ("sales-bot", "edge", "active")
    assert made.tunnel.public_host == f"sales-bot.{made.tunnel.zone}"
    assert official.get_identity("@Sales-Bot").id == made.id
    assert made.refresh().tunnel == made.tunnel
    assert [one.agent_handle for one in official.list_identities()] == ["sales-bot"]


def test_identities_are_listed_newest_first(official: Inkbox, alpha: AgentIdentity, bravo: AgentIdentity) -> None:
    """The last made comes first, its name being its handle where none was given."""
    listed = official.list_identities()

    assert [(one.agent_handle, one.display_name) for one in listed] == [("bravo", "bravo"), ("alpha", "Alpha")]


@pytest.mark.parametrize("handle", ["ab", "a" * 64, "a--b", "-abc", "a_b", "Sales Bot", "@@abc", "abc\n", "ünï"])
def test_a_malformed_handle_is_422(official: Inkbox, handle: str) -> None:
    """Nothing is made."""
    assert refusal(lambda: official.create_identity(handle)).status_code == 422
    assert official.list_identities() == []


def test_a_handle_is_one_of_a_kind_everywhere(official: Inkbox, sandbox: Sandbox, connect: Connect) -> None:
    """Identities, tunnels and platform addresses share one namespace, over all organizations; some words are reserved."""
    first = official.create_identity("alpha")
    first.update(new_handle="omega")
    stranger = connect(sandbox.control.make_inkbox_organization()["api_key"])

    errors = [refusal(lambda taken=taken: stranger.create_identity(taken)) for taken in ("omega", "alpha", "admin")]

    assert all(isinstance(one, inkbox.HandleUnavailableError) for one in errors)
    assert [getattr(one, "blocking_namespace", None) for one in errors] == ["identities", "mail", "identities"]
    assert isinstance(errors[0].detail, dict)
    assert errors[0].detail["code"] == errors[0].detail["error"] == "agent_handle_unavailable"
    assert stranger.list_identities() == []
    assert stranger.tunnels.list() == []


def test_a_rename_moves_the_tunnel_and_keeps_the_address(official: Inkbox, alpha: AgentIdentity) -> None:
    """The package re-reads the tunnel; back to the old handle is allowed; the name of another is not."""
    alpha.update(new_handle="omega")
    renamed = (alpha.agent_handle, alpha.email_address, alpha.tunnel and alpha.tunnel.public_host.partition(".")[0])
    official.create_identity("bravo")

    taken = refusal(lambda: alpha.update(new_handle="bravo"), inkbox.HandleUnavailableError)

    assert renamed == ("omega", f"alpha@{DOMAIN}", "omega")
    assert taken.status_code == 409
    assert refusal(lambda: official.get_identity("alpha")).status_code == 404
    alpha.update(new_handle="alpha")
    assert official.get_identity("alpha").id == alpha.id


def test_omitted_null_and_empty_are_three_things(official: Inkbox) -> None:
    """A description is set, cleared by null, and untouched by an unrelated change."""
    made = official.create_identity("alpha", description="Sells")

    made.update(display_name="A")
    untouched = official.get_identity("alpha").description
    made.update(description=None, display_name=None)

    cleared = official.get_identity("alpha")
    assert untouched == "Sells"
    assert (cleared.description, cleared.display_name) == (None, None)
    made.update()
    made.update(status="paused")
    assert refusal(lambda: made.update(status="deleted")).status_code == 422
    assert refusal(lambda: made.update(display_name="x" * 256)).status_code == 422


def test_deleting_an_identity_takes_everything_along(
    official: Inkbox, agent: Inkbox, sandbox: Sandbox, alpha: AgentIdentity, bravo: AgentIdentity
) -> None:
    """Mailbox, messages, tunnel and keys are gone; its handle is free again."""
    sandbox.control.deliver(str(alpha.email_address), "jane@shop.example.net", "Hi", "T")
    bravo.grant_access(str(alpha.id))
    assert agent.whoami().auth_type == "api_key"

    alpha.delete()

    assert [one.agent_handle for one in official.list_identities()] == ["bravo"]
    assert [one.tunnel_name for one in official.tunnels.list()] == ["bravo"]
    assert [one.email_address for one in official.mailboxes.list()] == [bravo.email_address]
    assert refusal(agent.whoami).status_code == 401
    assert refusal(lambda: official.get_identity("alpha")).status_code == 404
    assert bravo.list_access() == []
    again = official.create_identity("alpha")
    assert list(again.iter_emails()) == []


def test_agents_see_whom_they_are_shown(
    official: Inkbox, agent: Inkbox, alpha: AgentIdentity, bravo: AgentIdentity
) -> None:
    """Nobody at first; one viewer through its own row; everybody through the wildcard, which replaces the rows."""

    def seen() -> list[str]:
        return [one.agent_handle for one in agent.list_identities()]

    assert seen() == ["alpha"]
    granted = bravo.grant_access(str(alpha.id))
    assert (granted.target_identity_id, granted.viewer_identity_id) == (bravo.id, alpha.id)
    assert seen() == ["bravo", "alpha"]
    assert agent.get_identity("bravo").id == bravo.id
    bravo.revoke_access(str(alpha.id))
    assert seen() == ["alpha"]
    assert refusal(lambda: agent.get_identity("bravo")).status_code == 404
    bravo.grant_access(str(alpha.id))
    wildcard = bravo.grant_access(None)
    assert [one.id for one in bravo.list_access()] == [wildcard.id]
    assert wildcard.viewer_identity_id is None
    assert seen() == ["bravo", "alpha"]


def test_grants_that_make_no_sense_are_refused(alpha: AgentIdentity, bravo: AgentIdentity) -> None:
    """To itself 422, to nobody 404, twice 409, under a wildcard 409 of its own class; revoking what is absent 404."""
    assert refusal(lambda: bravo.grant_access(str(bravo.id))).status_code == 422
    assert refusal(lambda: bravo.grant_access(ABSENT)).status_code == 404
    assert refusal(lambda: bravo.revoke_access(str(alpha.id))).status_code == 404
    bravo.grant_access(str(alpha.id))
    twice = refusal(lambda: bravo.grant_access(str(alpha.id)))
    assert (twice.status_code, twice.detail) == (409, "Access already granted")
    bravo.grant_access(None)
    refusal(lambda: bravo.grant_access(str(alpha.id)), inkbox.RedundantContactAccessGrantError)


def test_an_agent_key_is_confined(official: Inkbox, agent: Inkbox, alpha: AgentIdentity, bravo: AgentIdentity) -> None:
    """What belongs to administrators is 403, what is others' is 404, its own it may change."""
    bravo.grant_access(None)
    own, others = agent.get_identity("alpha"), agent.get_identity("bravo")
    forbidden: list[Callable[[], Any]] = [
        lambda: agent.create_identity("charlie"),
        own.delete,
        own.list_access,
        lambda: own.grant_access(None),
        lambda: own.revoke_access(ABSENT),
        lambda: others.update(display_name="X"),
        lambda: agent.api_keys.create(label="x", scoped_identity_id=alpha.id),
        agent.create_signing_key,
        lambda: agent.domains.set_default(DOMAIN),
    ]

    assert [refusal(one).status_code for one in forbidden] == [403] * len(forbidden)
    own.update(display_name="Mine")
    assert official.get_identity("alpha").display_name == "Mine"
    assert [one.tunnel_name for one in agent.tunnels.list()] == ["alpha"]


def test_keys_are_minted_for_identities_and_describe_themselves(official: Inkbox, alpha: AgentIdentity) -> None:
    """The secret is shown once and begins with the record's id; without an identity it is 403, for a stranger 404."""
    created = official.api_keys.create(label="Key", description="For tests", scoped_identity_id=alpha.id)

    record = created.record
    assert created.api_key.startswith(f"{record.id}.")
    assert record.id.startswith(f"{record.display_prefix}-")
    assert created.api_key.endswith(record.last4)
    assert (record.label, record.description, record.status) == ("Key", "For tests", "active")
    assert record.scoped_identity_id == alpha.id
    assert refusal(lambda: official.api_keys.create(label="x")).status_code == 403
    assert refusal(lambda: official.api_keys.create(label="x", scoped_identity_id=ABSENT)).status_code == 404
    assert refusal(lambda: official.api_keys.create(label="", scoped_identity_id=alpha.id)).status_code == 422


def test_whoami_tells_the_kinds_of_callers_apart(
    official: Inkbox, agent: Inkbox, connect: Connect, signup: Signup
) -> None:
    """Administrators, claimed and unclaimed agents; times are Unix seconds; an unknown key is 401."""
    signed_up = connect(signup.start().api_key)

    callers = [official.whoami(), agent.whoami(), signed_up.whoami()]

    assert all(isinstance(one, inkbox.WhoamiApiKeyResponse) for one in callers)
    assert [one.auth_subtype for one in callers] == [
        inkbox.AUTH_SUBTYPE_API_KEY_ADMIN_SCOPED,
        inkbox.AUTH_SUBTYPE_API_KEY_AGENT_SCOPED_CLAIMED,
        inkbox.AUTH_SUBTYPE_API_KEY_AGENT_SCOPED_UNCLAIMED,
    ]
    assert len({one.organization_id for one in callers}) == 2
    assert isinstance(callers[0], inkbox.WhoamiApiKeyResponse)
    assert isinstance(callers[0].created_at, float)
    assert refusal(connect("ApiKey_unknown").whoami).status_code == 401


def test_mailboxes_live_on_verified_domains(official: Inkbox, sandbox: Sandbox) -> None:
    """A verified domain can be named or be the default; an unverified or unknown one cannot."""
    sandbox.control.set_sending_domain("mail.customer.example.com", "pending")
    unverified = refusal(lambda: official.create_identity("alpha", sending_domain="mail.customer.example.com"))
    too_early = refusal(lambda: official.domains.set_default("mail.customer.example.com"))
    verified = sandbox.control.set_sending_domain("mail.customer.example.com")

    default = official.domains.set_default("mail.customer.example.com")

    assert (unverified.status_code, too_early.status_code) == (422, 409)
    assert default == "mail.customer.example.com"
    (listed,) = official.domains.list(status=inkbox.SendingDomainStatus.VERIFIED)
    assert (listed.id, listed.is_default, listed.verified_at is not None) == (verified["id"], True, True)
    assert official.domains.list(status=inkbox.SendingDomainStatus.PENDING) == []
    by_default = official.create_identity("alpha", email_local_part="hello")
    assert by_default.email_address == "hello@mail.customer.example.com"
    taken = {"email_local_part": "hello", "sending_domain": "mail.customer.example.com"}
    refusal(lambda: official.create_identity("bravo", **taken), inkbox.HandleUnavailableError)
    assert official.create_identity("bravo", sending_domain=None).email_address == f"bravo@{DOMAIN}"
    assert official.domains.set_default(DOMAIN) is None
    assert official.create_identity("charlie").email_address == f"charlie@{DOMAIN}"
    assert refusal(lambda: official.domains.set_default("x.example.net")).status_code == 404
    assert refusal(lambda: official.create_identity("delta", sending_domain="x.example.net")).status_code == 404
    assert refusal(lambda: official.create_identity("delta", email_local_part="other")).status_code == 422
    assert len(official.list_identities()) == 3
