"""Endpoints of the rules about whom a mailbox hears from and writes to."""

from __future__ import annotations

from postline.inkbox._arguments import Id, at, stated
from postline.inkbox._record import Items
from postline.inkbox.mail.types import ContactRuleStatus, MailContactRule, MailRuleAction, MailRuleMatchType
from postline.operation import Operation
from postline.resource import C, Resource, endpoint

# Inside a class whose method is called `list`, the type needs another name.
Rules = list[MailContactRule]


class MailContactRules(Resource[C]):
    """Rules of mailboxes."""

    @endpoint
    def list(
        self,
        email_address: str,
        *,
        action: MailRuleAction | str | None = None,
        match_type: MailRuleMatchType | str | None = None,
        limit: int | None = None,
        offset: int | None = None,
    ) -> Operation[Rules]:
        """List a mailbox's rules, newest first, paused ones too; 50 unless `limit` says otherwise, at most 200."""
        query = {"action": action, "match_type": match_type, "limit": limit, "offset": offset}
        return Operation("GET", _of(email_address), Items[MailContactRule], query)

    @endpoint
    def get(self, email_address: str, rule_id: Id) -> Operation[MailContactRule]:
        """Fetch one rule."""
        return Operation("GET", _of(email_address, "/{}", rule_id), MailContactRule)

    @endpoint
    def create(
        self,
        email_address: str,
        *,
        action: MailRuleAction | str,
        match_type: MailRuleMatchType | str,
        match_target: str,
    ) -> Operation[MailContactRule]:
        """Add a rule for an address or a domain.

        Raises:
            DuplicateContactRuleError: There is one for this target already.
        """
        body = {"action": action, "match_type": match_type, "match_target": match_target}
        return Operation("POST", _of(email_address), MailContactRule, body=body)

    @endpoint
    def update(
        self,
        email_address: str,
        rule_id: Id,
        *,
        action: MailRuleAction | str | None = None,
        status: ContactRuleStatus | str | None = None,
    ) -> Operation[MailContactRule]:
        """Change what a rule does, or pause it; its target stays."""
        body = stated(action=action, status=status)
        where = _of(email_address, "/{}", rule_id)
        return Operation("PATCH", where, MailContactRule, body=body, repeatable=True)

    @endpoint
    def delete(self, email_address: str, rule_id: Id) -> Operation[None]:
        """Delete a rule."""
        return Operation("DELETE", _of(email_address, "/{}", rule_id), None)

    @endpoint
    def list_all(
        self,
        *,
        mailbox_id: Id | None = None,
        action: MailRuleAction | str | None = None,
        match_type: MailRuleMatchType | str | None = None,
        limit: int | None = None,
        offset: int | None = None,
    ) -> Operation[Rules]:
        """List the rules of all mailboxes, newest first."""
        query = {"mailbox_id": mailbox_id, "action": action, "match_type": match_type, "limit": limit, "offset": offset}
        return Operation("GET", at("/mail/contact-rules"), Items[MailContactRule], query)


def _of(email_address: str, template: str = "", *segments: Id) -> str:
    return at(f"/mail/mailboxes/{{}}/contact-rules{template}", email_address, *segments)
