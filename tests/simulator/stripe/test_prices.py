"""Prices: every model as it comes back, lookup keys that move, the default that stays."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simulator.stripe.shop import Shop

BASE = {"product": "prod_pro", "currency": "usd"}
TIERED = {**BASE, "billing_scheme": "tiered", "tiers_mode": "volume", "recurring[interval]": "month"}


def test_defaults(shop: Shop) -> None:
    """What is not given comes back as Stripe's defaults."""
    price = shop.get(f"/v1/prices/{shop.ids['price']}")
    recurring = {
        "interval": "month",
        "interval_count": 1,
        "meter": None,
        "trial_period_days": None,
        "usage_type": "licensed",
    }
    assert price["recurring"] == recurring
    assert (price["active"], price["billing_scheme"], price["type"]) == (True, "per_unit", "recurring")
    assert (price["tax_behavior"], price["nickname"], price["metadata"]) == ("unspecified", None, {})


@pytest.mark.parametrize(
    ("default", "currency", "found"),
    [
        ("exclusive", "usd", "exclusive"),
        ("inferred_by_currency", "usd", "exclusive"),
        ("inferred_by_currency", "eur", "inclusive"),
    ],
)
def test_a_price_without_a_tax_behavior_has_the_accounts_default(
    shop: Shop, default: str, currency: str, found: str
) -> None:
    """It reads back as unspecified, or as the account default of Stripe Tax where that has one."""
    shop.post("/v1/tax/settings", **{"defaults[tax_behavior]": default})
    price = shop.post("/v1/prices", product="prod_pro", currency=currency, unit_amount=100)
    assert price["tax_behavior"] == found


@pytest.mark.parametrize(
    ("given", "whole", "exact"),
    [
        ({"unit_amount": 1000}, 1000, "1000"),
        ({"unit_amount_decimal": "1000"}, 1000, "1000"),
        ({"unit_amount_decimal": "123.45"}, None, "123.45"),
        ({"unit_amount_decimal": "0.000000000001"}, None, "0.000000000001"),
        ({"unit_amount_decimal": "5.50"}, None, "5.5"),
        ({"unit_amount": 0}, 0, "0"),
        ({"unit_amount": 500, "currency": "jpy"}, 500, "500"),
    ],
)
def test_amounts_mirror_each_other(shop: Shop, given: dict[str, Any], whole: int | None, exact: str) -> None:
    """Both spellings come back; the whole one is null when the amount has decimals."""
    price = shop.post("/v1/prices", **{**BASE, **given})
    assert (price["unit_amount"], price["unit_amount_decimal"]) == (whole, exact)


def test_tiers(shop: Shop) -> None:
    """Tiers come only expanded, the last one without an end, and the top-level amounts are null."""
    form = {
        **TIERED,
        "tiers[0][up_to]": 10,
        "tiers[0][unit_amount]": 100,
        "tiers[0][flat_amount]": 500,
        "tiers[1][up_to]": "inf",
        "tiers[1][unit_amount_decimal]": "0.5",
    }
    price = shop.post("/v1/prices", **form)
    assert "tiers" not in price
    assert (price["unit_amount"], price["unit_amount_decimal"], price["tiers_mode"]) == (None, None, "volume")
    shown = shop.get(f"/v1/prices/{price['id']}", **{"expand[]": "tiers"})["tiers"]
    keys = ("up_to", "unit_amount", "unit_amount_decimal", "flat_amount", "flat_amount_decimal")
    assert [tuple(tier[key] for key in keys) for tier in shown] == [
        (10, 100, "100", 500, "500"),
        (None, None, "0.5", None, None),
    ]


def test_tiers_of_a_further_currency_need_an_expansion_of_their_own(shop: Shop) -> None:
    """Expanding the currencies does not show their tiers; expanding `currency_options.eur.tiers` does."""
    tier = {"[0][up_to]": "inf", "[0][unit_amount]": 1}
    places = ("tiers", "currency_options[eur][tiers]")
    form = {f"{place}{end}": value for place in places for end, value in tier.items()}
    price = shop.post("/v1/prices", **TIERED, **form)
    path = f"/v1/prices/{price['id']}"
    assert "tiers" not in shop.get(path, **{"expand[]": "currency_options"})["currency_options"]["eur"]
    shown = shop.get(path, **{"expand[]": "currency_options.eur.tiers"})["currency_options"]
    assert shown["eur"]["tiers"][0]["unit_amount"] == 1
    assert "tiers" not in shown["usd"]


def test_package_and_pay_what_you_want(shop: Shop) -> None:
    """transform_quantity comes back whole; custom_unit_amount without `enabled`."""
    package = {"transform_quantity[divide_by]": 5, "transform_quantity[round]": "up", "unit_amount": 1}
    assert shop.post("/v1/prices", **BASE, **package)["transform_quantity"] == {"divide_by": 5, "round": "up"}
    free = {"custom_unit_amount[enabled]": "true", "custom_unit_amount[minimum]": 500}
    open_price = shop.post("/v1/prices", **BASE, **free)
    assert open_price["custom_unit_amount"] == {"maximum": None, "minimum": 500, "preset": None}
    assert open_price["unit_amount"] is None


def test_metered(shop: Shop) -> None:
    """A metered price names its meter."""
    form = {**BASE, "unit_amount_decimal": "0.04", "recurring[interval]": "month", "recurring[usage_type]": "metered"}
    price = shop.post("/v1/prices", **form, **{"recurring[meter]": shop.ids["meter"]})
    assert price["recurring"]["meter"] == shop.ids["meter"]
    found = shop.get("/v1/prices", **{"recurring[meter]": shop.ids["meter"]})["data"]
    assert [row["id"] for row in found] == [price["id"]]


def test_lookup_key_moves(shop: Shop) -> None:
    """transfer_lookup_key takes the key from its holder, which stays active and gets an event."""
    old = shop.ids["price"]
    form = {**BASE, "unit_amount": 2900, "lookup_key": "pro.month", "transfer_lookup_key": "true"}
    new = shop.post("/v1/prices", **form)
    assert new["lookup_key"] == "pro.month"
    assert "transfer_lookup_key" not in new
    before = shop.get(f"/v1/prices/{old}")
    assert (before["lookup_key"], before["active"]) == (None, True)
    events = shop.get("/v1/events", limit=2)["data"]
    assert [event["type"] for event in events] == ["price.created", "price.updated"]
    assert events[1]["data"]["previous_attributes"] == {"lookup_key": "pro.month"}
    back = shop.post(f"/v1/prices/{old}", lookup_key="pro.month", transfer_lookup_key="true")
    assert back["lookup_key"] == "pro.month"
    assert shop.get(f"/v1/prices/{new['id']}")["lookup_key"] is None


def test_updatable_fields(shop: Shop) -> None:
    """Nickname, metadata, activity, tax behavior and further currencies can change."""
    path = f"/v1/prices/{shop.ids['price']}"
    changed = shop.post(
        path,
        nickname="Monthly",
        active="false",
        tax_behavior="exclusive",
        **{"metadata[a]": "1", "currency_options[gbp][unit_amount]": 1700, "expand[]": "currency_options"},
    )
    assert (changed["nickname"], changed["active"], changed["tax_behavior"]) == ("Monthly", False, "exclusive")
    assert {key: option["unit_amount"] for key, option in changed["currency_options"].items()} == {
        "usd": 1900,
        "eur": 1800,
        "gbp": 1700,
    }
    cleared = shop.post(path, currency_options="", **{"expand[]": "currency_options"})
    assert set(cleared["currency_options"]) == {"usd"}


def test_lists_written_with_empty_brackets(shop: Shop) -> None:
    """`tiers[][…]` begins a new tier when a word comes a second time, as the CLI's users write it."""
    form = (
        "product=prod_pro&currency=usd&billing_scheme=tiered&tiers_mode=volume&recurring[interval]=month&expand[]=tiers"
        "&tiers[][up_to]=5&tiers[][unit_amount]=7&tiers[][up_to]=inf&tiers[][unit_amount]=6"
    )
    headers = {"content-type": "application/x-www-form-urlencoded"}
    price = shop.http.post("/v1/prices", content=form, headers=headers).json()
    assert [(tier["up_to"], tier["unit_amount"]) for tier in price["tiers"]] == [(5, 7), (None, 6)]


def test_product_data_makes_a_product(shop: Shop) -> None:
    """A price may bring its product, all or nothing."""
    form = {"currency": "usd", "unit_amount": 5, "product_data[name]": "Setup"}
    price = shop.post("/v1/prices", **form)
    assert shop.get(f"/v1/products/{price['product']}")["name"] == "Setup"
    taken = shop.send("POST", "/v1/prices", {**form, "product_data[name]": "Lost", "lookup_key": "pro.month"})
    assert taken.status_code == 400
    assert "Lost" not in {row["name"] for row in shop.get("/v1/products")["data"]}


def test_default_price(shop: Shop) -> None:
    """The default price can be set, repointed and unset; only then can it be archived."""
    price = shop.ids["price"]
    assert shop.post("/v1/products/prod_pro", default_price=price)["default_price"] == price
    assert shop.send("POST", f"/v1/prices/{price}", {"active": "false"}).status_code == 400
    assert shop.post("/v1/products/prod_pro", default_price="")["default_price"] is None
    assert shop.post(f"/v1/prices/{price}", active="false")["active"] is False


def test_prices_of_an_archived_product(shop: Shop) -> None:
    """Archiving a product leaves its prices as they are, and further ones can still be made."""
    shop.post("/v1/products/prod_pro", active="false")
    assert shop.get(f"/v1/prices/{shop.ids['price']}")["active"] is True
    assert shop.post("/v1/prices", **BASE, unit_amount=5)["active"] is True
