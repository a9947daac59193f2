"""What stands in a price list is what shoppers pay: tiers for buying many, and records that lose an amount."""

from __future__ import annotations

from typing import Any

import pytest

from billform.core.diagnostic import BillformError

from .catalogs import PRO, edited
from .shop import Shop

RECORD = "price: { usd: 39 }, retail_price: { usd: 49 }"


def tiers(shop: Shop) -> dict[str, list[tuple[Any, ...]]]:
    """Of the partners' list, by currency: lowest quantity, sort and amount."""
    lists = {each["name"]: each["id"] for each in shop.raw("GET", "/v3/pricelists")["data"]}
    rows = shop.raw("GET", f"/v3/pricelists/{lists['Partners']}/records?include=bulk_pricing_tiers")["data"]
    return {
        row["currency"]: [(each["quantity_min"], each["type"], each["amount"]) for each in row["bulk_pricing_tiers"]]
        for row in rows
    }


def test_every_currency_has_its_own_amount_for_buying_many(shop: Shop) -> None:
    fixed = "{ min: 10, max: 49, type: fixed, amount: { usd: 35, eur: 32 } }"
    bulk = f"bulk: [{fixed}, {{ min: 50, type: percent, amount: 20 }}]"
    shop.settle(edited((RECORD, f"price: {{ usd: 39, eur: 36 }}, {bulk}")))
    assert tiers(shop) == {
        "usd": [(10, "fixed", 35), (50, "percent", 20)],
        "eur": [(10, "fixed", 32), (50, "percent", 20)],
    }


def test_the_order_in_which_tiers_are_written_is_no_difference(shop: Shop) -> None:
    bulk = "bulk: [{ min: 50, type: fixed, amount: 30 }, { min: 10, max: 49, type: fixed, amount: 35 }]"
    shop.settle(edited((RECORD, f"price: {{ usd: 39 }}, {bulk}")))
    assert tiers(shop) == {"usd": [(10, "fixed", 35), (50, "fixed", 30)]}


def test_a_sale_that_cannot_end_leaves_the_price(shop: Shop) -> None:
    """The record is made anew without its sale price, but only once the store has taken everything else of it."""
    on_sale = edited((RECORD, "price: { usd: 39 }, sale_price: { usd: 29 }"))
    shop.settle(on_sale)
    shop.fault(action="server_error", status=422, method="PUT", path="/stores/*/v3/pricelists/*/records", count=None)
    with pytest.raises(BillformError):
        shop.apply(PRO)
    shop.control("DELETE", "faults")
    assert set(tiers(shop)) == {"usd"}, "partners would pay what everybody pays"
    shop.settle(PRO)
