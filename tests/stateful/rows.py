"""What stands in the database, read past the product, and what one step has changed of it."""

import json
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from typing_extensions import override

Key: TypeAlias = tuple[Any, ...]
Row: TypeAlias = Mapping[str, Any]

STILL = frozenset(
    {"guideline_versions", "clauses", "alembic_version", "local_messages", "questions", "feedback", "cards"}
)
"""Tables that no event here may touch; they are compared once, at the end of a run."""

JSON_COLUMNS = frozenset({"fields", "filer", "decided_by", "who", "before", "after", "payload"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One row that a step wrote, changed or removed."""

    table: str
    district_id: str
    key: Key
    before: Row | None
    after: Row | None

    @override
    def __str__(self) -> str:
        """Say what is different now."""
        was, now = self.before or {}, self.after or {}
        columns = [name for name in {**was, **now} if was.get(name) != now.get(name)]
        different = ", ".join(f"{name}: {was.get(name)!r} -> {now.get(name)!r}" for name in columns)
        return f"{self.table} of {self.district_id} {self.key}: {different}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """Every row at one moment, by table and key. The first part of a key is the district."""

    tables: Mapping[str, Mapping[Key, Row]]

    def of(self, table: str, district_id: str) -> dict[Key, Row]:
        """Return the rows of a district, by what is left of their key."""
        return {key[1:]: row for key, row in self.tables[table].items() if key[0] == district_id}

    def since(self, before: "Rows") -> Iterator[Change]:
        """Yield what is different from an earlier moment."""
        for table, rows in self.tables.items():
            earlier = before.tables[table]
            if rows == earlier:
                continue
            for key in {**earlier, **rows}:
                if earlier.get(key) != rows.get(key):
                    yield Change(
                        table=table, district_id=key[0], key=key[1:], before=earlier.get(key), after=rows.get(key)
                    )


class Reader:
    """Reads a SQLite file with a connection of its own."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None)
        self._keys: dict[str, list[str]] = {}
        self.lengths: dict[str, dict[str, int]] = {}
        """The most characters of each column that has a limit; SQLite itself does not look."""

        names = self._connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        for (table,) in names:
            columns = self._connection.execute(f"PRAGMA table_info({table})").fetchall()
            if not any(column[1] == "district_id" for column in columns):
                continue
            keys = sorted((column[5], column[1]) for column in columns if column[5])
            first = [name for _, name in keys if name != "district_id"]
            self._keys[table] = ["district_id", *first]
            self.lengths[table] = {
                column[1]: int(column[2].partition("(")[2].rstrip(")"))
                for column in columns
                if column[2].startswith("VARCHAR(")
            }

    def read(self, *, still: bool = False) -> Rows:
        """Return every row of the tables that events write, or of those that they must leave alone."""
        tables = {}
        for table, keys in self._keys.items():
            if (table in STILL) is still:
                tables[table] = self._table(table, keys)
        return Rows(tables=tables)

    def refuses(self, statement: str) -> bool:
        """Tell whether the database itself refuses a statement; nothing of it stays."""
        self._connection.execute("BEGIN")
        try:
            self._connection.execute(statement)
        except sqlite3.IntegrityError:
            return True
        finally:
            self._connection.execute("ROLLBACK")
        return False

    def close(self) -> None:
        """Give the connection back."""
        self._connection.close()

    def _table(self, table: str, keys: list[str]) -> dict[Key, Row]:
        cursor = self._connection.execute(f"SELECT * FROM {table}")
        names = [column[0] for column in cursor.description]
        found: dict[Key, Row] = {}
        for values in cursor:
            row = dict(zip(names, values, strict=True))
            found[tuple(row[name] for name in keys)] = row
        return found


def parsed(row: Row, column: str) -> dict[str, Any]:
    """Return a JSON column of a row; empty where it is null."""
    kept = row[column]
    found: dict[str, Any] = json.loads(kept) if kept else {}
    return found
