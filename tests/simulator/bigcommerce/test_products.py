"""Products and their custom fields: what is required, what is echoed, what must be unique."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from tests.simulator.bigcommerce.client import STORE, Store

NEW = {"name": "Pro", "type": "digital", "weight": 0, "price": 49}


@pytest.mark.parametrize("field", ["name", "type", "weight", "price"])
def test_what_a_product_needs(shop: Store, field: str) -> None:
    """A6: name, type, weight and price are required; weight even of a digital product."""
    answer = shop.post("v3/catalog/products", {name: value for name, value in NEW.items() if name != field})
    assert answer.status_code == 422
    assert answer.json()["title"] == "JSON data is missing or invalid"
    assert answer.json()["errors"] == {field: "error.path.missing"}


@pytest.mark.parametrize(
    ("field", "value", "word"),
    [
        ("name", 5, "error.expected.jsstring"),
        ("name", "", "characters"),
        ("name", "x" * 251, "characters"),
        ("type", "subscription", "must be one of"),
        ("price", "49.00", "error.expected.jsnumber"),
        ("price", True, "error.expected.jsnumber"),
        ("price", -1, "must not be less"),
        ("weight", None, "error.expected.jsnumber"),
        ("categories", 5, "error.expected.jsarray"),
        ("tax_class_id", 256, "must not be more"),
        ("tax_class_id", 1.5, "error.expected.int"),
        ("is_visible", "yes", "error.expected.jsboolean"),
        ("availability", "sold", "must be one of"),
        ("custom_fields", [{"name": "a"}], "error.path.missing"),
        ("custom_url", "pro", "error.expected.jsobject"),
    ],
)
def test_values_that_do_not_fit(shop: Store, field: str, value: Any, word: str) -> None:
    """A15: 422 with every field error, keyed by its path."""
    answer = shop.post("v3/catalog/products", {**NEW, field: value})
    assert answer.status_code == 422
    errors = answer.json()["errors"]
    assert all(name.split(".")[0] == field and word in message for name, message in errors.items())
    assert shop.data("v3/catalog/products") == []


def test_all_errors_at_once(shop: Store) -> None:
    """A15: errors hold every field that does not fit."""
    errors = shop.post("v3/catalog/products", {"name": "", "price": "x"}).json()["errors"]
    assert set(errors) == {"name", "price", "type", "weight"}


@pytest.mark.wrong_on_purpose
def test_unknown_fields_are_not_kept(shop: Store) -> None:
    """Undocumented: unknown fields are let by and not stored."""
    product = shop.product(plan_code="pro")
    assert "plan_code" not in shop.data(f"v3/catalog/products/{product['id']}")


def test_what_the_server_puts_by_itself(shop: Store) -> None:
    """A16.1: defaults are echoed back, 0 and [-1] among them."""
    product = shop.made("v3/catalog/products", NEW)
    echoed = shop.data(f"v3/catalog/products/{product['id']}")
    expected = {
        "sale_price": 0,
        "cost_price": 0,
        "retail_price": 0,
        "map_price": 0,
        "related_products": [-1],
        "order_quantity_minimum": 0,
        "gift_wrapping_options_type": "any",
        "open_graph_use_image": True,
        "condition": "New",
        "layout_file": "product.html",
        "option_set_id": None,
        "preorder_release_date": None,
        "sort_order": 0,
        "upc": "",
        "availability": "available",
        "inventory_tracking": "none",
        "sku": "",
    }
    assert {name: echoed[name] for name in expected} == expected


def test_numbers_are_numbers(shop: Store) -> None:
    """A16.2: amounts are JSON numbers; calculated_price follows the sale price."""
    product = shop.product(price=49.5, sale_price=0)
    assert (product["price"], product["calculated_price"]) == (49.5, 49.5)
    changed = shop.put(f"v3/catalog/products/{product['id']}", {"sale_price": 40.0}).json()["data"]
    assert (changed["sale_price"], changed["calculated_price"]) == (40, 40)


def test_dates_are_iso_8601(shop: Store) -> None:
    """A3: v3 dates are ISO 8601; the simulator's clock makes them."""
    shop.control("PUT", "clock", {"offset": 86_400})
    product = shop.product()
    now = shop.control("GET", "clock")["now"]
    assert abs(datetime.fromisoformat(product["date_created"]).timestamp() - now) < 5
    shop.control("PUT", "clock", {"offset": 0})


@pytest.mark.parametrize("name", ["Pro", "pro"])
def test_names_are_unique(shop: Store, name: str) -> None:
    """A5: a product's name is unique in the store; 409 otherwise."""
    shop.product("Pro")
    answer = shop.post("v3/catalog/products", {**NEW, "name": name})
    assert (answer.status_code, answer.json()["title"]) == (409, "The product name is a duplicate")
    other = shop.product("Team")
    assert shop.put(f"v3/catalog/products/{other['id']}", {"name": name}).status_code == 409
    assert shop.put(f"v3/catalog/products/{other['id']}", {"name": "TEAM"}).status_code == 200


def test_skus_are_unique_over_products_and_variants(shop: Store) -> None:
    """A5: SKUs are unique across products and variants, whatever the case."""
    _, _, variants = shop.plan("Pro")
    for sku in ("PRO", "pro", variants[0]["sku"].lower()):
        answer = shop.post("v3/catalog/products", {**NEW, "name": "Other", "sku": sku})
        assert answer.status_code == 409
        assert "sku" in answer.json()["errors"]
    assert shop.post("v3/catalog/products", {**NEW, "name": "No sku"}).status_code == 200
    assert shop.post("v3/catalog/products", {**NEW, "name": "No sku either"}).status_code == 200


@pytest.mark.parametrize(("field", "value"), [("categories", [999]), ("tax_class_id", 77), ("brand_id", 5)])
def test_references_to_nothing(shop: Store, field: str, value: Any) -> None:
    """A5: 409 also for a category, brand or tax class that is not there."""
    assert shop.post("v3/catalog/products", {**NEW, field: value}).status_code == 409


def test_hidden_prices_need_a_disabled_product(shop: Store) -> None:
    """A6: is_price_hidden only with availability=disabled."""
    assert shop.post("v3/catalog/products", {**NEW, "is_price_hidden": True}).status_code == 422
    hidden = {**NEW, "is_price_hidden": True, "availability": "disabled"}
    product = shop.made("v3/catalog/products", hidden)
    assert shop.put(f"v3/catalog/products/{product['id']}", {"availability": "available"}).status_code == 422


def test_addresses_are_made_of_names(shop: Store) -> None:
    """A16.4: custom_url is generated with a slash at the end; one's own is unique."""
    assert shop.product("Pro Plan!")["custom_url"] == {"url": "/pro-plan/", "is_customized": False}
    own = shop.product("Team", custom_url={"url": "/team-plan"})
    assert own["custom_url"] == {"url": "/team-plan/", "is_customized": True}
    taken = {**NEW, "name": "Other", "custom_url": {"url": "/pro-plan/"}}
    assert shop.post("v3/catalog/products", taken).status_code == 409
    assert shop.product("Pro plan?")["custom_url"]["url"] == "/pro-plan-2/"


def test_a_change_leaves_the_rest(shop: Store) -> None:
    """PUT of a product changes the fields that it names."""
    product = shop.product("Pro", description="<p>All</p>", categories=[101])
    shop.put(f"v3/catalog/products/{product['id']}", {"price": 59})
    after = shop.data(f"v3/catalog/products/{product['id']}")
    assert (after["price"], after["description"], after["categories"]) == (59, "<p>All</p>", [101])


def test_a_product_that_is_not_there(shop: Store) -> None:
    """404 for reading and changing; deleting is 204 all the same."""
    answer = shop.get("v3/catalog/products/999")
    assert (answer.status_code, answer.json()["title"]) == (404, "A product with the id of 999 was not found")
    assert shop.put("v3/catalog/products/999", {"price": 1}).status_code == 404
    assert shop.delete("v3/catalog/products/999").status_code == 204


def test_deleting_takes_all_that_hangs_on_it(shop: Store) -> None:
    """A deleted product leaves no variants, options, metafields, prices or assignments."""
    product, _, variants = shop.plan()
    number = product["id"]
    shop.put("v3/catalog/products/channel-assignments", [{"product_id": number, "channel_id": 1}])
    price_list = shop.made("v3/pricelists", {"name": "EU"})
    records = [{"variant_id": variants[0]["id"], "currency": "EUR", "price": 45}]
    shop.put(f"v3/pricelists/{price_list['id']}/records", records)
    assert shop.delete(f"v3/catalog/products/{number}").status_code == 204
    for path in (
        "v3/catalog/products",
        "v3/catalog/variants",
        "v3/catalog/products/channel-assignments",
        f"v3/pricelists/{price_list['id']}/records",
    ):
        assert shop.data(path) == []
    assert shop.product("Pro")["id"] != number


def test_batches_of_ten(shop: Store) -> None:
    """A4: PUT /catalog/products takes ten at most and needs ids; 413 over it."""
    products = [shop.product(f"P{number}") for number in range(11)]
    body = [{"id": product["id"], "price": 5} for product in products]
    assert shop.put("v3/catalog/products", body).status_code == 413
    changed = shop.put("v3/catalog/products", body[:10])
    assert [row["price"] for row in changed.json()["data"]] == [5] * 10
    missing = shop.put("v3/catalog/products", [{"price": 1}])
    assert (missing.status_code, missing.json()["errors"]) == (422, {"0.id": "error.path.missing"})


def test_a_batch_with_an_error_changes_nothing(shop: Store) -> None:
    """Chosen: batches of products are all or nothing."""
    product = shop.product("A")
    shop.product("B")
    body = [{"id": product["id"], "price": 5}, {"id": 999, "price": 5}]
    assert shop.put("v3/catalog/products", body).status_code == 404
    clash = [{"id": product["id"], "price": 5, "name": "B"}]
    assert shop.put("v3/catalog/products", clash).status_code == 409
    assert shop.data(f"v3/catalog/products/{product['id']}")["price"] == 49


def test_deleting_some_needs_a_filter(shop: Store) -> None:
    """DELETE by filter; by none at all it is refused, so that a slip does not empty the store."""
    first, second = shop.product("A"), shop.product("B")
    assert shop.delete("v3/catalog/products").status_code == 422
    assert shop.delete(f"v3/catalog/products?id:in={first['id']}").status_code == 204
    assert [row["id"] for row in shop.data("v3/catalog/products")] == [second["id"]]


def test_a_write_that_was_done_in_part(shop: Store) -> None:
    """A15: 207, the product is saved and its address is not; a second try puts it right."""
    setting = {"settings": {"partial_writes": 2}}
    shop.control("PATCH", f"bigcommerce/stores/{STORE}", setting)
    answer = shop.post("v3/catalog/products", {**NEW, "custom_url": {"url": "/go/"}})
    assert (answer.status_code, list(answer.json()["errors"]["errors"])) == (207, ["custom_url"])
    product = answer.json()["data"][0]
    assert product["custom_url"]["url"] == "/pro/"
    path = f"v3/catalog/products/{product['id']}"
    assert shop.put(path, {"price": 5}).status_code == 200
    again = shop.put(path, {"price": 6, "custom_url": {"url": "/go/"}})
    assert (again.status_code, again.json()["data"]["price"]) == (207, 6)
    assert shop.put(path, {"custom_url": {"url": "/go/"}}).json()["data"]["custom_url"]["url"] == "/go/"


# -- custom fields ---------------------------------------------------------------------------------------


def test_custom_fields_of_their_own(shop: Store) -> None:
    """Custom fields are made, changed, read and deleted one by one."""
    path = f"v3/catalog/products/{shop.product()['id']}/custom-fields"
    field = shop.made(path, {"name": "Seats", "value": "5"})
    assert shop.data(path) == [field]
    changed = shop.put(f"{path}/{field['id']}", {"value": "10"}).json()["data"]
    assert changed == {**field, "value": "10"}
    assert shop.delete(f"{path}/{field['id']}").status_code == 204
    assert shop.get(f"{path}/{field['id']}").status_code == 404
    assert shop.delete(f"{path}/{field['id']}").status_code == 404


def test_pairs_of_name_and_value_are_unique(shop: Store) -> None:
    """A5: the pair is unique per product: 422 through the sub-resource, 409 through the product (A16.6)."""
    product = shop.product(custom_fields=[{"name": "Seats", "value": "5"}])
    path = f"v3/catalog/products/{product['id']}/custom-fields"
    assert shop.post(path, {"name": "Seats", "value": "5"}).status_code == 422
    assert shop.post(path, {"name": "Seats", "value": "6"}).status_code == 200
    again = shop.put(f"v3/catalog/products/{product['id']}", {"custom_fields": [{"name": "Seats", "value": "5"}]})
    assert again.status_code == 409


def test_two_hundred_custom_fields(shop: Store) -> None:
    """A5: 200 per product; 250 characters each."""
    fields = [{"name": "F", "value": str(number)} for number in range(200)]
    path = f"v3/catalog/products/{shop.product(custom_fields=fields)['id']}/custom-fields"
    assert shop.post(path, {"name": "F", "value": "one more"}).status_code == 422
    assert shop.get(f"{path}?limit=250").json()["meta"]["pagination"]["total"] == 200
    assert shop.post(path, {"name": "F", "value": "x" * 251}).status_code == 422


def test_custom_fields_come_when_included(shop: Store) -> None:
    """A16.6: in a PUT of the product, a field with an id is changed and one without is added."""
    product = shop.product(custom_fields=[{"name": "Seats", "value": "5"}])
    assert "custom_fields" not in shop.data(f"v3/catalog/products/{product['id']}")
    path = f"v3/catalog/products/{product['id']}?include=custom_fields"
    field = shop.data(path)["custom_fields"][0]
    body = {"custom_fields": [{**field, "value": "6"}, {"name": "Trial", "value": "14"}]}
    shop.put(f"v3/catalog/products/{product['id']}", body)
    assert [one["value"] for one in shop.data(path)["custom_fields"]] == ["6", "14"]
