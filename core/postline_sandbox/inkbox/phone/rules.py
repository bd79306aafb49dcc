"""The contact rules of phone numbers: they stop calls and texts, both ways."""

from postline_sandbox.inkbox.call import refuse
from postline_sandbox.inkbox.contact_rules import Rules
from postline_sandbox.inkbox.e164 import normalized
from postline_sandbox.inkbox.phone import number_rows
from postline_sandbox.inkbox.phone.tables import PHONE_RULES
from postline_sandbox.storage import Storage
from postline_sandbox.web import Json

RULES = Rules(
    table=PHONE_RULES,
    owner="phone_number_id",
    find_owner=number_rows.visible,
    targets={"exact_number": normalized},
)


def is_blocked(storage: Storage, number: Json, remote: str) -> bool:
    """Say whether a number's rules stop what comes from somebody."""
    return RULES.judge(storage, number, [("exact_number", remote)]).blocked


def ensure_reachable(storage: Storage, number: Json, remote: str) -> None:
    """Refuse to call or text whom the number's rules stop."""
    verdict = RULES.judge(storage, number, [("exact_number", remote)])
    if verdict.blocked:
        reason = "A contact rule blocks this number" if verdict.rule_id else "No contact rule allows this number"
        detail = {"error": "recipient_blocked", "matched_rule_id": verdict.rule_id, "address": remote, "reason": reason}
        raise refuse(403, {**detail, "message": reason})
