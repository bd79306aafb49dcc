"""The tables of mail."""

from postline_sandbox.inkbox.table import Table

MAILBOXES = Table(
    "inkbox_mailboxes",
    {
        "id": "TEXT PRIMARY KEY",
        "email_address": "TEXT NOT NULL UNIQUE",
        "sending_domain": "TEXT NOT NULL",
        "webhook_url": "TEXT",
        "filter_mode": "TEXT NOT NULL DEFAULT 'blacklist'",
        "agent_identity_id": "TEXT NOT NULL UNIQUE",
        "created_at": "TEXT NOT NULL",
        "updated_at": "TEXT NOT NULL",
        "_organization_id": "TEXT NOT NULL",
    },
    "CREATE INDEX IF NOT EXISTS inkbox_mailboxes_owner ON inkbox_mailboxes (_organization_id)",
)

THREADS = Table(
    "inkbox_threads",
    {
        "id": "TEXT PRIMARY KEY",
        "mailbox_id": "TEXT NOT NULL",
        "subject": "TEXT",
        "folder": "TEXT NOT NULL",
        "message_count": "INTEGER NOT NULL",
        "last_message_at": "TEXT NOT NULL",
        "created_at": "TEXT NOT NULL",
    },
    "CREATE INDEX IF NOT EXISTS inkbox_threads_order ON inkbox_threads (mailbox_id, last_message_at)",
)

MESSAGES = Table(
    "inkbox_messages",
    {
        "seq": "INTEGER PRIMARY KEY",
        "id": "TEXT NOT NULL UNIQUE",
        "mailbox_id": "TEXT NOT NULL",
        "thread_id": "TEXT NOT NULL",
        "message_id": "TEXT NOT NULL",
        "direction": "TEXT NOT NULL",
        "blocked": "BOOLEAN NOT NULL DEFAULT 0",
        "created_at": "TEXT NOT NULL",
        "record": "BLOB NOT NULL",
        "detail": "BLOB NOT NULL",
    },
    "CREATE INDEX IF NOT EXISTS inkbox_messages_order ON inkbox_messages (mailbox_id, created_at)",
    "CREATE INDEX IF NOT EXISTS inkbox_messages_thread ON inkbox_messages (thread_id, created_at)",
    "CREATE INDEX IF NOT EXISTS inkbox_messages_name ON inkbox_messages (mailbox_id, message_id)",
    "CREATE VIRTUAL TABLE IF NOT EXISTS inkbox_words"
    " USING fts5 (subject, sender, content, tokenize = 'porter unicode61')",
)
"""A message is kept as the JSON that answers with it, the fields of its detail apart: reads do no work."""

ATTACHMENTS = Table(
    "inkbox_attachments",
    {
        "id": "TEXT PRIMARY KEY",
        "message_id": "TEXT NOT NULL",
        "filename": "TEXT NOT NULL",
        "content_type": "TEXT NOT NULL",
        "content": "BLOB NOT NULL",
    },
    "CREATE INDEX IF NOT EXISTS inkbox_attachments_message ON inkbox_attachments (message_id)",
)

OUTCOMES = Table("inkbox_outcomes", {"address": "TEXT PRIMARY KEY", "outcome": "TEXT NOT NULL", "reason": "TEXT"})

TABLES = (MAILBOXES, THREADS, MESSAGES, ATTACHMENTS, OUTCOMES)
