"""`bigcommerce.price_record`: the price of one variant in one price list and currency.

A record carries no mark: it is ours where the list and the variant are this catalog's, so all of its fields are
declared, always.
https://developer.bigcommerce.com/docs/rest-management/price-lists/price-lists-records
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator, Hashable, Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict

from billform.catalog.environment import Environment
from billform.catalog.models import BulkTier, Catalog
from billform.core.kind import Immutable, Made, OnImmutable, Ownership, Write
from billform.core.money import Exact, Money, text
from billform.core.resource import Address, Live, Ref, Resource, Spec
from billform.core.weight import Weight, steepest
from billform.providers.bigcommerce import offers
from billform.providers.bigcommerce.base import StoreKind, found, settled
from billform.providers.bigcommerce.client import Answer, Store
from billform.providers.bigcommerce.wire import Row, amount, number
from billform.providers.http import Failure, VendorError

FIXED = "A price record is its list, its variant and its currency"
TOGETHER = 1000
ANEW = 10
"""Records that are deleted and made again together."""


class Tier(BaseModel):
    """A price for buying many: `fixed` is the new price, `price` an amount off, `percent` a share off."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    quantity_min: int
    quantity_max: int | None = None
    type: Literal["fixed", "price", "percent"]
    amount: Exact

    def shown(self, currency: str) -> str:
        """`5 % off`, `$0.50 off` or `$4.00`."""
        if self.type == "percent":
            return f"{text(self.amount)} % off"
        return Money(self.amount, currency).shown() + (" off" if self.type == "price" else "")


class PriceRecordSpec(Spec):
    """A record."""

    price_list: Annotated[Ref, Immutable(FIXED)]
    variant: Annotated[Ref, Immutable(FIXED)]
    currency: Annotated[str, Immutable(FIXED)]
    price: Money
    sale_price: Money | None = None
    retail_price: Money | None = None
    bulk: tuple[Tier, ...] = ()

    def headline(self) -> str:
        return (self.sale_price or self.price).shown()

    def at(self, quantity: int) -> Decimal:
        """What each costs of so many."""
        each = (self.sale_price or self.price).amount
        found = [tier for tier in self.bulk if tier.quantity_min <= quantity]
        match found and found[-1]:
            case Tier(type="fixed", amount=amount):
                return amount
            case Tier(type="price", amount=amount):
                return each - amount
            case Tier(amount=amount):
                return each * (100 - amount) / 100
        return each

    def noticed(self) -> Iterator[tuple[str, str, str]]:
        """What buying many saves."""
        steps = (f"{tier.shown(self.currency)} from {tier.quantity_min:,}" for tier in self.bulk)
        if self.bulk:
            yield "bulk", "in bulk", ", ".join(steps)

    def _cost(self, amount: Decimal) -> Money:
        return Money(amount, self.currency)

    def costs(self, before: PriceRecordSpec) -> Iterator[Weight]:
        """What each costs of many, at the number where that changes most."""
        if before.bulk == self.bulk or before.currency != self.currency:
            return
        numbers = sorted({tier.quantity_min for spec in (before, self) for tier in spec.bulk})
        most = steepest(
            (f"what each of {each:,} costs", self._cost(before.at(each)), self._cost(self.at(each))) for each in numbers
        )
        if most is not None:
            yield most


class PriceRecordKind(StoreKind[PriceRecordSpec]):
    """Prices in price lists."""

    name = "bigcommerce.price_record"
    spec = PriceRecordSpec
    on_immutable = OnImmutable.RECREATE
    ownership = Ownership.NATURAL
    # Nobody is to be shown another price: first the variant goes, or the list is taken from those who have it.
    retires_after = frozenset({"bigcommerce.variant", "bigcommerce.price_list_assignment"})
    who = "shoppers whom the price list is for"
    batch = TOGETHER

    def desired(self, catalog: Catalog, environment: Environment) -> Iterable[Resource[PriceRecordSpec]]:
        for alias, sites in offers.stores(environment):
            fallback = offers.currency_of(catalog, sites)
            for listed in offers.listed(catalog, alias, sites):
                yield _wanted(catalog, alias, listed, fallback)

    def natural_keys(self, spec: PriceRecordSpec, address: Address) -> frozenset[str]:
        return frozenset({address.local_key})

    def joins(self, spec: PriceRecordSpec) -> Hashable:
        return spec.price_list, spec.variant, spec.currency

    async def look(self, client: Store) -> AsyncIterator[Live[PriceRecordSpec]]:
        """The records of the lists that are ours, or could be taken over; the lists of others are not our business."""
        lists, variants = await client.marks.ours("price_list"), await client.marks.ours("variant")
        keys = await client.price_list_keys()
        places = {int(row["id"]): f"{row['product_id']}/{row['id']}" for row in await client.variants()}
        for row in await client.price_lists():
            if (key := keys.get(str(row["id"]))) is None:
                continue
            is_marked = str(row["id"]) in lists
            for record in await client.chained(
                f"/v3/pricelists/{row['id']}/records", {"include": "bulk_pricing_tiers"}
            ):
                variant = places.get(int(record["variant_id"]), f"0/{record['variant_id']}")
                spec = _read(record, str(row["id"]), variant)
                ours = variants.get(variant)
                called = f"{key}/{ours.mark.key}/{spec.currency}" if ours else ""
                yield Live(
                    self.name,
                    f"{row['id']}/{record['variant_id']}/{spec.currency.upper()}",
                    spec,
                    client.alias,
                    natural=frozenset({called} if called and is_marked else ()),
                    owned=ours is not None and is_marked,
                    known_as=called,
                    comes_with=(spec.price_list, spec.variant),
                )

    async def add(self, client: Store, write: Write[PriceRecordSpec]) -> Made:
        result = (await self.add_many(client, [write]))[0]
        if isinstance(result, Exception):
            raise result
        return result

    async def alter(self, client: Store, identity: str, write: Write[PriceRecordSpec]) -> None:
        if (problem := (await self.alter_many(client, [(identity, write)]))[0]) is not None:
            raise problem

    async def withdraw(self, client: Store, live: Live[PriceRecordSpec], idempotency: str) -> None:
        await self._delete(client, live.id)

    async def add_many(self, client: Store, writes: list[Write[PriceRecordSpec]]) -> list[Made | Exception]:
        failed = await self._put(client, writes)
        return [failed.get(each.address) or Made(_identity(each)) for each in writes]

    async def alter_many(
        self, client: Store, writes: list[tuple[str, Write[PriceRecordSpec]]]
    ) -> list[Exception | None]:
        failed = await self._put(client, [write for _, write in writes])
        # What an upsert does to an amount that is left out is not documented, and 0 might mean free of charge: a record
        # that loses an amount is made anew, once the store has taken the rest. Few at a time: meanwhile there is none.
        losing = [(identity, write) for identity, write in writes if _loses(write) and write.address not in failed]
        for start in range(0, len(losing), ANEW):
            few = losing[start : start + ANEW]
            gone = await settled(self._delete(client, identity) for identity, _ in few)
            failed |= {write.address: each for (_, write), each in zip(few, gone, strict=True) if each is not None}
            failed |= await self._put(client, [write for _, write in few if write.address not in failed])
        return [failed.get(write.address) for _, write in writes]

    async def _put(self, client: Store, writes: Iterable[Write[PriceRecordSpec]]) -> dict[Address, Exception]:
        """Upserts, list by list: the store takes one such request at a time; answers what was turned down."""
        groups: dict[str, list[Write[PriceRecordSpec]]] = defaultdict(list)
        for each in writes:
            groups[each.id(each.spec.price_list)].append(each)
        failed: dict[Address, Exception] = {}
        for number_, group in groups.items():
            async with client.turn("price records"):
                path = f"/v3/pricelists/{number_}/records"
                answer = await client.call("PUT", path, body=[_body(each) for each in group], accept={404, 413, 422})
            if answer.status != 200:
                failed |= _failures(client, group, answer)
        return failed

    async def _delete(self, client: Store, identity: str) -> None:
        number_, variant, currency = identity.split("/")
        await client.call("DELETE", f"/v3/pricelists/{number_}/records/{variant}/{currency}", accept={404})


def _wanted(catalog: Catalog, alias: str, listed: offers.Listed, fallback: str) -> Resource[PriceRecordSpec]:
    own, currency = listed.own, listed.price.currency
    spec = PriceRecordSpec(
        price_list=offers.named_ref("price_list", alias, listed.key),
        variant=offers.variant_ref(alias, listed.offer.key),
        currency=currency,
        price=listed.price,
        sale_price=offers.money(own.sale_price, fallback).get(currency) if own else None,
        retail_price=offers.money(own.retail_price, fallback).get(currency) if own else None,
        bulk=tuple(_tiers(own.bulk, currency, fallback) if own else ()),
    )
    path = ("storefront", "price_lists", listed.key) + (("records", listed.offer.key) if own else ())
    return Resource(listed.address, spec, catalog.key_span(*path), offers.charged(listed.offer))


def _tiers(words: Iterable[BulkTier], currency: str, fallback: str) -> Iterator[Tier]:
    """In the store's order; a percentage is the same in every currency."""
    for each in sorted(words, key=lambda each: each.min):
        found_ = each.amount.bare if each.type == "percent" else each.amount.in_currencies(fallback)[currency]
        if found_ is not None:
            yield Tier(quantity_min=each.min, quantity_max=each.max, type=each.type, amount=found_)


def _read(row: Row, price_list: str, variant: str) -> PriceRecordSpec:
    currency = str(row["currency"]).lower()
    tiers = (
        Tier(
            quantity_min=int(each["quantity_min"]),
            quantity_max=each.get("quantity_max") or None,
            type=each["type"],
            amount=number(each["amount"]),
        )
        for each in row.get("bulk_pricing_tiers") or ()
    )
    return PriceRecordSpec(
        price_list=found("price_list", price_list),
        variant=found("variant", variant),
        currency=currency,
        price=Money(number(row.get("price") or Decimal(0)), currency),
        sale_price=amount(row.get("sale_price"), currency),
        retail_price=amount(row.get("retail_price"), currency),
        bulk=tuple(sorted(tiers, key=lambda each: each.quantity_min)),
    )


def _body(write: Write[PriceRecordSpec]) -> dict[str, Any]:
    """The whole record, amounts in major units; what is not declared was never set or has been deleted before."""
    spec = write.spec
    body: dict[str, Any] = {
        "variant_id": _variant(write),
        "currency": spec.currency.upper(),
        "price": spec.price.amount,
        "bulk_pricing_tiers": [
            {
                "quantity_min": each.quantity_min,
                **({"quantity_max": each.quantity_max} if each.quantity_max is not None else {}),
                "type": each.type,
                "amount": each.amount,
            }
            for each in spec.bulk
        ],
    }
    body |= {"sale_price": spec.sale_price.amount} if spec.sale_price else {}
    return body | ({"retail_price": spec.retail_price.amount} if spec.retail_price else {})


def _variant(write: Write[PriceRecordSpec]) -> int:
    return int(write.id(write.spec.variant).rpartition("/")[2])


def _identity(write: Write[PriceRecordSpec]) -> str:
    return f"{write.id(write.spec.price_list)}/{_variant(write)}/{write.spec.currency.upper()}"


def _loses(write: Write[PriceRecordSpec]) -> bool:
    before = write.before.spec if write.before else None
    return before is not None and any(
        getattr(before, name) is not None and getattr(write.spec, name) is None
        for name in ("sale_price", "retail_price")
    )


def _failures(client: Store, group: list[Write[PriceRecordSpec]], answer: Answer) -> dict[Address, Exception]:
    """Who was turned down: those that `batch_errors` names, the others are saved.

    Everybody where a part of it names nobody: what was saved all the same is as wanted the next time.
    """
    content = answer.content if isinstance(answer.content, dict) else {}
    errors = [
        (each, [write for write in group if _names(each.get("data"), write)])
        for each in content.get("batch_errors") or ()
    ]
    if not errors or not all(writes for _, writes in errors):
        return {each.address: client.refused(answer, each.address) for each in group}
    return {write.address: _refusal(each, write, answer) for each, writes in errors for write in writes}


def _refusal(error: Row, write: Write[PriceRecordSpec], answer: Answer) -> VendorError:
    return VendorError(
        Failure.INVALID,
        vendor="bigcommerce",
        message="; ".join(f"{name}: {said}" for name, said in (error.get("field_errors") or {}).items()),
        method=answer.request[0],
        path=answer.request[1],
        status=answer.status,
        subject=str(write.address),
    )


def _names(data: object, write: Write[PriceRecordSpec]) -> bool:
    if not isinstance(data, Mapping) or str(data.get("variant_id")) != str(_variant(write)):
        return False
    return str(data.get("currency") or "").lower() in ("", write.spec.currency)


KIND = PriceRecordKind()
