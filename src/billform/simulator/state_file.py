"""The SQLite file that keeps the simulated world between runs, held by one process at a time."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Final

_APPLICATION: Final = 0x42494C4C
"""Marks a SQLite file as ours."""


class StateInUse(Exception):  # noqa: N818  # named as the condition
    """The state file is open in another process; two simulators may not share one."""


class StateUnreadable(Exception):  # noqa: N818  # named as the condition
    """The state file is not one that a simulator wrote, or cannot be written."""


def open_state(state: Path) -> sqlite3.Connection:
    """Open or make the file and lock it; raises StateInUse, or StateUnreadable with nothing changed."""
    try:
        state.parent.mkdir(parents=True, exist_ok=True)
        database = sqlite3.connect(state, timeout=0, check_same_thread=False, isolation_level="DEFERRED")
    except (OSError, sqlite3.Error) as problem:
        raise StateUnreadable(f"{state} cannot be used: {problem}") from None
    try:
        own = database.execute("PRAGMA application_id").fetchone()[0] == _APPLICATION
        if not own and database.execute("PRAGMA schema_version").fetchone()[0] != 0:
            database.close()
            raise StateUnreadable(f"{state} is not a simulator's state file: it belongs to another application")
        # An exclusive lock for as long as the process lives; the kernel lets go of it when it is killed.
        database.execute("PRAGMA locking_mode = EXCLUSIVE")
        database.execute("PRAGMA journal_mode = WAL")
        # A killed process loses nothing that was committed; only a power cut could, and the file is a sandbox.
        database.execute("PRAGMA synchronous = OFF")
        database.execute(
            "CREATE TABLE IF NOT EXISTS rows (name TEXT, key TEXT, place INTEGER, body TEXT, PRIMARY KEY (name, key))"
        )
        database.execute(f"PRAGMA application_id = {_APPLICATION}")
        database.commit()
    except sqlite3.OperationalError as problem:
        database.close()
        if "locked" in str(problem):
            raise StateInUse(f"{state} is in use by another simulator; stop that one or choose another file") from None
        raise StateUnreadable(f"{state} cannot be used: {problem}") from None
    except sqlite3.DatabaseError as problem:
        database.close()
        raise StateUnreadable(f"{state} is not a simulator's state file: {problem}") from None
    return database
