"""What is taken over brings along what is in it: all that becomes of that is in the plan that takes it, and weighed."""

from __future__ import annotations

from decimal import Decimal

from billform.core.guard import Limits, guard
from billform.core.plan import Plan

from .catalogs import PRO
from .shop import Shop, actions, described

LISTS, MARKS = "/v3/pricelists", "/v3/store/metafields"
SOLD = """
catalog: nimbus
plans:
  pro:
    charges: { base: { prices: { monthly: { every: month, amount: { usd: 49, eur: 45 } } } } }
    storefront: { name: Pro, storefronts: [eu] }
"""
WANTED = SOLD + "storefront: { price_lists: { europe: { currencies: [eur], storefronts: [eu] } } }\n"
LIST = "bigcommerce.price_list/main/europe"


def theirs(shop: Shop) -> int:
    """A merchant's list with two prices of our variant, given to both channels."""
    number = int(shop.raw("POST", LISTS, {"name": "europe ", "active": True})["data"]["id"])
    (variant,) = (each["id"] for each in shop.raw("GET", "/v3/catalog/variants")["data"])
    prices = [("EUR", 4.5), ("USD", 39)]
    bodies = [{"variant_id": variant, "currency": currency, "price": price} for currency, price in prices]
    shop.raw("PUT", f"{LISTS}/{number}/records", bodies)
    shop.raw("POST", f"{LISTS}/assignments", [{"price_list_id": number, "channel_id": each} for each in (1, 2)])
    return number


def steep(made: Plan) -> list[str]:
    return [each.summary for each in guard(made, Limits(amount_percent=Decimal(20)), {})]


def test_what_becomes_of_each_price_in_a_list_is_in_the_plan_that_takes_it(shop: Shop) -> None:
    shop.settle(SOLD)
    number = theirs(shop)
    made = shop.plan(WANTED, adopt=(LIST,))
    assert sorted(actions(made)) == [
        f"adopt {LIST}",
        "archive bigcommerce.price_list_assignment/main/europe/-/us",
        "archive bigcommerce.price_record/main/europe/pro.base.monthly/usd",
        "update bigcommerce.price_record/main/europe/pro.base.monthly/eur",
    ]
    assert steep(made) == [
        "bigcommerce.price_record/main/europe/pro.base.monthly/eur changes price by 900 % (€4.50 -> €45.00), more than "
        "the 20 % test allows"
    ]
    told = {each.notice.what: (each.notice.now, each.notice.after) for each in made.changes if each.notice}
    assert told == {
        "europe/pro.base.monthly/eur": ("€4.50", "€45.00"),
        "europe/pro.base.monthly/usd": ("$39.00", None),
    }
    assert made.population["bigcommerce.price_record"] == 2
    shop.apply(WANTED, adopt=(LIST,))
    assert described(shop.plan(WANTED)) == [], "nothing was left for the next plan"
    (row,) = shop.raw("GET", f"{LISTS}/{number}/records")["data"]
    assert (row["currency"].upper(), row["price"]) == ("EUR", 45)
    assert [each["channel_id"] for each in shop.raw("GET", f"{LISTS}/assignments")["data"]] == [2]


def test_a_list_that_is_not_taken_over_keeps_all_that_is_in_it(shop: Shop) -> None:
    shop.settle(SOLD)
    theirs(shop)
    made = shop.plan(WANTED)
    assert [each.code for each in made.refusals] == ["P022"], "what is in it is no second finding"
    assert [each for each in actions(made) if each.startswith("archive")] == []


def test_of_a_list_prices_of_what_the_catalog_does_not_sell_stay(shop: Shop) -> None:
    shop.settle(SOLD)
    number = theirs(shop)
    other = shop.raw("POST", "/v3/catalog/products", {"name": "Mug", "type": "physical", "weight": 1, "price": 9})[
        "data"
    ]
    mug = {"variant_id": other["base_variant_id"], "currency": "EUR", "price": 8}
    shop.raw("PUT", f"{LISTS}/{number}/records", [mug])
    shop.apply(WANTED, adopt=(LIST,))
    rows = shop.raw("GET", f"{LISTS}/{number}/records")["data"]
    assert sorted((each["variant_id"] == mug["variant_id"], each["price"]) for each in rows) == [(False, 45), (True, 8)]


def test_a_whole_shop_is_taken_over_with_every_amount_weighed(shop: Shop) -> None:
    """The marks are lost: products, variants, lists and what is in them are nobody's, and all of it is there."""
    shop.settle(PRO)
    marks = [int(each["id"]) for each in shop.raw("GET", f"{MARKS}?limit=250")["data"]]
    for start in range(0, len(marks), 10):
        shop.raw("DELETE", MARKS, marks[start : start + 10])
    (europe,) = (each["id"] for each in shop.raw("GET", LISTS)["data"] if each["name"] == "Europe")
    rows = shop.raw("GET", f"{LISTS}/{europe}/records")["data"]
    cheap = {"variant_id": min(each["variant_id"] for each in rows), "currency": "EUR", "price": 4.5}
    shop.raw("PUT", f"{LISTS}/{europe}/records", [cheap])
    made = shop.plan(PRO, adopt=("*",))
    kinds = ("price_record", "price_list_assignment", "channel_assignment")
    assert [each for each in actions(made) if each.split(".")[1].split("/")[0] in kinds] == [
        "update bigcommerce.price_record/main/europe/pro.base.monthly/eur"
    ]
    assert steep(made) == [
        "bigcommerce.price_record/main/europe/pro.base.monthly/eur changes price by 900 % (€4.50 -> €45.00), more than "
        "the 20 % test allows"
    ]


def test_a_storefront_that_a_product_leaves_as_it_is_taken_over_is_in_the_plan(shop: Shop) -> None:
    product = shop.raw("POST", "/v3/catalog/products", {"name": "Pro", "type": "digital", "weight": 0, "price": 49})
    identity = product["data"]["id"]
    pairs = [{"product_id": identity, "channel_id": each} for each in (1, 2)]
    shop.raw("PUT", "/v3/catalog/products/channel-assignments", pairs)
    made = shop.plan(SOLD, adopt=("*",))
    told = [each for each in actions(made) if "channel_assignment" in each]
    assert told == [f"archive bigcommerce.channel_assignment/main/main:{identity}/1"]
    shop.apply(SOLD, adopt=("*",))
    assert described(shop.plan(SOLD)) == []
