"""What the service would answer: one invented record of each kind, and which request gets which."""

from __future__ import annotations

import re
from typing import Any

import httpx

ID = "5f0c1c5e-6a3b-4c1e-9a51-0d6a0a6f2b10"
OTHER_ID = "0b8f3f0e-31f7-4a53-8a50-2a5f8d0f7a01"
ADDRESS = "sales-bot@inkbox.example.com"
NUMBER, REMOTE = "+12125550100", "+15035550143"
TIMES = {"created_at": "2026-05-20T10:00:00Z", "updated_at": "2026-05-20T10:00:01.250+00:00"}
Record = dict[str, Any]

NOTICE: Record = {"new_filter_mode": "whitelist", "redundant_rule_action": "block", "redundant_rule_count": 2}
MAILBOX: Record = {
    "id": OTHER_ID, "email_address": ADDRESS, "sending_domain": "inkbox.example.com", "webhook_url": None,
    "filter_mode": "whitelist", "agent_identity_id": ID, "filter_mode_change_notice": NOTICE, **TIMES,
}  # fmt: skip
MESSAGE: Record = {
    "id": ID, "mailbox_id": OTHER_ID, "thread_id": ID, "message_id": "<m1@inkbox.example.com>", "from_address": ADDRESS,
    "to_addresses": ["u@customer.example.net"], "cc_addresses": None, "subject": "Hello", "snippet": "Hi there!",
    "direction": "outbound", "status": "sent", "is_read": False, "is_starred": False, "has_attachments": False,
    "created_at": "2026-05-20T10:01:00Z",
}  # fmt: skip
MESSAGE_DETAIL: Record = {
    **MESSAGE, "body_text": "Hi there!", "body_html": None, "bcc_addresses": None, "in_reply_to": "<m0@x.example.net>",
    "references": ["<m0@x.example.net>"], "ses_message_id": None, "updated_at": "2026-05-20T10:01:00Z",
    "attachment_metadata": [{"filename": "a.pdf", "content_type": "application/pdf", "size": 3}],
}  # fmt: skip
THREAD: Record = {
    "id": ID, "mailbox_id": OTHER_ID, "subject": None, "folder": "spam", "message_count": 1,
    "last_message_at": "2026-05-20T10:01:00Z", "created_at": "2026-05-20T10:01:00Z",
}  # fmt: skip
MAIL_RULE: Record = {
    "id": ID, "mailbox_id": OTHER_ID, "action": "block", "match_type": "domain", "match_target": "spam.example.net",
    "status": "paused", **TIMES,
}  # fmt: skip
DOMAIN: Record = {
    "id": f"sending_domain_{ID}", "domain": "mail.customer.example.com", "status": "verified", "is_default": True,
    "verified_at": "2026-05-20T10:00:00Z",
}  # fmt: skip
PHONE_NUMBER: Record = {
    "id": OTHER_ID, "number": NUMBER, "type": "local", "status": "active", "sms_status": "pending", "sms_error_code": None,
    "sms_error_detail": None, "sms_ready_at": None, "incoming_call_action": "webhook", "client_websocket_url": None,
    "incoming_call_webhook_url": "https://agent.example.com/call", "incoming_text_webhook_url": None,
    "filter_mode": "blacklist", "state": "NY", "agent_identity_id": ID, "filter_mode_change_notice": None, **TIMES,
}  # fmt: skip
CALL: Record = {
    "id": ID, "local_phone_number": NUMBER, "remote_phone_number": REMOTE, "direction": "outbound", "status": "initiated",
    "client_websocket_url": "wss://agent.example.com/ws", "use_inkbox_tts": None, "use_inkbox_stt": True,
    "hangup_reason": None, "started_at": None, "ended_at": None, "is_blocked": False, **TIMES,
}  # fmt: skip
PLACED_CALL: Record = {
    **CALL, "rate_limit": {
        "calls_used": 1, "calls_remaining": 99, "calls_limit": 100, "minutes_used": 0.5, "minutes_remaining": 99.5,
        "minutes_limit": 100,
    },
}  # fmt: skip
TRANSCRIPT: Record = {
    "id": ID, "call_id": OTHER_ID, "seq": 0, "ts_ms": 1200, "party": "system", "text": "Hello?", "created_at": TIMES["created_at"],
}  # fmt: skip
TEXT: Record = {
    "id": ID, "direction": "outbound", "local_phone_number": NUMBER, "remote_phone_number": REMOTE, "text": "Hi", "type": "mms",
    "media": [{"content_type": "image/png", "size": 3, "url": "https://media.example.com/1"}], "is_read": True,
    "is_blocked": False, "delivery_status": "queued", "origin": "auto_reply", "error_code": None, "error_detail": None,
    "sent_at": None, "delivered_at": None, "failed_at": None, **TIMES,
}  # fmt: skip
CONVERSATION: Record = {
    "remote_phone_number": REMOTE, "latest_text": None, "latest_direction": "inbound", "latest_type": "sms",
    "latest_message_at": TIMES["created_at"], "unread_count": 1, "total_count": 4,
}  # fmt: skip
OPT_IN: Record = {
    "id": ID, "organization_id": "org_2abcDEF", "receiver_number": REMOTE, "status": "opted_in", "source": "sms",
    "opted_in_at": TIMES["created_at"], "opted_out_at": None, **TIMES,
}  # fmt: skip
PHONE_RULE: Record = {
    "id": ID, "phone_number_id": OTHER_ID, "action": "allow", "match_type": "exact_number", "match_target": REMOTE,
    "status": "active", **TIMES,
}  # fmt: skip
TUNNEL: Record = {
    "id": ID, "organization_id": "org_2abcDEF", "tunnel_name": "sales-bot", "tls_mode": "edge", "cert_pem": None,
    "cert_fingerprint_sha256": None, "cert_expires_at": None, "status": "active", "last_connected_at": None,
    "last_connected_ip_addr": None, "currently_connected": False, "public_host": "sales-bot.wire.example.com",
    "zone": "wire.example.com", "metadata": {"a": [1]}, **TIMES,
}  # fmt: skip
IDENTITY: Record = {
    "id": ID, "organization_id": "org_2abcDEF", "agent_handle": "sales-bot", "display_name": "Sales Bot", "description": None,
    "email_address": ADDRESS, **TIMES,
}  # fmt: skip
IDENTITY_DETAIL: Record = {**IDENTITY, "mailbox": MAILBOX, "phone_number": PHONE_NUMBER, "tunnel": TUNNEL}
ACCESS: Record = {"id": ID, "created_at": TIMES["created_at"]}
CONTACT: Record = {
    "id": ID, "organization_id": "org_2abcDEF", "preferred_name": "Jane", "name_prefix": None, "given_name": "Jane",
    "middle_name": None, "family_name": "Doe", "name_suffix": None, "company_name": "Pumps", "job_title": None, "notes": "n",
    "birthday": "1990-02-28", "emails": [{"value": "jane@customer.example.net", "label": "work", "is_primary": True}],
    "phones": [{"value_e164": REMOTE}], "websites": [{"url": "https://jane.example.net", "label": None}],
    "dates": [{"date": "2020-01-02", "label": "met"}], "addresses": [{"city": "Bergen", "postal": "5003"}],
    "custom_fields": [{"label": "shoe", "value": "42"}], "status": "active",
    "access": [{**ACCESS, "contact_id": ID, "identity_id": None}], **TIMES,
}  # fmt: skip
NOTE: Record = {
    "id": ID, "organization_id": "org_2abcDEF", "created_by": "user_1", "title": None, "body": "Remember", "status": "active",
    "access": [{**ACCESS, "note_id": ID, "identity_id": OTHER_ID}], **TIMES,
}  # fmt: skip
SECRET: Record = {"id": ID, "name": "CRM", "secret_type": "login", "description": None, **TIMES}
API_KEY: Record = {
    "id": f"ApiKey_{ID}", "organization_id": "org_2abcDEF", "created_by": ID, "creator_type": "human",
    "scoped_identity_id": ID, "label": "l", "description": None, "status": "active", "last4": "abcd",
    "display_prefix": "ApiKey_5f0c1c5e", "last_used_at": None, "expires_at": None, "revoked_at": None, **TIMES,
}  # fmt: skip
WHOAMI: Record = {
    "auth_type": "api_key", "auth_subtype": "api_key.admin_scoped", "organization_id": "org_2abcDEF", "created_by": "user_1",
    "creator_type": "human", "key_id": f"ApiKey_{ID}", "label": "l", "description": None, "created_at": 1711929600.0,
    "last_used_at": None, "expires_at": None,
}  # fmt: skip
SIGNUP: Record = {
    "email_address": ADDRESS, "organization_id": f"org_agent_{ID}", "api_key": "invented.key", "agent_handle": "sales-bot",
    "claim_status": "agent_unclaimed", "human_email": "jo@customer.example.net", "message": "Sent",
}  # fmt: skip
RESTRICTIONS: Record = {
    "max_sends_per_day": 10, "allowed_recipients": ["jo@customer.example.net"], "can_receive": True, "can_create_mailboxes": False,
}  # fmt: skip
SIGNUP_STATUS: Record = {
    "claim_status": "agent_unclaimed", "human_state": "human_no_account", "human_email": "jo@customer.example.net",
    "restrictions": RESTRICTIONS,
}  # fmt: skip
CERTIFICATE: Record = {
    "cert_pem": "c", "chain_pem": "h", "cert_fingerprint_sha256": "f", "cert_expires_at": "2026-08-20T10:00:00Z",
}  # fmt: skip
VAULT: Record = {
    "id": ID, "organization_id": "org_2abcDEF", "key_count": 1, "secret_count": 1, "recovery_key_count": 4, **TIMES,
}  # fmt: skip
IMPORT: Record = {
    "created_count": 1, "error_count": 1, "results": [
        {"index": 0, "status": "created", "contact": CONTACT, "error": None},
        {"index": 1, "status": "error", "contact": None, "error": "no name"},
    ],
}  # fmt: skip
LINK: Record = {"url": "https://files.example.com/1?signature=invented", "filename": "a.pdf", "expires_in": 900}
UPDATED: Record = {"remote_phone_number": REMOTE, "is_read": True, "updated_count": 3}
VAULT_KEY: Record = {"id": ID, "key_type": "primary", "created_by": None, **TIMES}
RULE: Record = {**ACCESS, "vault_secret_id": ID, "identity_id": OTHER_ID}

ANSWERS: tuple[tuple[str, Any], ...] = (
    ("POST /api/v1/agent-signup", SIGNUP),
    ("POST /api/v1/agent-signup/(verify|resend-verification)", SIGNUP),
    ("GET /api/v1/agent-signup/status", SIGNUP_STATUS),
    ("GET /api/v1/identities/", [IDENTITY]),
    ("POST /api/v1/identities/", IDENTITY_DETAIL),
    ("GET /api/v1/identities/[^/]+", IDENTITY_DETAIL),
    ("PATCH /api/v1/identities/[^/]+", {**IDENTITY, "agent_handle": "renamed-bot", "display_name": None}),
    ("GET /api/v1/identities/[^/]+/access", [{**ACCESS, "target_identity_id": ID, "viewer_identity_id": None}]),
    ("POST /api/v1/identities/[^/]+/access", {**ACCESS, "target_identity_id": ID, "viewer_identity_id": OTHER_ID}),
    ("GET /api/v1/mail/mailboxes", [MAILBOX]),
    ("(GET|PATCH) /api/v1/mail/mailboxes/[^/]+", MAILBOX),
    ("GET /api/v1/mail/mailboxes/[^/]+/search", {"items": [MESSAGE]}),
    ("POST /api/v1/mail/mailboxes/[^/]+/messages(/[^/]+/forward)?", MESSAGE),
    ("GET /api/v1/mail/mailboxes/[^/]+/messages/[^/]+", MESSAGE_DETAIL),
    ("PATCH /api/v1/mail/mailboxes/[^/]+/messages/[^/]+", MESSAGE),
    ("GET /api/v1/mail/mailboxes/[^/]+/messages/[^/]+/attachments/.+", LINK),
    ("GET /api/v1/mail/mailboxes/[^/]+/threads/folders", ["archive", "inbox"]),
    ("GET /api/v1/mail/mailboxes/[^/]+/threads/[^/]+", {**THREAD, "messages": [MESSAGE]}),
    ("PATCH /api/v1/mail/mailboxes/[^/]+/threads/[^/]+", THREAD),
    ("GET /api/v1/mail/(mailboxes/[^/]+/)?contact-rules", {"items": [MAIL_RULE]}),
    ("(GET|PATCH|POST) /api/v1/mail/mailboxes/[^/]+/contact-rules(/[^/]+)?", MAIL_RULE),
    ("GET /api/v1/domains/", [DOMAIN]),
    ("POST /api/v1/domains/.+/set-default", {"default_domain": "mail.customer.example.com"}),
    ("GET /api/v1/phone/numbers", [PHONE_NUMBER]),
    ("POST /api/v1/phone/numbers", PHONE_NUMBER),
    ("(GET|PATCH) /api/v1/phone/numbers/[^/]+", PHONE_NUMBER),
    ("GET /api/v1/phone/numbers/[^/]+/search", [TRANSCRIPT]),
    ("GET /api/v1/phone/numbers/[^/]+/calls", [CALL]),
    ("GET /api/v1/phone/numbers/[^/]+/calls/[^/]+", CALL),
    ("GET /api/v1/phone/numbers/[^/]+/calls/[^/]+/transcripts", [TRANSCRIPT]),
    ("POST /api/v1/phone/place-call", PLACED_CALL),
    ("GET /api/v1/phone/numbers/[^/]+/texts(/search)?", [TEXT]),
    ("POST /api/v1/phone/numbers/[^/]+/texts", TEXT),
    ("GET /api/v1/phone/numbers/[^/]+/texts/conversations", [CONVERSATION]),
    ("GET /api/v1/phone/numbers/[^/]+/texts/conversations/[^/]+", [TEXT]),
    ("PATCH /api/v1/phone/numbers/[^/]+/texts/conversations/[^/]+", UPDATED),
    ("(GET|PATCH) /api/v1/phone/numbers/[^/]+/texts/[^/]+", TEXT),
    ("GET /api/v1/phone/sms-opt-ins", [OPT_IN]),
    ("GET /api/v1/phone/sms-opt-ins/[^/]+", OPT_IN),
    ("POST /api/v1/phone/sms-opt-ins/[^/]+/opt-(in|out)", OPT_IN),
    ("GET /api/v1/phone/(numbers/[^/]+/)?contact-rules", [PHONE_RULE]),
    ("(GET|PATCH|POST) /api/v1/phone/numbers/[^/]+/contact-rules(/[^/]+)?", PHONE_RULE),
    ("GET /api/v1/contacts(/lookup)?", {"items": [CONTACT]}),
    ("POST /api/v1/contacts/import", IMPORT),
    ("POST /api/v1/contacts", CONTACT),
    ("GET /api/v1/contacts/[^/]+[.]vcf", "BEGIN:VCARD\r\nFN:Jané\r\nEND:VCARD\r\n"),
    ("(GET|PATCH) /api/v1/contacts/[^/]+", CONTACT),
    ("GET /api/v1/contacts/[^/]+/access", [{**ACCESS, "contact_id": ID, "identity_id": OTHER_ID}]),
    ("POST /api/v1/contacts/[^/]+/access", {**ACCESS, "contact_id": ID, "identity_id": None}),
    ("GET /api/v1/notes", [NOTE]),
    ("POST /api/v1/notes", NOTE),
    ("(GET|PATCH) /api/v1/notes/[^/]+", NOTE),
    ("GET /api/v1/notes/[^/]+/access", {"items": NOTE["access"]}),
    ("POST /api/v1/notes/[^/]+/access", NOTE["access"][0]),
    ("GET /api/v1/vault/info", VAULT),
    ("GET /api/v1/vault/keys", [VAULT_KEY]),
    ("GET /api/v1/vault/secrets", [SECRET]),
    ("GET /api/v1/vault/secrets/[^/]+/access", [RULE]),
    ("POST /api/v1/vault/secrets/[^/]+/access", RULE),
    ("POST /api/v1/api-keys", {"api_key": "invented.key", "record": API_KEY}),
    ("GET /api/whoami", WHOAMI),
    ("POST /api/v1/signing-keys", {"signing_key": "whsec_invented", "created_at": TIMES["created_at"]}),
    ("GET /api/v1/tunnels/", {"tunnels": [TUNNEL]}),
    ("(GET|PATCH) /api/v1/tunnels/[^/]+", TUNNEL),
    ("POST /api/v1/tunnels/[^/]+/sign-csr", CERTIFICATE),
)  # fmt: skip


def answer(request: httpx.Request) -> httpx.Response:
    """Answer as the service would; listings by cursor have two pages."""
    if request.method == "DELETE":
        return httpx.Response(204)
    path = request.url.raw_path.decode().partition("?")[0]
    for pattern, found in ((re.fullmatch(pattern, f"{request.method} {path}"), found) for pattern, found in ANSWERS):
        if pattern:
            return httpx.Response(200, text=found) if isinstance(found, str) else httpx.Response(200, json=found)
    kind = {"messages": MESSAGE, "threads": THREAD}[path.rpartition("/")[2]]
    last = "cursor" in request.url.params
    read = {**kind, "is_read": True} if kind is MESSAGE else kind
    page = {"items": [read] if last else [kind, read], "has_more": not last, "next_cursor": None if last else "c+/ 2"}
    return httpx.Response(200, json=page)
