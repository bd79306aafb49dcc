"""The tables of numbers, calls, transcripts, texts and consent."""

from postline_sandbox.inkbox.contact_rules import rules_table
from postline_sandbox.inkbox.table import Table

_MADE = {"created_at": "TEXT NOT NULL", "updated_at": "TEXT NOT NULL"}
_LINE = {"direction": "TEXT NOT NULL", "local_phone_number": "TEXT NOT NULL", "remote_phone_number": "TEXT NOT NULL"}

NUMBERS = Table(
    "inkbox_numbers",
    {
        "id": "TEXT PRIMARY KEY",
        "number": "TEXT NOT NULL",
        "type": "TEXT NOT NULL",
        "status": "TEXT NOT NULL DEFAULT 'active'",
        "sms_status": "TEXT",
        "sms_error_code": "TEXT",
        "sms_error_detail": "TEXT",
        "sms_ready_at": "TEXT",
        "incoming_call_action": "TEXT NOT NULL",
        "client_websocket_url": "TEXT",
        "incoming_call_webhook_url": "TEXT",
        "incoming_text_webhook_url": "TEXT",
        "filter_mode": "TEXT NOT NULL DEFAULT 'blacklist'",
        "state": "TEXT",
        "agent_identity_id": "TEXT UNIQUE",
        **_MADE,
        "_organization_id": "TEXT NOT NULL",
        "_refusal": "TEXT",
    },
    "CREATE UNIQUE INDEX IF NOT EXISTS inkbox_numbers_live ON inkbox_numbers (number) WHERE status = 'active'",
    "CREATE INDEX IF NOT EXISTS inkbox_numbers_owner ON inkbox_numbers (_organization_id)",
)
"""`sms_ready_at` of a pending number is the moment that makes it ready; `_refusal` is why it cannot send texts."""

CALLS = Table(
    "inkbox_calls",
    {
        "id": "TEXT PRIMARY KEY",
        **_LINE,
        "status": "TEXT NOT NULL",
        "client_websocket_url": "TEXT",
        "use_inkbox_tts": "BOOLEAN",
        "use_inkbox_stt": "BOOLEAN",
        "hangup_reason": "TEXT",
        "started_at": "TEXT",
        "ended_at": "TEXT",
        "is_blocked": "BOOLEAN NOT NULL DEFAULT 0",
        **_MADE,
        "_number_id": "TEXT NOT NULL",
        "_organization_id": "TEXT NOT NULL",
        "_peer_id": "TEXT",
    },
    "CREATE INDEX IF NOT EXISTS inkbox_calls_number ON inkbox_calls (_number_id)",
    "CREATE INDEX IF NOT EXISTS inkbox_calls_quota ON inkbox_calls (_organization_id, created_at)",
)
"""`_peer_id` is the other end of a call between two numbers of the sandbox."""

TRANSCRIPTS = Table(
    "inkbox_transcripts",
    {
        "_row": "INTEGER PRIMARY KEY",
        "id": "TEXT NOT NULL UNIQUE",
        "call_id": "TEXT NOT NULL",
        "seq": "INTEGER NOT NULL",
        "ts_ms": "INTEGER NOT NULL",
        "party": "TEXT NOT NULL",
        "text": "TEXT NOT NULL",
        "created_at": "TEXT NOT NULL",
    },
    "CREATE UNIQUE INDEX IF NOT EXISTS inkbox_transcripts_order ON inkbox_transcripts (call_id, seq)",
    "CREATE VIRTUAL TABLE IF NOT EXISTS inkbox_spoken USING fts5 (text, tokenize = 'porter unicode61')",
)

TEXTS = Table(
    "inkbox_texts",
    {
        "_row": "INTEGER PRIMARY KEY",
        "id": "TEXT NOT NULL UNIQUE",
        **_LINE,
        "text": "TEXT",
        "type": "TEXT NOT NULL",
        "media": "JSON",
        "is_read": "BOOLEAN NOT NULL",
        "is_blocked": "BOOLEAN NOT NULL DEFAULT 0",
        "delivery_status": "TEXT",
        "origin": "TEXT NOT NULL DEFAULT 'user_initiated'",
        "error_code": "TEXT",
        "error_detail": "TEXT",
        "sent_at": "TEXT",
        "delivered_at": "TEXT",
        "failed_at": "TEXT",
        **_MADE,
        "_number_id": "TEXT NOT NULL",
        "_deleted": "BOOLEAN NOT NULL DEFAULT 0",
    },
    "CREATE INDEX IF NOT EXISTS inkbox_texts_number ON inkbox_texts (_number_id)",
    "CREATE INDEX IF NOT EXISTS inkbox_texts_talk ON inkbox_texts (_number_id, remote_phone_number)",
    "CREATE INDEX IF NOT EXISTS inkbox_texts_quota ON inkbox_texts (_number_id, created_at)",
    "CREATE VIRTUAL TABLE IF NOT EXISTS inkbox_texted USING fts5 (text, tokenize = 'porter unicode61')",
)

MEDIA = Table(
    "inkbox_media",
    {
        "id": "TEXT PRIMARY KEY",
        "content_type": "TEXT NOT NULL",
        "content": "BLOB NOT NULL",
    },
)

OPT_INS = Table(
    "inkbox_opt_ins",
    {
        "id": "TEXT PRIMARY KEY",
        "organization_id": "TEXT NOT NULL",
        "receiver_number": "TEXT NOT NULL",
        "status": "TEXT NOT NULL",
        "source": "TEXT NOT NULL",
        "opted_in_at": "TEXT",
        "opted_out_at": "TEXT",
        **_MADE,
    },
    "CREATE UNIQUE INDEX IF NOT EXISTS inkbox_opt_ins_receiver ON inkbox_opt_ins (organization_id, receiver_number)",
)

TEXT_OUTCOMES = Table("inkbox_text_outcomes", {"number": "TEXT PRIMARY KEY", "outcome": "TEXT NOT NULL"})

PHONE_RULES = rules_table("inkbox_phone_rules", "phone_number_id")

TABLES = (NUMBERS, CALLS, TRANSCRIPTS, TEXTS, MEDIA, OPT_INS, TEXT_OUTCOMES, PHONE_RULES)
