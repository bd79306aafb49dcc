"""The tables of the vault. Keys and payloads are opaque: nothing here is ever opened."""

from postline_sandbox.inkbox.table import Table

_MADE = {"created_at": "TEXT NOT NULL", "updated_at": "TEXT NOT NULL"}

VAULTS = Table("inkbox_vaults", {"id": "TEXT PRIMARY KEY", "organization_id": "TEXT NOT NULL UNIQUE", **_MADE})

VAULT_KEYS = Table(
    "inkbox_vault_keys",
    {
        "id": "TEXT PRIMARY KEY",
        "key_type": "TEXT NOT NULL",
        "created_by": "TEXT",
        **_MADE,
        "_organization_id": "TEXT NOT NULL",
        "_auth_hash": "TEXT NOT NULL",
        "_wrapped": "TEXT NOT NULL",
    },
    "CREATE UNIQUE INDEX IF NOT EXISTS inkbox_vault_keys_hash ON inkbox_vault_keys (_organization_id, _auth_hash)",
)

SECRETS = Table(
    "inkbox_secrets",
    {
        "id": "TEXT PRIMARY KEY",
        "name": "TEXT NOT NULL",
        "secret_type": "TEXT NOT NULL",
        "description": "TEXT",
        "encrypted_payload": "TEXT NOT NULL",
        **_MADE,
        "_organization_id": "TEXT NOT NULL",
    },
    "CREATE INDEX IF NOT EXISTS inkbox_secrets_owner ON inkbox_secrets (_organization_id)",
)

SECRET_ACCESS = Table(
    "inkbox_secret_access",
    {
        "id": "TEXT PRIMARY KEY",
        "vault_secret_id": "TEXT NOT NULL",
        "identity_id": "TEXT NOT NULL",
        "created_at": "TEXT NOT NULL",
        "_is_author": "BOOLEAN NOT NULL DEFAULT 0",
    },
    "CREATE UNIQUE INDEX IF NOT EXISTS inkbox_secret_access_pair"
    " ON inkbox_secret_access (vault_secret_id, identity_id)",
)
"""`_is_author` marks the rule that an agent gets with a secret of its making; a grant of its own replaces it."""

TABLES = (VAULTS, VAULT_KEYS, SECRETS, SECRET_ACCESS)
