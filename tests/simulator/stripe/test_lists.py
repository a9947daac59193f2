"""Lists: order, pages, defaults, filters, expansion."""

from __future__ import annotations

import httpx
import pytest

from billform.simulator.server import Simulator
from tests.simulator.stripe.shop import Shop


@pytest.fixture
def many(shop: Shop) -> list[str]:
    """Twelve prices of the team plan, oldest first."""
    form = {"product": "prod_team", "currency": "eur"}
    return [shop.post("/v1/prices", unit_amount=amount, **form)["id"] for amount in range(12)]


def test_newest_first_ten_by_default(shop: Shop, many: list[str]) -> None:
    """A list begins with the newest and holds ten unless asked otherwise."""
    page = shop.get("/v1/prices")
    assert [row["id"] for row in page["data"]] == many[:1:-1]
    assert (page["object"], page["has_more"], page["url"]) == ("list", True, "/v1/prices")


def test_forward_through_pages(shop: Shop, many: list[str]) -> None:
    """starting_after leads to every object once."""
    found: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = shop.get("/v1/prices", limit=5, product="prod_team", **cursor)
        found += [row["id"] for row in page["data"]]
        if not page["has_more"]:
            break
        cursor = {"starting_after": found[-1]}
    assert found == many[::-1]


def test_backward_from_a_cursor(shop: Shop, many: list[str]) -> None:
    """ending_before answers the page just newer than the cursor, still newest first."""
    page = shop.get("/v1/prices", limit=2, ending_before=many[4])
    assert [row["id"] for row in page["data"]] == [many[6], many[5]]
    assert page["has_more"] is True
    assert shop.get("/v1/prices", limit=20, ending_before=many[4])["has_more"] is False


def test_created_range(simulator: Simulator, shop: Shop) -> None:
    """created narrows a list by time, each bound inclusive or not."""
    httpx.put(f"{simulator.control_url}/clock", json={"offset": 1000})
    late = shop.post("/v1/products", name="Late")
    at = late["created"]
    names = {row["name"] for row in shop.get("/v1/products", **{"created[lt]": at})["data"]}
    assert names == {"Pro Plan", "Team Plan"}
    for bound in ("created[gte]", "created[lte]"):
        assert "Late" in {row["name"] for row in shop.get("/v1/products", **{bound: at})["data"]}
    assert [row["name"] for row in shop.get("/v1/products", created=at)["data"]] == ["Late"]
    assert shop.get("/v1/products", **{"created[gt]": at})["data"] == []


def test_prices_list_the_active_ones(shop: Shop) -> None:
    """Archived prices come only with active=false, and then alone."""
    ids = shop.ids
    assert [row["id"] for row in shop.get("/v1/prices")["data"]] == [ids["price"]]
    assert [row["id"] for row in shop.get("/v1/prices", active="true")["data"]] == [ids["price"]]
    assert [row["id"] for row in shop.get("/v1/prices", active="false")["data"]] == [ids["old"]]


def test_price_filters(shop: Shop) -> None:
    """Prices are found by lookup key, product, currency, type and interval."""
    price = shop.ids["price"]
    for form in (
        {"lookup_keys[]": "pro.month"},
        {"product": "prod_pro"},
        {"currency": "usd"},
        {"type": "recurring"},
        {"recurring[interval]": "month"},
        {"recurring[usage_type]": "licensed"},
    ):
        assert [row["id"] for row in shop.get("/v1/prices", **form)["data"]] == [price], form
    for form in (
        {"lookup_keys[]": "pro.year"},
        {"product": "prod_team"},
        {"currency": "eur"},
        {"type": "one_time"},
        {"recurring[interval]": "year"},
    ):
        assert shop.get("/v1/prices", **form)["data"] == [], form


def test_archived_features_are_apart(shop: Shop) -> None:
    """Archived features come only with archived=true, and then alone."""
    feature = shop.ids["feature"]
    path = "/v1/entitlements/features"
    assert [row["id"] for row in shop.get(path, lookup_key="exports")["data"]] == [feature]
    shop.post(f"{path}/{feature}", active="false")
    assert shop.get(path)["data"] == []
    assert [row["id"] for row in shop.get(path, archived="true")["data"]] == [feature]


def test_meters_of_every_status(shop: Shop) -> None:
    """Meters come active and inactive unless a status is given."""
    meter = shop.ids["meter"]
    shop.post(f"/v1/billing/meters/{meter}/deactivate")
    assert [row["id"] for row in shop.get("/v1/billing/meters")["data"]] == [meter]
    assert [row["id"] for row in shop.get("/v1/billing/meters", status="inactive")["data"]] == [meter]
    assert shop.get("/v1/billing/meters", status="active")["data"] == []


def test_promotion_codes_by_code_ignore_case(shop: Shop) -> None:
    """A code is found in whatever case it is asked for."""
    code = shop.ids["code"]
    for form in ({"code": "hello"}, {"code": "HELLO"}, {"coupon": "SAVE10"}, {"active": "true"}):
        assert [row["id"] for row in shop.get("/v1/promotion_codes", **form)["data"]] == [code], form
    assert shop.get("/v1/promotion_codes", active="false")["data"] == []


def test_products_of_every_state(shop: Shop) -> None:
    """Products come active and archived unless asked for."""
    shop.post("/v1/products/prod_team", active="false")
    assert len(shop.get("/v1/products")["data"]) == 2
    assert [row["id"] for row in shop.get("/v1/products", active="true")["data"]] == ["prod_pro"]
    assert [row["id"] for row in shop.get("/v1/products", **{"ids[]": "prod_team"})["data"]] == ["prod_team"]


def test_hidden_until_expanded(shop: Shop) -> None:
    """Fields that come only when expanded are absent, not null."""
    price, portal = shop.ids["price"], shop.ids["portal"]
    plain = shop.get(f"/v1/prices/{price}")
    assert "currency_options" not in plain
    shown = shop.get(f"/v1/prices/{price}", **{"expand[]": "currency_options"})
    assert set(shown["currency_options"]) == {"usd", "eur"}
    path = f"/v1/billing_portal/configurations/{portal}"
    update = shop.get(path)["features"]["subscription_update"]
    assert "products" not in update
    shown = shop.get(path, **{"expand[]": "features.subscription_update.products"})
    products = shown["features"]["subscription_update"]["products"]
    quantity = {"enabled": False, "maximum": None, "minimum": 1}
    assert products == [{"adjustable_quantity": quantity, "prices": [price], "product": "prod_pro"}]
    coupon = shop.post("/v1/coupons", percent_off=5, **{"applies_to[products][]": "prod_pro"})
    assert "applies_to" not in coupon
    path = f"/v1/coupons/{coupon['id']}"
    assert shop.get(path, **{"expand[]": "applies_to"})["applies_to"] == {"products": ["prod_pro"]}


def test_expansion_reaches_four_levels(shop: Shop) -> None:
    """Ids become objects, inside lists and inside what was expanded."""
    shop.post("/v1/products/prod_pro", default_price=shop.ids["price"], tax_code="txcd_10103001")
    page = shop.get("/v1/products", **{"expand[]": "data.default_price.product.tax_code"})
    pro = next(row for row in page["data"] if row["id"] == "prod_pro")
    assert pro["default_price"]["product"]["tax_code"]["object"] == "tax_code"
    assert "currency_options" not in pro["default_price"]
    page = shop.get("/v1/products", **{"expand[]": "data.default_price.currency_options"})
    assert "eur" in page["data"][-1]["default_price"]["currency_options"]


def test_expanding_on_create(shop: Shop) -> None:
    """A create may ask for expansion as well."""
    form = {"product": "prod_pro", "currency": "usd", "unit_amount": 5, "expand[]": "product"}
    assert shop.post("/v1/prices", **form)["product"]["name"] == "Pro Plan"


def test_expanding_what_is_embedded(shop: Shop) -> None:
    """Expanding an object that comes embedded changes nothing."""
    plain = shop.get("/v1/products/prod_pro/features")
    expanded = shop.get("/v1/products/prod_pro/features", **{"expand[]": "data.entitlement_feature"})
    assert expanded == plain
    assert plain["data"][0]["entitlement_feature"]["lookup_key"] == "exports"


def test_search(shop: Shop) -> None:
    """Search joins clauses over fields and metadata."""
    shop.post("/v1/products/prod_pro", **{"metadata[billform_catalog]": "demo"})
    query = "active:'true' AND metadata['billform_catalog']:'demo'"
    found = shop.get("/v1/products/search", query=query)
    assert [row["id"] for row in found["data"]] == ["prod_pro"]
    assert (found["object"], found["next_page"]) == ("search_result", None)
    assert shop.get("/v1/prices/search", query="lookup_key:'pro.month'")["data"][0]["id"] == shop.ids["price"]
    assert shop.send("GET", "/v1/products/search", {"query": "colour:'red'"}).status_code == 400
