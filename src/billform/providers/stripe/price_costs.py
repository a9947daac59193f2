"""What customers pay by one price beside what they paid by another, where its fields do not say so one by one.

A month for what a year was, a package of another size, steps that move: what counts is what so many units come to.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, TypeAlias

from billform.core.money import Money
from billform.core.weight import Weight, steepest

if TYPE_CHECKING:
    from .price_spec import Chosen, PriceSpec, Tier

    _Shape: TypeAlias = Money | tuple[Tier, ...] | Chosen | None

A_YEAR = {"day": 365, "week": 52, "month": 12, "year": 1}
"""How often an interval comes in a year."""


@dataclass(frozen=True, slots=True)
class _Rate:
    """What a price asks for in one currency."""

    currency: str
    unit: Money | None
    tiers: tuple[Tier, ...]
    is_volume: bool
    package: int
    yearly: Decimal
    """How often it is asked for in a year; 1 where it is asked for once."""

    def at(self, quantity: int) -> Money:
        """What so many units cost in a year; a package counts by its share, however it is rounded."""
        each = (self.unit.amount if self.unit else Decimal(0)) * quantity / self.package
        amount = (self._volume(quantity) if self.is_volume else self._graduated(quantity)) if self.tiers else each
        return Money(amount * self.yearly, self.currency)

    def _volume(self, quantity: int) -> Decimal:
        step = next((each for each in self.tiers if each.up_to is None or quantity <= each.up_to), self.tiers[-1])
        return _of(step.flat) + _of(step.unit) * quantity

    def _graduated(self, quantity: int) -> Decimal:
        total, below = Decimal(0), 0
        for step in self.tiers:
            if quantity > below:
                top = quantity if step.up_to is None else min(quantity, step.up_to)
                total += _of(step.flat) + _of(step.unit) * (top - below)
                below = top
        return total


def costs(before: PriceSpec, after: PriceSpec) -> Iterator[Weight]:
    """What weighs of a price that takes the place of another, or of the same one with other fields."""
    yield from _tax(before, after)
    if (before.interval is None) != (after.interval is None):
        yield Weight("interval", before.interval or "once", after.interval or "once")
    same = (before.interval, before.interval_count, before.divide_by) == (
        after.interval,
        after.interval_count,
        after.divide_by,
    )
    was, will = _shapes(before), _shapes(after)
    per = "" if (before.interval, before.interval_count) == (after.interval, after.interval_count) else " a year"
    for currency in sorted(was.keys() & will.keys()):
        if same and isinstance(was[currency], Money) and isinstance(will[currency], Money):
            continue  # the amount itself says it
        old, new = _rate(before, currency, was[currency]), _rate(after, currency, will[currency])
        if old is None or new is None:
            if old is not new:
                yield Weight(f"who says what it costs in {currency}", _who(old), _who(new))
        else:
            if (most := steepest(_points(old, new, per))) is not None:
                yield most
            yield from _steps(old, new)


def _tax(before: PriceSpec, after: PriceSpec) -> Iterator[Weight]:
    """Whether tax is in the amount or comes on top: no share can measure what that is worth."""
    if before.tax_behavior != after.tax_behavior:
        yield Weight("tax_behavior", before.tax_behavior, after.tax_behavior)
    for currency in sorted(before.currency_options.keys() & after.currency_options.keys()):
        old, new = (each.currency_tax.get(currency) for each in (before, after))
        if old != new:
            yield Weight(f"currency_tax.{currency}", old, new)


def _points(old: _Rate, new: _Rate, per: str) -> list[tuple[str, Money, Money]]:
    """What so many units cost, before and after: one unit, and the ends of all steps with a look far beyond each.

    Just beyond a free step any share is possible, so that points where only one side costs nothing say too much,
    unless that side costs nothing at all.
    """
    ends = {each.up_to for rate in (old, new) for each in rate.tiers if each.up_to is not None}
    quantities = sorted({1, *(each * times for each in ends for times in (1, 2, 10))})
    costs = (f"what {each:,} unit{' costs' if each == 1 else 's cost'}{per}" for each in quantities)
    found = [(what, old.at(each), new.at(each)) for what, each in zip(costs, quantities, strict=True)]
    fair = [each for each in found if bool(each[1].amount) == bool(each[2].amount)]
    paid = any(was.amount for _, was, _ in found) and any(will.amount for *_, will in found)
    return fair if paid else found


def _steps(old: _Rate, new: _Rate) -> Iterator[Weight]:
    """Where the steps end, as long as there are as many."""
    if len(old.tiers) != len(new.tiers):
        return
    for number, (was, will) in enumerate(zip(old.tiers, new.tiers, strict=True)):
        if was.up_to and will.up_to and was.up_to != will.up_to:
            size = Decimal(was.up_to), Decimal(will.up_to)
            yield Weight(f"the end of step {number + 1} in {old.currency}", f"{was.up_to:,}", f"{will.up_to:,}", size)


def _shapes(spec: PriceSpec) -> dict[str, _Shape]:
    """By currency; None, or a range, where customers say themselves what they pay, or where it is agreed elsewhere."""
    found: dict[str, _Shape] = {spec.currency: spec.unit_amount or spec.tiers or spec.custom_unit_amount}
    for currency, option in spec.currency_options.items():
        found[currency] = option if isinstance(option, Money) else option.tiers or option.chosen
    return found


def _rate(spec: PriceSpec, currency: str, shape: _Shape) -> _Rate | None:
    """None where customers say themselves what they pay, and where it is agreed elsewhere."""
    unit = shape if isinstance(shape, Money) else None
    tiers = shape if isinstance(shape, tuple) else ()
    if unit is None and not tiers:
        return None
    often = Decimal(A_YEAR.get(spec.interval or "", 1)) / spec.interval_count
    return _Rate(currency, unit, tiers, spec.tiers_mode == "volume", spec.divide_by or 1, often)


def _who(rate: _Rate | None) -> str:
    return "the customer" if rate is None else "the catalog"


def _of(amount: Money | None) -> Decimal:
    return amount.amount if amount else Decimal(0)
