"""Price lists, their records and their assignments."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simulator.bigcommerce.client import Store


@pytest.fixture
def euro(shop: Store) -> Any:
    """A price list."""
    return shop.made("v3/pricelists", {"name": "Europe"})


def test_a_price_list(shop: Store) -> None:
    """A8: name and active, which is true unless said; dates end in Z."""
    made = shop.made("v3/pricelists", {"name": "Europe"})
    assert made["active"] is True
    assert made["date_created"].endswith("Z")
    path = f"v3/pricelists/{made['id']}"
    assert shop.data(path) == made
    assert shop.put(path, {"active": False}).json()["errors"] == {"name": "error.path.missing"}
    assert shop.put(path, {"name": "Europe", "active": False}).json()["data"]["active"] is False
    assert shop.data("v3/pricelists?name=Europe")[0]["id"] == made["id"]
    assert shop.data("v3/pricelists?name:like=euro")[0]["id"] == made["id"]
    assert shop.delete(path).status_code == 204
    assert shop.get(path).status_code == 404
    assert shop.delete(path).status_code == 204


def test_names_of_price_lists_are_unique(shop: Store, euro: Any) -> None:
    """A5: 409 for the name of another list."""
    assert shop.post("v3/pricelists", {"name": "Europe"}).status_code == 409
    other = shop.made("v3/pricelists", {"name": "Japan"})
    assert shop.put(f"v3/pricelists/{other['id']}", {"name": "europe"}).status_code == 409
    assert shop.post("v3/pricelists", {"active": True}).status_code == 422
    assert shop.put("v3/pricelists/999", {"name": "x"}).status_code == 404


def test_deleting_lists_needs_a_filter(shop: Store, euro: Any) -> None:
    """By no filter at all it is refused, so that a slip does not empty the store."""
    assert shop.delete("v3/pricelists").status_code == 422
    assert shop.delete(f"v3/pricelists?id:in={euro['id']}").status_code == 204
    assert shop.data("v3/pricelists") == []


def test_records_are_upserted(shop: Store, euro: Any) -> None:
    """A8: currencies go in as USD and come out as usd; what was not set reads 0; the answer holds no data."""
    product, _, variants = shop.plan()
    path = f"v3/pricelists/{euro['id']}/records"
    body = [
        {"variant_id": variants[0]["id"], "currency": "EUR", "price": 45.5},
        {"sku": variants[1]["sku"].lower(), "currency": "eur", "price": 450, "sale_price": 400},
    ]
    answer = shop.put(path, body)
    assert (answer.status_code, answer.json()) == (200, {"data": {}, "meta": {}})
    first, second = shop.data(path)
    assert first == {
        "price_list_id": euro["id"],
        "variant_id": variants[0]["id"],
        "product_id": product["id"],
        "currency": "eur",
        "price": 45.5,
        "sale_price": 0,
        "retail_price": 0,
        "map_price": 0,
        "calculated_price": 45.5,
        "date_created": first["date_created"],
        "date_modified": first["date_modified"],
    }
    assert (second["calculated_price"], second["variant_id"]) == (400, variants[1]["id"])
    shop.put(path, [{"variant_id": variants[0]["id"], "currency": "EUR", "price": 50}])
    assert [row["price"] for row in shop.data(path)] == [50, 450]


def test_sku_and_tiers_come_when_included(shop: Store, euro: Any) -> None:
    """Price lists page: include=sku,bulk_pricing_tiers."""
    product = shop.product(sku="PRO")
    path = f"v3/pricelists/{euro['id']}/records"
    tiers = [{"quantity_min": 5, "quantity_max": 10, "type": "percent", "amount": 10}]
    body = {"variant_id": shop.base_variant(product), "currency": "USD", "price": 1, "bulk_pricing_tiers": tiers}
    shop.put(path, [body])
    (row,) = shop.data(f"{path}?include=sku,bulk_pricing_tiers")
    assert (row["sku"], row["bulk_pricing_tiers"]) == ("PRO", tiers)


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("currency=EUR", 1),
        ("currency:in=eur,usd", 2),
        ("variant_id:in=999", 0),
        ("sku:in=PRO", 3),
        ("product_id:in=999", 0),
        ("price:min=2", 2),
        ("price:max=1", 1),
        ("limit=1", 1),
    ],
)
def test_records_are_found(shop: Store, euro: Any, query: str, count: int) -> None:
    """A3: filters of the records; currencies in either case."""
    variant = shop.base_variant(shop.product(sku="PRO"))
    path = f"v3/pricelists/{euro['id']}/records"
    rows = [("USD", 1), ("EUR", 2), ("JPY", 300)]
    shop.put(path, [{"variant_id": variant, "currency": code, "price": price} for code, price in rows])
    assert len(shop.data(f"{path}?{query}")) == count


def test_records_by_cursor(shop: Store, euro: Any) -> None:
    """A3: records are walked by cursor."""
    variant = shop.base_variant(shop.product())
    path = f"v3/pricelists/{euro['id']}/records"
    codes = ["USD", "EUR", "JPY"]
    shop.put(path, [{"variant_id": variant, "currency": code, "price": 1} for code in codes])
    seen, query = [], "limit=2"
    while True:
        answer = shop.get(f"{path}?{query}").json()
        seen += [row["currency"] for row in answer["data"]]
        cursors = answer["meta"]["cursor_pagination"]
        if "next" not in cursors["links"]:
            break
        query = f"limit=2&after={cursors['end_cursor']}"
    assert seen == ["usd", "eur", "jpy"]


def test_an_upsert_that_works_in_part(shop: Store, euro: Any) -> None:
    """A15: 422 with batch_errors naming the entry; the others are saved."""
    variant = shop.base_variant(shop.product())
    path = f"v3/pricelists/{euro['id']}/records"
    body = [
        {"variant_id": variant, "currency": "USD", "price": 1},
        {"variant_id": 999, "currency": "USD", "price": 1},
        {"variant_id": variant, "currency": "XXX", "price": 1},
        {"variant_id": variant, "currency": "EUR", "price": "1"},
        {"sku": "none", "currency": "EUR", "price": 1},
        {"variant_id": variant, "price": 1},
    ]
    answer = shop.put(path, body)
    assert answer.status_code == 422
    errors = answer.json()["batch_errors"]
    fields = [list(error["field_errors"]) for error in errors]
    assert fields == [["variant_id"], ["currency"], ["price"], ["sku"], ["currency"]]
    assert errors[0]["data"] == {"variant_id": 999, "currency": "USD"}
    assert [row["currency"] for row in shop.data(path)] == ["usd"]


def test_posting_makes_new_records_only(shop: Store, euro: Any) -> None:
    """A4: POST errors if any exists, and then keeps none; 100 at most."""
    variant = shop.base_variant(shop.product())
    path = f"v3/pricelists/{euro['id']}/records"
    first = {"variant_id": variant, "currency": "USD", "price": 1}
    assert shop.post(path, [first]).status_code == 200
    answer = shop.post(path, [first, {**first, "currency": "EUR"}])
    assert (answer.status_code, len(answer.json()["batch_errors"])) == (422, 1)
    assert len(shop.data(path)) == 1
    assert shop.post(path, [first] * 101).status_code == 413


def test_a_thousand_records_at_once(shop: Store, euro: Any) -> None:
    """A4: PUT takes 1000; 413 over it."""
    variant = shop.base_variant(shop.product())
    body = [{"variant_id": variant, "currency": "USD", "price": 1}] * 1001
    assert shop.put(f"v3/pricelists/{euro['id']}/records", body).status_code == 413
    assert shop.put(f"v3/pricelists/{euro['id']}/records", body[:1000]).status_code == 200


def test_one_record_by_its_key(shop: Store, euro: Any) -> None:
    """Records have a path of list, variant and currency; the currency in either case."""
    variant = shop.base_variant(shop.product())
    path = f"v3/pricelists/{euro['id']}/records/{variant}"
    assert shop.put(f"{path}/EUR", {"price": 45}).json()["data"]["currency"] == "eur"
    assert shop.data(f"{path}/eur")["price"] == 45
    assert len(shop.data(path)) == 1
    assert shop.put(f"{path}/EUR", {"sale_price": 40}).json()["data"]["calculated_price"] == 40
    assert shop.put(f"{path}/XXX", {"price": 1}).status_code == 422
    assert shop.put(f"v3/pricelists/{euro['id']}/records/999/EUR", {"price": 1}).status_code == 404
    assert shop.delete(f"{path}/EUR").status_code == 204
    assert shop.get(f"{path}/EUR").status_code == 404
    assert shop.delete(f"{path}/EUR").status_code == 204


def test_deleting_records_by_filter(shop: Store, euro: Any) -> None:
    """Records go by currency, variants or SKUs; by nothing it is refused."""
    variant = shop.base_variant(shop.product(sku="PRO"))
    path = f"v3/pricelists/{euro['id']}/records"
    shop.put(path, [{"variant_id": variant, "currency": code, "price": 1} for code in ("USD", "EUR", "JPY")])
    assert shop.delete(path).status_code == 422
    assert shop.delete(f"{path}?currency=EUR").status_code == 204
    assert len(shop.data(path)) == 2
    assert shop.delete(f"{path}?variant_id:in={variant}").status_code == 204
    assert shop.data(path) == []


def test_records_of_many_lists(shop: Store, euro: Any) -> None:
    """A4: /pricelists/records names the list in each entry."""
    variant = shop.base_variant(shop.product())
    other = shop.made("v3/pricelists", {"name": "Japan"})
    body = [
        {"price_list_id": euro["id"], "variant_id": variant, "currency": "EUR", "price": 45},
        {"price_list_id": other["id"], "variant_id": variant, "currency": "JPY", "price": 5000},
    ]
    assert shop.put("v3/pricelists/records", body).status_code == 200
    assert shop.data(f"v3/pricelists/{other['id']}/records")[0]["currency"] == "jpy"
    assert shop.post("v3/pricelists/records", body).status_code == 422


def test_the_parent_of_variants_has_no_price(shop: Store, euro: Any) -> None:
    """A6: the SKU of a product that has variants cannot be price-listed."""
    product, _, _ = shop.plan()
    body = [{"sku": product["sku"], "currency": "EUR", "price": 1}]
    assert shop.put(f"v3/pricelists/{euro['id']}/records", body).status_code == 422


def test_prices_go_with_their_list(shop: Store, euro: Any) -> None:
    """A list takes its records and assignments along; records of no list are 404."""
    variant = shop.base_variant(shop.product())
    path = f"v3/pricelists/{euro['id']}"
    shop.put(f"{path}/records", [{"variant_id": variant, "currency": "EUR", "price": 45}])
    shop.post("v3/pricelists/assignments", [{"price_list_id": euro["id"], "channel_id": 2}])
    shop.delete(path)
    assert shop.get(f"{path}/records").status_code == 404
    assert shop.data("v3/pricelists/assignments") == []


def _group(shop: Store, **words: Any) -> int:
    return int(shop.post("v2/customer_groups", {"name": "Members", **words}).json()["id"])


def test_lists_are_assigned(shop: Store, euro: Any) -> None:
    """A8: PUT needs group and channel; POST takes either; a pair has one list."""
    group = _group(shop)
    path = f"v3/pricelists/{euro['id']}/assignments"
    assert shop.put(path, {"channel_id": 2}).status_code == 422
    made = shop.put(path, {"customer_group_id": group, "channel_id": 2}).json()["data"]
    assert made["price_list_id"] == euro["id"]
    posted = shop.post("v3/pricelists/assignments", [{"price_list_id": euro["id"], "channel_id": 1}])
    assert (posted.status_code, posted.content) == (200, b"")
    assert len(shop.data("v3/pricelists/assignments")) == 2
    other = shop.made("v3/pricelists", {"name": "Japan"})
    shop.post("v3/pricelists/assignments", [{"price_list_id": other["id"], "channel_id": 1}])
    rows = shop.data("v3/pricelists/assignments?channel_id=1")
    assert [(row["price_list_id"], row["channel_id"]) for row in rows] == [(other["id"], 1)]
    assert "customer_group_id" not in rows[0]
    assert shop.delete("v3/pricelists/assignments").status_code == 422
    assert shop.delete(f"v3/pricelists/assignments?price_list_id={other['id']}").status_code == 204
    assert [row["id"] for row in shop.data("v3/pricelists/assignments")] == [made["id"]]


@pytest.mark.parametrize(
    "words",
    [{}, {"channel_id": 9}, {"customer_group_id": 999}, {"price_list_id": 999, "channel_id": 1}],
)
def test_assignments_that_do_not_fit(shop: Store, euro: Any, words: dict[str, Any]) -> None:
    """422 for references to nothing, and for neither group nor channel."""
    body = [{"price_list_id": euro["id"], **words}]
    assert shop.post("v3/pricelists/assignments", body).status_code == 422
    assert shop.data("v3/pricelists/assignments") == []


def test_twenty_five_assignments(shop: Store, euro: Any) -> None:
    """A4: 25 per call."""
    body = [{"price_list_id": euro["id"], "channel_id": 1}] * 26
    assert shop.post("v3/pricelists/assignments", body).status_code == 413


def test_a_group_with_discounts_takes_no_list(shop: Store, euro: Any) -> None:
    """A8: a group with discount rules cannot take a price list."""
    group = _group(shop, discount_rules=[{"type": "all", "method": "percent", "amount": 10}])
    answer = shop.put(f"v3/pricelists/{euro['id']}/assignments", {"customer_group_id": group, "channel_id": 1})
    assert answer.status_code == 422
