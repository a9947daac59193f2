"""How long a plan takes when nothing is to be done, beside the least time that pages, limits and latency allow.

At 25 requests a second for each endpoint and 100 in all (25 in test mode), n requests to the busiest endpoint cannot
have left before (n - 1) / 25 s; to that comes the latency of the check of the account, which comes first, and of the
last answer. The requests are those that the pages of 100 and the kinds make necessary (`needed.py`).

`read` is from the first request until everything is read and understood, which is what the vendor's rules bound;
`compared` is what the machine then takes to find that nothing differs. Reading the files is left to the benchmark
`machine`. Each is the median of three runs.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from billform.cli import memory

from . import needed
from .catalogs import Shape
from .ground import (
    IN_ALL,
    Mode,
    compared,
    connections,
    files,
    in_eight_applies,
    in_one_apply,
    observed,
    over_http,
    seeded,
    served,
    surroundings,
    woken,
)
from .table import Table

RUNS = 3


@dataclass(frozen=True, slots=True)
class Case:
    """One row."""

    shape: Shape
    made: Callable[[int, int], float] = in_one_apply
    mode: Mode = "live"

    @property
    def age(self) -> str:
        """When the objects were made, in words."""
        return "in one apply" if self.made is in_one_apply else "in 8 applies, months apart"


QUICK = (Case(Shape(1_000)), Case(Shape(1_000, granting=True)))
FULL = (
    *QUICK,
    Case(Shape(10_000)),
    Case(Shape(10_000), in_eight_applies),
    Case(Shape(10_000), mode="test"),
    Case(Shape(10_000, granting=True)),
)


def measure(*, quick: bool) -> Table:
    """Measures it; `quick` leaves out the 10,000."""
    return Table(
        "Time of a plan",
        ("prices", "catalog", "made", "mode", "requests", "bound", "read", "ratio", "compared"),
        tuple(_row(case) for case in (QUICK if quick else FULL)),
        (surroundings(),),
    )


def _row(case: Case) -> tuple[str, ...]:
    found = files(case.shape)
    state = seeded(case.shape, case.made, case.mode)
    memory.pause()
    memory.resume()  # as the command does once the files are read
    runs = [asyncio.run(_run(case, state)) for _ in range(RUNS)]
    read, compare = median(each[1] for each in runs), median(each[2] for each in runs)
    bound = needed.seconds(needed.reads(found), in_all=IN_ALL[case.mode], chain=2)
    return (
        f"{case.shape.prices:,}",
        case.shape.name,
        case.age,
        case.mode,
        f"{max(each[0] for each in runs)}",
        f"{bound:.2f} s",
        f"{read:.2f} s",
        f"{read / bound:.2f}",
        f"{compare:.2f} s",
    )


async def _run(case: Case, state: Path) -> tuple[int, float, float]:
    """Requests, seconds of reading, seconds of comparing."""
    found = files(case.shape)
    with served(state) as simulator:
        await woken(simulator.url, case.mode, found)
        await asyncio.sleep(1)  # whatever that took of the limits is there again
        async with connections(over_http(simulator.url, case.mode), case.mode, found) as opened:
            with memory.paused():  # as well
                began = time.monotonic()
                snapshot = await observed(found, opened)
                read = time.monotonic()
                plan = compared(found, opened, snapshot)
            assert not plan.changes
            assert opened.counts.refused == 0, "the pace is refused at the documented limits"
            return opened.counts.requests, read - began, time.monotonic() - read
