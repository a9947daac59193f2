"""What must hold at every moment of a run, whatever happened to it: read from Stripe's events and seen in the store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from billform.cli import local
from billform.simulator.message import WRITES, Answer, Request
from billform.simulator.pipeline import Cut
from billform.simulator.server import Simulator
from billform.simulator.vendor import Vendor

from .ground import Tables

_TEST = f"stripe/{local.ACCOUNT}/test"
_METAFIELDS = f"bigcommerce/{local.STORE}/metafields"
Rows = dict[str, Mapping[str, Any]]


def on_sale(tables: Tables) -> frozenset[str]:
    """The lookup keys under which something can be bought."""
    return _on_sale(dict(tables.get(f"{_TEST}/price", {})), dict(tables.get(f"{_TEST}/product", {})))


def gaps(before: Tables, after: Tables, keys: frozenset[str]) -> list[str]:
    """Moments between two states at which one of the keys had no price on sale, from the event log.

    Events of one request are one moment: Stripe moves a lookup key and tells of both prices at once.
    """
    prices, products = dict(before.get(f"{_TEST}/price", {})), dict(before.get(f"{_TEST}/product", {}))
    known = before.get(f"{_TEST}/event", {})
    fresh = [event for key, event in after.get(f"{_TEST}/event", {}).items() if key not in known]
    found: list[str] = []
    standing = _on_sale(prices, products) & keys
    for request, events in groupby(fresh, key=lambda event: event["request"]["id"]):
        for event in events:
            _play(event, prices, products)
        now = _on_sale(prices, products) & keys
        found += [f"nothing was on sale under {key} after {request}" for key in sorted(standing - now)]
        standing = now
    return found


def _play(event: Mapping[str, Any], prices: Rows, products: Rows) -> None:
    content = event["data"]["object"]
    noun, _, verb = event["type"].partition(".")
    rows = {"price": prices, "product": products}.get(noun)
    if rows is None:
        return
    if verb == "deleted":
        rows.pop(content["id"], None)
    else:
        rows[content["id"]] = content


def _on_sale(prices: Rows, products: Rows) -> frozenset[str]:
    return frozenset(
        str(price["lookup_key"])
        for price in prices.values()
        if price["active"] and price["lookup_key"] and products.get(price["product"], {}).get("active")
    )


@dataclass(slots=True)
class Watch:
    """Looks at the store after every write: a storefront never names a price that is not on sale."""

    simulator: Simulator
    key: str = "stripe_price_id"
    seen: list[str] = field(default_factory=list)

    def start(self) -> None:
        """Watches from now on."""
        pipeline, answer = self.simulator.pipeline, self.simulator.pipeline.answer

        async def watched(vendor: Vendor, request: Request) -> Answer | Cut:
            result = await answer(vendor, request)
            if request.method in WRITES:
                self._look(f"{request.method} {request.path}")
            return result

        pipeline.answer = watched  # type: ignore[method-assign]  # a test looks over its shoulder

    def _look(self, after: str) -> None:
        world = self.simulator.setting.world
        prices = world.table(f"{_TEST}/price")
        for row in world.table(_METAFIELDS).values():
            if row["key"] == self.key:
                price = prices.get(row["value"])
                if price is None or not price["active"]:
                    self.seen.append(f"after {after} the storefront sells {row['value']}, which is not on sale")
