"""Valid arguments of every method that sends something: one entry each.

A `Made` stands for an object of the package under test; its name is looked up there.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

Strategy = SearchStrategy[Any]


@dataclass(frozen=True)
class Made:
    """An object of whichever package is called: `kind(*args, **kwargs)`."""

    kind: str
    args: tuple[Any, ...] = ()
    kwargs: dict[str, Any] = field(default_factory=dict)


def made(package: Any, value: Any) -> Any:
    """Return the value with all that it stands for made from a package's own classes."""
    if isinstance(value, Made):
        kind = getattr(package, value.kind)
        return kind(*made(package, list(value.args)), **made(package, value.kwargs))
    if isinstance(value, list):
        return [made(package, each) for each in value]
    if isinstance(value, dict):
        return {name: made(package, each) for name, each in value.items()}
    return value


def _all(*positional: Strategy, needed: dict[str, Strategy] | None = None, **optional: Strategy) -> Strategy:
    return st.tuples(st.tuples(*positional), st.fixed_dictionaries(needed or {}, optional=optional))


def _enum(kind: str, *values: str) -> Strategy:
    text = st.sampled_from(values)
    return text | text.map(lambda value: Made(kind, (value,)))


def _object(kind: str, *args: Strategy, **kwargs: Strategy) -> Strategy:
    return st.builds(
        lambda args, kwargs: Made(kind, args, kwargs), st.tuples(*args), st.fixed_dictionaries({}, optional=kwargs)
    )


NONE = st.none()
FLAG = st.booleans()
MAYBE = NONE | FLAG
TEXT = st.text(max_size=12)
SOME_TEXT = NONE | TEXT
UUIDS = st.uuids()
IDS = UUIDS | UUIDS.map(str)
TEXT_IDS = UUIDS.map(str)
COUNT = st.integers(0, 200)
SOME_COUNT = NONE | COUNT
ADDRESS = st.from_regex(r"[a-z0-9][a-z0-9._+-]{0,8}@[a-z]{1,6}\.example\.com", fullmatch=True)
ADDRESSES = st.lists(ADDRESS, max_size=3)
NUMBERS = st.from_regex(r"\+1[0-9]{3}55501[0-9]{2}", fullmatch=True)
HANDLES = st.from_regex(r"@?[A-Za-z0-9]{3,9}", fullmatch=True)
URLS = NONE | st.sampled_from(["https://agent.example.com/hook", "wss://agent.example.com/ws?a=1"])
FILES = st.lists(st.fixed_dictionaries({"filename": TEXT, "content_type": TEXT, "content_base64": TEXT}), max_size=2)
# The official package leaves `%`, `/`, `?` and `#` as they are; with them the requests must differ.
FILENAMES = st.text("aZ09 äé+()&=-_.", min_size=1, max_size=8).filter(lambda name: name.strip(".") != "")

DIRECTION = NONE | _enum("MessageDirection", "inbound", "outbound")
FILTER_MODE = _enum("FilterMode", "whitelist", "blacklist")
FOLDER = _enum("ThreadFolder", "inbox", "spam", "archive")
MAIL_ACTION = _enum("MailRuleAction", "allow", "block")
MAIL_MATCH = _enum("MailRuleMatchType", "exact_email", "domain")
PHONE_ACTION = _enum("PhoneRuleAction", "allow", "block")
PHONE_MATCH = _enum("PhoneRuleMatchType", "exact_number")
RULE_STATUS = _enum("ContactRuleStatus", "active", "paused")
PAGING = {"limit": COUNT, "offset": COUNT}
SOME_PAGING = {"limit": SOME_COUNT, "offset": SOME_COUNT}
MAIL_FILTERS = {"action": NONE | MAIL_ACTION, "match_type": NONE | MAIL_MATCH, **SOME_PAGING}
PHONE_FILTERS = {"action": NONE | PHONE_ACTION, "match_type": NONE | PHONE_MATCH, **SOME_PAGING}
PAGES = {"page_size": st.integers(1, 100), "direction": DIRECTION}

SEND = {
    "needed": {"to": ADDRESSES, "subject": TEXT}, "body_text": SOME_TEXT, "body_html": SOME_TEXT, "cc": NONE | ADDRESSES,
    "bcc": NONE | ADDRESSES, "in_reply_to_message_id": SOME_TEXT, "attachments": NONE | FILES,
}  # fmt: skip
FORWARD = {
    "to": NONE | ADDRESSES, "cc": NONE | ADDRESSES, "bcc": NONE | ADDRESSES, "mode": _enum("ForwardMode", "inline", "wrapped"),
    "subject": SOME_TEXT, "body_text": SOME_TEXT, "body_html": SOME_TEXT, "additional_attachments": NONE | FILES,
    "include_original_attachments": FLAG, "reply_to": NONE | ADDRESS,
}  # fmt: skip
TUNNEL = _object("IdentityTunnelCreateOptions", tls_mode=NONE | _enum("TLSMode", "edge", "passthrough"))
PHONE_NUMBER = _object(
    "IdentityPhoneNumberCreateOptions", type=st.sampled_from(["toll_free", "local"]), incoming_text_webhook_url=URLS
) | st.just(
    Made("IdentityPhoneNumberCreateOptions", (), {
        "type": "local", "state": "NY", "incoming_call_action": "webhook",
        "incoming_call_webhook_url": "https://agent.example.com/call",
    })
)  # fmt: skip
CONTACT_LISTS: dict[str, Strategy] = {
    "emails": _object("ContactEmail", SOME_TEXT, TEXT, is_primary=FLAG),
    "phones": _object("ContactPhone", SOME_TEXT, NUMBERS, is_primary=FLAG),
    "websites": _object("ContactWebsite", SOME_TEXT, TEXT),
    "dates": _object("ContactDate", SOME_TEXT, st.dates()),
    "addresses": _object("ContactAddress", *[SOME_TEXT] * 6),
    "custom_fields": _object("ContactCustomField", TEXT, TEXT),
}
CONTACT: dict[str, Strategy] = {
    **dict.fromkeys(
        ("preferred_name", "name_prefix", "given_name", "middle_name", "family_name", "name_suffix", "company_name",
         "job_title", "notes"), SOME_TEXT,
    ),
    "birthday": NONE | st.dates() | st.dates().map(str),
    **{name: NONE | st.lists(entry | st.just({"label": "ready-made"}), max_size=2) for name, entry in CONTACT_LISTS.items()},
}  # fmt: skip

METHODS: dict[str, Strategy] = {
    "create_identity": _all(
        HANDLES, display_name=SOME_TEXT, description=SOME_TEXT, email_local_part=SOME_TEXT, sending_domain=SOME_TEXT,
        tunnel=NONE | TUNNEL, phone_number=NONE | PHONE_NUMBER,
        vault_secret_ids=NONE | IDS | st.lists(IDS, max_size=2) | st.sampled_from(["*", "all"]),
    ),
    "get_identity": _all(HANDLES),
    "list_identities": _all(),
    "whoami": _all(),
    "create_signing_key": _all(),
    "signup": _all(
        ADDRESS, needed={"note_to_human": TEXT}, display_name=SOME_TEXT, agent_handle=SOME_TEXT, email_local_part=SOME_TEXT
    ),
    "verify_signup": _all(TEXT_IDS, TEXT),
    "resend_signup_verification": _all(TEXT_IDS),
    "get_signup_status": _all(TEXT_IDS),
    "identity.revoke_credential_access": _all(IDS),
    "identity.provision_phone_number": _all(type=st.sampled_from(["toll_free", "local"]), state=NONE | st.just("NY")),
    "identity.release_phone_number": _all(),
    "identity.list_access": _all(),
    "identity.grant_access": _all(NONE | IDS),
    "identity.revoke_access": _all(IDS),
    "identity.send_email": _all(**SEND),
    "identity.forward_email": _all(TEXT_IDS, **FORWARD),
    "identity.iter_emails": _all(**PAGES),
    "identity.iter_unread_emails": _all(**PAGES),
    "identity.mark_emails_read": _all(st.lists(TEXT_IDS, max_size=3)),
    "identity.get_message": _all(TEXT_IDS),
    "identity.get_thread": _all(TEXT_IDS),
    "identity.place_call": _all(needed={"to_number": NUMBERS}, client_websocket_url=URLS),
    "identity.list_calls": _all(**PAGING, is_blocked=MAYBE),
    "identity.list_transcripts": _all(TEXT_IDS),
    "identity.send_text": _all(needed={"to": NUMBERS, "text": TEXT}),
    "identity.list_texts": _all(**PAGING, is_read=MAYBE, is_blocked=MAYBE),
    "identity.get_text": _all(TEXT_IDS),
    "identity.list_text_conversations": _all(**PAGING, is_blocked=MAYBE),
    "identity.get_text_conversation": _all(NUMBERS, **PAGING),
    "identity.mark_text_read": _all(TEXT_IDS),
    "identity.mark_text_conversation_read": _all(NUMBERS),
    "identity.update": _all(
        new_handle=NONE | HANDLES, display_name=SOME_TEXT, description=SOME_TEXT, status=NONE | st.just("paused")
    ),
    "identity.refresh": _all(),
    "identity.delete": _all(),
    "mailboxes.list": _all(),
    "mailboxes.get": _all(ADDRESS),
    "mailboxes.update": _all(ADDRESS, webhook_url=URLS, filter_mode=FILTER_MODE),
    "mailboxes.search": _all(ADDRESS, needed={"q": TEXT}, limit=COUNT),
    "messages.list": _all(ADDRESS, **PAGES),
    "messages.get": _all(ADDRESS, IDS),
    "messages.send": _all(ADDRESS, **SEND),
    "messages.forward": _all(ADDRESS, IDS, **FORWARD),
    "messages.update_flags": _all(ADDRESS, IDS, is_read=MAYBE, is_starred=MAYBE),
    "messages.mark_read": _all(ADDRESS, IDS),
    "messages.mark_unread": _all(ADDRESS, IDS),
    "messages.star": _all(ADDRESS, IDS),
    "messages.unstar": _all(ADDRESS, IDS),
    "messages.delete": _all(ADDRESS, IDS),
    "messages.get_attachment": _all(ADDRESS, IDS, FILENAMES, redirect=FLAG),
    "threads.list": _all(ADDRESS, folder=NONE | FOLDER, page_size=st.integers(1, 100)),
    "threads.list_folders": _all(ADDRESS),
    "threads.get": _all(ADDRESS, IDS),
    "threads.update": _all(ADDRESS, IDS, folder=FOLDER),
    "threads.delete": _all(ADDRESS, IDS),
    "mail_contact_rules.list": _all(ADDRESS, **MAIL_FILTERS),
    "mail_contact_rules.get": _all(ADDRESS, IDS),
    "mail_contact_rules.create": _all(
        ADDRESS, needed={"action": MAIL_ACTION, "match_type": MAIL_MATCH, "match_target": TEXT}
    ),
    "mail_contact_rules.update": _all(ADDRESS, IDS, action=MAIL_ACTION, status=RULE_STATUS),
    "mail_contact_rules.delete": _all(ADDRESS, IDS),
    "mail_contact_rules.list_all": _all(mailbox_id=NONE | IDS, **MAIL_FILTERS),
    "domains.list": _all(status=NONE | st.just(Made("SendingDomainStatus", ("verified",)))),
    "domains.set_default": _all(st.sampled_from(["mail.customer.example.com", "a/b@c.example.com"])),
    "phone_numbers.list": _all(),
    "phone_numbers.get": _all(IDS),
    "phone_numbers.update": _all(
        IDS, incoming_call_action=NONE | st.just("webhook"), client_websocket_url=URLS, incoming_call_webhook_url=URLS,
        incoming_text_webhook_url=URLS, filter_mode=FILTER_MODE,
    ),
    "phone_numbers.provision": _all(
        needed={"agent_handle": HANDLES}, type=st.sampled_from(["toll_free", "local"]), state=NONE | st.just("NY"),
        incoming_text_webhook_url=URLS,
    ),
    "phone_numbers.release": _all(IDS),
    "phone_numbers.search_transcripts": _all(
        IDS, needed={"q": TEXT}, party=NONE | st.sampled_from(["local", "remote"]), limit=COUNT
    ),
    "calls.list": _all(IDS, **PAGING, is_blocked=MAYBE),
    "calls.get": _all(IDS, IDS),
    "calls.place": _all(needed={"from_number": NUMBERS, "to_number": NUMBERS}, client_websocket_url=URLS),
    "transcripts.list": _all(IDS, IDS),
    "texts.send": _all(IDS, needed={"to": NUMBERS, "text": TEXT}),
    "texts.list": _all(IDS, **PAGING, is_read=MAYBE, is_blocked=MAYBE),
    "texts.get": _all(IDS, IDS),
    "texts.update": _all(IDS, IDS, is_read=MAYBE),
    "texts.search": _all(IDS, needed={"q": TEXT}, limit=COUNT, is_blocked=MAYBE),
    "texts.list_conversations": _all(IDS, **PAGING, is_blocked=MAYBE),
    "texts.get_conversation": _all(IDS, NUMBERS, **PAGING),
    "texts.update_conversation": _all(IDS, NUMBERS, needed={"is_read": FLAG}),
    "sms_opt_ins.list": _all(status=NONE | _enum("SmsOptInStatus", "opted_in", "opted_out"), **SOME_PAGING),
    "sms_opt_ins.get": _all(NUMBERS),
    "sms_opt_ins.opt_in": _all(NUMBERS),
    "sms_opt_ins.opt_out": _all(NUMBERS),
    "phone_contact_rules.list": _all(IDS, **PHONE_FILTERS),
    "phone_contact_rules.get": _all(IDS, IDS),
    "phone_contact_rules.create": _all(
        IDS, needed={"action": PHONE_ACTION, "match_target": NUMBERS}, match_type=PHONE_MATCH
    ),
    "phone_contact_rules.update": _all(IDS, IDS, action=PHONE_ACTION, status=RULE_STATUS),
    "phone_contact_rules.delete": _all(IDS, IDS),
    "phone_contact_rules.list_all": _all(phone_number_id=NONE | IDS, **PHONE_FILTERS),
    "contacts.list": _all(q=SOME_TEXT, order=NONE | st.sampled_from(["name", "recent"]), **SOME_PAGING),
    "contacts.lookup": st.sampled_from(["email", "email_contains", "email_domain", "phone", "phone_contains"]).flatmap(
        lambda name: _all(needed={name: TEXT.filter(bool)})
    ),
    "contacts.get": _all(IDS),
    "contacts.create": _all(
        **CONTACT, access_identity_ids=NONE | st.just("wildcard") | st.lists(IDS, max_size=2)
    ),
    "contacts.update": _all(IDS, **CONTACT),
    "contacts.delete": _all(IDS),
    "contacts.access.list": _all(IDS),
    "contacts.access.grant": _all(IDS, identity_id=NONE | IDS) | _all(IDS, wildcard=FLAG),
    "contacts.access.revoke": _all(IDS, IDS),
    "contacts.vcards.import_vcards": _all(
        TEXT | st.binary(max_size=9), content_type=st.sampled_from(["text/vcard", "text/x-vcard"])
    ),
    "contacts.vcards.export_vcard": _all(IDS),
    "notes.list": _all(
        q=SOME_TEXT, identity_id=NONE | IDS, order=NONE | st.sampled_from(["recent", "created"]), **SOME_PAGING
    ),
    "notes.get": _all(IDS),
    "notes.create": _all(needed={"body": TEXT}, title=SOME_TEXT),
    "notes.update": _all(IDS, title=SOME_TEXT, body=TEXT),
    "notes.delete": _all(IDS),
    "notes.access.list": _all(IDS),
    "notes.access.grant": _all(IDS, needed={"identity_id": IDS}),
    "notes.access.revoke": _all(IDS, IDS),
    "vault.info": _all(),
    "vault.list_keys": _all(key_type=NONE | st.sampled_from(["primary", "recovery"])),
    "vault.delete_key": _all(st.from_regex("[0-9a-f]{64}", fullmatch=True)),
    "vault.list_secrets": _all(secret_type=NONE | st.sampled_from(["login", "other"])),
    "vault.delete_secret": _all(IDS),
    "vault.list_access_rules": _all(IDS),
    "vault.grant_access": _all(IDS, IDS),
    "vault.revoke_access": _all(IDS, IDS),
    "api_keys.create": _all(needed={"label": TEXT}, description=SOME_TEXT, scoped_identity_id=NONE | IDS),
    "tunnels.list": _all(),
    "tunnels.get": _all(IDS),
    "tunnels.update": _all(IDS, metadata=NONE | st.dictionaries(TEXT, TEXT | st.integers(), max_size=2)),
    "tunnels.sign_csr": _all(IDS, needed={"csr_pem": TEXT}),
}  # fmt: skip
