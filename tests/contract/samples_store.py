"""Samples of what a store sells: products, variants, metafields and the channels that sell them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from billform.core.resource import Ref

from .samples import At, Call, Foreign, Sample, bin_, case, delete, each_of, entries, get, moved, post, put, ref, want
from .samples_sold import MONTHLY, PRO, YEARLY, usd

PRODUCTS, VARIANTS = "/v3/catalog/products", "/v3/catalog/variants"
PLANS, ADDONS = ref("bigcommerce.category/main/Plans"), ref("bigcommerce.category/main/Add-ons")
SHELF = want("bigcommerce.product", "main/pro", name="Pro", type="digital", price=usd("49"), sku="PRO", visible=True)
SHELF_TEAM = want(
    "bigcommerce.product", "main/team", name="Team", type="digital", price=usd("99"), sku="TEAM", visible=True
)


def variant(key: str, product: str, label: str, sku: str, **fields: Any) -> Any:
    """A variant of one of the products above."""
    return want(
        "bigcommerce.variant",
        f"main/{key}",
        product=ref(f"bigcommerce.product/main/{product}"),
        option="Billing",
        label=label,
        sku=sku,
        **fields,
    )


SHELF_MONTHLY = variant("pro.base.monthly", "pro", "Monthly", "PRO-M", price=usd("49"))
SHELF_YEARLY = variant("pro.base.yearly", "pro", "Yearly", "PRO-Y", price=usd("490"), position=1)


def other_metafield(resource: str) -> Foreign:
    """A metafield that another application keeps on an object; only the last part of a composed id counts."""
    words = {"namespace": "erp", "key": "ref", "value": "42", "permission_set": "write"}
    path = f"/v3/catalog/{resource}/metafields"
    return Foreign(
        "a metafield",
        lambda at: Call("POST", path, [{**words, "resource_id": int(at.last)}]),
        lambda at: get(f"{path}?namespace=erp&resource_id:in={at.last}"),
        lambda content: [each["value"] for each in content["data"]] == ["42"],
    )


def _product() -> Sample:
    base = {"name": "Solo", "type": "digital", "price": usd("9")}
    full = {
        **base,
        "sale_price": usd("8"),
        "sku": "SOLO",
        "description": "<p>For one</p>",
        "weight": Decimal("0.5"),
        "tax_class": ref("bigcommerce.tax_class/main/Digital services"),
        "product_tax_code": "D0000000",
        "categories": (PLANS, ADDONS),
        "visible": True,
        "availability": "disabled",
        "price_hidden": True,
        "custom_fields": {"Support": "by e-mail", "Seats": "1"},
        "quantity_min": 1,
        "quantity_max": 5,
        "search_keywords": "solo, one",
        "page_title": "Solo by Nimbus",
        "path": "/plans/solo/",
        "sort_order": 3,
    }

    def change(**body: Any) -> Any:
        return lambda at: put(f"{PRODUCTS}/{at.id}", body)

    def field(at: At) -> Call:
        path, body = f"{PRODUCTS}/{at.id}/custom-fields", {"name": "Seats", "value": "77"}
        there = [each["id"] for each in at.ask(get(path))["data"] if each["name"] == "Seats"]
        return put(f"{path}/{there[0]}", body) if there else post(path, body)

    return Sample(
        kind="bigcommerce.product",
        key="main/solo",
        base=base,
        full={"full": full},
        cases=(
            *each_of(
                full,
                name="Solo plan",
                type="physical",
                price=usd("12.50"),
                sale_price=usd("7.50"),
                sku="SOLO-1",
                description="<p>For just one</p>",
                weight=Decimal(1),
                tax_class=ref("bigcommerce.tax_class/main/Shipping"),
                product_tax_code="D1111111",
                categories=(PLANS,),
                visible=False,
                price_hidden=False,
                quantity_min=2,
                quantity_max=9,
                search_keywords="solo",
                page_title="Solo",
                path="/solo/",
                sort_order=4,
            ),
            case("availability", full, availability="available", price_hidden=False),
            case("categories", full, "reordered", categories=(ADDONS, PLANS)),
            *entries(
                "custom_fields",
                full,
                changed={"Support": "by phone", "Seats": "1"},
                added={"Support": "by e-mail", "Seats": "1", "New": "yes"},
                removed={"Support": "by e-mail"},
            ),
        ),
        raw={
            "name": change(name="Changed"),
            "type": change(type="physical"),
            "price": change(price=77),
            "sale_price": change(sale_price=7),
            "sku": change(sku="CHANGED"),
            "description": change(description="<p>Changed</p>"),
            "weight": change(weight=7),
            "tax_class": change(tax_class_id=3),
            "product_tax_code": change(product_tax_code="D7777777"),
            "categories": lambda at: put(
                f"{PRODUCTS}/{at.id}", {"categories": [int(at["bigcommerce.category/main/Add-ons"])]}
            ),
            "visible": lambda at: put(
                f"{PRODUCTS}/{at.id}",
                {"is_visible": not at.ask(get(f"{PRODUCTS}/{at.id}"))["data"]["is_visible"]},
            ),
            "availability": change(availability="preorder", is_price_hidden=False),
            "price_hidden": lambda at: put(
                f"{PRODUCTS}/{at.id}",
                {
                    "availability": "disabled",
                    "is_price_hidden": not at.ask(get(f"{PRODUCTS}/{at.id}"))["data"]["is_price_hidden"],
                },
            ),
            "custom_fields": field,
            "quantity_min": change(order_quantity_minimum=3),
            "quantity_max": change(order_quantity_maximum=7),
            "search_keywords": change(search_keywords="changed"),
            "page_title": change(page_title="Changed"),
            "path": change(custom_url={"url": "/changed/", "is_customized": True}),
            "sort_order": change(sort_order=77),
        },
        taken={
            **bin_(PRODUCTS),
            "hidden": lambda at: put(f"{PRODUCTS}/{at.id}", {"is_visible": False, "availability": "disabled"}),
            "a custom field": lambda at: delete(
                f"{PRODUCTS}/{at.id}/custom-fields/{at.ask(get(f'{PRODUCTS}/{at.id}/custom-fields'))['data'][0]['id']}"
            ),
        },
        out=lambda at: (
            get(f"{PRODUCTS}/{at.id}"),
            lambda status, content: (
                (content["data"]["is_visible"], content["data"]["availability"]) == (False, "disabled")
            ),
        ),
        together={"availability": ("price_hidden",), "price_hidden": ("availability",)},
        cleared={"tax_class": Ref.found("bigcommerce.tax_class", "main:0")},
        foreign=(
            Foreign(
                "a custom field",
                lambda at: post(f"{PRODUCTS}/{at.id}/custom-fields", {"name": "ERP", "value": "42"}),
                lambda at: get(f"{PRODUCTS}/{at.id}/custom-fields"),
                lambda content: ("ERP", "42") in [(each["name"], each["value"]) for each in content["data"]],
            ),
            Foreign(
                "a field that we do not know",
                lambda at: put(f"{PRODUCTS}/{at.id}", {"warranty": "two years"}),
                lambda at: get(f"{PRODUCTS}/{at.id}"),
                lambda content: content["data"]["warranty"] == "two years",
            ),
            other_metafield("products"),
        ),
    )


def _variant() -> Sample:
    base = {
        "product": ref("bigcommerce.product/main/pro"),
        "option": "Billing",
        "label": "Quarterly",
        "sku": "PRO-Q",
    }
    full = {
        **base,
        "price": usd("130"),
        "sale_price": usd("99"),
        "retail_price": usd("147"),
        "purchasable": True,
        "position": 2,
    }

    def change(**body: Any) -> Any:
        return lambda at: put(f"{PRODUCTS}/{at.parts[0]}/variants/{at.last}", body)

    def option(at: At) -> Call:
        value = at.ask(get(f"{PRODUCTS}/{at.parts[0]}/variants/{at.last}"))["data"]["option_values"][0]
        return put(f"{PRODUCTS}/{at.parts[0]}/options/{value['option_id']}", {"display_name": "Changed"})

    def label(at: At) -> Call:
        value = at.ask(get(f"{PRODUCTS}/{at.parts[0]}/variants/{at.last}"))["data"]["option_values"][0]
        return put(
            f"{PRODUCTS}/{at.parts[0]}/options/{value['option_id']}/values/{value['id']}",
            {"label": "Changed", "sort_order": 2},
        )

    return Sample(
        kind="bigcommerce.variant",
        key="main/pro.base.quarterly",
        base=base,
        full={"full": full},
        cases=(
            *each_of(
                full,
                option="Rhythm",
                label="Every three months",
                sku="PRO-3M",
                price=usd("120"),
                sale_price=usd("98"),
                retail_price=usd("150"),
                purchasable=False,
                position=3,
            ),
            case("product", full, product=ref("bigcommerce.product/main/team")),
        ),
        raw={
            "product": lambda at: put(
                f"{PRODUCTS}/{at.parts[0]}/variants/{at.last}",
                {"product_id": int(at["bigcommerce.product/main/team"])},
            ),
            "option": option,
            "label": label,
            "sku": change(sku="CHANGED"),
            "price": change(price=77),
            "sale_price": change(sale_price=77),
            "retail_price": change(retail_price=77),
            "purchasable": change(purchasing_disabled=True),
            "position": "no list shows it",
        },
        needs=(SHELF, SHELF_TEAM),
        taken={"deleted": lambda at: delete(f"{PRODUCTS}/{at.parts[0]}/variants/{at.last}")},
        out=lambda at: (
            get(f"{PRODUCTS}/{at.parts[0]}/variants/{at.last}"),
            lambda status, content: content["data"]["purchasing_disabled"] is True,
        ),
        foreign=(
            Foreign(
                "a field that we do not know",
                lambda at: put(f"{PRODUCTS}/{at.parts[0]}/variants/{at.last}", {"mpn": "42"}),
                lambda at: get(f"{PRODUCTS}/{at.parts[0]}/variants/{at.last}"),
                lambda content: content["data"]["mpn"] == "42",
            ),
            other_metafield("variants"),
        ),
    )


def _metafield() -> Sample:
    base = {
        "resource": ref("bigcommerce.variant/main/pro.base.monthly"),
        "namespace": "stripe",
        "key": "plan",
        "value": "pro",
        "permission": "read",
    }
    named = {key: value for key, value in base.items() if key != "value"} | {
        "target": ref("stripe.price/pro.base.monthly")
    }
    path = "/v3/catalog/variants/metafields"

    def change(**body: Any) -> Any:
        def call(at: At) -> Call:
            (one,) = (each for each in at.ask(get(path))["data"] if each["id"] == int(at.last))
            whole = {name: one[name] for name in ("id", "permission_set", "namespace", "key", "value", "description")}
            return put(path, [{**whole, **body}])

        return call

    return Sample(
        kind="bigcommerce.metafield",
        key="main/pro.base.monthly/plan",
        base=base,
        full={"text": base, "reference": named},
        cases=(
            *each_of(base, namespace="billing", value="pro-2", permission="read_and_sf_access"),
            moved(
                "resource", base, "main/pro.base.yearly/plan", resource=ref("bigcommerce.variant/main/pro.base.yearly")
            ),
            moved("key", base, "main/pro.base.monthly/tier", key="tier"),
            case("target", named, target=ref("stripe.price/pro.base.yearly")),
        ),
        raw={
            "resource": lambda at: put(path, [{"id": int(at.last), "resource_id": 999}]),
            "namespace": change(namespace="changed"),
            "key": change(key="changed"),
            "value": change(value="changed"),
            "target": change(value="price_changed"),
            "permission": change(permission_set="write"),
        },
        needs=(PRO, MONTHLY, YEARLY, SHELF, SHELF_MONTHLY, SHELF_YEARLY),
        taken={"deleted": lambda at: delete(path, [int(at.last)])},
        out=lambda at: (
            get(path),
            lambda status, content: int(at.last) not in [each["id"] for each in content["data"]],
        ),
        always={"value": "a metafield holds something", "target": "a metafield holds something"},
        another=True,
    )


def _channel_assignment() -> Sample:
    base = {"product": ref("bigcommerce.product/main/pro"), "channel": ref("bigcommerce.channel/main/Nimbus US")}
    path = f"{PRODUCTS}/channel-assignments"
    return Sample(
        kind="bigcommerce.channel_assignment",
        key="main/pro/us",
        base=base,
        full={"full": base},
        cases=(
            moved("product", base, "main/team/us", product=ref("bigcommerce.product/main/team")),
            moved("channel", base, "main/pro/eu", channel=ref("bigcommerce.channel/main/Nimbus EU")),
        ),
        raw={"product": "it is one of two ids", "channel": "it is one of two ids"},
        needs=(SHELF, SHELF_TEAM),
        taken={"deleted": lambda at: delete(f"{path}?product_id:in={at.parts[0]}&channel_id:in={at.parts[1]}")},
        out=lambda at: (
            get(path),
            lambda status, content: (
                (int(at.parts[0]), int(at.parts[1]))
                not in [(each["product_id"], each["channel_id"]) for each in content["data"]]
            ),
        ),
    )


STORE = (_product(), _variant(), _metafield(), _channel_assignment())
