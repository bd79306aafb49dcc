"""What things are called, here and in the latency server. The size of a whole is part of its name. Loads nothing."""

KEY = "bench_key"
VAULT_KEY = "Bench-Vault-Key-01"
SECRETS = 1000  # that are in the vault


def message_name(number: int) -> str:
    """The `Message-ID` of a message."""
    return f"<m{number}@mail.example.com>"


def uuid_of(number: int) -> str:
    """The id of a message, a thread, a call or a secret; and of a phone number that has so many calls."""
    return f"00000000-0000-4000-8000-{number:012d}"


def mailbox_of(size: int) -> str:
    """The address of a mailbox of so many messages."""
    return f"inbox-{size}@mail.example.com"


def number_in(name: str) -> int:
    """The number that a name ends with, of an address before its domain."""
    return int(name.partition("@")[0].rpartition("-")[2])
