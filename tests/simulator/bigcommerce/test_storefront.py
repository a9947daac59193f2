"""Scripts, channels, categories, assignments, tax, currencies and what the store says of itself."""

from __future__ import annotations

import time
from email.utils import parsedate_to_datetime
from typing import Any

import pytest

from tests.simulator.bigcommerce.client import CLIENT, STORE, Store

SCRIPT = {"name": "Portal link", "src": "https://example.com/portal.js", "consent_category": "essential"}
CATEGORIES = "v3/catalog/trees/categories"


# -- scripts ---------------------------------------------------------------------------------------------


def test_a_script(shop: Store) -> None:
    """A12: defaults, the owner, an id that is a uuid; 204 on DELETE."""
    made = shop.made("v3/content/scripts", SCRIPT)
    expected = {
        "kind": "src",
        "load_method": "default",
        "location": "head",
        "visibility": "storefront",
        "enabled": True,
        "channel_id": 1,
        "html": "",
        "api_client_id": CLIENT,
        "consent_category": "essential",
    }
    assert {name: made[name] for name in expected} == expected
    assert len(made["uuid"]) == 36
    path = f"v3/content/scripts/{made['uuid']}"
    assert shop.data(path) == made
    changed = shop.put(path, {"name": "Portal", "location": "footer"}).json()["data"]
    assert (changed["name"], changed["location"], changed["src"]) == ("Portal", "footer", made["src"])
    assert shop.data("v3/content/scripts?channel_id:in=1") == [changed]
    assert shop.data("v3/content/scripts?channel_id:in=2") == []
    assert shop.delete(path).status_code == 204
    assert shop.get(path).status_code == 404
    assert shop.delete(path).status_code == 404


def test_a_script_without_consent(shop: Store) -> None:
    """A12: a missing consent_category becomes `unknown`."""
    made = shop.made("v3/content/scripts", {"name": "x", "src": "https://example.com/x.js"})
    assert made["consent_category"] == "unknown"


@pytest.mark.parametrize(
    ("words", "field"),
    [
        ({"src": ""}, "src"),
        ({"kind": "script_tag"}, "html"),
        ({"html": "<script></script>"}, "html"),
        ({"kind": "script_tag", "src": "", "html": "x" * 65_537}, "html"),
        ({"consent_category": "unknown"}, "consent_category"),
        ({"visibility": "account"}, "visibility"),
        ({"channel_id": 9}, "channel_id"),
        ({"integrity_hashes": ["a"] * 6}, "integrity_hashes"),
        ({"name": ""}, "name"),
    ],
)
def test_scripts_that_do_not_fit(shop: Store, words: dict[str, Any], field: str) -> None:
    """A12: src or html by kind, closed lists, five hashes at most."""
    answer = shop.post("v3/content/scripts", {**SCRIPT, **words})
    assert answer.status_code == 422
    assert field in answer.json()["errors"]


def test_scripts_belong_to_their_client(shop: Store) -> None:
    """A1: visible to and editable by their maker alone."""
    made = shop.made("v3/content/scripts", SCRIPT)
    other = shop.another("t2", "c2")
    path = f"v3/content/scripts/{made['uuid']}"
    assert other.data("v3/content/scripts") == []
    assert [other.get(path).status_code, other.put(path, {}).status_code, other.delete(path).status_code] == [404] * 3


def test_ten_scripts_per_client(shop: Store) -> None:
    """A12: ten per application."""
    for number in range(10):
        shop.made("v3/content/scripts", {**SCRIPT, "name": f"S{number}"})
    assert shop.post("v3/content/scripts", SCRIPT).status_code == 422
    assert shop.another("t2", "c2").post("v3/content/scripts", SCRIPT).status_code == 200


@pytest.mark.parametrize(
    ("visibility", "status"),
    [("storefront", 200), ("order_confirmation", 200), ("all_pages", 403), ("checkout", 403)],
)
def test_checkout_needs_a_scope_of_its_own(shop: Store, visibility: str, status: int) -> None:
    """A1: checkout and all_pages additionally need store_content_checkout."""
    body = {**SCRIPT, "visibility": visibility}
    other = shop.another("t2", "c2", scopes=["store_v2_content"])
    assert other.post("v3/content/scripts", body).status_code == status
    assert shop.post("v3/content/scripts", body).status_code == 200


# -- channels, assignments -------------------------------------------------------------------------------


def test_the_channels_of_the_seed(shop: Store) -> None:
    """A8: channel 1 is always there; the seed has a second one, with its own site and currency."""
    rows = shop.data("v3/channels")
    assert [(row["id"], row["name"], row["status"]) for row in rows] == [
        (1, "Nimbus US", "active"),
        (2, "Nimbus EU", "active"),
    ]
    assert shop.data("v3/channels?available=true&type:in=storefront&status:in=active") == rows
    assert shop.data("v3/channels?type:in=pos") == []
    assert shop.data("v3/channels/2?include=currencies")["currencies"]["default_currency"] == "EUR"
    assert shop.get("v3/channels/9").status_code == 404
    site = shop.data("v3/channels/2/site")
    assert {url["type"] for url in site["urls"]} == {"primary", "canonical", "checkout"}
    currencies = shop.data("v3/channels/currency-assignments")
    assert currencies[1] == shop.data("v3/channels/2/currency-assignments")
    assert currencies[1] == {"channel_id": 2, "enabled_currencies": ["USD", "EUR", "JPY"], "default_currency": "EUR"}


def test_products_are_on_no_channel_until_assigned(shop: Store) -> None:
    """A6: a product must be explicitly assigned to a channel."""
    product = shop.product()
    path = "v3/catalog/products/channel-assignments"
    assert shop.data(path) == []
    pair = {"product_id": product["id"], "channel_id": 2}
    for _ in range(2):
        answer = shop.put(path, [pair])
        assert (answer.status_code, answer.content) == (204, b"")
    assert shop.data(f"{path}?channel_id:in=2") == [pair]
    assert shop.data(f"v3/catalog/products/{product['id']}?include=channels")["channels"] == [2]
    assert shop.delete(path).status_code == 422
    assert shop.delete(f"{path}?product_id:in={product['id']}&channel_id:in=2").status_code == 204
    assert shop.data(path) == []


def test_assignments_to_nothing(shop: Store) -> None:
    """A4: 422, keyed by reference; chosen: none of the batch is kept."""
    product = shop.product()
    path = "v3/catalog/products/channel-assignments"
    pairs = [{"product_id": product["id"], "channel_id": 1}, {"product_id": 999, "channel_id": 9}]
    answer = shop.put(path, pairs)
    assert (answer.status_code, set(answer.json()["errors"])) == (422, {"1.product_id", "1.channel_id"})
    assert shop.data(path) == []


def test_categories_of_a_product(shop: Store) -> None:
    """Category assignments add to and take from the product's categories."""
    product = shop.product(categories=[101])
    path = "v3/catalog/products/category-assignments"
    assert shop.put(path, [{"product_id": product["id"], "category_id": 102}]).status_code == 204
    assert [row["category_id"] for row in shop.data(path)] == [101, 102]
    assert shop.put(path, [{"product_id": product["id"], "category_id": 999}]).status_code == 422
    assert shop.delete(f"{path}?category_id:in=101").status_code == 204
    assert shop.data(f"v3/catalog/products/{product['id']}")["categories"] == [102]


# -- categories ------------------------------------------------------------------------------------------


def test_the_tree_of_the_seed(shop: Store) -> None:
    """The seed has one tree with two categories."""
    (tree,) = shop.data("v3/catalog/trees?channel_id:in=2")
    assert tree["channels"] == [1, 2]
    assert [row["name"] for row in shop.data(CATEGORIES)] == ["Plans", "Add-ons"]
    assert [row["name"] for row in shop.data(f"v3/catalog/trees/{tree['id']}/categories")] == ["Plans", "Add-ons"]
    assert shop.get("v3/catalog/trees/9/categories").status_code == 404


def test_categories_are_made_in_batches(shop: Store) -> None:
    """Trees page: 201 when all, 207 when some, 422 when none; errors keyed by place."""
    plans = shop.data(f"{CATEGORIES}?name=plans")[0]["category_id"]
    good = {"name": "Teams", "tree_id": 1, "parent_id": plans}
    made = shop.post(CATEGORIES, [good])
    assert (made.status_code, made.json()["meta"]) == (201, {"total": 1, "success": 1, "failed": 0})
    assert made.json()["data"][0]["url"] == {"path": "/teams/", "is_customized": False}
    some = shop.post(
        CATEGORIES, [{**good, "name": "Solo", "parent_id": 0}, {**good, "name": "Lost", "parent_id": 4487}]
    )
    assert some.status_code == 207
    assert some.json()["errors"]["errors"]["1.parent_id"] == "A parent category with the id: 4487 was not found"
    none = shop.post(CATEGORIES, [good])
    assert (none.status_code, list(none.json()["errors"]["errors"])) == (422, ["0.name"])
    nested = shop.data("v3/catalog/trees/1/categories")[0]
    assert [child["name"] for child in nested["children"]] == ["Teams"]


def test_categories_change_and_go(shop: Store) -> None:
    """PUT answers no data; DELETE needs a filter, is 202, and takes products out."""
    plans, addons = (row["category_id"] for row in shop.data(CATEGORIES))
    product = shop.product(categories=[plans, addons])
    assert shop.put(CATEGORIES, [{"category_id": plans, "name": "All plans"}]).json() == {
        "meta": {"total": 1, "success": 1, "failed": 0}
    }
    assert shop.put(CATEGORIES, [{"category_id": 999, "name": "x"}]).status_code == 422
    assert shop.delete(CATEGORIES).status_code == 400
    assert shop.delete(f"{CATEGORIES}?category_id:in={addons}").status_code == 202
    assert [row["name"] for row in shop.data(CATEGORIES)] == ["All plans"]
    assert shop.data(f"v3/catalog/products/{product['id']}")["categories"] == [plans]


# -- tax, currencies, store ------------------------------------------------------------------------------


def test_tax_classes_are_read_through_v2(shop: Store) -> None:
    """A14: read through v2, ids are text there."""
    rows = shop.get("v2/tax_classes").json()
    assert [(row["id"], row["name"]) for row in rows] == [
        ("0", "Default Tax Class"),
        ("2", "Shipping"),
        ("3", "Gift Wrapping"),
        ("4", "Digital services"),
    ]
    assert shop.get("v2/tax_classes/4").json()["name"] == "Digital services"
    assert shop.get("v2/tax_classes/9").status_code == 404
    assert shop.product(tax_class_id=4)["tax_class_id"] == 4


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ([], 422),
        ({"name": "x"}, 422),
        ([{"name": "x" * 101}], 422),
        ([{"name": "a<b"}], 422),
        ([{"name": "x", "rate": 5}], 422),
        ([{"name": "x"}, {"name": "X"}], 422),
        ([{"name": "shipping"}], 409),
        ([{"name": f"n{number}"} for number in range(51)], 413),
    ],
)
def test_tax_classes_that_do_not_fit(shop: Store, body: Any, status: int) -> None:
    """A5, A4: 1 to 100 characters, some forbidden, unique whatever the case, 50 per call."""
    answer = shop.post("v3/tax/classes", body)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["errors"][0]["status"] == status


def test_tax_classes_are_written_through_v3(shop: Store) -> None:
    """A14: POST, PUT and DELETE; ids are numbers here."""
    (made,) = shop.made("v3/tax/classes", [{"name": "Reduced"}])
    assert isinstance(made["id"], int)
    renamed = shop.put("v3/tax/classes", [{"id": made["id"], "name": "Reduced rate"}]).json()["data"]
    assert renamed[0]["name"] == "Reduced rate"
    assert shop.put("v3/tax/classes", [{"id": 999, "name": "x"}]).status_code == 400
    assert shop.put("v3/tax/classes", [{"id": made["id"]}]).status_code == 422
    for query, status in (("", 404), ("?id:in=x", 422), ("?id:in=999", 400), (f"?id:in={made['id']}", 204)):
        assert shop.delete(f"v3/tax/classes{query}").status_code == status


def test_tax_settings(shop: Store) -> None:
    """A14: one object; a PUT changes what it names, inside price_display_settings too."""
    before = shop.data("v3/tax/settings")
    assert before["fallback_strategy"] == "FIXED"
    body = {
        "tax_entered_with_prices": True,
        "price_display_settings": {"invoice_price_display_strategy": "INCLUSIVE"},
    }
    after = shop.put("v3/tax/settings", body).json()["data"]
    assert after["tax_entered_with_prices"] is True
    assert after["price_display_settings"] == {
        "control_panel_price_display_strategy": "ZONE",
        "invoice_price_display_strategy": "INCLUSIVE",
    }
    assert shop.data("v3/tax/settings") == after
    assert shop.put("v3/tax/settings", {"fallback_strategy": "NONE"}).status_code == 422


def test_currencies(shop: Store) -> None:
    """A8: v2; exchange rates are text; one is the default."""
    rows = shop.get("v2/currencies").json()
    assert [(row["currency_code"], row["decimal_places"], row["is_default"]) for row in rows] == [
        ("USD", 2, True),
        ("EUR", 2, False),
        ("JPY", 0, False),
    ]
    assert isinstance(rows[1]["currency_exchange_rate"], str)
    assert parsedate_to_datetime(rows[0]["last_updated"]).tzinfo is not None
    assert shop.get("v2/currencies/3").json() == rows[2]
    assert shop.get("v2/currencies/9").status_code == 404


def test_what_the_store_says(shop: Store) -> None:
    """A14: id is the hash, store_id a number, logo an object or an empty list."""
    store = shop.get("v2/store").json()
    assert (store["id"], store["name"], store["currency"]) == (STORE, "Nimbus", "USD")
    assert isinstance(store["store_id"], int)
    assert (store["default_channel_id"], store["logo"]) == (1, [])
    assert store["features"]["multi_storefront_enabled"] is True
    assert "settings" not in store


def test_the_time(shop: Store) -> None:
    """A12: GET /v2/time, in unix seconds."""
    assert abs(shop.get("v2/time").json()["time"] - time.time()) < 5
