"""Options, their values, and the variants that they make."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simulator.bigcommerce.client import Store, metafield


def test_a_simple_product_has_a_base_variant(shop: Store) -> None:
    """A6: base_variant_id names it; it shares the product's SKU and inherits its price."""
    product = shop.product("Pro", sku="PRO")
    assert shop.data(f"v3/catalog/products/{product['id']}/variants") == [
        {
            **shop.data(f"v3/catalog/products/{product['id']}/variants/{product['base_variant_id']}"),
            "sku": "PRO",
            "sku_id": None,
            "price": None,
            "calculated_price": 49,
            "option_values": [],
        }
    ]


def test_the_base_variant_steps_back(shop: Store) -> None:
    """A6: null once real variants exist; it returns when the last one goes."""
    product, option, variants = shop.plan()
    number = product["id"]
    assert shop.data(f"v3/catalog/products/{number}")["base_variant_id"] is None
    assert shop.get(f"v3/catalog/products/{number}/variants/{product['base_variant_id']}").status_code == 404
    assert {row["id"] for row in shop.data("v3/catalog/variants")} == {row["id"] for row in variants}
    assert shop.delete(f"v3/catalog/products/{number}/options/{option['id']}").status_code == 204
    assert shop.data(f"v3/catalog/products/{number}")["base_variant_id"] == product["base_variant_id"]
    assert len(shop.data("v3/catalog/variants")) == 1


def test_an_option_makes_no_variants(shop: Store) -> None:
    """A6: creating an option does not create variants."""
    product = shop.product()
    body = {"display_name": "Billing", "type": "dropdown", "option_values": [{"label": "Monthly", "sort_order": 0}]}
    option = shop.made(f"v3/catalog/products/{product['id']}/options", body)
    assert option["name"].startswith("Billing")
    assert option["option_values"][0]["label"] == "Monthly"
    assert shop.data(f"v3/catalog/products/{product['id']}")["base_variant_id"] == product["base_variant_id"]


@pytest.mark.parametrize(
    ("words", "field"),
    [
        ({"type": "checkbox"}, "type"),
        ({"display_name": ""}, "display_name"),
        ({"option_values": []}, "option_values"),
        ({"option_values": [{"label": "Monthly"}]}, "option_values.0.sort_order"),
        ({"option_values": [{"sort_order": 0}]}, "option_values.0.label"),
    ],
)
def test_options_that_do_not_fit(shop: Store, words: dict[str, Any], field: str) -> None:
    """A6: types of options, and values need label and sort_order."""
    body = {"display_name": "B", "type": "rectangles", "option_values": [{"label": "M", "sort_order": 0}], **words}
    answer = shop.post(f"v3/catalog/products/{shop.product()['id']}/options", body)
    assert (answer.status_code, list(answer.json()["errors"])) == (422, [field])


def test_display_names_are_unique_in_a_product(shop: Store) -> None:
    """Options page: 409 for a duplicate."""
    product, option, _ = shop.plan()
    body = {"display_name": "billing", "type": "dropdown", "option_values": [{"label": "x", "sort_order": 0}]}
    assert shop.post(f"v3/catalog/products/{product['id']}/options", body).status_code == 409
    renamed = shop.put(f"v3/catalog/products/{product['id']}/options/{option['id']}", {"display_name": "Interval"})
    assert renamed.json()["data"]["display_name"] == "Interval"
    assert shop.get(f"v3/catalog/products/{product['id']}/options/999").status_code == 404


def test_values_of_their_own(shop: Store) -> None:
    """Values are made, changed and deleted one by one; a PUT needs label and sort_order again."""
    product, option, variants = shop.plan()
    path = f"v3/catalog/products/{product['id']}/options/{option['id']}/values"
    value = shop.made(path, {"label": "Weekly", "sort_order": 2})
    assert shop.post(path, {"label": "weekly", "sort_order": 3}).status_code == 422
    assert shop.put(f"{path}/{value['id']}", {"label": "Every week"}).status_code == 422
    changed = shop.put(f"{path}/{value['id']}", {"label": "Every week", "sort_order": 9}).json()["data"]
    assert (changed["label"], changed["sort_order"]) == ("Every week", 9)
    assert shop.data(f"{path}/{value['id']}") == changed
    assert [row["label"] for row in shop.data(path)] == ["Monthly", "Yearly", "Every week"]
    assert shop.delete(f"{path}/{option['option_values'][0]['id']}").status_code == 204
    left = shop.data(f"v3/catalog/products/{product['id']}/variants")
    assert [row["id"] for row in left] == [variants[1]["id"]]


def test_option_values_in_their_order(shop: Store) -> None:
    """Values come by sort_order."""
    product, option, _ = shop.plan()
    first = option["option_values"][0]
    first = {"id": first["id"], "label": first["label"], "sort_order": 5}
    body = {"option_values": [first, {"label": "Weekly", "sort_order": 1}]}
    shop.put(f"v3/catalog/products/{product['id']}/options/{option['id']}", body)
    options = shop.data(f"v3/catalog/products/{product['id']}?include=options")["options"]
    assert [value["label"] for value in options[0]["option_values"]] == ["Yearly", "Weekly", "Monthly"]


@pytest.mark.parametrize("sku", ["", None])
def test_variants_need_a_sku(shop: Store, sku: str | None) -> None:
    """A5: non-base variants must have a SKU: 422, code 22004."""
    product, option, variants = shop.plan()
    value = shop.made(
        f"v3/catalog/products/{product['id']}/options/{option['id']}/values", {"label": "Weekly", "sort_order": 2}
    )
    body: dict[str, Any] = {"option_values": [{"option_id": option["id"], "id": value["id"]}]}
    if sku is not None:
        body["sku"] = sku
    answer = shop.post(f"v3/catalog/products/{product['id']}/variants", body)
    assert (answer.status_code, answer.json()["code"]) == (422, 22004)
    assert answer.json()["title"] == "Variant sku cannot be empty"
    answer = shop.put(f"v3/catalog/products/{product['id']}/variants/{variants[0]['id']}", {"sku": ""})
    assert (answer.status_code, answer.json()["code"]) == (422, 22004)


def test_a_set_of_values_is_one_variant(shop: Store) -> None:
    """Live answer: 409, code 22010, for a second variant of the same values."""
    product, _, variants = shop.plan()
    body = {"sku": "NEW", "option_values": variants[0]["option_values"]}
    answer = shop.post(f"v3/catalog/products/{product['id']}/variants", body)
    assert (answer.status_code, answer.json()["code"]) == (409, 22010)


def test_variants_need_a_value_of_each_option(shop: Store) -> None:
    """Live answer: 422, option_values must name one value of every option."""
    product, option, _ = shop.plan()
    path = f"v3/catalog/products/{product['id']}/variants"
    other = {"display_name": "Support", "type": "rectangles", "option_values": [{"label": "Gold", "sort_order": 0}]}
    shop.made(f"v3/catalog/products/{product['id']}/options", other)
    value = {"option_id": option["id"], "id": option["option_values"][0]["id"]}
    for values in ([], [value], [{"option_id": 999, "id": 1}], [{"option_id": option["id"], "id": 999}]):
        answer = shop.post(path, {"sku": "NEW", "option_values": values})
        assert answer.status_code == 422
        assert answer.json()["title"].startswith("Invalid field(s): option_values")
    by_name = [
        {"option_display_name": "Billing", "label": "Monthly"},
        {"option_display_name": "Support", "label": "Gold"},
    ]
    assert shop.post(path, {"sku": "NEW", "option_values": by_name}).status_code == 200


@pytest.mark.wrong_on_purpose
def test_option_values_cannot_change(shop: Store) -> None:
    """A6: option_values of an existing variant are ignored in silence (200)."""
    product, option, variants = shop.plan()
    before = variants[0]["option_values"]
    body = {"option_values": [{"option_id": option["id"], "id": option["option_values"][1]["id"]}], "price": 490}
    changed = shop.put(f"v3/catalog/products/{product['id']}/variants/{variants[0]['id']}", body)
    assert changed.status_code == 200
    assert changed.json()["data"]["option_values"] == before
    assert changed.json()["data"]["price"] == 490
    batch = shop.put("v3/catalog/variants", [{"id": variants[0]["id"], **body}])
    assert batch.json()["data"][0]["option_values"] == before


def test_prices_inherit_until_they_are_set(shop: Store) -> None:
    """A6: null inherits; once numeric, the product's price no longer cascades; null again inherits again."""
    product, _, variants = shop.plan()
    path = f"v3/catalog/products/{product['id']}/variants/{variants[0]['id']}"
    assert (variants[0]["price"], variants[0]["calculated_price"]) == (None, 49)
    shop.put(path, {"price": 45})
    shop.put(f"v3/catalog/products/{product['id']}", {"price": 99})
    assert shop.data(path)["calculated_price"] == 45
    shop.put(path, {"price": None})
    assert (shop.data(path)["price"], shop.data(path)["calculated_price"]) == (None, 99)


def test_the_sku_of_a_simple_product_is_one(shop: Store) -> None:
    """A6: the base variant and the product share their SKU, whichever is changed."""
    product = shop.product("Pro", sku="PRO")
    path = f"v3/catalog/products/{product['id']}/variants/{product['base_variant_id']}"
    assert shop.put(path, {"sku": "PRO-2"}).status_code == 200
    assert shop.data(f"v3/catalog/products/{product['id']}")["sku"] == "PRO-2"
    shop.put(f"v3/catalog/products/{product['id']}", {"sku": "PRO-3"})
    assert shop.data(path)["sku"] == "PRO-3"
    assert shop.delete(path).status_code == 422


def test_variant_skus_clash(shop: Store) -> None:
    """A5: 409 for the SKU of another variant or product."""
    product, _, variants = shop.plan()
    shop.product("Other", sku="TAKEN")
    path = f"v3/catalog/products/{product['id']}/variants/{variants[0]['id']}"
    for sku in ("taken", variants[1]["sku"], "pro"):
        assert shop.put(path, {"sku": sku}).status_code == 409
    assert shop.put(path, {"sku": variants[0]["sku"].lower()}).status_code == 200


def test_batches_of_fifty(shop: Store) -> None:
    """A4: PUT /catalog/variants updates by id and creates without; 50 at most, 413 over it."""
    product, option, variants = shop.plan()
    weekly = shop.made(
        f"v3/catalog/products/{product['id']}/options/{option['id']}/values", {"label": "Weekly", "sort_order": 2}
    )
    fresh = {
        "product_id": product["id"],
        "sku": "PRO-WEEKLY",
        "option_values": [{"option_id": option["id"], "id": weekly["id"]}],
    }
    answer = shop.put("v3/catalog/variants", [{"id": variants[0]["id"], "price": 45}, fresh])
    assert [row["sku"] for row in answer.json()["data"]] == [variants[0]["sku"], "PRO-WEEKLY"]
    too_many = [{"id": variants[0]["id"], "price": 1}] * 51
    assert shop.put("v3/catalog/variants", too_many).status_code == 413


def test_a_batch_of_variants_with_errors(shop: Store) -> None:
    """A15: 422 with batch_errors; chosen: nothing of the batch is kept."""
    _, _, variants = shop.plan()
    answer = shop.put(
        "v3/catalog/variants", [{"id": variants[0]["id"], "price": 1}, {"id": 999, "price": 1}, {"sku": "x"}]
    )
    assert answer.status_code == 422
    assert [error["status"] for error in answer.json()["batch_errors"]] == [404, 422]
    assert shop.data(f"v3/catalog/variants?id={variants[0]['id']}")[0]["price"] is None


@pytest.mark.parametrize(
    ("query", "count"), [("sku=pro-monthly", 1), ("sku=none", 0), ("product_id:in=999", 0), ("limit=1", 1), ("", 2)]
)
def test_variants_are_found(shop: Store, query: str, count: int) -> None:
    """A3: a variant's SKU is found through /catalog/variants?sku=."""
    shop.plan()
    assert len(shop.data(f"v3/catalog/variants?{query}")) == count


def test_variants_can_come_with_the_product(shop: Store) -> None:
    """Products page: a new product's variants make the options that they name."""
    values = [{"option_display_name": "Billing", "label": label} for label in ("Monthly", "Yearly")]
    variants = [{"sku": f"PRO-{value['label']}", "option_values": [value]} for value in values]
    product = shop.product("Pro", variants=variants)
    assert product["base_variant_id"] is None
    full = shop.data(f"v3/catalog/products/{product['id']}?include=variants,options")
    assert [value["label"] for value in full["options"][0]["option_values"]] == ["Monthly", "Yearly"]
    assert [row["sku"] for row in full["variants"]] == ["PRO-Monthly", "PRO-Yearly"]


def test_a_deleted_variant_takes_its_metafields(shop: Store) -> None:
    """Deleting is 204, also the second time."""
    product, _, variants = shop.plan()
    path = f"v3/catalog/products/{product['id']}/variants/{variants[0]['id']}"
    shop.made(f"{path}/metafields", metafield())
    assert shop.delete(path).status_code == 204
    assert shop.delete(path).status_code == 204
    assert shop.data("v3/catalog/variants/metafields") == []
