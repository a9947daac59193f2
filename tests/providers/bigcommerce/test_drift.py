"""Somebody changes the store by hand: the plan says so and puts back what is ours, and leaves the rest alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from billform.core.plan import Cause

from .catalogs import PRO, edited
from .shop import Shop, actions, described


def _put_product(**fields: Any) -> Callable[[Shop], None]:
    def change(shop: Shop) -> None:
        (product,) = shop.raw("GET", "/v3/catalog/products")["data"]
        shop.raw("PUT", f"/v3/catalog/products/{product['id']}", fields)

    return change


def _put_variant(**fields: Any) -> Callable[[Shop], None]:
    def change(shop: Shop) -> None:
        first = shop.raw("GET", "/v3/catalog/variants")["data"][0]
        shop.raw("PUT", f"/v3/catalog/products/{first['product_id']}/variants/{first['id']}", fields)

    return change


def _put_first(path: str, **fields: Any) -> Callable[[Shop], None]:
    def change(shop: Shop) -> None:
        answer = shop.raw("GET", path)
        first = (answer["data"] if isinstance(answer, dict) else answer)[0]
        shop.raw("PUT", f"{path}/{first.get('id') or first['uuid']}", fields)

    return change


def _change_record(shop: Shop) -> None:
    (europe,) = [each for each in shop.raw("GET", "/v3/pricelists")["data"] if each["name"] == "Europe"]
    record = shop.raw("GET", f"/v3/pricelists/{europe['id']}/records")["data"][0]
    path = f"/v3/pricelists/{europe['id']}/records/{record['variant_id']}/EUR"
    shop.raw("PUT", path, {"price": 1.5, "sale_price": 1})


def _change_metafield(shop: Shop) -> None:
    for field in shop.raw("GET", "/v3/catalog/variants/metafields")["data"]:
        if field["key"] == "price_id" and "monthly" in field["description"]:
            kept = {name: field[name] for name in ("id", "namespace", "key", "permission_set", "description")}
            shop.raw("PUT", "/v3/catalog/variants/metafields", [{**kept, "value": "price_of_somebody_else"}])


def _unassign(shop: Shop) -> None:
    shop.raw("DELETE", "/v3/catalog/products/channel-assignments?channel_id:in=1")
    shop.raw("DELETE", "/v3/pricelists/assignments?channel_id=2")


CASES: dict[str, tuple[Callable[[Shop], None], set[str]]] = {
    "hidden": (_put_product(is_visible=False), {"update product/main/pro"}),
    "hidden and not for sale, as Billform does it, but by hand": (
        _put_product(is_visible=False, availability="disabled"),
        {"update product/main/pro"},
    ),
    "another price": (_put_product(price=9.99), {"update product/main/pro"}),
    "another name": (_put_product(name="Bargain"), {"update product/main/pro"}),
    "in no category": (_put_product(categories=[]), {"update product/main/pro"}),
    "a variant that cannot be bought": (
        _put_variant(purchasing_disabled=True),
        {"update variant/main/pro.base.monthly"},
    ),
    "a variant with the product's price": (_put_variant(price=None), {"update variant/main/pro.base.monthly"}),
    "a variant's SKU": (_put_variant(sku="ODD"), {"update variant/main/pro.base.monthly"}),
    "a hook that the store switched off": (_put_first("/v3/hooks", is_active=False), {"update webhook/main/orders"}),
    "a script that runs no more": (_put_first("/v3/content/scripts", enabled=False), {"update script/main/portal/eu"}),
    "a price list switched off": (
        _put_first("/v3/pricelists", active=False, name="Europe"),
        {"update price_list/main/europe"},
    ),
    "a group by another name": (_put_first("/v2/customer_groups", name="X"), {"update customer_group/main/partners"}),
    "a record": (_change_record, {"update price_record/main/europe/pro.base.monthly/eur"}),
    "a metafield that names another price": (_change_metafield, {"update metafield/main/pro.base.monthly/price_id"}),
    "assignments taken away": (
        _unassign,
        {"create channel_assignment/main/pro/us", "create price_list_assignment/main/europe/-/eu"},
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_change_from_outside_is_put_back(shop: Shop, name: str) -> None:
    change, expected = CASES[name]
    shop.settle(PRO)
    change(shop)
    made = shop.apply(PRO)
    assert {each.replace("bigcommerce.", "") for each in actions(made)} == expected
    for each in made.changes:
        if "record" not in each.address.kind and "assignment" not in each.address.kind:
            assert each.cause is Cause.OUTSIDE
    assert described(shop.plan(PRO)) == []


def test_what_was_deleted_by_hand_is_made_anew(shop: Shop) -> None:
    """The marks of what is gone say nothing, and the new objects are marked like any other."""
    shop.settle(PRO)
    (product,) = shop.raw("GET", "/v3/catalog/products")["data"]
    shop.raw("DELETE", f"/v3/catalog/products/{product['id']}")
    for hook in shop.raw("GET", "/v3/hooks")["data"]:
        shop.raw("DELETE", f"/v3/hooks/{hook['id']}")
    for group in shop.raw("GET", "/v2/customer_groups"):
        shop.raw("DELETE", f"/v2/customer_groups/{group['id']}")
    again = {each.address.kind.partition(".")[2]: each.cause for each in shop.plan(PRO).changes}
    assert {again[kind] for kind in ("product", "variant", "webhook", "customer_group")} == {Cause.OUTSIDE}
    shop.settle(PRO)
    assert len(shop.raw("GET", "/v3/catalog/variants")["data"]) == 2


def test_what_the_catalog_does_not_declare_survives(shop: Shop) -> None:
    """Custom fields, metafields, headers, fields and options of others stay through changes and a whole retirement."""
    shop.settle(PRO)
    (product,) = shop.raw("GET", "/v3/catalog/products")["data"]
    path = f"/v3/catalog/products/{product['id']}"
    shop.raw("PUT", path, {"warranty": "two years", "meta_description": "Best", "custom_url": {"url": "/mine/"}})
    shop.raw("POST", f"{path}/custom-fields", {"name": "Colour", "value": "Blue"})
    shop.raw("POST", f"{path}/custom-fields", {"name": "Support", "value": "At night"})
    shop.control("POST", "bigcommerce/accounts", {"token": "another", "store": "simstore1", "client_id": "somebody"})
    field = {"namespace": "stripe", "key": "price_id", "value": "mine", "permission_set": "read", "description": ""}
    variant = shop.raw("GET", "/v3/catalog/variants")["data"][0]["id"]
    shop.raw("POST", "/v3/catalog/variants/metafields", [{**field, "resource_id": variant}], token="another")
    shop.raw("POST", "/v3/catalog/products/metafields", [{**field, "resource_id": product["id"]}], token="another")
    (hook,) = shop.raw("GET", "/v3/hooks")["data"]
    shop.raw("PUT", f"/v3/hooks/{hook['id']}", {"headers": {**hook["headers"], "X-Theirs": "their secret"}})

    assert described(shop.plan(PRO)) == []
    shop.settle(
        edited(("E-mail }", "Phone }"), ("X-Source: billform", "X-Source: shop"), ("usd: 49, eur", "usd: 50, eur"))
    )
    shop.settle("catalog: nimbus\n")
    shop.settle(PRO)

    after = shop.raw("GET", f"{path}?include=custom_fields")["data"]
    assert (after["warranty"], after["meta_description"], after["custom_url"]["url"]) == ("two years", "Best", "/mine/")
    fields = {(each["name"], each["value"]) for each in after["custom_fields"]}
    assert fields == {("Support", "E-mail"), ("Support", "At night"), ("Colour", "Blue")}
    for kind in ("variants", "products"):
        rows = shop.raw("GET", f"/v3/catalog/{kind}/metafields", token="another")["data"]
        assert [each["value"] for each in rows if each["owner_client_id"] == "somebody"] == ["mine"]


def test_their_headers_survive_a_change_of_ours(shop: Shop) -> None:
    shop.settle(PRO)
    (hook,) = shop.raw("GET", "/v3/hooks")["data"]
    shop.raw("PUT", f"/v3/hooks/{hook['id']}", {"headers": {**hook["headers"], "X-Theirs": "their secret"}})
    shop.settle(edited(("X-Source: billform", "X-Source: shop")))
    (after,) = shop.raw("GET", "/v3/hooks")["data"]
    assert after["headers"] == {
        "X-Hook-Token": "correct horse battery staple",
        "X-Source": "shop",
        "X-Theirs": "their secret",
    }


def test_rules_of_assigned_price_lists_survive_a_change_of_discounts(shop: Shop) -> None:
    """The store replaces all rules of a group at once, and counts an assigned price list among them."""
    shop.settle(PRO)
    lists = {each["name"]: each["id"] for each in shop.raw("GET", "/v3/pricelists")["data"]}
    group = next(each for each in shop.raw("GET", "/v2/customer_groups") if each["name"] == "Members")
    rule = {"type": "price_list", "price_list_id": lists["Partners"]}
    shop.raw("PUT", f"/v2/customer_groups/{group['id']}", {"discount_rules": [*group["discount_rules"], rule]})
    assert described(shop.plan(PRO)) == []
    shop.settle(edited(("amount: 10 }", "amount: 20 }")))
    after = next(each for each in shop.raw("GET", "/v2/customer_groups") if each["name"] == "Members")
    assert rule in after["discount_rules"]
    assert {each["type"] for each in after["discount_rules"]} == {"price_list", "product"}


def test_our_products_on_channels_that_are_none_of_our_storefronts_stay_there(shop: Shop) -> None:
    text = edited(("storefronts: [eu] }", "storefronts: [] }"))
    shop.settle(text)
    sites = {"us": shop.environment.storefronts["us"]}
    shop.environment = shop.environment.model_copy(update={"storefronts": sites})
    assert actions(shop.apply(text)) == ["archive bigcommerce.script/main/portal/eu"]
    assert len(shop.raw("GET", "/v3/catalog/products/channel-assignments")["data"]) == 2


def test_a_foreign_product_of_the_same_name_is_a_finding_until_it_is_adopted(shop: Shop) -> None:
    theirs = {
        "name": "Nimbus Pro Plan",
        "type": "digital",
        "weight": 0,
        "price": 5,
        "sku": "OLD",
        "description": "theirs",
    }
    number = shop.raw("POST", "/v3/catalog/products", theirs)["data"]["id"]
    refusal = next(each for each in shop.plan(PRO).refusals if each.address.kind == "bigcommerce.product")
    assert refusal.code == "P022"
    shop.apply(PRO, adopt=("bigcommerce.product/*",))
    (product,) = shop.raw("GET", "/v3/catalog/products")["data"]
    assert (product["id"], product["sku"], product["price"]) == (number, "PRO", 49)
    assert described(shop.plan(PRO)) == []


def test_a_metafield_that_the_same_account_made_is_a_finding(shop: Shop) -> None:
    shop.settle(PRO)
    (product,) = shop.raw("GET", "/v3/catalog/products")["data"]
    field = {"namespace": "stripe", "key": "note", "value": "theirs", "permission_set": "app_only"}
    shop.raw("POST", "/v3/catalog/products/metafields", [{**field, "resource_id": product["id"]}])
    (refusal,) = shop.plan(
        edited(("categories: [Plans]", "categories: [Plans]\n      metafields: { note: ours }"))
    ).refusals
    assert (str(refusal.address), refusal.code) == ("bigcommerce.metafield/main/pro/note", "P022")


def test_a_sale_that_stripe_does_not_know_of_is_taken_off(shop: Shop) -> None:
    """The shop would show 29 and Stripe charge 49, be the sale on the product or on one of its variants."""
    shop.settle(PRO)
    (product,) = shop.raw("GET", "/v3/catalog/products")["data"]
    variant = shop.raw("GET", "/v3/catalog/variants")["data"][0]
    shop.raw("PUT", f"/v3/catalog/products/{product['id']}", {"sale_price": 29})
    shop.raw("PUT", f"/v3/catalog/products/{product['id']}/variants/{variant['id']}", {"sale_price": 19})
    made = shop.plan(PRO)
    assert described(made) == [
        "update bigcommerce.product/main/pro [sale_price: $29.00 -> None]",
        "update bigcommerce.variant/main/pro.base.monthly [sale_price: $19.00 -> None]",
    ]
    assert {each.cause for each in made.changes} == {Cause.OUTSIDE}
    shop.settle(PRO)
    assert {each["calculated_price"] for each in shop.raw("GET", "/v3/catalog/variants")["data"]} == {49, 490}
