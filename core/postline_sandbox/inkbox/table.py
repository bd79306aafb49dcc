"""Tables whose columns are named as the wire names its fields, so that a row is a record.

A column whose name begins with `_` is the sandbox's own: `public` leaves it out.
"""

import json
from collections.abc import Mapping
from typing import Any

from postline_sandbox.storage import Storage
from postline_sandbox.web import Json


class Table:
    """One table of records.

    Args:
        name: The table's name.
        columns: The declaration of each column. The types BOOLEAN and JSON are converted both ways.
        more: Statements to run after creation: indexes.
    """

    def __init__(self, name: str, columns: Mapping[str, str], *more: str) -> None:
        self.name = name
        self.columns = tuple(columns)
        self._booleans = {name for name, kind in columns.items() if kind.startswith("BOOLEAN")}
        self._json = {name for name, kind in columns.items() if kind.startswith("JSON")}
        declared = ", ".join(f"{name} {kind}" for name, kind in columns.items())
        self.script = f"CREATE TABLE IF NOT EXISTS {self.name} ({declared});" + "".join(f"{one};" for one in more)

    def insert(self, storage: Storage, record: Json) -> Json:
        """Add a record and return it; columns that it lacks are null or as declared."""
        marks = ", ".join("?" * len(record))
        sql = f"INSERT INTO {self.name} ({', '.join(record)}) VALUES ({marks})"  # noqa: S608 - our own names
        storage.run(sql, *(self._stored(name, value) for name, value in record.items()))
        return record

    def one(self, storage: Storage, **where: Any) -> Json | None:
        """Return the record under conditions, or None."""
        found = self.many(storage, where, limit=1)
        return found[0] if found else None

    def many(
        self,
        storage: Storage,
        where: Mapping[str, Any],
        *,
        order: str = "rowid",
        limit: int = -1,
        offset: int = 0,
    ) -> list[Json]:
        """Return the records under conditions, in the order of their making where no other is named.

        A condition's name is a column, or a column and a comparison (`"created_at <"`); None matches null.
        """
        conditions, values = self._conditions(where)
        sql = f"SELECT * FROM {self.name} WHERE {conditions} ORDER BY {order} LIMIT ? OFFSET ?"  # noqa: S608 - our own names
        return [self._loaded(row) for row in storage.records(sql, (*values, limit, offset))]

    def count(self, storage: Storage, **where: Any) -> int:
        """Return how many records fulfil conditions."""
        conditions, values = self._conditions(where)
        return int(storage.value(f"SELECT count(*) FROM {self.name} WHERE {conditions}", *values))  # noqa: S608 - our own names

    def update(self, storage: Storage, where: Mapping[str, Any], changes: Json) -> int:
        """Change the records under conditions and return how many there were."""
        if not changes:
            return 0
        conditions, values = self._conditions(where)
        assigned = ", ".join(f"{name} = ?" for name in changes)
        stored = [self._stored(name, value) for name, value in changes.items()]
        return storage.run(f"UPDATE {self.name} SET {assigned} WHERE {conditions}", *stored, *values)  # noqa: S608 - our own names

    def delete(self, storage: Storage, **where: Any) -> int:
        """Delete the records under conditions and return how many there were."""
        conditions, values = self._conditions(where)
        return storage.run(f"DELETE FROM {self.name} WHERE {conditions}", *values)  # noqa: S608 - our own names

    def _conditions(self, where: Mapping[str, Any]) -> tuple[str, list[Any]]:
        parts = [f"{name} ?" if " " in name else f"{name} IS ?" for name in where]
        values = [self._stored(name.partition(" ")[0], value) for name, value in where.items()]
        return " AND ".join(parts) or "1", values

    def _stored(self, name: str, value: Any) -> Any:
        return json.dumps(value, ensure_ascii=False) if name in self._json and value is not None else value

    def _loaded(self, row: Json) -> Json:
        for name in self._booleans:
            row[name] = None if row[name] is None else bool(row[name])
        for name in self._json:
            row[name] = None if row[name] is None else json.loads(row[name])
        return row


def public(record: Json) -> Json:
    """Return what the wire shows of a record."""
    return {name: value for name, value in record.items() if not name.startswith("_")}
