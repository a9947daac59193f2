"""How many requests reading takes: what comes with a list is not asked for again."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

from billform.providers.stripe.client import StripeAccount, connect
from billform.providers.stripe.lists import Wanted
from billform.providers.stripe.whole_tiers import currencies_of

from .shop import KINDS, HurriedClock, Shop, catalog, environment

TIERS = {"steps": [{"up_to": 10, "unit": {"usd": 2, "eur": 1, "jpy": 300}}, {"unit": 0}]}
TIERED = catalog(
    plans={"pro": {"charges": {"base": {"prices": {"monthly": {"every": "month", "tiers": TIERS}}}}}},
)


def _prices(shop: Shop, currencies: tuple[str, ...]) -> tuple[list[Any], Counter[str]]:
    """What the kind of prices reads when these currencies are asked for, and the requests that it took."""
    began = len(shop.control("GET", "log")["data"])

    async def read(client: StripeAccount) -> list[Any]:
        return [live async for live in KINDS["stripe.price"].observe(client)]

    async def run() -> list[Any]:
        url = shop.simulator.stripe_url
        async with await connect(
            environment(), {}, wanted=Wanted("nimbus", currencies), url=url, clock=HurriedClock()
        ) as client:
            return await read(client)

    found = asyncio.run(run())
    return found, Counter(f"{each['endpoint']} {each['status']}" for each in shop.control("GET", "log")["data"][began:])


def test_tiers_in_the_currencies_of_the_catalog_come_with_the_list(shop: Shop) -> None:
    shop.apply(TIERED)
    assert currencies_of(TIERED) == ("eur", "jpy")
    (one,), requests = _prices(shop, ("eur", "jpy"))
    assert requests == {"GET /v1/prices 200": 2, "GET /v1/products 200": 1}
    assert {currency: len(option.tiers) for currency, option in one.spec.currency_options.items()} == {
        "eur": 2,
        "jpy": 2,
    }


def test_tiers_in_other_currencies_are_asked_for_price_by_price(shop: Shop) -> None:
    shop.apply(TIERED)
    whole, _ = _prices(shop, ("eur", "jpy"))
    partly, requests = _prices(shop, ("eur",))
    assert requests["GET /v1/prices/{price} 200"] == 1
    assert partly == whole


def test_where_stripe_does_not_expand_so_much_the_list_is_read_without(shop: Shop) -> None:
    shop.apply(TIERED)
    whole, _ = _prices(shop, ("eur", "jpy"))
    refused, requests = _prices(shop, ("eur.too.deep",))
    assert requests["GET /v1/prices 400"] > 0
    assert refused == whole
