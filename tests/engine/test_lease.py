"""Who may write to an account: one at a time, for as long as it lives, and nobody for longer than that."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from billform.core.diagnostic import BillformError, Diagnostic
from billform.engine import lease as module
from billform.engine.codes import CODES
from billform.engine.lease import LASTS, Holder, Lease

Entry = Mapping[str, str] | None


class Board:
    """A register in memory; `fail` raises before or after the next swaps."""

    def __init__(self) -> None:
        self.entry: Entry = None
        self.swaps = 0
        self.fail: Callable[[int], str] = lambda number: ""
        self.slow = 0.0

    async def read(self) -> Entry:
        return self.entry

    async def swap(self, seen: Entry, words: Mapping[str, str]) -> bool:
        self.swaps += 1
        await asyncio.sleep(self.slow)
        if self.fail(self.swaps):
            raise BillformError(Diagnostic("V001", "Stripe could not be reached"))
        if (seen or {}).get("token") != (self.entry or {}).get("token"):
            return False
        self.entry = dict(words)
        return True


HERE = Holder("nimbus", "production", "8:1")
THERE = Holder("nimbus", "production", "8:2", pid=4242, host="build-7")


def elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_boot", lambda: "another machine")


def held_by(holder: Holder, at: datetime | None = None) -> dict[str, str]:
    now = at or datetime.now(UTC)
    return holder.entry(now, now)


def refused(board: Board, holder: Holder = HERE) -> Diagnostic:
    with pytest.raises(BillformError) as caught:
        asyncio.run(Lease(board, holder).look())
    (diagnostic,) = caught.value.diagnostics
    assert diagnostic.code in CODES
    return diagnostic


async def work(board: Board, holder: Holder = HERE, seconds: float = 0.0) -> Lease:
    lease, stop = Lease(board, holder), asyncio.Event()
    await lease.look()
    async with lease.held(stop):
        assert board.entry is not None
        assert board.entry["state"] == "held"
        if seconds:
            await module._within(seconds, stop)
    return lease


def test_it_costs_two_writes_and_ends_with_the_work() -> None:
    board = Board()
    asyncio.run(work(board))
    assert board.swaps == 2
    assert board.entry is not None
    assert board.entry["state"] == "free"


def test_it_ends_when_the_work_fails() -> None:
    board = Board()

    async def failing() -> None:
        async with Lease(board, HERE).held(asyncio.Event()):
            raise RuntimeError

    with pytest.raises(RuntimeError):
        asyncio.run(failing())
    assert board.entry is not None
    assert board.entry["state"] == "free"


def test_the_second_is_told_who_is_at_work_and_since_when(monkeypatch: pytest.MonkeyPatch) -> None:
    board = Board()
    with monkeypatch.context() as there:
        elsewhere(there)
        board.entry = held_by(THERE)
    diagnostic = refused(board)
    assert diagnostic.code == "S013"
    since = datetime.fromisoformat(board.entry["since"]).astimezone()
    assert f"process 4242 on build-7, with the catalog nimbus, environment production, since {since:%H:%M:%S}" in (
        diagnostic.summary
    )
    assert "ends by itself at" in diagnostic.detail[0]


def test_of_two_that_begin_together_one_is_told() -> None:
    board = Board()
    board.slow = 0.01

    async def both() -> tuple[Lease | BaseException, ...]:
        return await asyncio.gather(
            work(board, HERE, 0.1), work(board, Holder("nimbus", "test", "8:9"), 0.1), return_exceptions=True
        )

    one, other = sorted(asyncio.run(both()), key=lambda each: isinstance(each, BaseException))
    assert isinstance(one, Lease)
    assert one.lost is None
    assert isinstance(other, BillformError)
    assert other.diagnostics[0].code == "S013"


def test_whoever_read_before_another_wrote_does_not_write() -> None:
    board = Board()

    async def late() -> None:
        lease = Lease(board, HERE)
        await lease.look()
        await work(board, THERE)
        async with lease.held(asyncio.Event()):
            raise AssertionError("the plan is stale")

    with pytest.raises(BillformError) as caught:
        asyncio.run(late())
    assert caught.value.diagnostics[0].code == "S014"


def test_a_holder_that_was_killed_holds_nobody_up_in_its_own_directory() -> None:
    """Whoever has the local lock knows that the one who had it is gone, also where its number is in use again."""
    board = Board()
    board.entry = held_by(Holder("nimbus", "production", "8:1", pid=os.getppid()))
    asyncio.run(work(board))


def test_a_holder_that_was_killed_holds_nobody_up_on_its_own_machine() -> None:
    board = Board()
    with subprocess.Popen([sys.executable, "-c", ""]) as ended:
        pass
    board.entry = held_by(Holder("nimbus", "production", "8:7", pid=ended.pid))
    asyncio.run(work(board))


def test_a_process_that_runs_holds_up_others_of_its_machine() -> None:
    board = Board()
    board.entry = held_by(Holder("nimbus", "production", "8:7", pid=os.getppid()))
    assert refused(board).code == "S013"


@pytest.mark.parametrize("words", [{"until": "?"}, {"until": ""}, {"state": "?"}, {}], ids=str)
def test_what_no_billform_wrote_holds_nobody_up(words: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    board = Board()
    with monkeypatch.context() as there:
        elsewhere(there)
        board.entry = {**held_by(THERE), **words} if words else {"token": "t"}
    asyncio.run(work(board))


def test_a_hold_ends_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    board = Board()
    with monkeypatch.context() as there:
        elsewhere(there)
        board.entry = held_by(THERE, datetime.now(UTC) - LASTS - timedelta(seconds=1))
    asyncio.run(work(board))


def test_late_words_of_a_run_that_is_over_are_nobody_elses(monkeypatch: pytest.MonkeyPatch) -> None:
    """The killed run's last request arrives after we have looked."""
    board = Board()
    board.entry = held_by(HERE)

    async def go() -> None:
        lease = Lease(board, HERE)
        await lease.look()
        board.entry = {**held_by(HERE), "state": "free"}
        async with lease.held(asyncio.Event()):
            pass

    asyncio.run(go())


def test_a_long_apply_renews_its_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "RENEWED", timedelta(seconds=0.02))
    board = Board()
    lease = asyncio.run(work(board, seconds=0.15))
    assert board.swaps >= 4
    assert lease.lost is None
    assert board.entry is not None
    assert board.entry["state"] == "free"


def test_a_hold_that_was_taken_over_stops_the_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "RENEWED", timedelta(seconds=0.02))
    board = Board()

    async def robbed() -> Lease:
        working = asyncio.ensure_future(work(board, seconds=30))
        await asyncio.sleep(0.01)
        board.entry = held_by(THERE)
        return await working

    lease = asyncio.run(robbed())
    assert lease.lost is not None
    assert (lease.lost.code, lease.lost.is_error) == ("S015", True)
    assert board.entry is not None
    assert board.entry["host"] == "build-7", "it is not ours to give back"


@pytest.mark.parametrize(("lasts", "stopped"), [(30.0, False), (0.0, True)])
def test_a_renewal_that_fails_is_tried_again_until_the_hold_ends(
    lasts: float, stopped: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "RENEWED", timedelta(seconds=0.02))
    monkeypatch.setattr(module, "LASTS", timedelta(seconds=lasts))
    # It is written down in whole seconds, which is exact enough for ten minutes and not for this.
    monkeypatch.setattr(module, "_time", lambda entry, name: datetime.now(UTC) + timedelta(seconds=lasts))
    board = Board()
    board.fail = lambda number: "down" if number in {2, 3} else ""
    lease = asyncio.run(work(board, seconds=0.2))
    assert (lease.lost is not None) == stopped


def test_a_hold_that_cannot_be_given_back_is_told() -> None:
    board = Board()
    board.fail = lambda number: "down" if number == 2 else ""
    lease = asyncio.run(work(board))
    assert lease.lost is not None
    assert (lease.lost.code, lease.lost.is_error) == ("S016", False)


def test_a_run_without_changes_gives_back_for_one_that_is_gone_and_for_nobody_else() -> None:
    board = Board()

    async def look_and_tidy() -> None:
        lease = Lease(board, HERE)
        await lease.look()
        await lease.tidy()

    asyncio.run(look_and_tidy())
    assert board.swaps == 0
    board.entry = held_by(HERE)
    asyncio.run(look_and_tidy())
    assert board.entry["state"] == "free"
    asyncio.run(look_and_tidy())
    assert board.swaps == 1


def test_without_a_register_there_is_nothing_to_hold() -> None:
    async def go() -> None:
        lease = Lease(None, HERE)
        await lease.look()
        async with lease.held(asyncio.Event()):
            pass

    asyncio.run(go())


def test_names_are_cut_to_what_the_vendor_keeps() -> None:
    entry: Any = held_by(Holder("n" * 900, "production", "8:1"))
    assert max(len(value) for value in entry.values()) <= 500
