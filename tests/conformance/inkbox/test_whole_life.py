"""All that the official `inkbox` 0.4.4 can do, done on the sandbox by it and by both clients: they read the same."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from operator import attrgetter
from types import SimpleNamespace
from typing import Any, NamedTuple

import inkbox
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from inkbox.vault.crypto import compute_auth_hash, derive_master_key, derive_salt
from tests.cassetting.scenario import done, every
from tests.conformance.inkbox.callers import meaning
from tests.conformance.inkbox.coverage import DATA_PLANE, methods
from tests.conformance.inkbox.phones import OUTSIDE, SOCKET

import postline.inkbox
from postline_sandbox import Sandbox

KEY, NEW_KEY = "Correct-Horse-Battery-7", "Another-Horse-Battery-8"
HUMAN, STRANGER = "human@people.example.net", "jane@customer.example.net"
DOMAIN = "mail.customer.example.com"
TOTP = "otpauth://totp/CRM:bot?secret=JBSWY3DPEHPK3PXP"
FILE = {"filename": "a b.txt", "content_type": "text/plain", "content_base64": "SGVsbG8="}
LISTINGS = {"messages.list", "threads.list", "identity.iter_emails", "identity.iter_unread_emails"}
RANDOM = ("vault.", "unlocked.", "credentials.", "tunnels.sign_csr", "identity.create_secret", "identity.get_totp_code")
"""What clients make by chance is in these results."""


class Call(NamedTuple):
    """A method's arguments."""

    args: tuple[Any, ...]
    kwargs: dict[str, Any]


class Step(NamedTuple):
    """A call of a method, its result kept for later ones; or something that happens outside."""

    name: str
    arguments: Callable[[Any], Any]
    kept_as: str = ""


def call(*args: Any, **kwargs: Any) -> Call:
    return Call(args, kwargs)


def does(name: str, arguments: Callable[[Any], Call] = lambda _: call(), *, kept_as: str = "") -> Step:
    return Step(name, arguments, kept_as)


def outside(happens: Callable[[Any], Any]) -> Step:
    return Step("", happens)


def certificate_request(host: str) -> str:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    request = x509.CertificateSigningRequestBuilder().subject_name(name)
    return request.sign(ec.generate_private_key(ec.SECP256R1()), hashes.SHA256()).public_bytes(Encoding.PEM).decode()


def auth_hash(s: Any) -> str:
    return compute_auth_hash(derive_master_key(s.made.recovery_codes[1], derive_salt(s.me.organization_id)))


ACCOUNT = [
    does("whoami", kept_as="me"),
    does("create_signing_key"),
    does("signup", lambda s: call(HUMAN, note_to_human="Hi", agent_handle="signed-up", base_url=s.url), kept_as="signed"),
    outside(lambda s: s.control.advance(301)),
    does("resend_signup_verification", lambda s: call(s.signed.api_key, base_url=s.url)),
    does("get_signup_status", lambda s: call(s.signed.api_key, base_url=s.url)),
    does("verify_signup", lambda s: call(s.signed.api_key, s.control.signup_code("signed-up"), base_url=s.url)),
    does(
        "create_identity",
        lambda s: call("alpha", description="d", tunnel=s.package.IdentityTunnelCreateOptions("passthrough")),
        kept_as="alpha",
    ),
    does("create_identity", lambda _: call("bravo"), kept_as="bravo"),
    does("list_identities"),
    does("get_identity", lambda _: call("bravo"), kept_as="bravo"),
    does("identity.update", lambda _: call(display_name="Alpha", description=None)),
    does("identity.refresh"),
    does("identity.grant_access", lambda s: call(s.bravo.id)),
    does("identity.list_access"),
    does("identity.revoke_access", lambda s: call(s.bravo.id)),
    does("api_keys.create", lambda s: call(label="l", scoped_identity_id=s.alpha.id)),
    does("tunnels.list"),
    does("tunnels.update", lambda s: call(s.alpha.tunnel.id, metadata={"a": [1]})),
    does("tunnels.sign_csr", lambda s: call(s.alpha.tunnel.id, csr_pem=certificate_request(s.alpha.tunnel.public_host))),
    does("tunnels.get", lambda s: call(s.bravo.tunnel.id)),
    outside(lambda s: s.control.set_sending_domain(DOMAIN)),
    does("domains.list", lambda s: call(status=s.package.SendingDomainStatus.VERIFIED)),
    does("domains.set_default", lambda _: call(DOMAIN)),
]  # fmt: skip

MAIL = [
    outside(lambda s: vars(s).update(box=s.bravo.email_address)),
    does("identity.send_email", lambda s: call(to=[s.box], subject="Plan", body_text="T", attachments=[FILE]), kept_as="sent"),
    does("messages.list", lambda s: call(s.box, page_size=1, direction="inbound"), kept_as="received"),
    does("messages.get", lambda s: call(s.box, s.received[0].id)),
    does("messages.get_attachment", lambda s: call(s.box, s.received[0].id, FILE["filename"])),
    does("messages.update_flags", lambda s: call(s.box, s.received[0].id, is_read=True, is_starred=True)),
    does("messages.unstar", lambda s: call(s.box, s.received[0].id)),
    does("messages.star", lambda s: call(s.box, s.received[0].id)),
    does("messages.mark_unread", lambda s: call(s.box, s.received[0].id)),
    does("messages.mark_read", lambda s: call(s.box, s.received[0].id)),
    does(
        "messages.send",
        lambda s: call(
            s.box, to=[s.alpha.email_address], cc=[STRANGER], subject="Re: Plan", body_html="<p>Yes</p>",
            in_reply_to_message_id=s.received[0].message_id,
        ),
    ),
    does("messages.forward", lambda s: call(s.box, s.received[0].id, to=[s.alpha.email_address], mode="wrapped")),
    does("identity.iter_emails", lambda _: call(page_size=1)),
    does("identity.iter_unread_emails", kept_as="unread"),
    does("identity.get_message", lambda s: call(str(s.unread[0].id))),
    does("identity.get_thread", lambda s: call(str(s.sent.thread_id))),
    does("identity.forward_email", lambda s: call(str(s.unread[0].id), to=[STRANGER], body_text="Note", subject="S")),
    does("identity.mark_emails_read", lambda s: call([str(one.id) for one in s.unread])),
    does("mailboxes.list"),
    does("mailboxes.get", lambda s: call(s.box)),
    does("mailboxes.search", lambda s: call(s.box, q="plan")),
    does("mailboxes.update", lambda s: call(s.box, webhook_url=None, filter_mode="whitelist")),
    does(
        "mail_contact_rules.create",
        lambda s: call(s.box, action="allow", match_type="domain", match_target="customer.example.net"),
        kept_as="rule",
    ),
    does("mail_contact_rules.get", lambda s: call(s.box, s.rule.id)),
    does("mail_contact_rules.update", lambda s: call(s.box, s.rule.id, status="paused")),
    outside(lambda s: s.control.deliver(s.box, STRANGER, "Blocked", "T")),
    does("mail_contact_rules.list", lambda s: call(s.box, action="allow")),
    does("mail_contact_rules.list_all", lambda s: call(mailbox_id=s.bravo.mailbox.id)),
    does("mail_contact_rules.delete", lambda s: call(s.box, s.rule.id)),
    does("threads.list_folders", lambda s: call(s.box)),
    does("threads.list", lambda s: call(s.box, page_size=1), kept_as="threads"),
    does("threads.get", lambda s: call(s.box, s.threads[0].id)),
    does("threads.update", lambda s: call(s.box, s.threads[0].id, folder="archive")),
    does("threads.delete", lambda s: call(s.box, s.threads[0].id)),
    does("messages.delete", lambda s: call(s.box, s.received[0].id)),
]  # fmt: skip

PHONE = [
    does("identity.provision_phone_number", lambda _: call(type="local", state="TX"), kept_as="line"),
    does("phone_numbers.provision", lambda _: call(agent_handle="bravo"), kept_as="other"),
    does("phone_numbers.list"),
    does("phone_numbers.get", lambda s: call(s.other.id)),
    does("phone_numbers.update", lambda s: call(s.other.id, incoming_call_action="auto_accept", client_websocket_url=SOCKET)),
    does("phone_numbers.release", lambda s: call(s.other.id)),
    does("identity.place_call", lambda _: call(to_number=OUTSIDE, client_websocket_url=SOCKET), kept_as="placed"),
    outside(lambda s: s.control.answer_call(str(s.placed.id))),
    outside(lambda s: s.control.speak(str(s.placed.id), "The pump drips")),
    outside(lambda s: s.control.hang_up(str(s.placed.id))),
    does("identity.list_calls", lambda _: call(limit=1)),
    does("identity.list_transcripts", lambda s: call(str(s.placed.id))),
    does("transcripts.list", lambda s: call(s.line.id, s.placed.id)),
    does("phone_numbers.search_transcripts", lambda s: call(s.line.id, q="pump", party="remote")),
    does("calls.place", lambda s: call(from_number=s.line.number, to_number=OUTSIDE)),
    does("calls.get", lambda s: call(s.line.id, s.placed.id)),
    does("calls.list", lambda s: call(s.line.id, is_blocked=False)),
    outside(lambda s: s.control.set_number_sms(s.line.number)),
    outside(lambda s: s.control.text_in(s.line.number, OUTSIDE, "START")),
    does("identity.send_text", lambda _: call(to=OUTSIDE, text="Friday?"), kept_as="text"),
    does("texts.send", lambda s: call(s.line.id, to=OUTSIDE, text="Or Monday?")),
    outside(lambda s: s.control.text_in(s.line.number, OUTSIDE, "Friday, please")),
    does("identity.list_texts", lambda _: call(is_read=False), kept_as="texts"),
    does("identity.get_text", lambda s: call(str(s.text.id))),
    does("identity.mark_text_read", lambda s: call(str(s.texts[0].id))),
    does("identity.list_text_conversations"),
    does("identity.get_text_conversation", lambda _: call(OUTSIDE, limit=2)),
    does("identity.mark_text_conversation_read", lambda _: call(OUTSIDE)),
    does("texts.list", lambda s: call(s.line.id, limit=2, offset=1)),
    does("texts.search", lambda s: call(s.line.id, q="friday")),
    does("texts.get", lambda s: call(s.line.id, s.text.id)),
    does("texts.update", lambda s: call(s.line.id, s.texts[0].id, is_read=False)),
    does("texts.list_conversations", lambda s: call(s.line.id)),
    does("texts.get_conversation", lambda s: call(s.line.id, OUTSIDE)),
    does("texts.update_conversation", lambda s: call(s.line.id, OUTSIDE, is_read=True)),
    does("sms_opt_ins.list", lambda _: call(status="opted_in")),
    outside(lambda s: s.control.set_own_campaign()),
    does("sms_opt_ins.opt_out", lambda _: call(OUTSIDE)),
    does("sms_opt_ins.opt_in", lambda _: call(OUTSIDE)),
    does("sms_opt_ins.get", lambda _: call(OUTSIDE)),
    does("phone_contact_rules.create", lambda s: call(s.line.id, action="block", match_target="+1 512 555 0102"), kept_as="rule"),
    does("phone_contact_rules.get", lambda s: call(s.line.id, s.rule.id)),
    does("phone_contact_rules.update", lambda s: call(s.line.id, s.rule.id, action="allow")),
    does("phone_contact_rules.list", lambda s: call(s.line.id)),
    does("phone_contact_rules.list_all", lambda s: call(phone_number_id=s.line.id, limit=5)),
    does("phone_contact_rules.delete", lambda s: call(s.line.id, s.rule.id)),
]  # fmt: skip

PEOPLE = [
    does(
        "contacts.create",
        lambda s: call(
            given_name="Jane", birthday="1990-02-28", emails=[s.package.ContactEmail("work", STRANGER, is_primary=True)],
            phones=[s.package.ContactPhone(None, OUTSIDE)],
            addresses=[s.package.ContactAddress("home", None, "Bergen", None, "5003", None)], access_identity_ids=[s.alpha.id],
        ),
        kept_as="jane",
    ),
    does("contacts.get", lambda s: call(s.jane.id)),
    does("contacts.update", lambda s: call(s.jane.id, notes="n", addresses=None)),
    does("contacts.list", lambda _: call(q="jane", order="recent")),
    does("contacts.lookup", lambda _: call(email_domain="customer.example.net")),
    does("contacts.access.grant", lambda s: call(s.jane.id, wildcard=True)),
    does("contacts.access.list", lambda s: call(s.jane.id)),
    does("contacts.access.revoke", lambda s: call(s.jane.id, s.bravo.id)),
    does("contacts.vcards.export_vcard", lambda s: call(s.jane.id), kept_as="card"),
    does("contacts.vcards.import_vcards", lambda s: call(s.card)),
    does("contacts.delete", lambda s: call(s.jane.id)),
    does("notes.create", lambda _: call(body="Remember", title="T"), kept_as="note"),
    does("notes.get", lambda s: call(s.note.id)),
    does("notes.update", lambda s: call(s.note.id, title=None, body="Forget")),
    does("notes.access.grant", lambda s: call(s.note.id, identity_id=s.alpha.id)),
    does("notes.access.list", lambda s: call(s.note.id)),
    does("notes.list", lambda s: call(q="forget", identity_id=s.alpha.id)),
    does("notes.access.revoke", lambda s: call(s.note.id, s.alpha.id)),
    does("notes.delete", lambda s: call(s.note.id)),
]  # fmt: skip

VAULT = [
    does("vault.initialize", lambda _: call(KEY), kept_as="made"),
    does("vault.info"),
    does("vault.unlock", lambda _: call(KEY)),
    does("unlocked.create_secret", lambda s: call("CRM", s.package.LoginPayload("pw"), description="d"), kept_as="login"),
    does("unlocked.create_secret", lambda s: call("API", s.package.APIKeyPayload("k")), kept_as="api"),
    does("unlocked.create_secret", lambda s: call("Pair", s.package.KeyPairPayload("a", "s")), kept_as="pair"),
    does("unlocked.create_secret", lambda s: call("SSH", s.package.SSHKeyPayload("private")), kept_as="ssh"),
    does("unlocked.update_secret", lambda s: call(str(s.login.id), name="The CRM", payload=s.package.LoginPayload("new"))),
    does("unlocked.set_totp", lambda s: call(str(s.login.id), TOTP)),
    does("unlocked.get_totp_code", lambda s: call(str(s.login.id))),
    does("unlocked.remove_totp", lambda s: call(str(s.login.id))),
    does("unlocked.get_secret", lambda s: call(str(s.login.id))),
    does("identity.create_secret", lambda s: call("Mine", s.package.LoginPayload("pw")), kept_as="mine"),
    does("identity.set_totp", lambda s: call(str(s.mine.id), s.package.TOTPConfig("JBSWY3DPEHPK3PXP"))),
    does("identity.get_totp_code", lambda s: call(str(s.mine.id))),
    does("identity.get_secret", lambda s: call(str(s.mine.id))),
    does("credentials.list"),
    does("credentials.list_logins"),
    does("credentials.list_api_keys"),
    does("credentials.list_key_pairs"),
    does("credentials.list_ssh_keys"),
    does("credentials.get", lambda s: call(str(s.mine.id))),
    does("credentials.get_login", lambda s: call(str(s.mine.id))),
    does("credentials.get_totp_code", lambda s: call(str(s.mine.id))),
    does("credentials.get_api_key", lambda s: call(str(s.api.id))),
    does("credentials.get_key_pair", lambda s: call(str(s.pair.id))),
    does("credentials.get_ssh_key", lambda s: call(str(s.ssh.id))),
    does("identity.remove_totp", lambda s: call(str(s.mine.id))),
    does("vault.list_secrets", lambda _: call(secret_type="login")),
    does("vault.list_keys", lambda _: call(key_type="recovery")),
    does("vault.grant_access", lambda s: call(s.login.id, s.bravo.id)),
    does("vault.list_access_rules", lambda s: call(s.login.id)),
    does("vault.revoke_access", lambda s: call(s.login.id, s.bravo.id)),
    does("identity.revoke_credential_access", lambda s: call(s.mine.id)),
    does("identity.delete_secret", lambda s: call(str(s.mine.id))),
    does("unlocked.delete_secret", lambda s: call(str(s.login.id))),
    does("vault.delete_secret", lambda s: call(s.ssh.id)),
    does("vault.update_key", lambda _: call(NEW_KEY, current_vault_key=KEY)),
    does("vault.delete_key", lambda s: call(auth_hash(s))),
    does("vault.unlock", lambda _: call(NEW_KEY)),
]  # fmt: skip

END = [does("identity.release_phone_number"), does("identity.delete"), does("list_identities"), does("close")]
LIFE = [*ACCOUNT, *MAIL, *PHONE, *PEOPLE, *VAULT, *END]


async def lived(package: Any, kind: str) -> list[tuple[str, Any]]:
    """Live the life with a client of a package, on a sandbox of its own whose clock stands; return what came back."""
    results: list[tuple[str, Any]] = []
    with Sandbox(now=datetime(2026, 3, 1, tzinfo=UTC)) as sandbox:
        url = sandbox.inkbox.base_url
        s = SimpleNamespace(package=package, control=sandbox.control, url=url)
        s.client = getattr(package, kind)(sandbox.inkbox.api_key, base_url=url)
        for name, arguments, kept_as in LIFE:
            found = arguments(s)
            if name:
                result = method(s, name)(*found.args, **found.kwargs)
                result = await (every(result) if name in LISTINGS else done(result))
                vars(s)[kept_as or "last"] = result
                results.append((name, seen(name, result, url)))
    return results


def method(s: Any, name: str) -> Any:
    """Return a method of the client, or of what it handed out."""
    where, _, own = name.rpartition(".")
    places = {
        "identity": lambda: s.alpha,
        "credentials": lambda: s.alpha.credentials,
        "unlocked": lambda: s.client.vault.unlocked,
    }
    owner = places[where]() if where in places else attrgetter(where)(s.client) if where else s.client
    return getattr(owner, own)


def seen(name: str, result: Any, url: str) -> Any:
    """Return what can be compared of a result: all of it, or its kind where chance is in it."""
    if name.startswith(RANDOM) or "secret" in name or "totp" in name:
        return [type(one).__name__ for one in result] if isinstance(result, list) else type(result).__name__
    if isinstance(result, dict):
        return {key: str(value).removeprefix(url) for key, value in result.items()}
    return meaning(result)


@pytest.fixture(scope="module")
def official_life() -> list[tuple[str, Any]]:
    """What comes back to the official package."""
    return asyncio.run(lived(inkbox, "Inkbox"))


def test_the_official_package_does_all_it_can(official_life: list[tuple[str, Any]]) -> None:
    """Every method but the tunnels' data plane comes to an end without an error."""
    assert sorted({name for name, _ in official_life}) == sorted(methods().keys() - {DATA_PLANE})


@pytest.mark.parametrize("kind", ["Inkbox", "AsyncInkbox"])
async def test_both_clients_read_the_same(kind: str, official_life: list[tuple[str, Any]]) -> None:
    """From a sandbox of the same seed: the same records, in the same order."""
    results = await lived(postline.inkbox, kind)

    for ours, theirs in zip(results, official_life, strict=True):
        assert ours == theirs
