"""Two catalogs in one store: what one of them sells is none of the other's business."""

from __future__ import annotations

import pytest

from .shop import Shop, actions

KINDS = ("bigcommerce.channel_assignment", "bigcommerce.price_record", "bigcommerce.price_list_assignment")


def sold_by(catalog: str, plan: str, list_key: str, site: str) -> str:
    """A catalog with names of its own for everything that the store wants to be single."""
    return f"""
catalog: {catalog}
plans:
  {plan}:
    name: {catalog.title()}
    charges: {{ base: {{ prices: {{ monthly: {{ every: month, amount: {{ usd: 49, eur: 45 }} }} }} }} }}
    storefront: {{ sku: {catalog}, variants: {{ base.monthly: {{ sku: {catalog}-m }} }} }}
storefront:
  metafields: {{ namespace: {catalog} }}
  price_lists: {{ {list_key}: {{ name: Euros of {catalog}, currencies: [eur], storefronts: [{site}] }} }}
"""


@pytest.mark.parametrize(("plan", "list_key"), [("max", "euro"), ("pro", "europe")])
def test_a_second_catalog_takes_nothing_of_the_first_out_of_the_store(shop: Shop, plan: str, list_key: str) -> None:
    """Assignments and price records bear no mark: what they are about says whose they are, also under equal keys."""
    first, second = sold_by("nimbus", "pro", "europe", "eu"), sold_by("stratus", plan, list_key, "us")
    shop.settle(first)
    assert all(shop.observe(kind) for kind in KINDS)
    made = shop.plan(second)
    assert {each.partition(" ")[0] for each in actions(made, "bigcommerce")} == {"create"}
    shop.apply(second)
    assert actions(shop.plan(first), "bigcommerce") == []
