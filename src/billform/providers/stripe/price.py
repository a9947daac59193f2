"""Stripe prices: what each charge costs; versioned under one lookup key."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence
from decimal import Decimal

from billform.catalog.environment import Environment
from billform.catalog.models import Catalog, CurrencyAmounts, SoldPrice
from billform.core.kind import OnImmutable, Write
from billform.core.money import Money
from billform.core.resource import Address, Live, Ref, Resource
from billform.providers.http import Failure, VendorError

from . import price_wire
from .answers import Answer, ident
from .base import Params, StripeKind
from .client import StripeAccount
from .lists import PRODUCTS
from .price_spec import Chosen, Option, PriceSpec, Tier
from .whole_tiers import whole


class PriceKind(StripeKind[PriceSpec]):
    """Prices, found by their mark; the lookup key tells the current version."""

    name = price_wire.KIND
    spec = PriceSpec
    path = "/v1/prices"
    on_immutable = OnImmutable.NEW_VERSION
    # A product goes first: its default price can only leave the shop together with it.
    retires_after = frozenset({"stripe.product"})
    takes_names = True  # `transfer_lookup_key` takes it off whatever has it, in the same transaction
    who = "new checkouts; subscribers keep theirs"
    who_in_place = "new checkouts and renewals"

    def desired(self, catalog: Catalog, environment: Environment) -> Iterable[Resource[PriceSpec]]:
        """Every price of everything that is sold in Stripe."""
        for sold in catalog.sold_prices():
            yield Resource(Address(self.name, sold.address), _wanted(sold), catalog.key_span(*sold.path))

    async def observe(self, client: StripeAccount) -> AsyncIterator[Live[PriceSpec]]:
        """Every price of the account, archived ones and others' included."""
        understood: dict[str, tuple[Answer, PriceSpec]] = {}

        def understand(page: Sequence[Answer]) -> None:
            understood.update((str(each["id"]), (each, price_wire.spec_of(each))) for each in page)

        prices = await whole(client, by=self.name, meanwhile=understand)
        products = {each["id"]: each for each in await client.read(PRODUCTS, by=self.name)}
        for answer in prices:
            early, spec = understood.get(str(answer["id"]), (None, None))
            yield price_wire.read(answer, products.get(answer["product"]), spec if early is answer else None)

    def natural_keys(self, spec: PriceSpec, address: Address) -> frozenset[str]:
        """Its lookup key: unique over active and archived prices alike."""
        return frozenset({spec.lookup_key} if spec.lookup_key else ())

    def birth(self, write: Write[PriceSpec]) -> Params:
        """Everything that Stripe fixes, and all further currencies."""
        return {**price_wire.create_params(write), **price_wire.changeable(write, frozenset(), new=True)}

    def params(self, write: Write[PriceSpec], names: frozenset[str]) -> Params:
        """The named fields that can still change."""
        return price_wire.changeable(write, names, new=False)

    async def born(self, client: StripeAccount, write: Write[PriceSpec]) -> Answer:
        """As for every kind; a lookup key that had no holder is taken from none but a price of this catalog's."""
        try:
            return await super().born(client, write)
        except VendorError as error:
            if error.failure is not Failure.INVALID or error.param != "lookup_key":
                raise
            holder = await _holder(client, write.spec.lookup_key)
            mark = price_wire.mark_of(holder) if holder is not None else None
            if mark is None or mark.catalog != write.mark.catalog:
                raise
        if holder is not None and mark == write.mark and holder["active"]:
            return holder  # an earlier answer was lost
        params = {**self.params(write, frozenset(write.spec.model_fields_set)), **self.birth(write)}
        params |= {**self._metadata(write, new=True), **price_wire.TRANSFER}
        return await client.create(self.path, params, f"{write.idempotency}-transferred")

    async def retire(self, client: StripeAccount, live: Live[PriceSpec], idempotency: str) -> None:
        """Archives it; the default price of an archived product is out of sale as it is."""
        product = live.spec.product.id
        assert product is not None, "a live price names its product by id"
        owner = await client.retrieve("/v1/products", product)
        if price_wire.kept_by_archived(live.id, owner):
            return
        if live.active and ident(owner.get("default_price")) == live.id:
            raise VendorError(
                Failure.INVALID,
                vendor="stripe",
                message=f"{live.id} is the default price of {product}, and Stripe gives one up only for another",
                hint="give the plan another price in the catalog, or take the plan out as a whole",
            )
        await super().retire(client, live, idempotency)

    async def restore(self, client: StripeAccount, identity: str, write: Write[PriceSpec]) -> None:
        """Puts it back on sale and moves the lookup key to it, in one request."""
        key: Params = {"lookup_key": write.spec.lookup_key, **price_wire.TRANSFER}
        changes = {**self._changes(write), **self.revived, **(key if write.spec.lookup_key else {})}
        await client.update(self.path, identity, changes, write.idempotency)


async def _holder(client: StripeAccount, lookup_key: str | None) -> Answer | None:
    """The price that has a lookup key, on sale or archived."""
    for active in ("true", "false"):
        answer = await client.get(PriceKind.path, {"lookup_keys": [lookup_key], "active": active, "limit": 1})
        for each in answer["data"]:
            return dict(each)
    return None


def _wanted(sold: SoldPrice) -> PriceSpec:
    price, base = sold.price, sold.base
    every = sold.every
    spec: PriceSpec = PriceSpec.declare(
        product=Ref.to(Address("stripe.product", sold.product)),
        currency=base.currency,
        unit_amount=Money(base.unit or Decimal(0), base.currency) if sold.model in ("flat", "package") else None,
        tiers=_tiers(base) or None,
        tiers_mode=price.tiers.mode if price.tiers else None,
        custom_unit_amount=_chosen(base) if sold.model == "custom" else None,
        divide_by=price.per,
        round=(price.round or "up") if price.per is not None else None,
        interval=every.interval if every else None,
        interval_count=every.count if every else None,
        usage_type="metered" if sold.meter else None,
        meter=Ref.to(Address("stripe.meter", sold.meter)) if sold.meter else None,
        trial_period_days=price.trial_days or None,
        tax_behavior=base.tax_behavior,
        currency_options={each.currency: _option(sold, each) for each in sold.options} or None,
        currency_tax={
            each.currency: each.tax_behavior
            for each in sold.options
            if each.tax_behavior and each.tax_behavior != "unspecified"
        }
        or None,
        lookup_key=sold.lookup_key,
        nickname=price.nickname,
        metadata=dict(price.metadata),
    )
    return spec


def _option(sold: SoldPrice, amounts: CurrencyAmounts) -> Money | Option:
    match sold.model:
        case "tiered":
            return Option(tiers=_tiers(amounts))
        case "custom":
            return Option(chosen=_chosen(amounts))
        case _:
            return Money(amounts.unit or Decimal(0), amounts.currency)


def _tiers(amounts: CurrencyAmounts) -> tuple[Tier, ...]:
    def priced(amount: Decimal | None) -> Money | None:
        return Money(amount, amounts.currency) if amount else None

    return tuple(Tier(up_to=each.up_to, unit=priced(each.unit), flat=priced(each.flat)) for each in amounts.tiers)


def _chosen(amounts: CurrencyAmounts) -> Chosen:
    def limit(amount: Decimal | None) -> Money | None:
        return Money(amount, amounts.currency) if amount is not None else None

    return Chosen(minimum=limit(amounts.minimum), preset=limit(amounts.preset), maximum=limit(amounts.maximum))


KIND = PriceKind()
