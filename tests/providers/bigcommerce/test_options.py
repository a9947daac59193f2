"""What customers choose between: one option for each product, and each label for the variant that has it now."""

from __future__ import annotations

from typing import Any

import pytest

from billform.core.diagnostic import BillformError

from .shop import Shop, actions, described

PLAN = """
catalog: nimbus
plans:
  pro:
    charges:
      base:
        prices:
          monthly: { every: month, amount: { usd: 49 } }
          yearly: { every: year, amount: { usd: 490 } }
    storefront: { storefronts: [us], option: Billing, variants: { base.yearly: { label: Per year } } }
"""
BIMONTHLY = ("          yearly:", "          bimonthly: { every: 2 months, amount: { usd: 95 } }\n          yearly:")
SWAPPED = (
    "{ base.yearly: { label: Per year } }",
    "{ base.yearly: { label: Monthly }, base.monthly: { label: Per year } }",
)


def plan(*edits: tuple[str, str]) -> str:
    text = PLAN
    for old, new in edits:
        assert old in text, old
        text = text.replace(old, new)
    return text


def options(shop: Shop) -> dict[str, set[str]]:
    """The labels of each option of the one product."""
    (product,) = shop.raw("GET", "/v3/catalog/products")["data"]
    rows = shop.raw("GET", f"/v3/catalog/products/{product['id']}/options")["data"]
    return {row["display_name"]: {each["label"] for each in row["option_values"]} for row in rows}


def buyable(shop: Shop) -> dict[str, str]:
    """The SKU behind each label that customers can buy."""
    rows = shop.raw("GET", "/v3/catalog/variants")["data"]
    return {row["option_values"][0]["label"]: row["sku"] for row in rows if not row["purchasing_disabled"]}


def theirs(shop: Shop, **option: Any) -> int:
    """A product of the merchant's, equal to the plan's, with a variant of its own; answers its id."""
    body = {"name": "Pro", "type": "digital", "weight": 0, "price": 49, "sku": "PRO", "is_visible": True}
    product: int = shop.raw("POST", "/v3/catalog/products", body)["data"]["id"]
    made = shop.raw("POST", f"/v3/catalog/products/{product}/options", {"type": "radio_buttons", **option})["data"]
    value = {"option_id": made["id"], "id": made["option_values"][0]["id"]}
    shop.raw("POST", f"/v3/catalog/products/{product}/variants", {"sku": "OLD-1", "option_values": [value]})
    return product


def test_an_option_that_is_renamed_with_a_new_price_stays_the_only_one(shop: Shop) -> None:
    """Variants that lack a value of one of two options cannot be bought, neither the old ones nor the new one."""
    shop.settle(plan())
    ids = {live.id for live in shop.observe("bigcommerce.variant")}
    shop.settle(plan(BIMONTHLY, ("option: Billing", "option: Rhythm")))
    assert {name: len(labels) for name, labels in options(shop).items()} == {"Rhythm": 3}
    assert ids < {live.id for live in shop.observe("bigcommerce.variant")}


def test_an_option_of_retired_variants_is_taken_up_again_under_another_name(shop: Shop) -> None:
    shop.settle(plan())
    shop.settle("catalog: nimbus\n")
    shop.settle(plan(("          monthly: {", "          each_month: {"), ("option: Billing", "option: Rhythm")))
    assert set(options(shop)) == {"Rhythm"}


def test_an_option_of_somebody_elses_product_is_told_by_the_plan(shop: Shop) -> None:
    """The product is taken over as asked; its own variants would be worth nothing with a second option."""
    theirs(shop, display_name="Rhythm", option_values=[{"label": "Each month", "sort_order": 0}])
    made = shop.plan(plan(), adopt=("*",))
    assert {(each.code, each.address.kind) for each in made.refusals} == {("K048", "bigcommerce.variant")}
    assert all("'Rhythm'" in str(each.why) and each.place and each.way_out for each in made.refusals)


def test_an_option_without_a_variant_is_told_by_the_plan_too(shop: Shop) -> None:
    """No list of the store shows it: products that lack a variant are asked for their options."""
    shop.settle(plan())
    (product,) = shop.raw("GET", "/v3/catalog/products")["data"]
    size = {"display_name": "Size", "type": "radio_buttons", "option_values": [{"label": "Large", "sort_order": 0}]}
    shop.raw("POST", f"/v3/catalog/products/{product['id']}/options", size)
    shop.control("DELETE", "log")
    assert described(shop.plan(plan())) == [], "what is there is not touched by it"
    assert not [each for each in shop.requests() if each.endswith("/options")], "and nothing is asked in vain"
    assert [each.code for each in shop.plan(plan(BIMONTHLY)).refusals] == ["K048"]


def test_an_option_that_came_after_the_plan_is_left_alone(shop: Shop) -> None:
    shop.settle(plan())
    (product,) = shop.raw("GET", "/v3/catalog/products")["data"]
    size = {"display_name": "Size", "type": "radio_buttons", "option_values": [{"label": "Large", "sort_order": 0}]}
    catalog = shop.catalog(plan(BIMONTHLY))

    async def work(store: Any) -> None:
        made = await shop._plan(store, catalog, ())
        shop.raw("POST", f"/v3/catalog/products/{product['id']}/options", size)
        await shop._apply(store, made)

    with pytest.raises(BillformError) as caught:
        shop.run(work, catalog)
    assert caught.value.diagnostics[0].code == "K048"


def test_a_label_of_somebody_elses_variant_is_left_alone(shop: Shop) -> None:
    theirs(shop, display_name="Billing", option_values=[{"label": "Per year", "sort_order": 0}])
    (refused,) = shop.plan(plan(), adopt=("*",)).refusals
    assert (refused.code, str(refused.address)) == ("K051", "bigcommerce.variant/main/pro.base.yearly")
    assert refused.place
    assert "same label" in str(refused.why)
    assert buyable(shop)["Per year"] == "OLD-1"


def test_an_option_that_a_merchant_added_is_named(shop: Shop) -> None:
    """The other variants, of another product, are planned all the same."""
    shop.settle(plan())
    (product,) = shop.raw("GET", "/v3/catalog/products")["data"]
    shop.raw(
        "POST",
        f"/v3/catalog/products/{product['id']}/options",
        {"display_name": "Gift", "type": "radio_buttons", "option_values": [{"label": "Yes", "sort_order": 0}]},
    )
    more = (
        "  max:\n    name: Max\n    charges: { base: { prices: { monthly: { every: month, amount: { usd: 99 } } } } }\n"
    )
    made = shop.plan(plan(BIMONTHLY) + more + "    storefront: { storefronts: [us] }\n")
    assert [each.why for each in made.refusals] == ["its product has options that are somebody else's: 'Gift'"]
    assert "create bigcommerce.variant/main/max.base.monthly" in actions(made)


def test_a_renamed_price_takes_the_label_of_the_one_that_it_replaces(shop: Shop) -> None:
    """Another key is another price: the old variant is retired, and its label goes to the new one."""
    renamed = plan(("          yearly: {", "          annual: {"), ("base.yearly:", "base.annual:"))
    shop.settle(plan())
    shop.settle(renamed)
    assert buyable(shop) == {"Monthly": "PRO-MONTHLY", "Per year": "PRO-ANNUAL"}
    assert options(shop)["Billing"] == {"Monthly", "Per year", "Per year (PRO-YEARLY)"}
    # Back again: the variant that was retired is restored, with its label.
    shop.settle(plan())
    assert buyable(shop) == {"Monthly": "PRO-MONTHLY", "Per year": "PRO-YEARLY"}
    shop.settle(renamed)


def test_a_retired_price_gives_its_label_up_to_one_that_comes_later(shop: Shop) -> None:
    shop.settle(plan())
    shop.settle(
        plan(
            ("          yearly: { every: year, amount: { usd: 490 } }\n", ""),
            (", variants: { base.yearly: { label: Per year } }", ""),
        )
    )
    shop.settle(plan(("          yearly: {", "          annual: {"), ("base.yearly:", "base.annual:")))
    assert buyable(shop)["Per year"] == "PRO-ANNUAL"


def test_a_label_whose_variant_was_deleted_by_hand_is_free(shop: Shop) -> None:
    """The store keeps the value; no variant has it, and none can be made to have it."""
    shop.settle(plan())
    yearly = next(each for each in shop.raw("GET", "/v3/catalog/variants")["data"] if each["sku"] == "PRO-YEARLY")
    shop.raw("DELETE", f"/v3/catalog/products/{yearly['product_id']}/variants/{yearly['id']}")
    shop.settle(plan(("label: Per year", "label: Annual")))
    shop.settle(plan())
    assert buyable(shop) == {"Monthly": "PRO-MONTHLY", "Per year": "PRO-YEARLY"}
    assert options(shop) == {"Billing": {"Monthly", "Per year"}}


def test_two_prices_exchange_their_labels(shop: Shop) -> None:
    shop.settle(plan())
    shop.settle(plan(SWAPPED))
    assert buyable(shop) == {"Monthly": "PRO-YEARLY", "Per year": "PRO-MONTHLY"}
    shop.settle(plan())
    assert buyable(shop) == {"Monthly": "PRO-MONTHLY", "Per year": "PRO-YEARLY"}
    assert options(shop) == {"Billing": {"Monthly", "Per year"}}


@pytest.mark.parametrize("last", range(1, 8))
def test_an_exchange_that_stops_half_way_is_finished_by_the_next(shop: Shop, last: int) -> None:
    """Whatever the last write was that got through, the next run ends where the first was to."""
    shop.settle(plan())
    shop.fault(action="server_error", writes=True, nth=last, count=None)
    try:
        shop.apply(plan(SWAPPED))
    except BillformError:
        assert actions(shop.plan(plan(SWAPPED)))
    shop.control("DELETE", "faults")
    shop.settle(plan(SWAPPED))
    assert buyable(shop) == {"Monthly": "PRO-YEARLY", "Per year": "PRO-MONTHLY"}
    assert described(shop.plan(plan(SWAPPED))) == []
