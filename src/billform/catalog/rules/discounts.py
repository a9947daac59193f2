"""Rules about coupons and promotion codes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta

from billform.catalog.models import Coupon, Path, SoldProduct
from billform.core.codes import Explanation

from .shop import Found, Rule, Shop, listed, repeated

FURTHEST = timedelta(days=5 * 365 + 1)
"""Five years, the furthest end date that Stripe takes."""

CODES = {
    "C060": Explanation(
        title="Coupon without one discount",
        meaning="A coupon takes off either a percentage or an amount.",
        mend="Write `percent_off:` or `amount_off:`, one of them.",
    ),
    "C061": Explanation(
        title="Coupon that cannot apply",
        meaning=(
            "Nothing the coupon is limited to can be bought with it: the plans are free or custom, "
            "or none of their prices is in a currency of the coupon."
        ),
        mend="Correct `plans:`, `addons:` or the currencies of `amount_off`.",
    ),
    "C062": Explanation(
        title="Coupon id used twice",
        meaning="The id names the coupon in Stripe; two coupons of the catalog have the same.",
        mend="Change one `id`, or leave it out: the coupon's key is used then.",
    ),
    "C063": Explanation(
        title="Promotion code used twice",
        meaning="Active codes are told apart without regard to capitals, so LAUNCH and launch are one code.",
        mend="Change one `code`, or switch one off with `active: false`.",
    ),
    "C064": Explanation(
        title="Promotion code outlives its coupon",
        meaning="A code cannot be valid longer, or more often, than the coupon it gives.",
        mend="Shorten the code's `expires` or `max_redemptions`, or extend the coupon's.",
    ),
    "C065": Explanation(
        title="Already over",
        meaning="The date lies in the past. What exists stays as it is, but Stripe would not make it anew.",
        mend="Remove the coupon or code from the catalog, or give it another date.",
    ),
    "C066": Explanation(
        title="Too far ahead",
        meaning="Stripe takes dates up to five years ahead for coupons and promotion codes.",
        mend="Use an earlier date, or none.",
    ),
}


def coupons_take_one_thing_off(shop: Shop) -> Found:
    """Each coupon has a percentage or an amount."""
    for key, coupon in shop.catalog.coupons.items():
        if coupon.percent_off is None and coupon.amount_off is None:
            hint = "write `percent_off:` or `amount_off:`"
            yield shop.problem("C060", f"coupon `{key}` takes nothing off", ("coupons", key), hint=hint)
        if coupon.percent_off is not None and coupon.amount_off is not None:
            yield shop.problem(
                "C060",
                f"coupon `{key}` takes off a percentage and an amount",
                ("coupons", key, "amount_off"),
                hint="keep one of them",
            )
        if coupon.amount_off is not None and 0 in coupon.amount_off.in_currencies("").values():
            summary = f"coupon `{key}` takes off an amount of 0"
            yield shop.problem("C060", summary, ("coupons", key, "amount_off"), hint="write more than 0")


def _payable(products: Iterable[SoldProduct]) -> set[str]:
    """Currencies in which something more than nothing is charged."""
    return {
        each.currency
        for product in products
        for price in product.prices
        for each in price.amounts
        if price.model == "custom" or each.unit or any(tier.unit or tier.flat for tier in each.tiers)
    }


def coupons_can_apply(shop: Shop) -> Found:
    """Something can be bought with each coupon."""
    everywhere = _payable(shop.catalog.sold_products()) if shop.catalog.coupons else set()
    for key, coupon in shop.catalog.coupons.items():
        limited = [*coupon.plans, *coupon.addons]
        payable = _payable(shop.catalog.discounted(coupon)) if limited else everywhere
        if limited and not payable and _all_known(shop, coupon):
            word = "plans" if coupon.plans else "addons"
            yield shop.problem(
                "C061",
                f"coupon `{key}` cannot apply: {listed(limited)} cost{'s' if len(limited) == 1 else ''} nothing",
                ("coupons", key, word),
                at="value",
                hint="free and custom plans need no coupon",
            )
        if coupon.amount_off is None or not payable:
            continue
        for currency in coupon.amount_off.in_currencies(shop.catalog.defaults.currency):
            if currency not in payable:
                yield shop.problem(
                    "C061",
                    f"coupon `{key}` cannot apply in {currency}: nothing it is for is sold in it",
                    ("coupons", key, "amount_off", currency),
                    hint=f"it is sold in {listed(sorted(payable))}",
                )


def _all_known(shop: Shop, coupon: Coupon) -> bool:
    keys = (each.partition(".")[0] for each in (*coupon.plans, *coupon.addons))
    return all(key in shop.catalog.plans or key in shop.catalog.addons for key in keys)


def coupon_ids_are_single(shop: Shop) -> Found:
    """No two coupons have one id."""
    for key, first, identity in repeated({key: each.id or key for key, each in shop.catalog.coupons.items()}):
        yield shop.problem(
            "C062",
            f"coupons `{key}` and `{first}` have the same id `{identity}`",
            ("coupons", key, "id"),
            at="value",
            hint=f"change one of them{shop.place(('coupons', first))}",
        )


def codes_are_single(shop: Shop) -> Found:
    """No two active promotion codes are the same word."""
    active = {key: each.code or key.upper() for key, each in shop.catalog.promotion_codes.items() if each.active}
    for key, first, word in repeated(active, folded=True):
        yield shop.problem(
            "C063",
            f"promotion codes `{key}` and `{first}` are both `{word}`",
            ("promotion_codes", key, "code"),
            at="value",
            hint=f"capitals do not tell codes apart; change one{shop.place(('promotion_codes', first))}",
        )


def codes_keep_to_their_coupons(shop: Shop) -> Found:
    """No code is valid longer or more often than its coupon."""
    for key, code in shop.catalog.promotion_codes.items():
        coupon = shop.catalog.coupons.get(code.coupon)
        if coupon is None:
            continue
        place: Path = ("promotion_codes", key)
        if code.expires and coupon.ends and shop.ends(code.expires) > shop.ends(coupon.ends):
            yield shop.problem(
                "C064",
                f"promotion code `{key}` expires after its coupon `{code.coupon}` ends",
                (*place, "expires"),
                at="value",
                hint=f"the coupon ends on {coupon.ends}{shop.place(('coupons', code.coupon))}",
            )
        if code.max_redemptions and coupon.max_redemptions and code.max_redemptions > coupon.max_redemptions:
            yield shop.problem(
                "C064",
                f"promotion code `{key}` can be used {code.max_redemptions} times, "
                f"its coupon `{code.coupon}` only {coupon.max_redemptions}",
                (*place, "max_redemptions"),
                at="value",
            )


def _dates(shop: Shop) -> Iterator[tuple[str, Path, datetime | date]]:
    for key, coupon in shop.catalog.coupons.items():
        if coupon.ends is not None:
            yield f"coupon `{key}`", ("coupons", key, "ends"), coupon.ends
    for key, code in shop.catalog.promotion_codes.items():
        if code.expires is not None:
            yield f"promotion code `{key}`", ("promotion_codes", key, "expires"), code.expires


def dates_lie_ahead(shop: Shop) -> Found:
    """Ends lie in the future, and not further off than Stripe takes."""
    for what, path, moment in _dates(shop):
        ends = shop.ends(moment)
        if ends <= shop.now:
            yield shop.warning("C065", f"{what} ended on {moment}", path, at="value", hint="remove it, or extend it")
        if ends > shop.now + FURTHEST:
            yield shop.problem(
                "C066",
                f"{what} ends on {moment}, more than five years ahead",
                path,
                at="value",
                hint="use an earlier date",
            )


RULES: tuple[Rule, ...] = (
    coupons_take_one_thing_off,
    coupons_can_apply,
    coupon_ids_are_single,
    codes_are_single,
    codes_keep_to_their_coupons,
    dates_lie_ahead,
)
