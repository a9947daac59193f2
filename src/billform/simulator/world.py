"""All state of the simulated vendors: named tables, sequences and a clock, durable through SQLite."""

from __future__ import annotations

import hashlib
import json
import time
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from billform.simulator.state_file import StateInUse, StateUnreadable, open_state

if TYPE_CHECKING:
    import sqlite3

__all__ = ["Row", "StateInUse", "StateUnreadable", "Table", "World"]

Row = dict[str, Any]
"""One stored object, JSON-able. A stored row is never changed in place: copy, change, `put`."""

_ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_MISSING: Final = object()


class Table:
    """Rows by key in the order they were made, with indexes that are built when first asked for."""

    def __init__(self, world: World, name: str) -> None:
        self.name = name
        self._world = world
        self._rows: dict[str, Row] = {}
        self._places: dict[str, int] = {}
        self._order: list[tuple[int, str]] = []
        self._indexes: dict[str, dict[Any, dict[str, None]]] = {}

    def __len__(self) -> int:
        return len(self._rows)

    def __contains__(self, key: object) -> bool:
        return key in self._rows

    def get(self, key: str) -> Row | None:
        """Answer the stored row, or None."""
        return self._rows.get(key)

    def values(self) -> Iterable[Row]:
        """Answer the rows, oldest first."""
        return (self._rows[key] for _, key in self._order)

    def newest(self, *, after: str | None = None, before: str | None = None) -> Iterator[Row]:
        """Yield rows newest first: those older than `after`, or going back up (oldest first) from `before`."""
        if before is not None:
            start = bisect_right(self._order, (self._places[before], before))
            yield from (self._rows[key] for _, key in self._order[start:])
            return
        end = len(self._order) if after is None else bisect_left(self._order, (self._places[after], after))
        for position in range(end - 1, -1, -1):
            yield self._rows[self._order[position][1]]

    def where(self, field: str, value: Any) -> list[Row]:
        """Answer the rows whose top-level `field` equals `value`, oldest first, through an index."""
        index = self._indexes.get(field)
        if index is None:
            index = self._indexes[field] = {}
            for row_key, row in self._rows.items():
                index.setdefault(_hashable(row.get(field)), {})[row_key] = None
        keys = sorted(index.get(_hashable(value), ()), key=self._places.__getitem__)
        return [self._rows[key] for key in keys]

    def put(self, key: str, row: Row) -> Row:
        """Store a new or changed row inside the running transaction and answer it."""
        self._world.note(self, key, self._rows.get(key, _MISSING), self._places.get(key))
        self.place(key, row, self._places.get(key))
        return row

    def update(self, key: str, changes: Mapping[str, Any]) -> Row:
        """Store a copy of the row with `changes` laid over its top level and answer it."""
        return self.put(key, {**self._rows[key], **changes})

    def delete(self, key: str) -> Row:
        """Remove the row inside the running transaction and answer what it was."""
        row = self._rows[key]
        self._world.note(self, key, row, self._places[key])
        self.remove(key)
        return row

    def place(self, key: str, row: Row, position: int | None) -> int:
        """Set a row without any transaction; for `World` alone."""
        if key in self._rows:
            self._unindex(key)
        if position is None:
            position = self._world.next_place()
        if key not in self._places:
            self._places[key] = position
            entry = (position, key)
            if self._order and entry < self._order[-1]:
                self._order.insert(bisect_left(self._order, entry), entry)
            else:
                self._order.append(entry)
        self._rows[key] = row
        for field, index in self._indexes.items():
            index.setdefault(_hashable(row.get(field)), {})[key] = None
        return position

    def remove(self, key: str) -> None:
        """Drop a row without any transaction; for `World` alone."""
        self._unindex(key)
        del self._rows[key]
        position = self._places.pop(key)
        del self._order[bisect_left(self._order, (position, key))]

    def position(self, key: str) -> int:
        """Answer the place of a row in the order of creation over the whole world."""
        return self._places[key]

    def _unindex(self, key: str) -> None:
        row = self._rows[key]
        for field, index in self._indexes.items():
            index.get(_hashable(row.get(field)), {}).pop(key, None)


class World:
    """The tables of both vendors; used from one thread (the server's event loop) after construction."""

    def __init__(self, state: Path | None = None) -> None:
        self._tables: dict[str, Table] = {}
        self._place = 0
        self._undo: list[tuple[Table, str, Any, int | None]] | None = None
        self._after_commit: list[Callable[[], None]] = []
        self._database = None if state is None else open_state(state)
        if self._database is not None:
            self._load(self._database)

    # -- tables, ids, clock ------------------------------------------------------------------------------

    def table(self, name: str) -> Table:
        """Answer the table of that name; it exists as soon as it is asked for."""
        table = self._tables.get(name)
        if table is None:
            table = self._tables[name] = Table(self, name)
        return table

    def sequence(self, name: str) -> int:
        """Answer 1, 2, 3 … for a name, never the same twice in one state; needs a running transaction."""
        sequences = self.table("sequences")
        current = sequences.get(name)
        value = int(current["value"]) + 1 if current else 1
        sequences.put(name, {"value": value})
        return value

    def token(self, prefix: str, length: int) -> str:
        """Answer `prefix` and `length` base-62 characters that look random and never repeat."""
        number = self.sequence(f"token:{prefix}")
        rest = int.from_bytes(hashlib.sha512(f"{prefix}:{number}".encode()).digest(), "big")
        characters = []
        for _ in range(length):
            rest, digit = divmod(rest, 62)
            characters.append(_ALPHABET[digit])
        return prefix + "".join(characters)

    def now(self) -> int:
        """Answer the simulated time in whole unix seconds."""
        clock = self.table("clock").get("clock")
        return int(time.time()) + (int(clock["offset"]) if clock else 0)

    def shift_clock(self, offset: int) -> None:
        """Set how many seconds the simulated time is ahead of the real one; negative for behind."""
        with self.transaction():
            self.table("clock").put("clock", {"offset": offset})

    # -- transactions ------------------------------------------------------------------------------------

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit every change of the block, in memory and on disk, or none of them when it raises."""
        if self._undo is not None:
            yield  # an inner block belongs to the outer transaction
            return
        self._undo = []
        try:
            yield
            self._write(self._undo)
        except BaseException:
            undo, self._undo = self._undo, None
            if self._database is not None:
                self._database.rollback()
            self._after_commit.clear()
            for table, key, old, position in reversed(undo):
                if old is _MISSING:
                    table.remove(key)
                else:
                    table.place(key, old, position)
            raise
        self._undo = None
        hooks, self._after_commit = self._after_commit, []
        for hook in hooks:
            hook()

    def after_commit(self, hook: Callable[[], None]) -> None:
        """Run `hook` once the running transaction has been committed; drop it when it is rolled back."""
        assert self._undo is not None, "after_commit needs a running transaction"
        self._after_commit.append(hook)

    def note(self, table: Table, key: str, old: object, position: int | None) -> None:
        """Remember what a row was before a change; for `Table` alone."""
        assert self._undo is not None, f"{table.name}/{key} changed outside a transaction"
        self._undo.append((table, key, old, position))

    def next_place(self) -> int:
        """Answer the next place in the order of creation; for `Table` alone."""
        self._place += 1
        return self._place

    def reset(self) -> None:
        """Forget everything, on disk too."""
        assert self._undo is None
        self._tables.clear()
        self._place = 0
        if self._database is not None:
            self._database.execute("DELETE FROM rows")
            self._database.commit()

    def dump(self) -> dict[str, dict[str, Row]]:
        """Answer every row of every table that is not empty, oldest first."""
        return {
            name: {key: table._rows[key] for _, key in table._order}
            for name, table in sorted(self._tables.items())
            if len(table)
        }

    def close(self) -> None:
        """Let go of the state file."""
        if self._database is not None:
            self._database.close()
            self._database = None

    # -- disk --------------------------------------------------------------------------------------------

    def _load(self, database: sqlite3.Connection) -> None:
        for name, key, position, body in database.execute("SELECT name, key, place, body FROM rows ORDER BY place"):
            self.table(name).place(key, json.loads(body), position)
            self._place = max(self._place, position)

    def _write(self, undo: list[tuple[Table, str, Any, int | None]]) -> None:
        if self._database is None or not undo:
            return
        import sqlite3  # only where there is a state file

        try:
            self._write_rows(self._database, dict.fromkeys((table.name, key) for table, key, _, _ in undo))
            self._database.commit()
        except sqlite3.Error:
            self._database.rollback()  # or the next commit would keep half of what is undone in memory
            raise

    def _write_rows(self, database: sqlite3.Connection, touched: Iterable[tuple[str, str]]) -> None:
        for name, key in touched:
            table = self._tables[name]
            row = table.get(key)
            if row is None:
                database.execute("DELETE FROM rows WHERE name = ? AND key = ?", (name, key))
            else:
                database.execute(
                    "INSERT OR REPLACE INTO rows (name, key, place, body) VALUES (?, ?, ?, ?)",
                    (name, key, table.position(key), json.dumps(row, separators=(",", ":"))),
                )


def _hashable(value: Any) -> Any:
    return json.dumps(value, sort_keys=True) if isinstance(value, dict | list) else value
