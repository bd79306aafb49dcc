"""Endpoints of the rules about whom a number hears from, calls and writes to."""

from __future__ import annotations

from postline.inkbox._arguments import Id, at, stated
from postline.inkbox._record import Items
from postline.inkbox.mail.types import ContactRuleStatus
from postline.inkbox.phone.types import PhoneContactRule, PhoneRuleAction, PhoneRuleMatchType
from postline.operation import Operation
from postline.resource import C, Resource, endpoint

# Inside a class whose method is called `list`, the type needs another name.
Rules = list[PhoneContactRule]


class PhoneContactRules(Resource[C]):
    """Rules of numbers."""

    @endpoint
    def list(
        self,
        phone_number_id: Id,
        *,
        action: PhoneRuleAction | str | None = None,
        match_type: PhoneRuleMatchType | str | None = None,
        limit: int | None = None,
        offset: int | None = None,
    ) -> Operation[Rules]:
        """List a number's rules, newest first, paused ones too; 50 unless `limit` says otherwise, at most 200."""
        query = {"action": action, "match_type": match_type, "limit": limit, "offset": offset}
        return Operation("GET", _of(phone_number_id), Items[PhoneContactRule], query)

    @endpoint
    def get(self, phone_number_id: Id, rule_id: Id) -> Operation[PhoneContactRule]:
        """Fetch one rule."""
        return Operation("GET", _of(phone_number_id, "/{}", rule_id), PhoneContactRule)

    @endpoint
    def create(
        self,
        phone_number_id: Id,
        *,
        action: PhoneRuleAction | str,
        match_target: str,
        match_type: PhoneRuleMatchType | str = PhoneRuleMatchType.EXACT_NUMBER,
    ) -> Operation[PhoneContactRule]:
        """Add a rule for a remote number, for calls and texts.

        Raises:
            DuplicateContactRuleError: There is one for this number already.
        """
        body = {"action": action, "match_type": match_type, "match_target": match_target}
        return Operation("POST", _of(phone_number_id), PhoneContactRule, body=body)

    @endpoint
    def update(
        self,
        phone_number_id: Id,
        rule_id: Id,
        *,
        action: PhoneRuleAction | str | None = None,
        status: ContactRuleStatus | str | None = None,
    ) -> Operation[PhoneContactRule]:
        """Change what a rule does, or pause it; its target stays."""
        body = stated(action=action, status=status)
        where = _of(phone_number_id, "/{}", rule_id)
        return Operation("PATCH", where, PhoneContactRule, body=body, repeatable=True)

    @endpoint
    def delete(self, phone_number_id: Id, rule_id: Id) -> Operation[None]:
        """Delete a rule."""
        return Operation("DELETE", _of(phone_number_id, "/{}", rule_id), None)

    @endpoint
    def list_all(
        self,
        *,
        phone_number_id: Id | None = None,
        action: PhoneRuleAction | str | None = None,
        match_type: PhoneRuleMatchType | str | None = None,
        limit: int | None = None,
        offset: int | None = None,
    ) -> Operation[Rules]:
        """List the rules of all numbers, newest first."""
        query = {
            "phone_number_id": phone_number_id, "action": action, "match_type": match_type,
            "limit": limit, "offset": offset,
        }  # fmt: skip
        return Operation("GET", at("/phone/contact-rules"), Items[PhoneContactRule], query)


def _of(phone_number_id: Id, template: str = "", *segments: Id) -> str:
    return at(f"/phone/numbers/{{}}/contact-rules{template}", phone_number_id, *segments)
