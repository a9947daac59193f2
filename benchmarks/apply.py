"""How long a first apply of 1,000 objects takes, beside the least time that limits and latency allow.

The busiest endpoint is the one that makes prices; a product must be there before its prices are, and a price before it
is its product's default, and the account is taken before and given back after: five answers that one waits for.

Where the vendor allows less than it documents, nobody tells Billform so: it finds the rate from what is refused.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from . import needed
from .catalogs import Shape
from .ground import IN_ALL, PER_ENDPOINT, Mode, applied, connections, files, over_http, served, surroundings
from .table import Table


@dataclass(frozen=True, slots=True)
class Case:
    """One row: how many prices, and what the vendor really allows for each endpoint."""

    prices: int
    per_endpoint: int = PER_ENDPOINT
    mode: Mode = "live"


QUICK = (Case(100), Case(100, 15))
FULL = (Case(550), Case(550, mode="test"), Case(550, 15), Case(550, 10), Case(550, 5))
"""550 prices come with 220 products, 220 promotion codes, 11 coupons and 5 meters."""


def measure(*, quick: bool) -> Table:
    """Measures it; `quick` does with fewer objects."""
    return Table(
        "Time of an apply",
        ("objects", "mode", "a second for each endpoint", "writes", "bound", "took", "ratio", "refused", "share"),
        tuple(asyncio.run(_row(case)) for case in (QUICK if quick else FULL)),
        (surroundings(),),
    )


async def _row(case: Case) -> tuple[str, ...]:
    found = files(Shape(case.prices))
    writes = needed.writes(found)
    bound = needed.seconds(writes, in_all=IN_ALL[case.mode], per_endpoint=case.per_endpoint, chain=5)
    with served(per_endpoint=case.per_endpoint) as simulator:
        async with connections(over_http(simulator.url, case.mode), case.mode, found) as opened:
            before = opened.counts
            _, took = await applied(found, opened)
            counts = opened.counts - before
    return (
        f"{needed.objects(found):,}",
        case.mode,
        f"{case.per_endpoint}" + (" as documented" if case.per_endpoint == PER_ENDPOINT else ""),
        f"{sum(writes.values()):,}",
        f"{bound:.1f} s",
        f"{took:.1f} s",
        f"{took / bound:.2f}",
        f"{counts.refused}",
        f"{counts.refused / counts.requests:.1%}",
    )
