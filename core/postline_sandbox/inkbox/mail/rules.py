"""The contact rules of mailboxes: by address, or by its domain."""

import re

from postline_sandbox.inkbox.contact_rules import Rules, Verdict, rules_table
from postline_sandbox.inkbox.mail import mailbox_rows
from postline_sandbox.mime import bare_address
from postline_sandbox.storage import Storage
from postline_sandbox.web import Json

ADDRESS = re.compile(r"[^\s@<>,;\"]+@[^\s@<>,;\"]+\.[^\s@<>,;\".]+")
_DOMAIN = re.compile(r"([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z0-9-]{2,}")


def _address(target: str) -> str | None:
    address = target.strip().lower()
    return address if ADDRESS.fullmatch(address) else None


def _domain(target: str) -> str | None:
    domain = target.strip().lower().removeprefix("@")
    return domain if _DOMAIN.fullmatch(domain) else None


RULES = Rules(
    table=rules_table("inkbox_mail_rules", "mailbox_id"),
    owner="mailbox_id",
    find_owner=mailbox_rows.visible,
    targets={"exact_email": _address, "domain": _domain},
)


def judge_sender(storage: Storage, mailbox: Json, sender: str) -> Verdict:
    """Say whether a mailbox's rules stop mail from somebody."""
    address = bare_address(sender)
    candidates = [("exact_email", address), ("domain", address.rpartition("@")[2])]
    return RULES.judge(storage, mailbox, candidates)
