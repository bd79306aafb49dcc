"""Mail that comes in: from outside, from another sandbox mailbox, or from a file of old mail."""

from typing import TYPE_CHECKING

from postline_sandbox.inkbox.tables import DOMAINS
from postline_sandbox.mime import Mail

if TYPE_CHECKING:
    from postline_sandbox.inkbox.service import Inkbox

PLATFORM_DOMAIN = "inkbox-sandbox.example.com"


def has_domain(inkbox: "Inkbox", domain: str) -> bool:
    """Say whether mail to a domain belongs here."""
    return domain == PLATFORM_DOMAIN or DOMAINS.one(inkbox.storage, domain=domain) is not None


def receive(inkbox: "Inkbox", mail: Mail, recipients: list[str]) -> list[dict[str, object]]:
    """Take in one mail."""
    return [{"service": "inkbox", "to": one, "stored": False, "reason": "no such inbox"} for one in recipients]
