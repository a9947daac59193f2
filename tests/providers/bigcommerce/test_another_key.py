"""A plan gets another key in the files, and is the same product in the store: nothing of it is made or taken away."""

from __future__ import annotations

from contextlib import suppress

import pytest

from billform.core.diagnostic import BillformError

from .catalogs import EMPTY
from .shop import Shop, actions, described

PLAN = """
catalog: nimbus
plans:
  pro:
    name: Pro
    charges:
      base:
        prices:
          monthly: { every: month, amount: { usd: 49, eur: 45 } }
          yearly: { every: year, amount: { usd: 490, eur: 450 } }
    storefront: { sku: PRO, metafields: { support: e-mail } }
storefront:
  price_lists: { europe: { currencies: [eur], storefronts: [eu] } }
"""
RENAMED = PLAN.replace("  pro:\n", "  professional:\n")
EVERYTHING = (
    "/v3/catalog/products",
    "/v3/catalog/variants",
    "/v3/catalog/products/metafields",
    "/v3/catalog/variants/metafields",
    "/v3/catalog/products/channel-assignments",
)


def ids(shop: Shop) -> list[object]:
    """What there is, by the store's own ids."""
    return [
        sorted(str(row.get("id") or (row["product_id"], row["channel_id"])) for row in shop.raw("GET", path)["data"])
        for path in EVERYTHING
    ]


def test_a_plan_under_another_key_is_the_same_product(shop: Shop) -> None:
    """Names and SKUs are unique: the old one has them, on sale or not, so that a new one could never be made."""
    shop.settle(PLAN)
    before = ids(shop)
    shop.control("DELETE", "log")
    made = shop.apply(RENAMED)
    store = actions(made, "bigcommerce")
    assert {each.split()[0] for each in store} == {"adopt"}, described(made)
    assert "adopt bigcommerce.product/main/professional" in store
    assert not [each for each in shop.writes() if each.startswith(("POST", "DELETE"))]
    assert (ids(shop), described(shop.plan(RENAMED))) == (before, [])


@pytest.mark.parametrize("write", range(1, 8))
def test_a_run_that_stops_on_the_way_to_the_other_key_is_finished_by_the_next(shop: Shop, write: int) -> None:
    """Some bear the new key by then and some the old one; nothing is made twice for that, or taken away."""
    shop.settle(PLAN)
    before = ids(shop)
    shop.control("DELETE", "log")
    shop.fault(action="cut_connection", writes=True, nth=write, count=None)
    with suppress(BillformError):
        shop.apply(RENAMED)
    shop.control("DELETE", "faults")
    shop.settle(RENAMED)
    assert ids(shop) == before
    assert not [each for each in shop.writes() if each.startswith("DELETE") and "metafields" not in each]


def test_a_plan_that_left_comes_back_under_another_key(shop: Shop) -> None:
    shop.settle(PLAN)
    shop.settle(EMPTY)
    made = shop.apply(RENAMED)
    assert [*actions(made, "bigcommerce.product"), *actions(made, "bigcommerce.variant")] == [
        "restore bigcommerce.product/main/professional",
        "restore bigcommerce.variant/main/professional.base.monthly",
        "restore bigcommerce.variant/main/professional.base.yearly",
    ]
    assert described(shop.plan(RENAMED)) == []
    assert len(shop.raw("GET", "/v3/catalog/products")["data"]) == 1
