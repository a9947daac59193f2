"""Samples of discounts: coupons and promotion codes."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from .samples import GONE, Sample, archive, bin_, case, each_of, entries, forget, instant, later, post, ref, want
from .samples_sold import PRO, TEAM, deleted, eur, inactive, metadata_of, usd, yen

SOON, LATE, LATEST = later(100), later(200), later(300)
SUMMER = want("stripe.coupon", "summer", id="summer", amount_off=usd("10"))
AUTUMN = want("stripe.coupon", "autumn", id="autumn", percent_off=Decimal(20))


def _coupon() -> Sample:
    base = {"id": "spring", "percent_off": Decimal("12.5")}
    percent = {
        **base,
        "name": "Spring",
        "duration": "repeating",
        "duration_in_months": 3,
        "applies_to": (ref("stripe.product/pro"), ref("stripe.product/team")),
        "max_redemptions": 100,
        "redeem_by": LATE,
        "metadata": {"team": "core", "tier": "1"},
    }
    amount = {"id": "spring", "amount_off": usd("10"), "currency_options": {"eur": eur("9"), "jpy": yen("1500")}}

    def change(**body: Any) -> Any:
        return lambda at: post(f"/v1/coupons/{at.id}", body)

    return Sample(
        kind="stripe.coupon",
        key="spring",
        base=base,
        full={"percent": percent, "amount": amount},
        cases=(
            *each_of(
                percent,
                id="spring-2",
                name="Spring sale",
                percent_off=Decimal(25),
                duration_in_months=6,
                applies_to=(ref("stripe.product/pro"),),
                max_redemptions=50,
                redeem_by=LATEST,
            ),
            case("duration", percent, duration="forever", duration_in_months=GONE),
            case("amount_off", amount, amount_off=usd("12")),
            *entries(
                "currency_options",
                amount,
                changed={"eur": eur("11"), "jpy": yen("1500")},
                added={"eur": eur("9"), "jpy": yen("1500"), "gbp": type(usd("8"))(Decimal(8), "gbp")},
                removed={"eur": eur("9")},
            ),
            *entries(
                "metadata",
                percent,
                changed={"team": "growth", "tier": "1"},
                added={"team": "core", "tier": "1", "new": "yes"},
                removed={"team": "core"},
            ),
        ),
        raw={
            "id": change(id="spring-2"),
            "name": change(name="Changed"),
            "percent_off": change(percent_off=50),
            "amount_off": change(amount_off=7700),
            "currency_options": change(currency_options={"eur": {"amount_off": 7700}}),
            "duration": change(duration="forever"),
            "duration_in_months": change(duration_in_months=9),
            "applies_to": change(applies_to={"products": ["nimbus-team"]}),
            "max_redemptions": change(max_redemptions=7),
            "redeem_by": change(redeem_by=instant(SOON)),
            "metadata": change(metadata={"team": "changed"}),
        },
        needs=(PRO, TEAM),
        taken={**bin_("/v1/coupons"), **forget("/v1/coupons")},
        out=deleted("/v1/coupons"),
        together={"duration": ("duration_in_months",), "duration_in_months": ("duration",)},
        always={"percent_off": "a coupon gives something", "amount_off": "a coupon gives something"},
        policy={"currency_options": "a coupon is worth the same for everybody who has it"},
        foreign=(metadata_of("/v1/coupons"),),
        another=True,
    )


def _promotion_code() -> Sample:
    base = {"code": "HELLO", "coupon": ref("stripe.coupon/summer")}
    full = {
        **base,
        "first_time_only": True,
        "minimum": usd("20"),
        "minimum_options": {"eur": eur("18"), "jpy": yen("3000")},
        "max_redemptions": 100,
        "expires_at": LATE,
        "metadata": {"team": "core", "tier": "1"},
    }

    def change(**body: Any) -> Any:
        return lambda at: post(f"/v1/promotion_codes/{at.id}", body)

    return Sample(
        kind="stripe.promotion_code",
        key="hello",
        base=base,
        full={"full": full},
        cases=(
            *each_of(
                full,
                code="WELCOME",
                coupon=ref("stripe.coupon/autumn"),
                first_time_only=False,
                minimum=usd("30"),
                max_redemptions=50,
                expires_at=LATEST,
            ),
            *entries(
                "minimum_options",
                full,
                changed={"eur": eur("19"), "jpy": yen("3000")},
                added={"eur": eur("18"), "jpy": yen("3000"), "gbp": type(usd("8"))(Decimal(15), "gbp")},
                removed={"eur": eur("18")},
            ),
            *entries(
                "metadata",
                full,
                changed={"team": "growth", "tier": "1"},
                added={"team": "core", "tier": "1", "new": "yes"},
                removed={"team": "core"},
            ),
        ),
        raw={
            "code": change(code="WELCOME"),
            "coupon": change(promotion={"type": "coupon", "coupon": "autumn"}),
            "first_time_only": change(restrictions={"first_time_transaction": False}),
            "minimum": change(restrictions={"minimum_amount": 7700}),
            "minimum_options": change(restrictions={"currency_options": {"eur": {"minimum_amount": 7700}}}),
            "max_redemptions": change(max_redemptions=7),
            "expires_at": change(expires_at=instant(SOON)),
            "metadata": change(metadata={"team": "changed"}),
        },
        needs=(SUMMER, AUTUMN),
        taken={**archive("/v1/promotion_codes"), **forget("/v1/promotion_codes")},
        out=inactive("/v1/promotion_codes"),
        together={"minimum": ("minimum_options",)},
        always={"coupon": "a code gives something"},
        policy={"minimum_options": "a code asks the same of everybody who has it"},
        foreign=(metadata_of("/v1/promotion_codes"),),
    )


DISCOUNTS = (_coupon(), _promotion_code())
