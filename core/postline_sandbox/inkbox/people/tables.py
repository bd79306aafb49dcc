"""The tables of contacts and notes, and of who sees them."""

from postline_sandbox.inkbox.table import Table

_MADE = {"created_at": "TEXT NOT NULL", "updated_at": "TEXT NOT NULL"}

CONTACTS = Table(
    "inkbox_contacts",
    {
        "id": "TEXT PRIMARY KEY",
        "organization_id": "TEXT NOT NULL",
        "preferred_name": "TEXT",
        "name_prefix": "TEXT",
        "given_name": "TEXT",
        "middle_name": "TEXT",
        "family_name": "TEXT",
        "name_suffix": "TEXT",
        "company_name": "TEXT",
        "job_title": "TEXT",
        "notes": "TEXT",
        "birthday": "TEXT",
        "emails": "JSON NOT NULL DEFAULT '[]'",
        "phones": "JSON NOT NULL DEFAULT '[]'",
        "websites": "JSON NOT NULL DEFAULT '[]'",
        "dates": "JSON NOT NULL DEFAULT '[]'",
        "addresses": "JSON NOT NULL DEFAULT '[]'",
        "custom_fields": "JSON NOT NULL DEFAULT '[]'",
        "status": "TEXT NOT NULL DEFAULT 'active'",
        **_MADE,
        "_changed": "INTEGER NOT NULL UNIQUE",
        "_words": "TEXT NOT NULL",
    },
    "CREATE INDEX IF NOT EXISTS inkbox_contacts_owner ON inkbox_contacts (organization_id)",
)
"""`_changed` counts changes, for the order of the latest; `_words` is what a search looks through, in lower case."""

CONTACT_POINTS = Table(
    "inkbox_contact_points",
    {"contact_id": "TEXT NOT NULL", "kind": "TEXT NOT NULL", "value": "TEXT NOT NULL"},
    "CREATE INDEX IF NOT EXISTS inkbox_contact_points_value ON inkbox_contact_points (kind, value)",
    "CREATE INDEX IF NOT EXISTS inkbox_contact_points_contact ON inkbox_contact_points (contact_id)",
)
"""The addresses and numbers of contacts in lower case, for looking them up."""

CONTACT_ACCESS = Table(
    "inkbox_contact_access",
    {"id": "TEXT PRIMARY KEY", "contact_id": "TEXT NOT NULL", "identity_id": "TEXT", "created_at": "TEXT NOT NULL"},
    "CREATE INDEX IF NOT EXISTS inkbox_contact_access_contact ON inkbox_contact_access (contact_id)",
)

NOTES = Table(
    "inkbox_notes",
    {
        "id": "TEXT PRIMARY KEY",
        "organization_id": "TEXT NOT NULL",
        "created_by": "TEXT NOT NULL",
        "title": "TEXT",
        "body": "TEXT NOT NULL",
        "status": "TEXT NOT NULL DEFAULT 'active'",
        **_MADE,
        "_changed": "INTEGER NOT NULL UNIQUE",
        "_words": "TEXT NOT NULL",
    },
    "CREATE INDEX IF NOT EXISTS inkbox_notes_owner ON inkbox_notes (organization_id)",
)

NOTE_ACCESS = Table(
    "inkbox_note_access",
    {
        "id": "TEXT PRIMARY KEY",
        "note_id": "TEXT NOT NULL",
        "identity_id": "TEXT NOT NULL",
        "created_at": "TEXT NOT NULL",
    },
    "CREATE INDEX IF NOT EXISTS inkbox_note_access_note ON inkbox_note_access (note_id)",
)

TABLES = (CONTACTS, CONTACT_POINTS, CONTACT_ACCESS, NOTES, NOTE_ACCESS)
