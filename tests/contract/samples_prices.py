"""Samples of what things cost: prices of every sort, and which of them a product takes first."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from billform.core.money import Money
from billform.providers.stripe.price_spec import Chosen, Option, Tier

from .samples import GONE, Sample, archive, case, each_of, entries, forget, post, ref
from .samples_sold import (
    CALLS,
    MINUTES,
    MONTHLY,
    PRO,
    TEAM,
    TEAM_MONTHLY,
    YEARLY,
    eur,
    inactive,
    metadata_of,
    usd,
    yen,
)


def _price() -> Sample:
    base = {"product": ref("stripe.product/pro"), "currency": "usd", "unit_amount": usd("49")}
    flat = {
        **base,
        "interval": "month",
        "interval_count": 3,
        "usage_type": "licensed",
        "trial_period_days": 14,
        "tax_behavior": "exclusive",
        "currency_options": {"eur": eur("45"), "jpy": yen("6900")},
        "currency_tax": {"eur": "inclusive"},
        "lookup_key": "pro-quarterly",
        "nickname": "Pro, quarterly",
        "metadata": {"team": "core", "tier": "1"},
    }
    package = {**base, "unit_amount": usd("0.0004"), "interval": "month", "divide_by": 1000, "round": "up"}
    metered = {**base, "interval": "month", "usage_type": "metered", "meter": ref("stripe.meter/calls")}
    tiers = (Tier(up_to=10, unit=usd("5"), flat=usd("20")), Tier(up_to=100, unit=usd("4.5")), Tier(flat=usd("400")))
    more = (Tier(up_to=20, unit=usd("5"), flat=usd("20")), Tier(up_to=100, unit=usd("4.5")), Tier(flat=usd("400")))
    in_euros = (Tier(up_to=10, unit=eur("5")), Tier(up_to=100), Tier(unit=eur("0.25")))
    tiered = {
        "product": ref("stripe.product/pro"),
        "currency": "usd",
        "tiers": tiers,
        "tiers_mode": "graduated",
        "interval": "month",
        "currency_options": {"eur": Option(tiers=in_euros)},
    }
    chosen = {
        "product": ref("stripe.product/pro"),
        "currency": "usd",
        "custom_unit_amount": Chosen(minimum=usd("5"), preset=usd("20"), maximum=usd("500")),
        "currency_options": {"jpy": Option(chosen=Chosen(minimum=yen("500")))},
    }

    def change(**body: Any) -> Any:
        return lambda at: post(f"/v1/prices/{at.id}", body)

    def recurring(**body: Any) -> Any:
        return change(recurring={"interval": "month", **body})

    return Sample(
        kind="stripe.price",
        key="pro.base.quarterly",
        base=base,
        full={"flat": flat, "package": package, "metered": metered, "tiered": tiered, "chosen": chosen},
        cases=(
            *each_of(
                flat,
                product=ref("stripe.product/team"),
                unit_amount=usd("59.00"),
                interval="week",
                interval_count=6,
                trial_period_days=30,
                tax_behavior="inclusive",
                lookup_key="pro-three-months",
                nickname="Pro by the quarter",
            ),
            case("unit_amount", flat, "sub-cent", unit_amount=usd("49.000000000001")),
            case("unit_amount", flat, "free", unit_amount=usd("0")),
            case("currency", flat, currency="gbp", unit_amount=Money(Decimal(49), "gbp")),
            case("tax_behavior", {**base, "interval": "month"}, "set once", tax_behavior="exclusive"),
            *entries(
                "currency_options",
                flat,
                changed={"eur": eur("47"), "jpy": yen("6900")},
                added={"eur": eur("45"), "jpy": yen("6900"), "kwd": Money(Decimal("15.125"), "kwd")},
                removed={"eur": eur("45")},
            ),
            case("currency_tax", flat, "changed", currency_tax={"eur": "exclusive"}),
            case("currency_tax", flat, "added", currency_tax={"eur": "inclusive", "jpy": "inclusive"}),
            *entries(
                "metadata",
                flat,
                changed={"team": "growth", "tier": "1"},
                added={"team": "core", "tier": "1", "new": "yes"},
                removed={"team": "core"},
            ),
            case("divide_by", package, divide_by=500),
            case("round", package, round="down"),
            case("usage_type", metered, usage_type="licensed", meter=GONE),
            case("meter", metered, meter=ref("stripe.meter/minutes")),
            case("tiers", tiered, tiers=more),
            case("tiers", tiered, "fewer", tiers=(tiers[0], Tier(unit=usd("4.5")))),
            case("tiers_mode", tiered, tiers_mode="volume"),
            case("currency_options", tiered, "tiers", currency_options={"eur": Option(tiers=(Tier(unit=eur("5")),))}),
            case("custom_unit_amount", chosen, custom_unit_amount=Chosen(minimum=usd("10"))),
        ),
        raw={
            "product": lambda at: post(f"/v1/prices/{at.id}", {"product": at["stripe.product/team"]}),
            "currency": change(currency="gbp"),
            "unit_amount": change(unit_amount=7700),
            "tiers": change(tiers=[{"up_to": "inf", "unit_amount": 100}]),
            "tiers_mode": change(tiers_mode="volume"),
            "custom_unit_amount": change(custom_unit_amount={"enabled": True, "minimum": 1000}),
            "divide_by": change(transform_quantity={"divide_by": 7, "round": "up"}),
            "round": change(transform_quantity={"divide_by": 1000, "round": "down"}),
            "interval": recurring(interval="day"),
            "interval_count": recurring(interval_count=7),
            "usage_type": recurring(usage_type="licensed"),
            "meter": lambda at: post(f"/v1/prices/{at.id}", {"recurring": {"meter": at["stripe.meter/minutes"]}}),
            "trial_period_days": recurring(trial_period_days=7),
            "tax_behavior": change(tax_behavior="inclusive"),
            "currency_options": change(currency_options={"eur": {"unit_amount": 9900, "tax_behavior": "inclusive"}}),
            "currency_tax": change(currency_options={"eur": {"unit_amount": 4500, "tax_behavior": "exclusive"}}),
            "lookup_key": change(lookup_key="changed"),
            "nickname": change(nickname="Changed"),
            "metadata": change(metadata={"team": "changed"}),
        },
        needs=(PRO, TEAM, CALLS, MINUTES),
        taken={**archive("/v1/prices"), **forget("/v1/prices")},
        out=inactive("/v1/prices"),
        together={
            "tiers": ("tiers_mode", "currency_options"),
            "divide_by": ("round",),
            "round": ("divide_by",),
            "interval": ("interval_count", "trial_period_days"),
            "meter": ("usage_type",),
            "usage_type": ("meter",),
            "currency_options": ("currency_tax",),
        },
        always={
            "unit_amount": "a price without an amount is none",
            "tiers": "a price without an amount is none",
            "tiers_mode": "tiers are counted one way or the other",
            "custom_unit_amount": "a price without an amount is none",
            "interval": "the other fields of a subscription would have to go too",
        },
        policy={"currency_options": "whoever pays in that currency keeps the amount"},
        foreign=(metadata_of("/v1/prices"),),
    )


def _default_price() -> Sample:
    base = {
        "product_id": "nimbus-pro",
        "product": ref("stripe.product/pro"),
        "price": ref("stripe.price/pro.base.monthly"),
    }
    return Sample(
        kind="stripe.default_price",
        key="pro",
        base=base,
        full={"full": base},
        cases=(
            case("price", base, price=ref("stripe.price/pro.base.yearly")),
            case(
                "product",
                base,
                product=ref("stripe.product/team"),
                product_id="nimbus-team",
                price=ref("stripe.price/team.base.monthly"),
            ),
            case(
                "product_id",
                base,
                product=ref("stripe.product/team"),
                product_id="nimbus-team",
                price=ref("stripe.price/team.base.monthly"),
            ),
        ),
        raw={
            "price": lambda at: post(f"/v1/products/{at.id}", {"default_price": at["stripe.price/pro.base.yearly"]}),
            "product": "it is a field of the product",
            "product_id": "it is a field of the product",
        },
        needs=(PRO, TEAM, MONTHLY, YEARLY, TEAM_MONTHLY),
        out="Stripe lets a default price be replaced, and not be taken away",
    )


PRICES = (_price(), _default_price())
