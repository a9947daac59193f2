"""Prices as stories: every way to charge, versions under one lookup key, and the way back."""

from __future__ import annotations

from typing import Any

import pytest

from billform.catalog.models import Catalog
from billform.core.plan import Archive, Create, NewVersion, Restore, Update
from billform.providers.http import VendorError

from .shop import Shop, catalog

METERS = {"calls": {"name": "Calls"}}
STEPS = [{"up_to": 1000, "unit": 0}, {"up_to": 5000, "unit": "0.0004", "flat": 5}, {"unit": "0.000000000001"}]
MODELS: dict[str, tuple[dict[str, Any], str]] = {
    "flat": ({"every": "month", "amount": "49.00"}, "$49.00 a month"),
    "three years": ({"every": "3 years", "amount": 999}, "$999.00 every 3 years"),
    "once": ({"amount": {"usd": 199}}, "$199.00 once"),
    "nothing": ({"every": "month"}, "$0.00 a month"),
    "yen": ({"every": "month", "amount": {"jpy": 4900}}, "¥4,900 a month"),
    "dinars": ({"every": "month", "amount": {"kwd": "1.250"}}, "1.250 KWD a month"),
    "less than a cent": ({"every": "month", "amount": "0.0004"}, "$0.0004 a month"),
    "twelve decimals": ({"every": "day", "amount": "0.000000000001"}, "$0.000000000001 a day"),
    "currencies": (
        {"every": "month", "amount": {"usd": 49, "eur": 45, "jpy": 6900}},
        "$49.00 a month (€45.00, ¥6,900)",
    ),
    "package": ({"every": "month", "amount": 5, "per": 1000, "round": "down"}, "$5.00 per 1,000 a month"),
    "graduated": (
        {"every": "month", "tiers": {"steps": STEPS}},
        "free up to 1,000, $5.00 + $0.0004 each up to 5,000, then $0.000000000001 each a month",
    ),
    "volume": (
        {"every": "month", "tiers": {"mode": "volume", "steps": [{"up_to": 10, "flat": 5}, {"unit": 1}]}},
        "volume tiers: $5.00 up to 10, then $1.00 each a month",
    ),
    "tiers in currencies": (
        {
            "every": "month",
            "tiers": {"steps": [{"up_to": 10, "unit": {"usd": 2, "eur": 1, "jpy": 300}}, {"unit": 0}]},
        },
        "$2.00 each up to 10, then free a month (also in EUR and JPY)",
    ),
    "pay what you want": (
        {"customer_chooses": {"minimum": {"usd": 5, "eur": 4}, "preset": {"usd": 20, "eur": 18}}},
        "your own amount, from $5.00 once (also in EUR)",
    ),
    "taxes": (
        {
            "every": "month",
            "amount": {"usd": 49, "eur": 45},
            "tax_behavior": {"usd": "exclusive", "eur": "inclusive"},
        },
        "$49.00 a month (€45.00)",
    ),
    "words": (
        {
            "every": "month",
            "amount": 1,
            "nickname": "A",
            "metadata": {"a": "b"},
            "trial_days": 7,
            "lookup_key": "own_key",
        },
        "$1.00 a month",
    ),
}


def selling(*, charge: dict[str, Any] | None = None, **prices: Any) -> Catalog:
    return catalog(
        meters=METERS, plans={"pro": {"name": "Pro", "charges": {"base": {"prices": prices, **(charge or {})}}}}
    )


def price_of(shop: Shop, key: str = "pro.base.monthly") -> Any:
    return next(each for each in shop.ours("stripe.price", key) if each.active)


def raw(shop: Shop, identity: str) -> Any:
    return shop.raw("GET", f"/v1/prices/{identity}?expand[0]=currency_options&expand[1]=tiers")


@pytest.mark.parametrize("sort", MODELS)
def test_every_way_to_charge_is_made_and_read_back(shop: Shop, sort: str) -> None:
    words, headline = MODELS[sort]
    shop.apply(selling(monthly=words))
    live = price_of(shop)
    assert live.spec.headline() == headline
    assert live.current
    (product,) = shop.ours("stripe.product", "pro")
    assert shop.raw("GET", f"/v1/products/{product.id}")["default_price"] == live.id


def test_a_metered_price_bills_on_its_meter(shop: Shop) -> None:
    shop.apply(selling(monthly={"every": "month", "amount": "0.02"}, charge={"meter": "calls"}))
    live = price_of(shop)
    (meter,) = shop.observe("stripe.meter")
    assert raw(shop, live.id)["recurring"]["meter"] == meter.id
    assert live.spec.headline() == "$0.02 a unit a month"


def test_separate_currencies_are_prices_of_their_own(shop: Shop) -> None:
    shop.apply(selling(monthly={"every": "month", "amount": {"usd": 49, "eur": 45}, "separate_currencies": True}))
    assert price_of(shop, "pro.base.monthly.eur").spec.lookup_key == "pro.base.monthly.eur"
    assert price_of(shop, "pro.base.monthly.usd").spec.currency_options == {}


def test_a_price_rise_makes_a_new_version_and_its_rollback_brings_the_old_one_back(shop: Shop) -> None:
    low = selling(monthly={"every": "month", "amount": 49}, yearly={"every": "year", "amount": 490})
    high = selling(monthly={"every": "month", "amount": 59}, yearly={"every": "year", "amount": 490})
    shop.apply(low)
    first = price_of(shop)
    made = shop.apply(high)
    (change,) = [each for each in made.changes if isinstance(each, NewVersion)]
    assert change.notice is not None
    assert (change.notice.now, change.notice.after) == ("$49.00 a month", "$59.00 a month")
    assert change.notice.who == "new checkouts; subscribers keep theirs"
    assert change.changes[0].note == "Stripe fixes a price's amount"
    second = price_of(shop)
    assert second.id != first.id
    assert (raw(shop, first.id)["active"], raw(shop, first.id)["lookup_key"]) == (False, None)
    assert shop.raw("GET", "/v1/products/nimbus-pro")["default_price"] == second.id
    made = shop.apply(low)
    assert [each.found.id for each in made.changes if isinstance(each, Restore)] == [first.id]
    assert (raw(shop, first.id)["active"], raw(shop, first.id)["lookup_key"]) == (True, "pro.base.monthly")
    assert raw(shop, second.id)["active"] is False
    assert shop.raw("GET", "/v1/products/nimbus-pro")["default_price"] == first.id
    assert len(shop.ours("stripe.price", "pro.base.monthly")) == 2


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"amount": {"usd": 49}}, {"amount": {"eur": 49}}),
        ({"amount": {"usd": 49, "eur": 45}}, {"amount": {"usd": 49, "eur": 46}}),
        ({"amount": {"usd": 49, "eur": 45}}, {"amount": {"usd": 49}}),
        ({"amount": 49}, {"every": "year", "amount": 49}),
        ({"amount": 49}, {"amount": 49, "per": 10}),
        ({"amount": 49}, {"amount": 49, "trial_days": 7}),
        ({"amount": 49}, {"amount": None, "tiers": {"steps": [{"unit": 49}]}}),
        ({"amount": None, "tiers": {"steps": STEPS}}, {"amount": None, "tiers": {"steps": STEPS[1:]}}),
        ({"amount": 49, "tax_behavior": "inclusive"}, {"amount": 49, "tax_behavior": "exclusive"}),
    ],
)
def test_what_stripe_fixes_needs_a_new_version(shop: Shop, before: dict[str, Any], after: dict[str, Any]) -> None:
    shop.apply(selling(monthly={"every": "month", **before}))
    made = shop.apply(selling(monthly={"every": "month", **after}))
    assert [type(each) for each in made.changes if each.address.kind == "stripe.price"] == [NewVersion]
    assert len([each for each in shop.ours("stripe.price", "pro.base.monthly") if each.active]) == 1


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"amount": {"usd": 49}}, {"amount": {"usd": 49, "eur": 45}}),
        ({"amount": 49}, {"amount": 49, "tax_behavior": "exclusive"}),
        (
            {"amount": {"usd": 49, "eur": 45}, "tax_behavior": {"usd": "exclusive"}},
            {"amount": {"usd": 49, "eur": 45}, "tax_behavior": "exclusive"},
        ),
        ({"amount": 49}, {"amount": 49, "nickname": "Monthly"}),
        ({"amount": 49, "nickname": "Monthly"}, {"amount": 49, "nickname": "Each month"}),
        ({"amount": 49}, {"amount": 49, "metadata": {"a": "b"}}),
        ({"amount": 49}, {"amount": 49, "lookup_key": "another"}),
        ({"amount": None, "tiers": {"steps": STEPS}}, {"amount": None, "tiers": {"steps": STEPS}, "nickname": "T"}),
    ],
)
def test_what_stripe_lets_change_is_changed_in_place(shop: Shop, before: dict[str, Any], after: dict[str, Any]) -> None:
    shop.apply(selling(monthly={"every": "month", **before}))
    old = price_of(shop)
    made = shop.apply(selling(monthly={"every": "month", **after}))
    assert [type(each) for each in made.changes] == [Update]
    assert price_of(shop).id == old.id


@pytest.mark.parametrize("word", ["nickname", "tax_behavior"])
def test_what_stripe_cannot_clear_stays(shop: Shop, word: str) -> None:
    value = {"nickname": "Monthly", "tax_behavior": "exclusive"}[word]
    shop.apply(selling(monthly={"every": "month", "amount": 49, word: value}))
    shop.apply(selling(monthly={"every": "month", "amount": 49}))
    assert raw(shop, price_of(shop).id)[word] == value


def test_a_currency_that_somebody_else_added_survives(shop: Shop) -> None:
    shop.apply(selling(monthly={"every": "month", "amount": {"usd": 49, "eur": 45}}))
    live = price_of(shop)
    shop.raw("POST", f"/v1/prices/{live.id}", {"currency_options[gbp][unit_amount]": "4000", "metadata[x]": "y"})
    assert not shop.plan(selling(monthly={"every": "month", "amount": {"usd": 49, "eur": 45}})).changes
    shop.apply(selling(monthly={"every": "month", "amount": {"usd": 49, "eur": 45, "jpy": 6900}}))
    assert set(raw(shop, live.id)["currency_options"]) == {"usd", "eur", "gbp", "jpy"}
    assert raw(shop, live.id)["metadata"]["x"] == "y"


def test_a_price_that_leaves_is_archived_and_comes_back_as_the_same_one(shop: Shop) -> None:
    both = selling(monthly={"every": "month", "amount": 49}, yearly={"every": "year", "amount": 490})
    shop.apply(both)
    yearly = price_of(shop, "pro.base.yearly")
    shop.apply(selling(monthly={"every": "month", "amount": 49}))
    assert raw(shop, yearly.id)["active"] is False
    shop.apply(both)
    assert price_of(shop, "pro.base.yearly").id == yearly.id


def test_a_plan_that_leaves_takes_its_default_price_with_it_and_brings_it_back(shop: Shop) -> None:
    both = selling(monthly={"every": "month", "amount": 49}, yearly={"every": "year", "amount": 490})
    shop.apply(both)
    made = shop.apply(catalog(meters=METERS))
    assert {each.address.kind for each in made.changes if isinstance(each, Archive)} == {
        "stripe.product",
        "stripe.price",
    }
    assert shop.raw("GET", "/v1/products/nimbus-pro")["active"] is False
    shop.apply(both)
    assert len(shop.observe("stripe.price")) == 2
    assert all(each.active for each in shop.observe("stripe.price"))


def test_a_lookup_key_that_is_taken_is_a_finding_also_where_its_holder_is_archived(shop: Shop) -> None:
    shop.raw("POST", "/v1/products", {"name": "Old", "id": "old"})
    form = {"product": "old", "currency": "usd", "unit_amount": "1", "lookup_key": "pro.base.monthly"}
    identity = shop.raw("POST", "/v1/prices", form)["id"]
    shop.raw("POST", f"/v1/prices/{identity}", {"active": "false"})
    plan = shop.plan(selling(monthly={"every": "month", "amount": 49}))
    assert [(each.code, str(each.address)) for each in plan.refusals] == [("P022", "stripe.price/pro.base.monthly")]


def test_a_run_that_stopped_half_way_is_finished_by_the_next(shop: Shop) -> None:
    shop.apply(selling(monthly={"every": "month", "amount": 49}))
    first = price_of(shop)
    plan = shop.plan(selling(monthly={"every": "month", "amount": 59}))
    shop.control("POST", "faults", {"action": "server_error", "writes": True, "path": "/v1/products*", "count": None})
    with pytest.raises(Exception, match="V0"):
        shop.run(plan)
    shop.control("DELETE", "faults")
    assert raw(shop, first.id)["active"] is True
    made = shop.apply(selling(monthly={"every": "month", "amount": 59}))
    assert not [each for each in made.changes if isinstance(each, Create | NewVersion)]
    assert raw(shop, first.id)["active"] is False
    assert len(shop.ours("stripe.price", "pro.base.monthly")) == 2


def test_the_last_price_of_a_plan_that_stays_is_kept_with_a_way_out(shop: Shop) -> None:
    shop.apply(selling(monthly={"every": "month", "amount": 49}))
    plan = shop.plan(selling())
    assert [type(each) for each in plan.changes] == [Archive]
    with pytest.raises(VendorError, match="gives one up only for another") as raised:
        shop.run(plan)
    assert "take the plan out" in raised.value.hint
    assert price_of(shop).active
