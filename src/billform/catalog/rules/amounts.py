"""Rules about amounts: currencies that go together, decimals that can be charged, tiers that rise and end."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import pairwise

from billform.catalog.models import Amounts, Path, amounts_of
from billform.core.codes import Explanation
from billform.core.money import THREE_DECIMAL, Money, exponent

from .shop import ChargeAt, Found, PriceAt, Rule, Shop, listed

WHOLE_UNITS = frozenset({"isk", "ugx"})
"""Written with two decimals at Stripe but charged in whole units; https://docs.stripe.com/currencies#special-cases."""

CODES = {
    "C034": Explanation(
        title="Currency missing from a price",
        meaning="Another price of the same charge is sold in this currency; its customers could not switch.",
        mend="Add the amount in that currency, or take the currency out of the other price.",
        example="monthly: { every: month, amount: { usd: 49, eur: 45 } }\nyearly: { every: year, amount: 490 }",
    ),
    "C035": Explanation(
        title="Currency missing from a further charge",
        meaning=(
            "A subscription has one currency. Customers who pay the plan's base fee in this currency "
            "could not have the charge, or the add-on."
        ),
        mend="Add the amount in that currency, or accept the warning.",
    ),
    "C036": Explanation(
        title="Price half in a currency",
        meaning="Some amounts of the price name this currency and others do not (tiers, limits, tax behavior).",
        mend="Name the same currencies in every amount of the price. A bare 0 stands for every currency.",
    ),
    "C037": Explanation(
        title="Tiers that do not rise",
        meaning="Each step must end after the one before it.",
        mend="Put the steps in order, each `up_to` greater than the last.",
    ),
    "C038": Explanation(
        title="Tiers that never end, or end too soon",
        meaning="Stripe needs a last step without `up_to`, for all further units, and no such step before it.",
        mend="Leave `up_to` out of the last step, and only there.",
    ),
    "C039": Explanation(
        title="Tier without an amount",
        meaning="A step of the tiers says neither what a unit costs nor what the step costs.",
        mend="Add `unit:` or `flat:`; units that cost nothing are `unit: 0`.",
    ),
    "C040": Explanation(
        title="Amount finer than the currency's coins",
        meaning=(
            "The amount is charged as it stands, and nobody can pay a fraction of a cent, or of a yen. "
            "Stripe takes finer amounts only per unit of something: of usage, of a tier, of a package, or of what "
            "`unit_label` names."
        ),
        mend="Round the amount; or say what it is the price of, with `meter`, `per` or `unit_label`.",
        example="amount: { usd: 49.005, jpy: 6900.5 }",
    ),
    "C042": Explanation(
        title="Limits in the wrong order",
        meaning="What a customer may choose must lie between `minimum` and `maximum`, and so must the `preset`.",
        mend="Order them: minimum ≤ preset ≤ maximum.",
    ),
}


def siblings_share_currencies(shop: Shop) -> Found:
    """The prices of a charge are sold in the same currencies."""
    for charge in shop.charges:
        everywhere: dict[str, PriceAt] = {}
        for at in charge.priced:
            for currency in at.currencies:
                everywhere.setdefault(currency, at)
        for at in charge.priced:
            missing = [each for each in everywhere if each not in at.currencies]
            if missing:
                has = everywhere[missing[0]]
                yield shop.problem(
                    "C034",
                    f"price `{at.address}` has no amount in {listed(missing)}, which `{has.address}` has",
                    (*at.path, "amount"),
                    hint=f"add {listed(missing)}, or take it out of `{has.address}`{shop.place(has.path)}",
                )


def charges_share_currencies(shop: Shop) -> Found:
    """Further charges and add-ons can be had in the currencies of the plan."""
    bases = {each.owner: each for each in shop.charges if each.is_base}
    of_all = _committed(bases[key] for key in shop.catalog.plans if key in bases)
    for charge in shop.charges:
        addon = shop.catalog.addons.get(charge.owner)
        if addon is None:
            wanted = _committed([bases.get(charge.owner, charge)])
        else:
            wanted = _committed(bases[key] for key in addon.for_plans if key in bases) if addon.for_plans else of_all
        had = {each for at in charge.priced for each in at.currencies}
        missing = [each for each in wanted if each not in had]
        if had and missing:
            first = wanted[missing[0]]
            yield shop.warning(
                "C035",
                f"`{charge.address}` has no amount in {listed(missing)}, which `{first.address}` has",
                charge.path,
                hint=f"customers who pay `{first.owner}` in it cannot have `{charge.address}`",
            )


def _committed(charges: Iterable[ChargeAt]) -> dict[str, ChargeAt]:
    """Every currency that these charges can be paid in, with one of them that can."""
    return {currency: charge for charge in charges for at in charge.priced for currency in at.currencies}


def prices_are_whole_in_each_currency(shop: Shop) -> Found:
    """Every amount of a price names the same currencies."""
    default = shop.catalog.defaults.currency
    for at in shop.prices:
        for below, amounts in at.amounts:
            missing = [each for each in at.currencies if each not in amounts.in_currencies(default)]
            if missing and amounts.bare != 0:
                yield shop.problem(
                    "C036",
                    f"this amount of `{at.address}` is missing in {listed(missing)}",
                    (*at.path, *below),
                    hint="name the same currencies in every amount of a price",
                )
        named = at.price.tax_behavior if isinstance(at.price.tax_behavior, dict) else {}
        for currency in named:
            if currency not in at.currencies:
                yield shop.problem(
                    "C036",
                    f"price `{at.address}` has a tax behavior for `{currency}`, but no amount in it",
                    (*at.path, "tax_behavior", currency),
                )


def tiers_rise(shop: Shop) -> Found:
    """Each step ends after the one before it."""
    for at in shop.prices:
        last = 0
        for index, step in enumerate(at.price.tiers.steps if at.price.tiers else ()):
            if step.up_to is not None and step.up_to <= last:
                yield shop.problem(
                    "C037",
                    f"this step of `{at.address}` ends at {step.up_to}, not after {last}",
                    (*at.path, "tiers", "steps", index, "up_to"),
                    at="value",
                    hint="steps rise",
                )
            last = max(last, step.up_to or last)


def tiers_end(shop: Shop) -> Found:
    """The last step, and only the last, is open."""
    for at in shop.prices:
        steps = at.price.tiers.steps if at.price.tiers else []
        for index, step in enumerate(steps):
            place: Path = (*at.path, "tiers", "steps", index)
            if index == len(steps) - 1 and step.up_to is not None:
                yield shop.problem(
                    "C038",
                    f"the tiers of `{at.address}` end at {step.up_to}; units after it have no price",
                    (*place, "up_to"),
                    hint="leave `up_to` out of the last step",
                )
            elif index < len(steps) - 1 and step.up_to is None:
                summary = f"this step of `{at.address}` has no `up_to`, so the steps after it are never reached"
                yield shop.problem("C038", summary, place, hint="only the last step is open")


def tiers_cost_something(shop: Shop) -> Found:
    """Every step says what it costs."""
    for at in shop.prices:
        for index, step in enumerate(at.price.tiers.steps if at.price.tiers else ()):
            if step.unit is None and step.flat is None:
                summary = f"this step of `{at.address}` has no amount"
                place = (*at.path, "tiers", "steps", index)
                yield shop.problem("C039", summary, place, hint="add `unit:` or `flat:`; nothing is `unit: 0`")


def _charged_as_written(shop: Shop) -> Iterator[tuple[str, Path, Amounts]]:
    """Amounts that somebody pays just so: what, where, and how much."""
    for at in shop.prices:
        per_unit = at.charge.meter or at.price.per or at.charge.unit_label or (at.is_base and at.item.unit_label)
        for below, amounts in at.amounts:
            if below[-1] != "unit" and not (below == ("amount",) and per_unit):
                yield f"price `{at.address}`", (*at.path, *below), amounts
    for key, coupon in shop.catalog.coupons.items():
        if coupon.amount_off is not None:
            yield f"coupon `{key}`", ("coupons", key, "amount_off"), coupon.amount_off
    for key, code in shop.catalog.promotion_codes.items():
        if code.minimum is not None:
            yield f"promotion code `{key}`", ("promotion_codes", key, "minimum"), code.minimum


def _unpayable(amount: Decimal, currency: str) -> str | None:
    money = Money(amount, currency)
    if not money.is_whole:
        places = exponent(currency)
        return f"{currency} has {places} decimals" if places else f"{currency} has no decimals"
    if currency in THREE_DECIMAL and money.minor % 10:
        return f"Stripe charges {currency} in hundredths, so the third decimal must be 0"
    if currency in WHOLE_UNITS and money.minor % 100:
        return f"{currency} is charged in whole units"
    return None


def amounts_can_be_paid(shop: Shop) -> Found:
    """What is charged as written can be paid in coins."""
    for what, path, amounts in _charged_as_written(shop):
        for currency, amount in amounts.in_currencies(shop.catalog.defaults.currency).items():
            reason = _unpayable(amount, currency)
            if reason is not None:
                yield shop.problem(
                    "C040",
                    f"{Money(amount, currency).shown()} of {what} cannot be paid: {reason}",
                    (*path, currency),
                    at="value",
                    hint="round it; or, for the price of a unit, add `unit_label`, `per` or `meter`",
                )


def choices_are_ordered(shop: Shop) -> Found:
    """Minimum, preset and maximum are in order."""
    for at in shop.prices:
        if at.price.customer_chooses is None:
            continue
        for each in amounts_of(at.price, shop.catalog.defaults.currency):
            named = {"minimum": each.minimum, "preset": each.preset, "maximum": each.maximum}
            given = [(word, amount) for word, amount in named.items() if amount is not None]
            for (low, less), (high, more) in pairwise(given):
                if less > more:
                    yield shop.problem(
                        "C042",
                        f"{low} {Money(less, each.currency).shown()} of `{at.address}` is more than its {high} "
                        f"{Money(more, each.currency).shown()}",
                        (*at.path, "customer_chooses", high, each.currency),
                        at="value",
                        hint="minimum ≤ preset ≤ maximum",
                    )


RULES: tuple[Rule, ...] = (
    siblings_share_currencies,
    charges_share_currencies,
    prices_are_whole_in_each_currency,
    tiers_rise,
    tiers_end,
    tiers_cost_something,
    amounts_can_be_paid,
    choices_are_ordered,
)
