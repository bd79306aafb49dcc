"""Contact rules, the same for mailboxes and phone numbers: who may reach them, and whom they may reach."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from pydantic import Field

from postline_sandbox.inkbox.call import Call, found, refuse
from postline_sandbox.inkbox.forms import Form, Page, invalid
from postline_sandbox.inkbox.table import Table, public
from postline_sandbox.storage import Storage
from postline_sandbox.web import Json, Reply

FilterMode = Literal["whitelist", "blacklist"]
_Action = Literal["allow", "block"]
_COLUMNS = {
    "action": "TEXT NOT NULL",
    "match_type": "TEXT NOT NULL",
    "match_target": "TEXT NOT NULL",
    "status": "TEXT NOT NULL DEFAULT 'active'",
    "created_at": "TEXT NOT NULL",
    "updated_at": "TEXT NOT NULL",
    "_organization_id": "TEXT NOT NULL",
}


class NewRule(Form):
    """The body of a new rule."""

    action: _Action
    match_type: str
    match_target: str


class RuleChange(Form):
    """What can change of a rule: never its target."""

    action: _Action = Field(default="allow")
    status: Literal["active", "paused"] = Field(default="active")


class RuleQuery(Page):
    """The query of a list of rules."""

    action: _Action | None = None
    match_type: str | None = None


class Verdict(NamedTuple):
    """Whether rules stop somebody, and which one does; None where the whitelist's default does."""

    blocked: bool
    rule_id: str | None = None


def rules_table(name: str, owner: str) -> Table:
    """Declare the table of the rules of one kind of owner, `mailbox_id` or `phone_number_id`."""
    unique = f"CREATE UNIQUE INDEX IF NOT EXISTS {name}_target ON {name} ({owner}, match_type, match_target)"
    return Table(name, {"id": "TEXT PRIMARY KEY", owner: "TEXT NOT NULL", **_COLUMNS}, unique)


@dataclass(frozen=True)
class Rules:
    """The operations on one kind of rules, and their judgement."""

    table: Table
    owner: str
    """The column that names the mailbox or number."""
    find_owner: Callable[[Call, str], Json]
    """Returns the mailbox or number that a path names, or refuses."""
    targets: Mapping[str, Callable[[str], str | None]]
    """How each match type spells its targets; None where one makes no sense."""

    def list_own(self, call: Call) -> Reply:
        """List the rules of one mailbox or number, newest first."""
        return self._list(call, {self.owner: self.find_owner(call, call.params[0])["id"]})

    def list_all(self, call: Call) -> Reply:
        """List the rules of the whole organization, newest first."""
        owner_id = call.request.query.get(self.owner)
        return self._list(call, {self.owner: owner_id} if owner_id else {})

    def get(self, call: Call) -> Reply:
        """Return one rule."""
        return call.json(public(self._rule(call)))

    def create(self, call: Call) -> Reply:
        """Make a rule; it holds at once."""
        owner, form = self.find_owner(call, call.params[0]), call.body(NewRule)
        target = {"match_type": form.match_type, "match_target": self._target(form)}
        before = self.table.one(call.inkbox.storage, **{self.owner: owner["id"]}, **target)
        if before is not None:
            message = "A rule for this target exists already"
            raise refuse(409, {"existing_rule_id": before["id"], "message": message})
        now = call.inkbox.clock.iso()
        rule = {"id": call.inkbox.ids.uuid(), self.owner: owner["id"], "action": form.action, **target}
        rule |= {"status": "active", "created_at": now, "updated_at": now, "_organization_id": call.organization_id}
        return call.json(public(self.table.insert(call.inkbox.storage, rule)), 201)

    def update(self, call: Call) -> Reply:
        """Change what a rule does, or pause it."""
        rule, changes = self._rule(call), call.body(RuleChange).given()
        if changes:
            changes["updated_at"] = call.inkbox.clock.iso()
            self.table.update(call.inkbox.storage, {"id": rule["id"]}, changes)
        return call.json(public({**rule, **changes}))

    def delete(self, call: Call) -> Reply:
        """Delete a rule."""
        self.table.delete(call.inkbox.storage, id=self._rule(call)["id"])
        return call.gone()

    def judge(self, storage: Storage, owner: Json, candidates: Sequence[tuple[str, str]]) -> Verdict:
        """Judge somebody under the match types and targets that fit, the most specific first."""
        for match_type, target in candidates:
            where = {self.owner: owner["id"], "match_type": match_type, "match_target": target, "status": "active"}
            rule = self.table.one(storage, **where)
            if rule is not None:
                return Verdict(rule["action"] == "block", rule["id"])
        return Verdict(owner["filter_mode"] == "whitelist")

    def change_notice(self, storage: Storage, owner: Json, mode: FilterMode) -> Json | None:
        """Say which rules a new filter mode makes redundant, or return None where the mode is the old one."""
        if owner["filter_mode"] == mode:
            return None
        action = "block" if mode == "whitelist" else "allow"
        where: dict[str, Any] = {self.owner: owner["id"], "action": action, "status": "active"}
        count = self.table.count(storage, **where)
        return {"new_filter_mode": mode, "redundant_rule_action": action, "redundant_rule_count": count}

    def _list(self, call: Call, where: Json) -> Reply:
        query = call.query(RuleQuery)
        if query.match_type is not None:
            self._spelling(query.match_type, "query")
        where |= {"_organization_id": call.organization_id}
        where |= query.model_dump(include={"action", "match_type"}, exclude_none=True)
        rules = self.table.many(call.inkbox.storage, where, order="rowid DESC", limit=query.limit, offset=query.offset)
        return call.json([public(one) for one in rules])

    def _rule(self, call: Call) -> Json:
        owner = self.find_owner(call, call.params[0])
        rule = self.table.one(call.inkbox.storage, id=call.params[1].lower(), **{self.owner: owner["id"]})
        return found(rule, "Contact rule")

    def _target(self, form: NewRule) -> str:
        target = self._spelling(form.match_type, "body")(form.match_target)
        if target is None:
            raise invalid(f"Not a target for {form.match_type}", "body", "match_target")
        return target

    def _spelling(self, match_type: str, place: str) -> Callable[[str], str | None]:
        spell = self.targets.get(match_type)
        if spell is None:
            raise invalid(f"Input should be one of: {', '.join(self.targets)}", place, "match_type", kind="enum")
        return spell
