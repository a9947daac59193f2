"""The catalog language: what may be written, and what it comes to."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import jsonschema
import pytest
from pydantic import ValidationError

from billform.catalog.models import (
    Amounts,
    Catalog,
    Charge,
    Coupon,
    Model,
    Plan,
    Portal,
    Price,
    PromotionCode,
    Registration,
    Script,
    StorefrontProduct,
)


def _catalog(**words: Any) -> Catalog:
    return Catalog.model_validate({"catalog": "nimbus", "products": {"cloud": {"name": "Nimbus Cloud"}}, **words})


def _priced(**prices: Any) -> Catalog:
    return _catalog(plans={"pro": {"product": "cloud", "charges": {"base": {"prices": prices}}}})


def _kinds(error: pytest.ExceptionInfo[ValidationError]) -> list[str]:
    return [each["type"] for each in error.value.errors()]


# Amounts


@pytest.mark.parametrize(
    ("written", "read"),
    [(49, "49"), ("49.00", "49.00"), (Decimal("0.0004"), "0.0004"), (0, "0"), ("0.000000000001", "0.000000000001")],
)
def test_amounts_are_read_exactly(written: object, read: str) -> None:
    """An amount is the digits its author wrote."""
    amount = Price.model_validate({"amount": written}).amount
    assert amount is not None
    assert amount.bare == Decimal(read)
    assert f"{amount.bare:f}" == read


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ("4,900", "not_an_amount"),
        ("1e3", "not_an_amount"),
        ("", "not_an_amount"),
        ("49 usd", "not_an_amount"),
        ("٤٩", "not_an_amount"),
        ("49\n", "not_an_amount"),
        (49.0, "not_an_amount"),
        (True, "not_an_amount"),
        (-1, "negative_amount"),
        ("-0.01", "negative_amount"),
        ("0.0000000000001", "too_many_decimals"),
        (Decimal("NaN"), "finite_number"),
    ],
)
def test_other_notations_are_refused(written: object, kind: str) -> None:
    """What is not plainly an amount is none, in one currency or in several."""
    for amount in (written, {"usd": written}):
        with pytest.raises(ValidationError) as error:
            Price.model_validate({"amount": amount})
        assert _kinds(error) == [kind]


def test_a_refused_amount_stands_at_its_currency() -> None:
    """Errors carry the path of the file and nothing else, no matter how many shapes the word may have."""
    with pytest.raises(ValidationError) as error:
        Price.model_validate({"amount": {"usd": "x", "eur": 5}, "tax_behavior": {"usd": "maybe"}})
    assert [each["loc"] for each in error.value.errors()] == [("amount", "usd"), ("tax_behavior", "usd")]


def test_currencies_are_lower_case() -> None:
    """The vendor refuses EUR as a key, and so do we."""
    with pytest.raises(ValidationError) as error:
        Price.model_validate({"amount": {"EUR": 5}})
    assert _kinds(error) == ["string_pattern_mismatch"]


def test_the_default_currency_comes_first() -> None:
    """The base currency is the catalog's, wherever it stands in the file; else the first that is written."""
    amounts = Amounts(by_currency={"eur": Decimal(45), "usd": Decimal(49), "jpy": Decimal(6900)})
    assert list(amounts.in_currencies("usd")) == ["usd", "eur", "jpy"]
    assert list(amounts.in_currencies("gbp")) == ["eur", "usd", "jpy"]
    assert Amounts(bare=Decimal(5)).in_currencies("gbp") == {"gbp": Decimal(5)}


# Intervals, dates, other shapes


@pytest.mark.parametrize(
    ("written", "read"),
    [("month", ("month", 1)), ("3 months", ("month", 3)), ("1 year", ("year", 1)), ({"interval": "week"}, ("week", 1))],
)
def test_intervals(written: object, read: tuple[str, int]) -> None:
    """`every` takes a word, a count with a word, or both spelt out."""
    every = Price.model_validate({"every": written}).every
    assert every is not None
    assert (every.interval, every.count) == read


@pytest.mark.parametrize("written", ["monthly", "0 months", "3months", "fortnight", "", 3, "1.5 years", "-1 months"])
def test_what_is_not_an_interval(written: object) -> None:
    """Anything else is refused."""
    with pytest.raises(ValidationError):
        Price.model_validate({"every": written})


def test_days_are_read_in_the_catalogs_time_zone() -> None:
    """The end of a day is its last second where the business is."""
    catalog = _catalog(defaults={"timezone": "Asia/Tokyo"})
    assert catalog.ends(date(2027, 1, 31)) == datetime(2027, 1, 31, 14, 59, 59, tzinfo=UTC)
    assert catalog.starts(date(2027, 1, 31)) == datetime(2027, 1, 30, 15, tzinfo=UTC)
    assert _catalog().ends(date(2027, 1, 31)) == datetime(2027, 1, 31, 23, 59, 59, tzinfo=UTC)
    # The first and the last day that there are have no day before and after them.
    assert catalog.starts(date.min) == datetime.min.replace(tzinfo=UTC)
    assert catalog.ends(date.max) == datetime.max.replace(tzinfo=UTC, microsecond=0)


def test_instants_are_read_with_their_offset() -> None:
    """A time needs an offset and is kept in UTC."""
    ends = Coupon.model_validate({"ends": "2027-01-31T12:00:00+02:00"}).ends
    assert ends == datetime(2027, 1, 31, 10, tzinfo=UTC)
    assert isinstance(ends, datetime)
    assert _catalog().ends(ends) == ends


@pytest.mark.parametrize("written", ["2027-01-31T12:00:00", "31.1.2027", "2027-02-30", "tomorrow", 1801440000])
def test_what_is_not_a_moment(written: object) -> None:
    """A time without an offset could be any of 24 instants."""
    with pytest.raises(ValidationError):
        Coupon.model_validate({"ends": written})


@pytest.mark.parametrize("percent", [0, 101, "-5", "100.1"])
def test_percentages_have_bounds(percent: object) -> None:
    """A coupon takes off more than nothing and at most all."""
    with pytest.raises(ValidationError):
        Coupon.model_validate({"percent_off": percent})


@pytest.mark.parametrize("value", [True, False, 0, 50, Decimal(50), "unlimited"])
def test_feature_values(value: object) -> None:
    """A feature is on, off, a whole number or without limit; true is not 1."""
    read = Plan.model_validate({"features": {"f": value}}).features["f"]
    assert read == value
    assert isinstance(read, bool) == isinstance(value, bool)


@pytest.mark.parametrize("value", ["yes", -1, "5", None, Decimal("1.5"), [], {}])
def test_what_is_not_a_feature_value(value: object) -> None:
    """Anything else is refused with one error of its own."""
    with pytest.raises(ValidationError) as error:
        Plan.model_validate({"features": {"f": value}})
    assert _kinds(error) == ["not_a_feature_value"]


def test_numbers_in_metadata_are_text() -> None:
    """Metadata is text at both vendors; numbers and yes/no are written as their author sees them."""
    plan = Plan.model_validate({"metadata": {"tier": 3, "rate": Decimal("1.50"), "new": True, "team": "growth"}})
    assert plan.metadata == {"tier": "3", "rate": "1.5", "new": "true", "team": "growth"}


@pytest.mark.parametrize("key", ["Pro", "1pro", "pro.base", "pro plan", "", "a" * 41])
def test_keys_are_plain_words(key: str) -> None:
    """Keys become addresses, SKUs and lookup keys, so they are kept simple."""
    with pytest.raises(ValidationError):
        _catalog(plans={key: {}})


def test_unknown_words_are_refused_everywhere() -> None:
    """Every part of the language is closed."""
    parts = list(Model.__subclasses__())
    assert len(parts) > 30
    assert all(each.model_config["extra"] == "forbid" and each.model_config["frozen"] for each in parts)


def test_every_word_is_described() -> None:
    """Schemas and the reference come from the models, so each word says what it is."""
    trail, undescribed = [Model], []
    while trail:
        part = trail.pop()
        trail += part.__subclasses__()
        undescribed += [f"{part.__name__}.{name}" for name, word in part.model_fields.items() if not word.description]
    assert undescribed == []


# What it comes to


def test_products_are_named_after_their_family() -> None:
    """`<PRODUCT> <PLAN> Plan`, `<PRODUCT> <ADD-ON> Add-on`, and a product of its own for each further charge."""
    catalog = _catalog(
        plans={
            "pro": {"product": "cloud", "charges": {"base": {}, "api_calls": {}, "seats": {"product_name": "Seats"}}}
        },
        addons={"extra_storage": {"product": "cloud"}},
    )
    assert {each.address: each.name for each in catalog.sold_products()} == {
        "pro": "Nimbus Cloud Pro Plan",
        "pro.api_calls": "Nimbus Cloud Pro Api calls",
        "pro.seats": "Seats",
        "extra_storage": "Nimbus Cloud Extra storage Add-on",
    }


def test_a_plan_is_a_product_even_without_a_base_charge() -> None:
    """Features hang on the plan's own product, whatever it bills."""
    catalog = _catalog(plans={"payg": {"charges": {"api": {"prices": {"monthly": {"every": "month", "amount": 1}}}}}})
    assert [each.address for each in catalog.sold_products()] == ["payg", "payg.api"]
    assert [each.address for each in catalog.sold_prices()] == ["payg.api.monthly"]


def test_custom_plans_are_not_sold() -> None:
    """Nothing of a plan that means `talk to us` reaches Stripe, but a store may show it."""
    catalog = _catalog(plans={"big": {"kind": "custom", "product": "cloud", "storefront": {}}})
    assert catalog.sellables() == ()
    assert [(key, sold) for key, _, sold in catalog.storefront_items()] == [("big", None)]
    assert catalog.product_name("big", catalog.plans["big"]) == "Nimbus Cloud Big Plan"


def test_prices_know_their_address_and_place() -> None:
    """A price's address is its lookup key, and its path is where it stands in the files."""
    (price,) = _priced(monthly={"every": "month", "amount": {"eur": 45, "usd": 49}}).sold_prices()
    assert (price.address, price.lookup_key, price.ref, price.product) == (
        "pro.base.monthly",
        "pro.base.monthly",
        "base.monthly",
        "pro",
    )
    assert price.path == ("plans", "pro", "charges", "base", "prices", "monthly")
    assert (price.currency, price.base.unit, [each.currency for each in price.options]) == ("usd", Decimal(49), ["eur"])


def test_separate_currencies_are_separate_prices() -> None:
    """Where asked, each currency is a price of its own, with an address and a lookup key of its own."""
    amount = {"eur": 45, "usd": 49}
    sold = list(_priced(monthly={"every": "month", "amount": amount, "separate_currencies": True}).sold_prices())
    assert [(each.address, each.lookup_key, each.currency, each.options) for each in sold] == [
        ("pro.base.monthly.usd", "pro.base.monthly.usd", "usd", ()),
        ("pro.base.monthly.eur", "pro.base.monthly.eur", "eur", ()),
    ]


def test_addon_prices_are_short_for_a_base_charge() -> None:
    """An add-on's `prices` get the address of a base charge, and the place where they were written."""
    catalog = _catalog(addons={"storage": {"prices": {"monthly": {"every": "month", "amount": 5}}}})
    (price,) = catalog.sold_prices()
    assert price.address == "storage.base.monthly"
    assert price.path == ("addons", "storage", "prices", "monthly")


def test_tiers_come_in_every_currency() -> None:
    """A bare nothing is nothing in all currencies that the price names."""
    steps = [{"up_to": 1000, "unit": 0}, {"unit": {"usd": "0.0004", "eur": "0.0003"}, "flat": {"usd": 5, "eur": 4}}]
    (price,) = _priced(monthly={"every": "month", "tiers": {"steps": steps}}).sold_prices()
    assert price.model == "tiered"
    assert [(each.currency, each.tiers[0].unit, each.tiers[1].unit, each.tiers[1].flat) for each in price.amounts] == [
        ("usd", Decimal(0), Decimal("0.0004"), Decimal(5)),
        ("eur", Decimal(0), Decimal("0.0003"), Decimal(4)),
    ]


def test_tax_behavior_can_differ_by_currency() -> None:
    """Americans see prices without tax and Europeans with it; the catalog's default fills the gaps."""
    catalog = _catalog(
        defaults={"tax_behavior": "exclusive"},
        plans={
            "pro": {
                "charges": {
                    "base": {
                        "prices": {
                            "m": {
                                "every": "month",
                                "amount": {"usd": 5, "eur": 5},
                                "tax_behavior": {"eur": "inclusive"},
                            }
                        }
                    }
                }
            }
        },
    )
    (price,) = catalog.sold_prices()
    assert {each.currency: each.tax_behavior for each in price.amounts} == {"usd": "exclusive", "eur": "inclusive"}


@pytest.mark.parametrize(
    ("words", "model"),
    [
        ({"amount": 5}, "flat"),
        ({"amount": 5, "per": 1000}, "package"),
        ({"tiers": {"steps": [{"unit": 1}]}}, "tiered"),
        ({"customer_chooses": {}}, "custom"),
    ],
)
def test_price_models(words: dict[str, Any], model: str) -> None:
    """The four ways in which Stripe computes an amount."""
    (price,) = _priced(p=words).sold_prices()
    assert price.model == model


def test_the_default_price_is_the_marked_one_else_the_first() -> None:
    """Every product with prices has a default price."""
    prices: dict[str, Any] = {"monthly": {"every": "month", "amount": 5}, "yearly": {"every": "year", "amount": 50}}
    first = next(_priced(**prices).sold_products()).default_price
    prices["yearly"]["default"] = True
    marked = next(_priced(**prices).sold_products()).default_price
    assert (first and first.address, marked and marked.address) == ("pro.base.monthly", "pro.base.yearly")


def test_coupons_cover_a_plan_with_all_its_charges() -> None:
    """A plan's name covers all its products; PLAN.CHARGE narrows it down."""
    plans: dict[str, Any] = {key: {"charges": {"base": {}, "seats": {}, "api": {}}} for key in ("pro", "team")}
    catalog = _catalog(plans=plans, addons={"storage": {}})
    whole = Coupon.model_validate({"plans": ["pro"], "addons": ["storage"]})
    narrow = Coupon.model_validate({"plans": ["pro.base", "team.seats"]})
    assert [each.address for each in catalog.discounted(whole)] == ["pro", "pro.seats", "pro.api", "storage"]
    assert [each.address for each in catalog.discounted(narrow)] == ["pro", "team.seats"]
    assert catalog.discounted(Coupon()) == ()


def test_portals_offer_products_with_their_prices() -> None:
    """A portal's plans come to Stripe products; what is paid once is left out unless it is named."""
    prices = {"monthly": {"every": "month", "amount": 5}, "once": {"amount": 5}}
    plans = {"pro": {"charges": {"base": {"prices": prices}, "seats": {"prices": prices}}}}
    targets = [{"plan": "pro"}, {"plan": "pro", "prices": ["seats.monthly"], "quantity": {"max": 5}}, {"plan": "gone"}]
    catalog = _catalog(plans=plans, portal={"default": {"subscription_update": {"products": targets}}})
    found = catalog.portal_products(catalog.portal["default"])
    assert [(each.product.address, [price.address for price in each.prices]) for each in found] == [
        ("pro", ["pro.base.monthly"]),
        ("pro.seats", ["pro.seats.monthly"]),
    ]
    assert found[1].quantity is not None
    assert (found[1].quantity.enabled, found[1].quantity.max) == (True, 5)


def test_the_hands_off_preset() -> None:
    """Invoices, payment methods and the billing address are on; everything that changes a contract is off."""
    settled = Portal.model_validate({"preset": "hands_off"}).settled()
    assert settled.invoice_history
    assert settled.invoice_history.enabled
    assert settled.payment_method_update
    assert settled.payment_method_update.enabled
    assert settled.customer_update
    assert settled.customer_update.allow == ["address"]
    off = (settled.subscription_cancel, settled.subscription_pause, settled.subscription_update)
    assert [each and each.enabled for each in off] == [False, False, False]


def test_what_is_declared_comes_before_the_preset() -> None:
    """The preset fills gaps only; without it, nothing is filled in."""
    portal = Portal.model_validate({"preset": "hands_off", "invoice_history": False, "subscription_cancel": True})
    assert portal.settled().invoice_history == portal.invoice_history
    assert portal.settled().subscription_cancel == portal.subscription_cancel
    assert Portal().settled().invoice_history is None


def test_switches_take_a_bare_yes_or_no() -> None:
    """`true` says as much as a map with nothing else in it; a map alone means on."""
    long = Portal.model_validate({"subscription_cancel": {"enabled": True}})
    assert Portal.model_validate({"subscription_cancel": True}) == long
    assert Portal.model_validate({"subscription_cancel": {}}) == long


def test_skus_and_labels_follow_from_keys() -> None:
    """SKU and label of a variant come from its price, unless they are written."""
    product = StorefrontProduct.model_validate({"variants": {"base.yearly": {"label": "Save", "sku": "P-Y"}}})
    assert product.sku_of("pro") == "PRO"
    assert [product.variant_sku("pro", ref) for ref in ("base.monthly", "base.yearly", "seats.monthly")] == [
        "PRO-MONTHLY",
        "P-Y",
        "PRO-SEATS-MONTHLY",
    ]
    assert [product.variant_label(ref) for ref in ("base.monthly", "base.yearly", "seats.monthly")] == [
        "Monthly",
        "Save",
        "Seats monthly",
    ]


def test_what_a_store_sells() -> None:
    """The base charge's recurring prices, or what is named, in that order; separate currencies stay together."""
    prices = {
        "monthly": {"every": "month", "amount": {"usd": 5, "eur": 5}, "separate_currencies": True},
        "once": {"amount": 5},
    }
    plan: dict[str, Any] = {"charges": {"base": {"prices": prices}, "seats": {"prices": prices}}, "storefront": {}}
    usual = _catalog(plans={"pro": plan}).sellables()[0].storefront_prices
    assert [each.address for each in usual] == ["pro.base.monthly.usd", "pro.base.monthly.eur"]
    plan["storefront"] = {"sells": ["seats.once", "base.monthly"]}
    named = _catalog(plans={"pro": plan}).sellables()[0].storefront_prices
    assert [each.address for each in named] == ["pro.seats.once", "pro.base.monthly.usd", "pro.base.monthly.eur"]


def test_what_a_catalog_comes_to_is_settled_once_and_anew_for_other_words() -> None:
    catalog = _priced(monthly={"every": "month", "amount": 10})
    assert catalog.sellables() is catalog.sellables()
    assert catalog.sellable("pro") is catalog.sellables()[0]
    assert not list(catalog.discounted(Coupon.model_validate({"percent_off": 5, "duration": "once"})))
    other = _priced(monthly={"every": "month", "amount": 10}, yearly={"every": "year", "amount": 100})
    changed = catalog.model_copy(update={"plans": other.plans})
    assert [len(list(each.sold_prices())) for each in (catalog, changed, changed.model_copy())] == [1, 2, 2]


def test_the_portal_link_cannot_break_out_of_its_script() -> None:
    """Label, address and selector are data, whatever characters they hold."""
    link = {"url": "https://n.example/p?a='\"</script>", "label": "</script><b>", "selector": "ul > li\u2028"}
    body = Script.model_validate({"portal_link": link}).body()
    assert body is not None
    assert body.startswith("<script>")
    assert body.endswith("</script>")
    assert body.count("</script>") == 1
    assert "\u2028" not in body


# Round trips and schemas

EVERYTHING: dict[str, Any] = {
    "catalog": "nimbus",
    "plans": {
        "pro": {
            "features": {"sso": True, "n": 5, "u": "unlimited"},
            "charges": {
                "base": {
                    "prices": {
                        "a": {
                            "every": "3 months",
                            "amount": {"usd": 49, "eur": "45.50"},
                            "tax_behavior": {"eur": "inclusive"},
                        },
                        "b": {"amount": 5, "per": 10, "round": "down", "tax_behavior": "exclusive"},
                        "c": {"customer_chooses": {"minimum": 5}},
                        "d": {
                            "every": {"interval": "week", "count": 2},
                            "tiers": {"steps": [{"up_to": 5, "unit": 0}, {"flat": 1}]},
                        },
                    }
                }
            },
        }
    },
    "coupons": {"a": {"percent_off": "12.5", "duration": {"months": 3}, "ends": "2027-01-31"}},
    "promotion_codes": {"a": {"coupon": "a", "expires": "2027-01-31T00:00:00Z"}},
    "portal": {"p": {"subscription_pause": {"durations": ["1 month"]}, "subscription_update": False}},
    "tax": {"registrations": {"de": {"country": "DE", "starts": "2027-01-01"}}},
    "payment_methods": {"p": {"methods": {"card": "on", "link": False}}},
}


def test_a_catalog_survives_json() -> None:
    """What is written out and read again is the same catalog, to the last digit."""
    catalog = Catalog.model_validate(EVERYTHING)
    assert Catalog.model_validate_json(catalog.model_dump_json()) == catalog
    assert Catalog.model_validate(json.loads(catalog.model_dump_json(exclude_defaults=True))) == catalog


@pytest.mark.parametrize(
    ("change", "fits"),
    [
        ({}, True),
        ({"plans": {"pro": {"charges": {"base": {"prices": {"m": {"amount": {"USD": 5}}}}}}}}, False),
        ({"plans": {"pro": {"charges": {"base": {"prices": {"m": {"amount": "4,900"}}}}}}}, False),
        ({"plans": {"pro": {"charges": {"base": {"prices": {"m": {"amount": -1}}}}}}}, False),
        ({"plans": {"pro": {"charges": {"base": {"prices": {"m": {"every": "fortnight"}}}}}}}, False),
        ({"plans": {"Pro": {}}}, False),
        ({"plans": {"pro": {"colour": "red"}}}, False),
        ({"plans": {"pro": {"features": {"f": "maybe"}}}}, False),
        ({"plans": {"pro": {"trial_days": -1}}}, False),
        ({"plans": {"pro": {"metadata": {"a": 3}}}}, True),
        ({"portal": {"p": {"invoice_history": True}}}, True),
        ({"portal": {"p": {"invoice_history": 3}}}, False),
        ({"portal": {"p": {"subscription_pause": {"durations": "indefinite"}}}}, True),
        ({"coupons": {"a": {"ends": "31.1.2027"}}}, False),
        ({"coupons": {"a": {"duration": {"months": 0}}}}, False),
        ({"promotion_codes": {"a": {}}}, False),
        ({"promotion_codes": {"a": {"coupon": "a", "code": "über"}}}, False),
        ({"tax": {"registrations": {"x": {"country": "de"}}}}, False),
    ],
)
def test_schema_and_models_agree(change: dict[str, Any], fits: bool) -> None:
    """An editor that follows the schema accepts and refuses what Billform does."""
    words = {**EVERYTHING, **change}
    errors = list(jsonschema.Draft202012Validator(Catalog.model_json_schema()).iter_errors(words))
    try:
        Catalog.model_validate(words)
    except ValidationError:
        accepted = False
    else:
        accepted = True
    assert (not errors, accepted) == (fits, fits), errors


def test_a_file_may_hold_any_part() -> None:
    """The schema is for single files, and only the whole must have a name."""
    assert "required" not in Catalog.model_json_schema()
    with pytest.raises(ValidationError):
        Catalog.model_validate({})


def test_catalogs_are_frozen() -> None:
    """Nobody changes a catalog after it was read."""
    catalog = Catalog.model_validate(EVERYTHING)
    with pytest.raises(ValidationError):
        catalog.catalog = "other"  # type: ignore[misc]  # the point of the test
    for model in (Charge(), PromotionCode(coupon="a"), Registration(country="DE")):
        with pytest.raises(ValidationError):
            model.metadata = {}  # type: ignore[union-attr, misc]  # the point of the test
