"""What Stripe keeps of a price: every way to charge, in major units, and what may change once it is made."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from billform.core.kind import FixedEntries, Hidden, Immutable, Kept, SetOnce, Weighed
from billform.core.money import Money
from billform.core.resource import Ref, Spec
from billform.core.weight import Weight

from .base import Metadata
from .price_costs import costs

AMOUNT = "Stripe fixes a price's amount"
INTERVAL = "Stripe fixes how often a price is billed"
UNSPECIFIED = "unspecified"


class Value(BaseModel):
    """A frozen part of a spec."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Tier(Value):
    """One step of a tiered price; free parts are None, so that nothing is written in two ways."""

    up_to: int | None = None
    unit: Money | None = None
    flat: Money | None = None


class Chosen(Value):
    """The limits between which a customer names the amount."""

    minimum: Money | None = None
    preset: Money | None = None
    maximum: Money | None = None


class Option(Value):
    """What a tiered or freely chosen price costs in a further currency."""

    tiers: tuple[Tier, ...] = ()
    chosen: Chosen | None = None


class PriceSpec(Spec):
    """A price; exactly one of unit_amount, tiers and custom_unit_amount is filled in."""

    product: Annotated[Ref, Immutable("Stripe fixes which product a price belongs to")]
    currency: Annotated[str, Immutable("Stripe fixes a price's currency"), Hidden()]
    unit_amount: Annotated[Money | None, Immutable(AMOUNT)] = None
    tiers: Annotated[tuple[Tier, ...], Immutable("Stripe fixes a price's tiers")] = ()
    tiers_mode: Annotated[str | None, Immutable("Stripe fixes how tiers are counted")] = None
    custom_unit_amount: Annotated[Chosen | None, Immutable("Stripe fixes what customers may choose to pay")] = None
    divide_by: Annotated[
        int | None, Immutable("Stripe fixes a price's package size"), Weighed(absent=1, divides=True)
    ] = None
    round: Annotated[str | None, Immutable("Stripe fixes how a package is rounded")] = None
    interval: Annotated[str | None, Immutable(INTERVAL)] = None
    interval_count: Annotated[int, Immutable(INTERVAL)] = 1
    usage_type: Annotated[str, Immutable("Stripe fixes whether a price is metered"), Hidden()] = "licensed"
    meter: Annotated[Ref | None, Immutable("Stripe fixes which meter a price bills"), Weighed(measured=False)] = None
    trial_period_days: Annotated[int | None, Immutable("Stripe fixes a price's trial"), Weighed(absent=None)] = None
    tax_behavior: Annotated[
        str,
        SetOnce("Stripe fixes a price's tax behavior once it is set", unset=UNSPECIFIED),
        Kept("Stripe cannot take a tax behavior away"),
    ] = UNSPECIFIED
    # In this order: the writer of Money would write an Option as a text too.
    currency_options: Annotated[
        dict[str, Option | Money], FixedEntries("Whoever pays in this currency keeps the amount")
    ] = Field(default_factory=dict)
    currency_tax: Annotated[dict[str, str], FixedEntries("Stripe fixes a currency's tax behavior once it is set")] = (
        Field(default_factory=dict)
    )
    """Tax behavior of further currencies, where it is specified."""
    lookup_key: Annotated[str | None, Kept("Stripe cannot take a lookup key away")] = None
    nickname: Annotated[str | None, Kept("Stripe cannot clear a price's nickname")] = None
    metadata: Metadata = Field(default_factory=dict)

    def headline(self) -> str:
        """What a customer would say: `$49.00 a month (€45.00, ¥6,900)`."""
        main = _amount(self.unit_amount, self.tiers, self.custom_unit_amount, mode=self.tiers_mode)
        if self.divide_by is not None:
            main += f" per {self.divide_by:,}"
        elif self.meter is not None and not self.tiers:
            main += " a unit"
        amounts = [each.shown() for _, each in sorted(self.currency_options.items()) if isinstance(each, Money)]
        shaped = [code.upper() for code, each in sorted(self.currency_options.items()) if isinstance(each, Option)]
        others = [*amounts, *([f"also in {' and '.join(shaped)}"] if shaped else [])]
        rhythm = _rhythm(self.interval, self.interval_count)
        return f"{main} {rhythm}" + (f" ({', '.join(others)})" if others else "")

    def costs(self, before: PriceSpec) -> Iterator[Weight]:
        """What so many units come to, and whether tax is in it."""
        return costs(before, self)

    def noticed(self) -> Iterator[tuple[str, str, str]]:
        """The trial, and whether tax is in the amount or comes on top."""
        if self.trial_period_days:
            yield "trial_period_days", "trial", f"{self.trial_period_days} days"
        if self.tax_behavior != UNSPECIFIED:
            yield "tax_behavior", "tax", self.tax_behavior
        for currency, behavior in sorted(self.currency_tax.items()):
            if behavior != self.tax_behavior:
                yield "currency_tax", f"tax in {currency.upper()}", behavior


def _rhythm(interval: str | None, count: int) -> str:
    if interval is None:
        return "once"
    return f"a {interval}" if count == 1 else f"every {count} {interval}s"


def _amount(unit: Money | None, tiers: tuple[Tier, ...], chosen: Chosen | None, *, mode: str | None) -> str:
    if unit is not None:
        return unit.shown()
    if tiers:
        return ("volume tiers: " if mode == "volume" else "") + ", ".join(_step(tier) for tier in tiers)
    if chosen is None:
        return "an amount agreed elsewhere"
    least = chosen.minimum.shown() if chosen.minimum else None
    most = chosen.maximum.shown() if chosen.maximum else None
    limits = f"{least} to {most}" if least and most else f"from {least}" if least else f"up to {most}" if most else ""
    return "your own amount" + (f", {limits}" if limits else "")


def _step(tier: Tier) -> str:
    parts = [each for each in (tier.flat and tier.flat.shown(), tier.unit and f"{tier.unit.shown()} each") if each]
    price = " + ".join(parts) or "free"
    return f"then {price}" if tier.up_to is None else f"{price} up to {tier.up_to:,}"
