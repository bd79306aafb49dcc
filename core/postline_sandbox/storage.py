"""The SQLite database that both services keep their state in: opening it, transactions, short reads.

Tables belong to the service that uses them; only the key-value table `state` is declared here.
"""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

APPLICATION_ID = 0x706F_7374
SCHEMA_VERSION = 1

Row = tuple[Any, ...]


class StorageError(Exception):
    """The data file cannot be used: another sandbox has it open, or it is something else."""


class Storage:
    """One connection, used from the sandbox's own thread only.

    A commit is written to the log before it returns, so what was acknowledged outlives a killed process.
    """

    def __init__(self, path: Path | None = None) -> None:
        try:
            self._connection = _open(path)
        except sqlite3.Error as error:
            raise StorageError(_reason(path, error)) from error
        self._depth = 0

    def close(self) -> None:
        """Close the database."""
        self._connection.close()

    def create(self, script: str) -> None:
        """Create tables; the script says `IF NOT EXISTS`."""
        self._connection.executescript(script)

    def run(self, sql: str, *values: Any) -> int:
        """Execute one statement and return how many rows it changed."""
        return self._connection.execute(sql, values).rowcount

    def insert(self, sql: str, *values: Any) -> int:
        """Execute an INSERT and return the new row's number."""
        return self._connection.execute(sql, values).lastrowid or 0

    def rows(self, sql: str, values: Sequence[Any] = ()) -> list[Row]:
        """Return all rows."""
        return self._connection.execute(sql, values).fetchall()

    def records(self, sql: str, values: Sequence[Any] = ()) -> list[dict[str, Any]]:
        """Return all rows by the names of their columns."""
        cursor = self._connection.execute(sql, values)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor]

    def select(self, start: str, where: dict[str, Any], end: str = "") -> list[Row]:
        """Return the rows of a SELECT under conditions.

        A condition's name is a column, or a column and a comparison; a value of None means no condition.
        """
        asked = {name: value for name, value in where.items() if value is not None}
        conditions = " AND ".join(f"{name if ' ' in name else f'{name} ='} ?" for name in asked)
        return self.rows(f"{start} WHERE {conditions} {end}", tuple(asked.values()))

    def row(self, sql: str, *values: Any) -> Row | None:
        """Return the first row, or None."""
        found: Row | None = self._connection.execute(sql, values).fetchone()
        return found

    def value(self, sql: str, *values: Any) -> Any:
        """Return the first column of the first row, or None."""
        found = self._connection.execute(sql, values).fetchone()
        return found[0] if found else None

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit the block as a whole, or undo it; a block inside another is undone alone."""
        self._depth += 1
        mark = f"level_{self._depth}"
        self._connection.execute("BEGIN IMMEDIATE" if self._depth == 1 else f"SAVEPOINT {mark}")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK" if self._depth == 1 else f"ROLLBACK TO {mark}")
            raise
        else:
            self._connection.execute("COMMIT" if self._depth == 1 else f"RELEASE {mark}")
        finally:
            self._depth -= 1

    def recall(self, name: str) -> Any:
        """Return a value kept under a name, or None."""
        text = self.value("SELECT value FROM state WHERE name = ?", name)
        return None if text is None else json.loads(text)

    def keep(self, name: str, value: Any) -> None:
        """Keep a JSON value under a name."""
        self.run("INSERT OR REPLACE INTO state VALUES (?, ?)", name, json.dumps(value))


def _open(path: Path | None) -> sqlite3.Connection:
    connection = sqlite3.connect(
        path or ":memory:", isolation_level=None, check_same_thread=False, timeout=0.2, cached_statements=512
    )
    try:
        _prepare(connection, path)
    except BaseException:
        connection.close()
        raise
    return connection


def _prepare(connection: sqlite3.Connection, path: Path | None) -> None:
    # Exclusive locking keeps a second sandbox out, and needs no shared memory for the log.
    connection.execute("PRAGMA locking_mode = EXCLUSIVE")
    found = connection.execute("PRAGMA application_id").fetchone()[0]
    tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    if tables and found != APPLICATION_ID:
        raise StorageError(f"{path} is an SQLite database, but not a sandbox's")
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if tables and version != SCHEMA_VERSION:
        raise StorageError(f"{path} was written by another version of the sandbox")
    if not tables:
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("CREATE TABLE IF NOT EXISTS state (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID")
    connection.execute("BEGIN EXCLUSIVE")
    connection.execute("COMMIT")


def _reason(path: Path | None, error: sqlite3.Error) -> str:
    if "locked" in str(error):
        return f"{path} is in use by another sandbox"
    if "not a database" in str(error):
        return f"{path} is not an SQLite database"
    return f"{path} cannot be opened: {error}"
