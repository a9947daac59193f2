"""What guardrails weigh: an amount, or a number that decides what customers pay, before a change and after it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Context, Decimal
from typing import ClassVar

from pydantic import ConfigDict

from billform.core.money import Exact, Money

_WIDE = Context(prec=60)
_READABLE = Context(prec=9)
"""What a number of units costs may have more digits than anybody reads."""


@dataclass(frozen=True, slots=True)
class Weight:
    """One amount before and after; `size` is None where no share can measure what becomes of it."""

    __pydantic_config__: ClassVar = ConfigDict(extra="forbid")

    what: str
    """In a sentence after `changes`: `unit_amount`, `what 1,000 units cost`."""
    before: str | None = None
    after: str | None = None
    size: tuple[Exact, Exact] | None = None
    how: str = "beyond measure"
    """Of one that has no size: in what way it changes."""

    @property
    def share(self) -> Decimal:
        """By how much of what it was, in percent; beyond all measure from nothing, and where nothing can measure it."""
        if self.size is None:
            return Decimal("Infinity")
        was, will = self.size
        if was == will:
            return Decimal(0)
        return _WIDE.divide(abs(will - was) * 100, abs(was)) if was else Decimal("Infinity")


def of_money(what: str, was: Money | None, will: Money | None) -> Weight:
    """The weight of an amount; None is free, or nothing yet. Nothing in one currency is nothing in another."""
    before, after = (each.amount if each else Decimal(0) for each in (was, will))
    if was and will and was.currency != will.currency and (before or after):
        return Weight(what, _shown(was), _shown(will), how=f"from {was.currency} to {will.currency}")
    return Weight(what, _shown(was), _shown(will), (before, after))


def steepest(points: Iterable[tuple[str, Money, Money]]) -> Weight | None:
    """Of (what, was, will) in one currency the one that changes by the greatest share, if any changes at all."""
    most = max(points, key=_share, default=None)
    return of_money(*most) if most is not None and _share(most) else None


def _share(point: tuple[str, Money, Money]) -> Decimal:
    _, was, will = point
    return Weight("", size=(was.amount, will.amount)).share


def _shown(amount: Money | None) -> str | None:
    return Money(_READABLE.plus(amount.amount), amount.currency).shown() if amount is not None else None
