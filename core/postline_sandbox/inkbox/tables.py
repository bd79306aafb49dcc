"""The tables of accounts, identities, sending domains and tunnels."""

from postline_sandbox.inkbox.table import Table

_MADE = {"created_at": "TEXT NOT NULL", "updated_at": "TEXT NOT NULL"}

ORGANIZATIONS = Table(
    "inkbox_organizations",
    {
        "id": "TEXT PRIMARY KEY",
        "signing_key": "TEXT",
        "own_campaign": "BOOLEAN NOT NULL DEFAULT 0",
        "created_at": "TEXT NOT NULL",
    },
)

KEYS = Table(
    "inkbox_keys",
    {
        "id": "TEXT PRIMARY KEY",
        "organization_id": "TEXT NOT NULL",
        "created_by": "TEXT NOT NULL",
        "creator_type": "TEXT NOT NULL",
        "scoped_identity_id": "TEXT",
        "label": "TEXT NOT NULL",
        "description": "TEXT",
        "status": "TEXT NOT NULL",
        "last4": "TEXT NOT NULL",
        "display_prefix": "TEXT NOT NULL",
        "last_used_at": "TEXT",
        "expires_at": "TEXT",
        "revoked_at": "TEXT",
        **_MADE,
        "_digest": "TEXT NOT NULL UNIQUE",
    },
    "CREATE INDEX IF NOT EXISTS inkbox_keys_identity ON inkbox_keys (scoped_identity_id)",
)

SIGNUPS = Table(
    "inkbox_signups",
    {
        "identity_id": "TEXT PRIMARY KEY",
        "organization_id": "TEXT NOT NULL",
        "human_email": "TEXT NOT NULL",
        "note_to_human": "TEXT NOT NULL",
        "claimed": "BOOLEAN NOT NULL DEFAULT 0",
        "code": "TEXT NOT NULL",
        "code_sent_ms": "INTEGER NOT NULL",
        "attempts": "INTEGER NOT NULL DEFAULT 0",
        "created_ms": "INTEGER NOT NULL",
    },
)

IDENTITIES = Table(
    "inkbox_identities",
    {
        "id": "TEXT PRIMARY KEY",
        "organization_id": "TEXT NOT NULL",
        "agent_handle": "TEXT NOT NULL UNIQUE",
        "display_name": "TEXT",
        "description": "TEXT",
        "status": "TEXT NOT NULL DEFAULT 'active'",
        **_MADE,
    },
    "CREATE INDEX IF NOT EXISTS inkbox_identities_owner ON inkbox_identities (organization_id)",
)

IDENTITY_ACCESS = Table(
    "inkbox_identity_access",
    {
        "id": "TEXT PRIMARY KEY",
        "target_identity_id": "TEXT NOT NULL",
        "viewer_identity_id": "TEXT",
        "created_at": "TEXT NOT NULL",
    },
    "CREATE INDEX IF NOT EXISTS inkbox_identity_access_target ON inkbox_identity_access (target_identity_id)",
)

TUNNELS = Table(
    "inkbox_tunnels",
    {
        "id": "TEXT PRIMARY KEY",
        "organization_id": "TEXT NOT NULL",
        "tunnel_name": "TEXT NOT NULL UNIQUE",
        "tls_mode": "TEXT NOT NULL",
        "cert_pem": "TEXT",
        "cert_fingerprint_sha256": "TEXT",
        "cert_expires_at": "TEXT",
        "status": "TEXT NOT NULL",
        "last_connected_at": "TEXT",
        "last_connected_ip_addr": "TEXT",
        "currently_connected": "BOOLEAN NOT NULL DEFAULT 0",
        "public_host": "TEXT NOT NULL",
        "zone": "TEXT NOT NULL",
        "metadata": "JSON NOT NULL DEFAULT '{}'",
        **_MADE,
        "_identity_id": "TEXT NOT NULL UNIQUE",
        "_signed_ms": "JSON NOT NULL DEFAULT '[]'",
    },
    "CREATE INDEX IF NOT EXISTS inkbox_tunnels_owner ON inkbox_tunnels (organization_id)",
)

DOMAINS = Table(
    "inkbox_domains",
    {
        "id": "TEXT PRIMARY KEY",
        "domain": "TEXT NOT NULL UNIQUE",
        "status": "TEXT NOT NULL",
        "is_default": "BOOLEAN NOT NULL DEFAULT 0",
        "verified_at": "TEXT",
        "_organization_id": "TEXT NOT NULL",
    },
)

SENDS = Table(
    "inkbox_signup_sends",
    {"mailbox_id": "TEXT NOT NULL", "created_at": "TEXT NOT NULL"},
    "CREATE INDEX IF NOT EXISTS inkbox_signup_sends_quota ON inkbox_signup_sends (mailbox_id, created_at)",
)
"""When agents that signed themselves up sent mail: what they delete counts too."""

TABLES = (ORGANIZATIONS, KEYS, SIGNUPS, SENDS, IDENTITIES, IDENTITY_ACCESS, TUNNELS, DOMAINS)
