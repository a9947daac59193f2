"""Two catalogs in one store: what one of them sells is none of the other's business."""

from __future__ import annotations

import pytest

from .catalogs import PRO, edited
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


FIELDS = ("/v3/catalog/products/metafields", "/v3/catalog/variants/metafields")


def told(shop: Shop) -> list[tuple[int, str, str]]:
    """Every metafield: on what, which, and who says so."""
    rows = [row for path in FIELDS for row in shop.raw("GET", path)["data"]]
    return [(row["resource_id"], row["key"], row["description"].split()[1]) for row in rows]


def test_equal_keys_and_one_namespace_say_nothing_of_whose_a_metafield_is(shop: Shop) -> None:
    """Each catalog's metafields are on its own products and variants."""
    first, second = (
        sold_by(each, "pro", each, "eu").replace("  metafields:", "  # ") for each in ("nimbus", "stratus")
    )
    second = second.partition("storefront:\n")[0]
    shop.settle(first)
    before = told(shop)
    assert {each.partition(" ")[0] for each in actions(shop.plan(second), "bigcommerce.metafield")} == {"create"}
    shop.settle(second)
    assert [each for each in told(shop) if each[2] == "nimbus"] == before
    assert len({each[:2] for each in told(shop)}) == len(told(shop)) == 2 * len(before)
    assert actions(shop.plan(first), "bigcommerce.metafield") == []


@pytest.mark.parametrize("plan", ["pro", "max"])
def test_metafields_on_what_is_taken_over_are_told_and_taken_over_only_when_asked(shop: Shop, plan: str) -> None:
    """Whatever the other catalog calls what they are on; the store would have refused others beside them."""
    first = sold_by("nimbus", "pro", "europe", "eu").partition("storefront:\n  metafields")[0]
    shop.settle(first)
    second = first.replace("catalog: nimbus", "catalog: stratus").replace("  pro:\n", f"  {plan}:\n")
    fields = [
        f"bigcommerce.metafield/main/{plan}.base.monthly/price_id",
        f"bigcommerce.metafield/main/{plan}/product_id",
    ]
    without = shop.plan(second, adopt=("bigcommerce.product/*", "bigcommerce.variant/*"))
    assert sorted((each.code, str(each.address)) for each in without.refusals) == [("P022", each) for each in fields]
    taken = shop.apply(second, adopt=("*",))
    assert {f"adopt {each}" for each in fields} <= set(actions(taken))
    assert {each[2] for each in told(shop)} == {"stratus"}
    assert actions(shop.plan(second)) == []


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


SECOND = edited(
    ("catalog: nimbus", "catalog: stratus"),
    ("    storefront:\n      categories", "    storefront:\n      name: Stratus Pro\n      sku: S\n      categories"),
    (
        "base.yearly: { retail_price: 588 }",
        "base.yearly: { sku: SY, retail_price: 588 }\n        base.monthly: { sku: SM }",
    ),
    ("europe: { currencies: [eur], storefronts: [eu] }", "europe: { name: S, currencies: [eur], storefronts: [us] }"),
    ("    partners:\n      customer_groups", "    partners:\n      name: S Partners\n      customer_groups"),
    ("partners: { name: Partners }", "partners: { name: S Partners }"),
    ("members: { discounts", "members: { name: S Members, discounts"),
    ("status: { name: Subscription status }", "status: { name: S Status }"),
    ("renews: { type: date }", "renews: { name: S renews, type: date }"),
    ("portal: { portal_link", "portal: { name: S Portal, portal_link"),
    ("https://hooks.example/bigcommerce/", "https://hooks.example/stratus/"),
)


def test_two_whole_catalogs_of_equal_keys_live_side_by_side(shop: Shop) -> None:
    """What must be single at the store has names of its own; nothing else keeps them apart. Then the second leaves."""
    shop.settle(PRO)
    made = actions(shop.plan(SECOND), "bigcommerce")
    assert {each.partition(" ")[0] for each in made} == {"create"}
    shop.settle(SECOND)
    assert actions(shop.plan(PRO), "bigcommerce") == []
    shop.apply("catalog: stratus\n")
    assert actions(shop.plan(PRO), "bigcommerce") == []
