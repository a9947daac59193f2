"""Stripe coupons: discounts under an id that we choose, fixed but for the name and further currencies."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import replace
from typing import Annotated, Any

from pydantic import Field

from billform.catalog.environment import Environment
from billform.catalog.models import Catalog, Coupon, Months
from billform.core.diagnostic import BillformError, Diagnostic
from billform.core.kind import FixedEntries, Hidden, Immutable, Kept, OnImmutable, Unordered, Weighed, Write
from billform.core.money import Exact, Money, text
from billform.core.resource import Address, Live, Mark, Ref, Resource, Spec
from billform.providers.http import VendorError

from . import marks
from .answers import Answer, exact, moment, part, passed, seconds, stamp, whole_money
from .base import Metadata, Params, StripeKind
from .client import StripeAccount
from .lists import COUPONS

WORTH = "Stripe fixes what a coupon is worth"
DURATION = "Stripe fixes how long a coupon lasts"
LIMIT = "Stripe fixes a coupon's limits"
TAKEN = "resource_already_exists"
TRIES = 20
"""How many further ids of a new version are tried."""


class CouponSpec(Spec):
    """What Stripe keeps of a coupon."""

    id: Annotated[str, Immutable("Stripe fixes a coupon's id"), Hidden()]
    """The id of its first version; later ones carry a suffix."""
    name: Annotated[str | None, Kept("Stripe cannot clear a coupon's name")] = None
    percent_off: Annotated[Exact | None, Immutable(WORTH), Weighed()] = None
    amount_off: Annotated[Money | None, Immutable(WORTH)] = None
    currency_options: Annotated[dict[str, Money], FixedEntries("Whoever has the coupon keeps what it is worth")] = (
        Field(default_factory=dict)
    )
    duration: Annotated[str, Immutable(DURATION), Weighed(measured=False)] = "once"
    duration_in_months: Annotated[int | None, Immutable(DURATION), Weighed(absent=None)] = None
    applies_to: Annotated[
        tuple[Ref, ...], Immutable("Stripe fixes which products a coupon applies to"), Unordered()
    ] = ()
    max_redemptions: Annotated[int | None, Immutable(LIMIT)] = None
    redeem_by: Annotated[str | None, Immutable(LIMIT)] = None
    metadata: Metadata = Field(default_factory=dict)

    def headline(self) -> str:
        """What a customer would say: `25 % off for 3 months`."""
        off = f"{text(self.percent_off)} %" if self.percent_off is not None else ""
        if self.amount_off is not None:
            off = " or ".join([self.amount_off.shown(), *(each.shown() for each in self.currency_options.values())])
        lasts = {"once": "once", "forever": "for ever"}.get(self.duration, f"for {self.duration_in_months} months")
        return f"{off} off {lasts}"


class CouponKind(StripeKind[CouponSpec]):
    """Coupons, found by their mark; the first version has the id that the catalog gives."""

    name = "stripe.coupon"
    spec = CouponSpec
    path = "/v1/coupons"
    on_immutable = OnImmutable.RECREATE
    who = "new discounts; those given stay"

    def desired(self, catalog: Catalog, environment: Environment) -> Iterable[Resource[CouponSpec]]:
        """Every coupon of the catalog."""
        for key, coupon in catalog.coupons.items():
            yield Resource(Address(self.name, key), _wanted(catalog, key, coupon), catalog.key_span("coupons", key))

    async def observe(self, client: StripeAccount) -> AsyncIterator[Live[CouponSpec]]:
        """Every coupon of the account; Stripe forgets deleted ones."""
        for answer in await client.read(COUPONS, by=self.name):
            yield _read(answer)

    def natural_keys(self, spec: CouponSpec, address: Address) -> frozenset[str]:
        """Its id."""
        return frozenset({spec.id})

    def over(self, spec: CouponSpec) -> bool:
        """Stripe makes no coupon that cannot be redeemed any more."""
        return passed(spec.redeem_by)

    def chosen_id(self, write: Write[CouponSpec]) -> str:
        """The wanted id, with a suffix from the second version on.

        Whether Stripe lets the id of a deleted coupon be used again is not documented, and the new version is made
        while the old one still stands: each version gets an id of its own.
        """
        return _versioned(write.spec.id, write.mark.version)

    async def born(self, client: StripeAccount, write: Write[CouponSpec]) -> Answer:
        """As for every kind; where the id of a later version is somebody else's, under the next that is free."""
        first = version = write.mark.version
        while True:
            mark = replace(write.mark, version=version)
            key = write.idempotency if version == first else f"{write.idempotency}-v{version}"
            try:
                return await super().born(client, replace(write, mark=mark, idempotency=key))
            except VendorError as error:
                if error.vendor_code != TAKEN or first == 1 or version == first + TRIES:
                    raise
                version += 1

    def birth(self, write: Write[CouponSpec]) -> Params:
        """Everything that Stripe fixes, and all further currencies."""
        spec = write.spec
        off, until = spec.amount_off, spec.redeem_by
        return {
            "id": self.chosen_id(write),
            "percent_off": text(spec.percent_off) if spec.percent_off is not None else None,
            "amount_off": int(off.minor) if off else None,
            "currency": off.currency if off else None,
            "currency_options": _options(spec, frozenset(spec.currency_options)),
            "duration": spec.duration,
            "duration_in_months": spec.duration_in_months,
            "applies_to": {"products": [write.id(each) for each in spec.applies_to]} if spec.applies_to else None,
            "max_redemptions": spec.max_redemptions,
            "redeem_by": seconds(until) if until else None,
        }

    def params(self, write: Write[CouponSpec], names: frozenset[str]) -> Params:
        """Name and further currencies."""
        found: Params = {"name": write.spec.name} if "name" in names else {}
        options = _options(write.spec, write.keys("currency_options"))
        return {**found, **({"currency_options": options} if options else {})}

    def bookkeeping(self, write: Write[CouponSpec], *, new: bool) -> dict[str, str]:
        """The wanted id: the object's own may have a suffix, and a copy has another."""
        return {"billform_id": write.spec.id} if new else {}

    @property
    def revived(self) -> Params:
        """Nothing: one that still stands, because its successor's run stopped half-way, is as good as ever."""
        return {}

    async def retire(self, client: StripeAccount, live: Live[CouponSpec], idempotency: str) -> None:
        """Deletes it; discounts already given stay."""
        await client.delete(self.path, live.id)


def _options(spec: CouponSpec, currencies: frozenset[str]) -> dict[str, Any] | None:
    found = {each: spec.currency_options[each] for each in sorted(currencies & spec.currency_options.keys())}
    return {each: {"amount_off": int(amount.minor)} for each, amount in found.items()} or None


def _wanted(catalog: Catalog, key: str, coupon: Coupon) -> CouponSpec:
    products = catalog.discounted(coupon)
    if (coupon.plans or coupon.addons) and not products:
        # Without products Stripe would give the discount on everything.
        raise BillformError(
            Diagnostic(
                "K020",
                f"the coupon `{key}` is limited to what is not sold in Stripe",
                catalog.key_span("coupons", key),
                hint="name plans or add-ons that have prices, or remove the coupon here",
            )
        )
    amounts = coupon.amount_off.in_currencies(catalog.defaults.currency) if coupon.amount_off else {}
    money = [Money(amount, currency) for currency, amount in amounts.items()]
    months = coupon.duration.months if isinstance(coupon.duration, Months) else None
    spec: CouponSpec = CouponSpec.declare(
        id=coupon.id or key,
        name=coupon.name,
        percent_off=coupon.percent_off,
        amount_off=money[0] if money else None,
        currency_options={each.currency: each for each in money[1:]} or None,
        duration="repeating" if months else coupon.duration,
        duration_in_months=months,
        applies_to=tuple(Ref.to(Address("stripe.product", each.address)) for each in products) or None,
        max_redemptions=coupon.max_redemptions,
        redeem_by=stamp(catalog.ends(coupon.ends)) if coupon.ends else None,
        metadata=dict(coupon.metadata),
    )
    return spec


def _versioned(wanted: str, version: int) -> str:
    return wanted if version == 1 else f"{wanted}-v{version}"


def _mark_of(identity: str, metadata: Mapping[str, Any]) -> Mark | None:
    """Its mark, unless it only carries the metadata of another."""
    mark, made_as = marks.read(metadata), metadata.get("billform_id")
    is_copy = mark is not None and made_as is not None and identity != _versioned(str(made_as), mark.version)
    return None if is_copy else mark


def _read(answer: Answer) -> Live[CouponSpec]:
    identity, metadata = str(answer["id"]), answer.get("metadata") or {}
    mark = _mark_of(identity, metadata)
    currency = answer.get("currency") or ""
    options = part(answer, "currency_options").items()
    further = {
        each: amount
        for each, value in options
        if each != currency and (amount := whole_money(value.get("amount_off"), each)) is not None
    }
    products = part(answer, "applies_to").get("products") or ()
    spec = CouponSpec(
        id=str((mark and metadata.get("billform_id")) or identity),
        name=answer.get("name"),
        percent_off=exact(answer.get("percent_off")),
        amount_off=whole_money(answer.get("amount_off"), currency),
        currency_options=further,
        duration=answer["duration"],
        duration_in_months=answer.get("duration_in_months"),
        applies_to=tuple(Ref.found("stripe.product", each) for each in products),
        max_redemptions=answer.get("max_redemptions"),
        redeem_by=moment(answer.get("redeem_by")),
        metadata=marks.authored(metadata),
    )
    return Live(
        kind=CouponKind.name,
        id=identity,
        spec=spec,
        mark=mark,
        natural=frozenset({identity}),
        created=int(answer.get("created") or 0),
    )


KIND = CouponKind()
