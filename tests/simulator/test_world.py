"""The state: transactions, order, indexes, durability."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from billform.simulator.world import StateInUse, StateUnreadable, World


def ids(world: World, table: str = "t") -> list[str]:
    """The ids of a table's rows, oldest first."""
    return [row["id"] for row in world.table(table).values()]


def fill(world: World, *names: str) -> None:
    """Store rows in one transaction."""
    with world.transaction():
        for name in names:
            world.table("t").put(name, {"id": name, "colour": "red"})


def fail_after(world: World, change: Callable[[], None]) -> None:
    """Make a change in a transaction that then fails."""

    def attempt() -> None:
        with world.transaction():
            change()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        attempt()


def test_a_transaction_is_all_or_nothing() -> None:
    """What a failing block created, changed and deleted is undone, order and indexes included."""
    world = World()
    fill(world, "a", "b", "c")
    table = world.table("t")
    assert [row["id"] for row in table.where("colour", "red")] == ["a", "b", "c"]

    def change() -> None:
        table.put("d", {"id": "d", "colour": "red"})
        table.delete("a")
        table.update("b", {"colour": "blue"})
        world.sequence("orders")

    fail_after(world, change)
    assert ids(world) == ["a", "b", "c"]
    assert [row["id"] for row in table.where("colour", "red")] == ["a", "b", "c"]
    assert table.where("colour", "blue") == []
    with world.transaction():
        assert world.sequence("orders") == 1


def test_hooks_run_only_after_a_commit() -> None:
    """Whatever waits for the commit is dropped with a transaction that fails."""
    world = World()
    ran: list[str] = []
    fail_after(world, lambda: world.after_commit(lambda: ran.append("failed")))
    with world.transaction():
        world.after_commit(lambda: ran.append("committed"))
        assert ran == []
    assert ran == ["committed"]


def test_changes_need_a_transaction() -> None:
    """A handler that forgets its transaction is found out at once."""
    with pytest.raises(AssertionError, match="outside a transaction"):
        World().table("t").put("a", {"id": "a"})


def test_newest_first_from_a_cursor() -> None:
    """Cursors lead to older rows, or back up to newer ones."""
    world = World()
    fill(world, *"abcde")
    table = world.table("t")
    assert [row["id"] for row in table.newest()] == list("edcba")
    assert [row["id"] for row in table.newest(after="c")] == list("ba")
    assert [row["id"] for row in table.newest(before="c")] == list("de")


def test_tokens_never_repeat() -> None:
    """Ids look random, and differ."""
    world = World()
    with world.transaction():
        tokens = [world.token("price_", 24) for _ in range(1000)]
    assert len(set(tokens)) == 1000
    assert all(len(token) == 30 for token in tokens)


def test_state_lasts(tmp_path: Path) -> None:
    """A file brings back rows, their order, sequences and the clock."""
    file = tmp_path / "deep" / "state.sqlite"
    world = World(file)
    fill(world, "a", "b", "c")
    with world.transaction():
        world.table("t").delete("b")
        world.table("t").put("a", {"id": "a", "colour": "blue"})
        world.sequence("orders")
    world.shift_clock(500)
    world.close()
    again = World(file)
    assert ids(again) == ["a", "c"]
    assert again.table("t").get("a") == {"id": "a", "colour": "blue"}
    with again.transaction():
        assert again.sequence("orders") == 2
        again.table("t").put("d", {"id": "d"})
    assert ids(again) == ["a", "c", "d"]
    assert again.now() > World().now() + 400
    again.reset()
    assert again.dump() == {}
    again.close()
    empty = World(file)
    assert empty.dump() == {}
    empty.close()


def test_committed_writes_survive_a_kill(tmp_path: Path) -> None:
    """A process that is killed loses nothing it had committed, and frees its file."""
    file = tmp_path / "state.sqlite"
    code = (
        "import os, signal, sys\n"
        "from pathlib import Path\n"
        "from billform.simulator.world import World\n"
        "world = World(Path(sys.argv[1]))\n"
        "with world.transaction():\n"
        "    world.table('t').put('a', {'id': 'a'})\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    assert subprocess.run([sys.executable, "-c", code, str(file)], check=False).returncode == -9
    world = World(file)
    assert ids(world) == ["a"]
    world.close()


def test_one_process_per_file(tmp_path: Path) -> None:
    """A second simulator on the same file is told so, before it could do harm."""
    file = tmp_path / "state.sqlite"
    world = World(file)
    with pytest.raises(StateInUse, match="in use by another simulator"):
        World(file)
    fill(world, "a")
    world.close()
    World(file).close()


def test_a_file_that_is_no_state(tmp_path: Path) -> None:
    """Another file is refused and left as it is."""
    file = tmp_path / "notes.txt"
    file.write_text("dear diary, " * 100, encoding="utf-8")
    with pytest.raises(StateUnreadable, match="not a simulator's state file"):
        World(file)
    assert file.read_text(encoding="utf-8").startswith("dear diary")
    with sqlite3.connect(tmp_path / "other.sqlite") as other:
        other.execute("CREATE TABLE rows (something TEXT)")
    other.close()
    with pytest.raises(StateUnreadable):
        World(tmp_path / "other.sqlite")
    with pytest.raises(StateUnreadable):
        World(tmp_path)
