"""What guardrails weigh of a price, coupon or code beside amounts: what so many units come to, tax, trials."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from billform.catalog.models import Catalog
from billform.core.diff import FieldChange, compare
from billform.core.guard import Limits, guard
from billform.core.money import Money
from billform.core.resource import Ref
from billform.core.weigh import lines, weight
from billform.core.weight import Weight
from billform.providers.stripe.coupon import CouponSpec
from billform.providers.stripe.price_spec import Chosen, Option, PriceSpec, Tier
from billform.providers.stripe.product import ProductSpec
from billform.providers.stripe.promotion_code import PromotionCodeSpec
from billform.providers.stripe.tax_settings import TaxSettingsSpec

from .shop import Shop, catalog

PRO = Ref.found("stripe.product", "prod_1")


def usd(amount: str) -> Money:
    return Money(Decimal(amount), "usd")


def eur(amount: str) -> Money:
    return Money(Decimal(amount), "eur")


def price(**fields: Any) -> PriceSpec:
    return PriceSpec(**{"product": PRO, "currency": "usd", "interval": "month", **fields})


def flat(amount: str = "10", **fields: Any) -> PriceSpec:
    return price(unit_amount=usd(amount), **fields)


def steps(*parts: tuple[int | None, str], **fields: Any) -> PriceSpec:
    tiers = tuple(Tier(up_to=end, unit=usd(each) if Decimal(each) else None) for end, each in parts)
    return price(tiers=tiers, **{"tiers_mode": "graduated", **fields})


def told(before: PriceSpec, after: PriceSpec) -> list[tuple[str, str]]:
    """What weighs beside the fields: what, and by how much in whole percents."""
    return [(each.what, _percent(each)) for each in after.costs(before)]


def _percent(each: Weight) -> str:
    if each.size is None:
        return f"{each.before} -> {each.after}"
    return str(each.share.quantize(Decimal(1))) if each.share.is_finite() else "from nothing"


def test_the_same_amount_for_another_span_of_time_is_another_price() -> None:
    assert told(flat(), flat(interval="year")) == [("what 1 unit costs a year", "92")]
    assert told(flat(interval="year"), flat()) == [("what 1 unit costs a year", "1100")]
    assert told(flat(), flat(interval_count=3)) == [("what 1 unit costs a year", "67")]
    assert told(flat("10"), flat("120", interval="year")) == [], "as much as before"
    assert told(flat(), flat(interval=None)) == [("interval", "month -> once"), ("what 1 unit costs a year", "92")]


def test_what_the_fields_say_is_not_said_again() -> None:
    assert told(flat("10"), flat("100")) == []
    assert told(flat(currency_options={"eur": eur("9")}), flat(currency_options={"eur": eur("90")})) == []


def test_parts_that_are_small_each_are_weighed_together() -> None:
    """18 % more for a package that is 15 % smaller."""
    before, after = flat("100", divide_by=1000), flat("118", divide_by=850)
    assert told(before, after) == [("what 1 unit costs", "39")]
    assert told(flat("100", divide_by=1000), flat("10", divide_by=100)) == [], "a tenth of the price for a tenth"


def test_every_currency_is_weighed() -> None:
    before = flat(currency_options={"eur": eur("9")})
    after = flat("120", interval="year", currency_options={"eur": eur("9")})
    assert told(before, after) == [("what 1 unit costs a year", "92")]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        # A step that nobody meant, between two that stay: no field of those says so.
        (
            [(100, "1"), (None, "0.5")],
            [(100, "1"), (200, "50"), (None, "0.5")],
            [("what 200 units cost", "3300")],
        ),
        ([(1000, "0"), (None, "0.01")], [(1000, "0"), (None, "0.01")], []),
        (
            [(1000, "0"), (None, "0.01")],
            [(10000, "0"), (None, "0.01")],
            [("what 20,000 units cost", "47"), ("the end of step 1 in usd", "900")],
        ),
        ([(1000, "0"), (None, "0")], [(1000, "0"), (None, "0.01")], [("what 2,000 units cost", "from nothing")]),
    ],
)
def test_steps_are_weighed_by_what_so_many_units_cost(
    before: list[tuple[int | None, str]], after: list[tuple[int | None, str]], expected: list[tuple[str, str]]
) -> None:
    assert told(steps(*before), steps(*after)) == expected


def test_how_steps_are_counted_is_weighed() -> None:
    parts: list[tuple[int | None, str]] = [(100, "1"), (None, "0.1")]
    assert told(steps(*parts), steps(*parts, tiers_mode="volume")) == [("what 200 units cost", "82")]


def test_one_amount_that_becomes_steps_is_weighed() -> None:
    assert told(flat("1"), steps((100, "1"), (None, "9"))) == [("what 1,000 units cost", "720")]
    assert told(flat("1"), steps((100, "1"), (None, "1"))) == []


def test_a_price_that_customers_name_themselves_cannot_be_measured_with_one_that_they_do_not() -> None:
    chosen = price(custom_unit_amount=Chosen(minimum=usd("1")))
    expected = [("who says what it costs in usd", "the catalog -> the customer")]
    assert told(flat(), chosen) == expected
    assert told(steps((None, "1")), chosen) == expected
    assert told(chosen, chosen) == []
    option = flat(currency_options={"eur": Option(chosen=Chosen(minimum=eur("1")))})
    assert told(flat(currency_options={"eur": eur("9")}), option) == [
        ("who says what it costs in eur", "the catalog -> the customer")
    ]


def test_tax_that_moves_into_the_amount_is_beyond_measure() -> None:
    assert told(flat(tax_behavior="exclusive"), flat(tax_behavior="inclusive")) == [
        ("tax_behavior", "exclusive -> inclusive")
    ]
    options = {"eur": eur("9")}
    before, after = (flat(currency_options=options, currency_tax={"eur": each}) for each in ("exclusive", "inclusive"))
    assert told(before, after) == [("currency_tax.eur", "exclusive -> inclusive")]
    assert told(flat(), flat(currency_options=options, currency_tax={"eur": "inclusive"})) == [], "a new currency"


def weighed(before: Any, after: Any) -> list[str]:
    """Which lines between two specs weigh anything."""
    found: list[FieldChange] = list(lines(compare(after, before, frozenset())))
    return [f"{each.what} {_percent(each)}" for line in found if (each := weight(type(after), line)) is not None]


def test_trials_discounts_and_what_a_code_gives_are_weighed() -> None:
    assert weighed(flat(trial_period_days=14), flat(trial_period_days=140)) == ["trial_period_days 900"]
    assert weighed(flat(), flat(trial_period_days=14)) == [], "a trial that comes or goes is told and not weighed"
    coupon = {"id": "c", "percent_off": Decimal(20)}
    assert weighed(CouponSpec(**coupon), CouponSpec(**coupon, duration="forever")) == ['duration "once" -> "forever"']
    months = [CouponSpec(**coupon, duration="repeating", duration_in_months=each) for each in (3, 36)]
    assert weighed(*months) == ["duration_in_months 1100"]
    other = {"id": "c", "currency_options": {"eur": eur("5")}}
    dear = {"id": "c", "currency_options": {"eur": eur("50")}}
    assert weighed(CouponSpec(**other), CouponSpec(**dear)) == ["currency_options.eur 900"]
    codes = [PromotionCodeSpec(code="X", coupon=Ref("stripe.coupon", key=each)) for each in ("ten", "half")]
    assert weighed(*codes) == ["coupon stripe.coupon/ten -> stripe.coupon/half"]
    least = [codes[0].model_copy(update={"minimum": usd(each)}) for each in ("50", "5")]
    assert weighed(*least) == ["minimum 90"]
    meters = [flat(meter=Ref("stripe.meter", key=each)) for each in ("calls", "bytes")]
    assert weighed(*meters) == ["meter stripe.meter/calls -> stripe.meter/bytes"]


def test_what_the_account_assumes_of_tax_is_weighed_once_it_is_set() -> None:
    was, will = (TaxSettingsSpec(tax_behavior=each) for each in ("exclusive", "inclusive"))
    assert weighed(was, will) == ['tax_behavior "exclusive" -> "inclusive"']
    assert weighed(TaxSettingsSpec(), will) == []


def test_the_trial_of_a_plan_is_weighed_like_one_of_a_price() -> None:
    def plan(days: str) -> ProductSpec:
        return ProductSpec(id="p", name="Pro", terms={"trial_days": days} if days else {})

    assert [(each.what, each.share) for each in plan("140").costs(plan("14"))] == [("terms.trial_days", Decimal(900))]
    assert list(plan("140").costs(plan(""))) == list(plan("").costs(plan("14"))) == []


def offered(percent: int, gives: str = "ten") -> Catalog:
    """A code, and two coupons that it may give."""
    coupons = {key: {"percent_off": each, "duration": "once"} for key, each in (("ten", percent), ("half", 50))}
    return catalog(coupons=coupons, promotion_codes={"launch": {"coupon": gives}})


def test_a_code_that_only_follows_its_coupon_is_not_weighed_for_it(shop: Shop) -> None:
    def steep(wanted: Catalog) -> list[str]:
        found = guard(shop.plan(wanted), Limits(amount_percent=Decimal(20)), {})
        return [str(each.subject) for each in found]

    shop.apply(offered(10))
    assert steep(offered(11)) == []
    assert steep(offered(50)) == ["stripe.coupon/ten"]
    assert steep(offered(10, gives="half")) == ["stripe.promotion_code/launch"]
