"""The tables of the Commune half. Messages and threads are kept as the JSON that answers with them: reads do no work."""

TABLES = """
CREATE TABLE IF NOT EXISTS commune_organizations (
    organization_id TEXT PRIMARY KEY, name TEXT NOT NULL, tier TEXT NOT NULL, limits TEXT NOT NULL DEFAULT '{}',
    sms_credits INTEGER NOT NULL DEFAULT 10000
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS commune_keys (
    api_key TEXT PRIMARY KEY, organization_id TEXT NOT NULL, scopes TEXT NOT NULL, expires_ms INTEGER
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS commune_domains (
    seq INTEGER PRIMARY KEY, domain_id TEXT NOT NULL UNIQUE, organization_id TEXT, name TEXT NOT NULL UNIQUE,
    region TEXT, status TEXT NOT NULL, published INTEGER NOT NULL DEFAULT 0, created_at TEXT NOT NULL
);

CREATE TABLE IF NOT EXISTS commune_inboxes (
    seq INTEGER PRIMARY KEY, inbox_id TEXT NOT NULL UNIQUE, organization_id TEXT NOT NULL, domain_id TEXT NOT NULL,
    local_part TEXT NOT NULL, display_name TEXT, agent TEXT, webhook TEXT, status TEXT NOT NULL,
    created_at TEXT NOT NULL, UNIQUE (domain_id, local_part)
);

CREATE TABLE IF NOT EXISTS commune_messages (
    seq INTEGER PRIMARY KEY, organization_id TEXT NOT NULL, message_id TEXT NOT NULL, wire_id TEXT NOT NULL,
    thread_id TEXT NOT NULL, direction TEXT NOT NULL, inbox_id TEXT, domain_id TEXT, created_at TEXT NOT NULL,
    sender TEXT NOT NULL, delivery_status TEXT NOT NULL, files INTEGER NOT NULL, record BLOB NOT NULL, wire TEXT,
    UNIQUE (organization_id, message_id)
);
CREATE INDEX IF NOT EXISTS commune_messages_inbox ON commune_messages (inbox_id, created_at);
CREATE INDEX IF NOT EXISTS commune_messages_domain ON commune_messages (organization_id, domain_id, created_at);
CREATE INDEX IF NOT EXISTS commune_messages_sender ON commune_messages (organization_id, sender, created_at);
CREATE INDEX IF NOT EXISTS commune_messages_thread ON commune_messages (organization_id, thread_id, created_at);
CREATE INDEX IF NOT EXISTS commune_messages_sent
    ON commune_messages (organization_id, direction, created_at, delivery_status);
CREATE INDEX IF NOT EXISTS commune_messages_wire ON commune_messages (organization_id, wire_id);

CREATE VIRTUAL TABLE IF NOT EXISTS commune_words USING fts5 (subject, sender, content, tokenize = 'porter unicode61');

CREATE TABLE IF NOT EXISTS commune_threads (
    scope TEXT NOT NULL, organization_id TEXT NOT NULL, thread_id TEXT NOT NULL, last_message_at TEXT NOT NULL,
    record BLOB NOT NULL, PRIMARY KEY (organization_id, scope, thread_id)
);
CREATE INDEX IF NOT EXISTS commune_threads_order
    ON commune_threads (organization_id, scope, last_message_at, thread_id);

CREATE TABLE IF NOT EXISTS commune_routing_tokens (
    token TEXT NOT NULL, organization_id TEXT NOT NULL, thread_id TEXT NOT NULL, PRIMARY KEY (organization_id, token)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS commune_attachments (
    attachment_id TEXT PRIMARY KEY, organization_id TEXT NOT NULL, message_id TEXT NOT NULL, filename TEXT NOT NULL,
    mime_type TEXT NOT NULL, size INTEGER NOT NULL, content BLOB NOT NULL
);
CREATE INDEX IF NOT EXISTS commune_attachments_message ON commune_attachments (organization_id, message_id);

CREATE TABLE IF NOT EXISTS commune_idempotency (
    organization_id TEXT NOT NULL, idempotency_key TEXT NOT NULL, created_ms INTEGER NOT NULL, status INTEGER NOT NULL,
    body BLOB NOT NULL, PRIMARY KEY (organization_id, idempotency_key)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS commune_events (
    seq INTEGER PRIMARY KEY, event_id TEXT NOT NULL, organization_id TEXT NOT NULL, message_id TEXT NOT NULL,
    event_type TEXT NOT NULL, inbox_id TEXT, domain_id TEXT, processed_at TEXT NOT NULL, recipient TEXT, data TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS commune_events_message ON commune_events (organization_id, message_id);
CREATE INDEX IF NOT EXISTS commune_events_inbox ON commune_events (organization_id, inbox_id);
CREATE INDEX IF NOT EXISTS commune_events_domain ON commune_events (organization_id, domain_id);

CREATE TABLE IF NOT EXISTS commune_suppressions (
    suppression_id TEXT NOT NULL, organization_id TEXT NOT NULL, email TEXT NOT NULL, reason TEXT NOT NULL,
    type TEXT NOT NULL, source TEXT NOT NULL, inbox_id TEXT, domain_id TEXT, message_id TEXT, created_ms INTEGER NOT NULL,
    expires_ms INTEGER, PRIMARY KEY (organization_id, email)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS commune_soft_bounces (
    organization_id TEXT NOT NULL, email TEXT NOT NULL, in_a_row INTEGER NOT NULL, PRIMARY KEY (organization_id, email)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS commune_usage (
    organization_id TEXT NOT NULL, kind TEXT NOT NULL, subject TEXT NOT NULL, at_ms INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS commune_usage_order ON commune_usage (organization_id, kind, at_ms);

CREATE TABLE IF NOT EXISTS commune_phone_numbers (
    phone_number_id TEXT PRIMARY KEY, organization_id TEXT NOT NULL, number TEXT NOT NULL UNIQUE, active INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS commune_texts (
    seq INTEGER PRIMARY KEY, organization_id TEXT NOT NULL, phone_number_id TEXT NOT NULL, thread_id TEXT NOT NULL,
    message_id TEXT NOT NULL, remote_number TEXT NOT NULL, body TEXT NOT NULL, created_ms INTEGER NOT NULL
);

CREATE TABLE IF NOT EXISTS commune_text_refusals (
    organization_id TEXT NOT NULL, number TEXT NOT NULL, reason TEXT NOT NULL, PRIMARY KEY (organization_id, number)
) WITHOUT ROWID;
"""
