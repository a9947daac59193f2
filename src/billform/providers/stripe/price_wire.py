"""Prices to form parameters and back: amounts in minor units, tiers, further currencies."""

from __future__ import annotations

from typing import Any

from billform.core.kind import Write
from billform.core.money import Money, text
from billform.core.resource import Live, Mark

from . import marks
from .answers import Answer, found, ident, money, part, whole_money
from .base import Params
from .price_spec import UNSPECIFIED, Chosen, Option, PriceSpec, Tier
from .product import is_of

KIND = "stripe.price"
TRANSFER: Params = {"transfer_lookup_key": True}
"""Moves a lookup key off whatever price holds it, in the same transaction: no moment without a price."""


def amount_params(name: str, amount: Money | None) -> Params:
    """An amount under `NAME`, or under `NAME_decimal` where it is finer than the minor unit."""
    if amount is None:
        return {}
    return {name: int(amount.minor)} if amount.is_whole else {f"{name}_decimal": text(amount.minor)}


def _tier_params(tiers: tuple[Tier, ...]) -> list[Params]:
    return [
        {
            "up_to": "inf" if tier.up_to is None else tier.up_to,
            # Stripe wants at least one of the two; a step with neither costs nothing.
            **(amount_params("unit_amount", tier.unit) or ({} if tier.flat else {"unit_amount": 0})),
            **amount_params("flat_amount", tier.flat),
        }
        for tier in tiers
    ]


def _chosen_params(chosen: Chosen) -> Params:
    limits = {name: getattr(chosen, name) for name in ("minimum", "preset", "maximum")}
    return {"enabled": True, **{name: int(limit.minor) for name, limit in limits.items() if limit is not None}}


def option_params(option: Money | Option, tax_behavior: str | None) -> Params:
    """One further currency, whole: Stripe takes an entry as a whole."""
    found: Params
    match option:
        case Money():
            found = amount_params("unit_amount", option)
        case Option(chosen=Chosen() as chosen):
            found = {"custom_unit_amount": _chosen_params(chosen)}
        case _:
            found = {"tiers": _tier_params(option.tiers)}
    return {**found, "tax_behavior": tax_behavior}


def create_params(write: Write[PriceSpec]) -> Params:
    """What only a create takes: everything that Stripe fixes."""
    spec = write.spec
    found: Params = {"product": write.id(spec.product), "currency": spec.currency}
    if spec.tiers:
        found |= {"billing_scheme": "tiered", "tiers_mode": spec.tiers_mode, "tiers": _tier_params(spec.tiers)}
    elif spec.custom_unit_amount is not None:
        found["custom_unit_amount"] = _chosen_params(spec.custom_unit_amount)
    else:
        found |= amount_params("unit_amount", spec.unit_amount)
    if spec.divide_by is not None:
        found["transform_quantity"] = {"divide_by": spec.divide_by, "round": spec.round}
    if spec.interval is not None:
        found["recurring"] = {
            "interval": spec.interval,
            "interval_count": spec.interval_count,
            "usage_type": spec.usage_type,
            "meter": write.id(spec.meter) if spec.meter else None,
            "trial_period_days": spec.trial_period_days,
        }
    return found


def _follows(write: Write[PriceSpec]) -> bool:
    """Whether there was one before it: nobody had the key of a first version, and whoever has it by now keeps it."""
    return write.before is not None or write.mark.version > 1


def changeable(write: Write[PriceSpec], names: frozenset[str], *, new: bool) -> Params:
    """The named fields that a create and an update both take."""
    spec = write.spec
    found: Params = {}
    if "lookup_key" in names and spec.lookup_key is not None:
        found |= {"lookup_key": spec.lookup_key, **(TRANSFER if _follows(write) else {})}
    if "nickname" in names:
        found["nickname"] = spec.nickname
    if "tax_behavior" in names:
        found["tax_behavior"] = spec.tax_behavior
    currencies = (
        frozenset(spec.currency_options) if new else write.keys("currency_options") | write.keys("currency_tax")
    )
    options = {
        each: option_params(spec.currency_options[each], spec.currency_tax.get(each))
        for each in sorted(currencies & spec.currency_options.keys())
    }
    return {**found, **({"currency_options": options} if options else {})}


def spec_of(answer: Answer) -> PriceSpec:
    """What a price is, from Stripe's answer."""
    currency = str(answer["currency"])
    recurring, transform = part(answer, "recurring"), part(answer, "transform_quantity")
    options = {each: value for each, value in part(answer, "currency_options").items() if each != currency}
    reference = found("stripe.product", answer["product"])
    assert reference is not None, "every price has a product"
    return PriceSpec(
        product=reference,
        currency=currency,
        unit_amount=money(answer, "unit_amount", currency),
        tiers=_tiers(answer, currency),
        tiers_mode=answer.get("tiers_mode"),
        custom_unit_amount=_chosen(answer, currency),
        divide_by=transform.get("divide_by"),
        round=transform.get("round"),
        interval=recurring.get("interval"),
        interval_count=recurring.get("interval_count") or 1,
        usage_type=recurring.get("usage_type") or "licensed",
        meter=found("stripe.meter", recurring.get("meter")),
        trial_period_days=recurring.get("trial_period_days") or None,
        tax_behavior=answer.get("tax_behavior") or UNSPECIFIED,
        currency_options={each: _option(value, each) for each, value in options.items()},
        currency_tax={
            each: value["tax_behavior"]
            for each, value in options.items()
            if value.get("tax_behavior") not in (None, UNSPECIFIED)
        },
        lookup_key=answer.get("lookup_key"),
        nickname=answer.get("nickname"),
        metadata=marks.authored(answer.get("metadata")),
    )


def read(answer: Answer, product: Answer | None, spec: PriceSpec | None = None) -> Live[PriceSpec]:
    """One price as Stripe answered it, with the product it belongs to, and what it is, where that is known."""
    identity, spec = str(answer["id"]), spec or spec_of(answer)
    ended = product if product is not None and kept_by_archived(identity, product) else None
    return Live(
        kind=KIND,
        id=identity,
        spec=spec,
        mark=mark_of(answer),
        active=bool(answer["active"]) and ended is None,
        current=bool(spec.lookup_key),
        natural=frozenset({spec.lookup_key} if spec.lookup_key else ()),
        created=int(answer.get("created") or 0),
        asleep=spec.product if ended is not None and answer["active"] else None,
        retired=marks.retired((ended or answer).get("metadata")),
    )


def mark_of(answer: Answer) -> Mark | None:
    """Its mark, unless it only carries the metadata of another: with a product that is copied, its prices are too."""
    mark = marks.read(answer.get("metadata"))
    return mark if mark is not None and is_of(mark.catalog, str(ident(answer["product"]))) else None


def kept_by_archived(price: str, product: Answer | None) -> bool:
    """Whether it is the default price of an archived product: Stripe cannot archive it, and nobody can buy it."""
    return product is not None and not product["active"] and ident(product.get("default_price")) == price


def _option(value: Answer, currency: str) -> Money | Option:
    amount = money(value, "unit_amount", currency)
    return amount if amount is not None else Option(tiers=_tiers(value, currency), chosen=_chosen(value, currency))


def _tiers(answer: Answer, currency: str) -> tuple[Tier, ...]:
    return tuple(
        Tier(
            up_to=each.get("up_to"),
            unit=_unless_free(money(each, "unit_amount", currency)),
            flat=_unless_free(money(each, "flat_amount", currency)),
        )
        for each in answer.get("tiers") or ()
    )


def _unless_free(amount: Money | None) -> Money | None:
    return amount if amount is not None and amount.amount else None


def _chosen(answer: Answer, currency: str) -> Chosen | None:
    limits: Any = answer.get("custom_unit_amount")
    if limits is None:
        return None
    return Chosen(**{name: whole_money(limits.get(name), currency) for name in ("minimum", "preset", "maximum")})
