"""Which contacts and notes a caller sees, and in which order they are found."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from postline_sandbox.inkbox.call import Call
from postline_sandbox.inkbox.forms import Page
from postline_sandbox.inkbox.table import Table

if TYPE_CHECKING:
    from postline_sandbox.inkbox.service import Inkbox


class Sight:
    """The sight of one kind of record through its table of access."""

    def __init__(self, table: Table, access: Table, column: str) -> None:
        self._table = table
        self._granted = (
            f"EXISTS (SELECT 1 FROM {access.name} AS a WHERE a.{column} = {table.name}.id"  # noqa: S608 - our own names
            " AND (a.identity_id IS NULL OR a.identity_id = ?))"
        )

    def search(
        self,
        call: Call,
        conditions: Sequence[tuple[str, Any]],
        order: str,
        page: Page,
        *,
        seen_by: str | None = None,
    ) -> list[dict[str, Any]]:
        """Return the records of the caller's organization that fulfil conditions and that it, and another, may see."""
        asked: list[tuple[str, Any]] = [("organization_id = ?", call.organization_id), *conditions]
        asked += [(self._granted, one) for one in (call.caller.identity_id, seen_by) if one is not None]
        where = " AND ".join(condition for condition, _ in asked)
        sql = f"SELECT id FROM {self._table.name} WHERE {where} ORDER BY {order} LIMIT ? OFFSET ?"  # noqa: S608 - our own names
        rows = call.inkbox.storage.rows(sql, (*(value for _, value in asked), page.limit, page.offset))
        return [self._table.one(call.inkbox.storage, id=row[0]) or {} for row in rows]

    def find(self, call: Call, record_id: str) -> dict[str, Any] | None:
        """Return one record, or None where the caller does not see it."""
        found = self.search(call, [("id = ?", record_id.lower())], "rowid", Page(limit=1, offset=0))
        return found[0] if found else None


def change_number(inkbox: "Inkbox", table: Table) -> int:
    """Return the number of the next change in a table."""
    return int(inkbox.storage.value(f"SELECT ifnull(max(_changed), 0) + 1 FROM {table.name}"))  # noqa: S608 - our own names
