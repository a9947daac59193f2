"""Every field of every kind: changed in the catalog, written in place, settled, and put back."""

from __future__ import annotations

import pytest

from billform.core.diagnostic import BillformError
from billform.providers.bigcommerce.client import Store

from .catalogs import PRO, edited
from .shop import Shop, actions, described

YEARLY = "          yearly: { every: year, amount: { usd: 490, eur: 450 } }\n"
EUROPE = "    europe: { currencies: [eur], storefronts: [eu] }"
PORTAL = 'portal: { portal_link: { url: "https://hooks.example/portal" } }'
MEMBERS = "members: { discounts: [{ type: product, product: pro, amount: 10 }] }"

CASES: dict[str, tuple[str, str, set[str]]] = {
    "a description": ("teams & shops.", "big teams.", {"update product/main/pro"}),
    "a price in the store's currency": (
        "usd: 49, eur",
        "usd: 59, eur",
        {
            "update product/main/pro",
            "update variant/main/pro.base.monthly",
            "update metafield/main/pro.base.monthly/price_id",
        },
    ),
    "a price in another currency": ("eur: 45 }", "eur: 47 }", {"update price_record/main/europe/pro.base.monthly/eur"}),
    "what customers choose between": ("retail_price: 588", "label: Per year", {"update variant/main/pro.base.yearly"}),
    "a custom field": ("Support: E-mail", "Support: Phone, Region: EU", {"update product/main/pro"}),
    "custom fields no longer declared": (
        "custom_fields: { Support: E-mail }",
        "sort_order: 3",
        {"update product/main/pro"},
    ),
    "a tax class no longer declared": ("      tax_class: Digital services\n", "", {"update product/main/pro"}),
    "another category": ("categories: [Plans]", "categories: [Add-ons]", {"update product/main/pro"}),
    "categories no longer declared": ("      categories: [Plans]\n", "", {"update product/main/pro"}),
    "everything else about a product": (
        "categories: [Plans]\n",
        "categories: [Plans]\n      name: Other\n      sku: PROX\n      path: /plans/x\n      page_title: T\n"
        "      search_keywords: K\n      quantity_min: 1\n      quantity_max: 4\n      weight: 1.5\n"
        "      product_tax_code: P\n      visible: false\n      option: Pay\n      metafields: { note: 'yes' }\n"
        "      type: physical\n      sort_order: 7\n      availability: preorder\n",
        {
            "update product/main/pro",
            "update variant/main/pro.base.monthly",
            "update variant/main/pro.base.yearly",
            "create metafield/main/pro/note",
        },
    ),
    "a price that cannot be bought any more is hidden": (
        "categories: [Plans]",
        "categories: [Plans]\n      availability: disabled\n      hide_price: true",
        {"update product/main/pro"},
    ),
    "one more interval, sold first": (
        "prices:\n          monthly",
        "prices:\n          weekly: { every: week, amount: { usd: 12, eur: 11 } }\n          monthly",
        {
            "update product/main/pro",
            "create variant/main/pro.base.weekly",
            "update variant/main/pro.base.monthly",
            "update variant/main/pro.base.yearly",
            "create metafield/main/pro.base.weekly/lookup",
            "create metafield/main/pro.base.weekly/price_id",
            "create price_record/main/europe/pro.base.weekly/eur",
        },
    ),
    "a discount": ("amount: 10 }", "amount: 12.5 }", {"update customer_group/main/members"}),
    "a group for some categories": (
        MEMBERS,
        "members: { default: true, category_access: { type: specific, categories: [Plans] } }",
        {"update customer_group/main/members"},
    ),
    "a group's name": (
        "partners: { name: Partners }",
        "partners: { name: Resellers }",
        {"update customer_group/main/partners"},
    ),
    "a group for guests": (
        "{ name: Partners }",
        "{ name: Partners, guests: true }",
        {"update customer_group/main/partners"},
    ),
    "a discount for a category": (
        "type: product, product: pro,",
        "type: category, category: Plans, method: fixed,",
        {"update customer_group/main/members"},
    ),
    "an attribute's name": ("name: Subscription status", "name: State", {"update customer_attribute/main/status"}),
    "a script by URL instead": (
        PORTAL,
        'portal: { name: Link, description: D, src: "https://x.example/a.js", integrity: [sha384-abc], load: defer,'
        " enabled: false, location: head, visibility: checkout, consent: functional, auto_uninstall: false }",
        {"update script/main/portal/eu", "update script/main/portal/us"},
    ),
    "a script on one storefront": (PORTAL, PORTAL[:-2] + ", storefronts: [us] }", {"archive script/main/portal/eu"}),
    "a hook's destination": ("example/bigcommerce/", "example/other", {"update webhook/main/orders"}),
    "a hook's scope": ("order/statusUpdated", "order/created", {"update webhook/main/orders"}),
    "a hook switched off": ("scope: store", "active: false\n      scope: store", {"update webhook/main/orders"}),
    "a header": ("X-Source: billform", "X-Source: shop", {"update webhook/main/orders"}),
    "a header no longer declared": (", X-Source: billform", "", {"update webhook/main/orders"}),
    "a record that loses an amount and gains tiers": (
        "retail_price: { usd: 49 } }",
        "bulk: [{ min: 5, max: 9, amount: 3 }, { min: 10, type: percent, amount: 10 }] }",
        {"update price_record/main/partners/pro.base.monthly/usd"},
    ),
    "a sale": (
        "retail_price: { usd: 49 } }",
        "retail_price: { usd: 49 }, sale_price: { usd: 29.5 } }",
        {"update price_record/main/partners/pro.base.monthly/usd"},
    ),
    "a price list": (
        EUROPE,
        "    europe: { currencies: [eur], storefronts: [us, eu], name: EUROPE, active: false }",
        {"update price_list/main/europe", "create price_list_assignment/main/europe/-/us"},
    ),
    "a price list less": (
        EUROPE + "\n",
        "",
        {
            "archive price_list/main/europe",
            "archive price_list_assignment/main/europe/-/eu",
            "archive price_record/main/europe/pro.base.monthly/eur",
            "archive price_record/main/europe/pro.base.yearly/eur",
        },
    ),
    "a list for a group on one storefront": (
        "customer_groups: [partners]\n",
        "customer_groups: [partners]\n      storefronts: [us]\n",
        {
            "create price_list_assignment/main/partners/partners/us",
            "archive price_list_assignment/main/partners/partners/-",
        },
    ),
    "a storefront less": (
        "storefront:\n      categories",
        "storefront:\n      storefronts: [us]\n      categories",
        {"archive channel_assignment/main/pro/eu"},
    ),
    "metafields elsewhere": (
        "lookup_key: lookup",
        "namespace: other, permission: app_only",
        {
            "update metafield/main/pro/product_id",
            "update metafield/main/pro.base.monthly/price_id",
            "update metafield/main/pro.base.yearly/price_id",
            "archive metafield/main/pro.base.monthly/lookup",
            "archive metafield/main/pro.base.yearly/lookup",
        },
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_change_is_written_settles_and_goes_back(shop: Shop, name: str) -> None:
    old, new, expected = CASES[name]
    text = edited((old, new))
    shop.settle(PRO)
    assert {each.replace("bigcommerce.", "") for each in actions(shop.apply(text), "bigcommerce")} == expected
    assert described(shop.plan(text)) == []
    shop.settle(PRO)


def test_a_price_less_cannot_be_bought_and_takes_its_metafields_and_records_along(shop: Shop) -> None:
    shop.settle(PRO)
    text = edited((YEARLY, ""), ("      variants:\n        base.yearly: { retail_price: 588 }\n", ""))
    assert set(actions(shop.apply(text), "bigcommerce")) == {
        "archive bigcommerce.variant/main/pro.base.yearly",
        "archive bigcommerce.metafield/main/pro.base.yearly/lookup",
        "archive bigcommerce.metafield/main/pro.base.yearly/price_id",
        "archive bigcommerce.price_record/main/europe/pro.base.yearly/eur",
    }
    assert described(shop.plan(text)) == []


def test_a_variant_keeps_its_id_under_another_label(shop: Shop) -> None:
    """The store cannot exchange a variant's option values, and says nothing when asked to: the value is renamed."""
    shop.settle(PRO)
    before = {live.id for live in shop.observe("bigcommerce.variant")}
    shop.settle(edited(("retail_price: 588", "label: Twelve months")))
    rows = shop.raw("GET", "/v3/catalog/variants")["data"]
    assert {each["option_values"][0]["label"] for each in rows} == {"Monthly", "Twelve months"}
    assert {live.id for live in shop.observe("bigcommerce.variant")} == before


def test_the_price_goes_up_and_back_and_the_storefront_follows(shop: Shop) -> None:
    def price_id() -> str:
        fields = shop.raw("GET", "/v3/catalog/variants/metafields")["data"]
        return next(
            str(each["value"])
            for each in fields
            if "pro.base.monthly" in each["description"] and each["key"] == "price_id"
        )

    shop.settle(PRO)
    first = price_id()
    shop.settle(edited(("usd: 49, eur", "usd: 59, eur")))
    assert price_id() != first
    shop.settle(PRO)
    assert price_id() == first


def test_an_attributes_type_is_refused_with_the_way_out(shop: Shop) -> None:
    shop.settle(PRO)
    (refusal,) = shop.plan(edited(("renews: { type: date }", "renews: { type: number }"))).refusals
    assert (str(refusal.address), refusal.code) == ("bigcommerce.customer_attribute/main/renews", "P026")
    assert "another key" in refusal.way_out


def test_moving_a_storefront_to_another_list_leaves_it_with_that_list(shop: Shop) -> None:
    """The store has one list for each group and channel: the old list must not take the new one's assignment away."""
    text = edited((EUROPE, EUROPE + "\n    spain: { currencies: [eur] }"))
    moved = edited((EUROPE, "    europe: { currencies: [eur] }\n    spain: { currencies: [eur], storefronts: [eu] }"))
    shop.settle(text)
    shop.settle(moved)
    rows = shop.raw("GET", "/v3/pricelists/assignments")["data"]
    lists = {each["id"]: each["name"] for each in shop.raw("GET", "/v3/pricelists")["data"]}
    assert {(lists[each["price_list_id"]], each.get("channel_id")) for each in rows} == {
        ("Spain", 2),
        ("Partners", None),
    }


def test_separate_stripe_prices_stand_behind_one_variant(shop: Shop) -> None:
    text = edited(("amount: { usd: 49, eur: 45 }", "separate_currencies: true, amount: { usd: 49, eur: 45 }"))
    shop.settle(text)
    assert len(shop.observe("bigcommerce.variant")) == 2
    fields = shop.raw("GET", "/v3/catalog/variants/metafields")["data"]
    monthly = {each["key"]: each["value"] for each in fields if "pro.base.monthly" in each["description"]}
    lives = [live for live in shop.things["stripe.price"].lives.values() if live.mark and "monthly" in live.mark.key]
    prices = {live.spec.amount.currency: live.id for live in lives if live.spec.amount is not None}
    assert (monthly["price_id"], monthly["price_id_eur"]) == (prices["usd"], prices["eur"])


def test_a_price_in_another_currency_than_the_stores_is_not_written(shop: Shop) -> None:
    """A storefront in euros alone, on a store that counts in dollars: the amount would be read as dollars."""
    sites = {"eu": shop.environment.storefronts["eu"]}
    shop.environment = shop.environment.model_copy(update={"storefronts": sites})
    with pytest.raises(Exception, match="K045"):
        shop.plan(PRO)
    assert shop.writes() == []


TWO = """
catalog: nimbus
plans:
  pro:
    charges: { base: { prices: { monthly: { every: month, amount: { usd: 49, eur: 145 } } } } }
    storefront: {}
  low:
    charges: { base: { prices: { monthly: { every: month, amount: { usd: 9, eur: 109 } } } } }
    storefront: {}
"""


def test_a_store_whose_own_currency_was_switched_stops_everything(shop: Shop) -> None:
    """One of its storefronts sells in the new one; the prices of the catalog would be read as if they were in it."""
    shop.settle(TWO)
    shop.control("PATCH", "bigcommerce/stores/simstore1", {"currency": "EUR"})
    shop.control("DELETE", "log")
    with pytest.raises(BillformError, match="own currency is eur, but the catalog prices its products in usd"):
        shop.plan(TWO)
    assert shop.writes() == []
    shop.apply(TWO.replace("catalog: nimbus", "catalog: nimbus\ndefaults: { currency: eur }"))
    assert {each["price"] for each in shop.raw("GET", "/v3/catalog/products")["data"]} == {145, 109}


def test_of_many_products_no_price_is_written_in_another_currency(shop: Shop) -> None:
    """What is written together is held to the same as what is written alone."""
    shop.settle(TWO)
    catalog = shop.catalog(TWO.replace("usd: 49", "usd: 59").replace("usd: 9,", "usd: 19,"))
    shop.control("DELETE", "log")

    async def work(store: Store) -> None:
        made = await shop._plan(store, catalog, ())
        store.currency = "eur"
        await shop._apply(store, made)

    with pytest.raises(BillformError, match="is priced in usd, but the store's own currency is eur"):
        shop.run(work, catalog)
    assert [each for each in shop.writes() if "variants/" not in each and "metafields" not in each] == []


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("retail_price: 588", "retail_price: 0", "`pro.base.yearly` has a retail price of 0"),
        ("retail_price: { usd: 49 }", "sale_price: { usd: 0 }", "`pro.base.monthly` has a sale price of 0"),
        ("retail_price: { usd: 49 }", "retail_price: { usd: 0 }", "`pro.base.monthly` has a retail price of 0"),
    ],
)
def test_a_price_of_nothing_beside_the_price_is_refused(shop: Shop, old: str, new: str, what: str) -> None:
    """The store says 0 where none was set: it would differ for ever."""
    with pytest.raises(BillformError, match=what) as caught:
        shop.catalog(edited((old, new)))
    (told,) = caught.value.diagnostics
    assert (told.code, told.span is not None) == ("C116", True)
