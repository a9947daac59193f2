"""How many requests a plan takes when nothing is to be done, beside one GET for each object.

The latter is how the official Terraform provider (https://github.com/stripe/terraform-provider-stripe) refreshes what
it manages. `allowed` is one request for each full page of 100, one for each kind and check, and one for each plan that
grants features at Stripe: which product entitles to which feature can only be asked product by product. Whatever is
above it are places in long lists where several pages were read at a time.
"""

from __future__ import annotations

import asyncio
from pathlib import Path

from . import needed
from .catalogs import Shape
from .ground import connections, files, observed, over_http, seeded, served
from .table import Table

SIZES = (100, 1_000, 10_000)


def measure(*, quick: bool) -> Table:
    """Counts them at the simulator; `quick` leaves out the 10,000."""
    sizes = SIZES[:-1] if quick else SIZES
    rows = [_row(Shape(size, granting=granting)) for granting in (False, True) for size in sizes]
    return Table(
        "Requests of a plan",
        ("prices", "catalog", "objects = one GET for each", "Billform", "times fewer", "allowed"),
        tuple(rows),
        ("Plans of ten prices over four products, 5 meters, and for every 5 plans a coupon with 20 partner codes.",),
    )


def _row(shape: Shape) -> tuple[str, ...]:
    found, sent = files(shape), asyncio.run(_sent(shape, seeded(shape)))
    objects = needed.objects(found)
    return (
        f"{shape.prices:,}",
        shape.name,
        f"{objects:,}",
        f"{sent:,}",
        f"{objects / sent:.1f}",
        f"{needed.allowed(found):,}",
    )


async def _sent(shape: Shape, state: Path) -> int:
    with served(state) as simulator:
        async with connections(over_http(simulator.url, "live"), "live", files(shape)) as opened:
            simulator.control("DELETE", "log")
            await observed(files(shape), opened)
        return len(simulator.log())
