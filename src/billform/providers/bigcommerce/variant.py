"""`bigcommerce.variant`: one way to pay, as a variant of its product. Never deleted: what is retired cannot be bought.

https://developer.bigcommerce.com/docs/rest-catalog/product-variants
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Annotated, Any

from billform.catalog.environment import Environment
from billform.catalog.models import Catalog
from billform.core.diagnostic import BillformError
from billform.core.kind import Immutable, Made, OnImmutable, Write
from billform.core.money import Money
from billform.core.resource import Address, Live, Ref, Resource, Spec
from billform.providers.bigcommerce import offers, options
from billform.providers.bigcommerce.base import found, settled
from billform.providers.bigcommerce.client import Answer, Store
from billform.providers.bigcommerce.marked import MarkedKind
from billform.providers.bigcommerce.notes import Notes
from billform.providers.bigcommerce.options import Choice, Taken
from billform.providers.bigcommerce.wire import Row, amount, number
from billform.providers.http import LostAnswer

PATH = "/v3/catalog/variants"


class VariantSpec(Spec):
    """A variant; where it has no price of its own, the product's counts."""

    product: Annotated[Ref, Immutable("A variant stays with its product")]
    option: str
    label: str
    sku: str
    price: Money | None = None
    sale_price: Money | None = None
    """Shown in the place of the price, and charged by nobody: there is to be none."""
    retail_price: Money | None = None
    purchasable: bool = True
    position: int = 0
    """Among the variants of the product, from 0."""

    def headline(self) -> str | None:
        return self.price.shown() if self.price else None


class VariantKind(MarkedKind[VariantSpec]):
    """Prices as variants of their product; with the option and the value that stand for them."""

    name = "bigcommerce.variant"
    spec = VariantSpec
    on_immutable = OnImmutable.REFUSE
    announced = True
    ends_unmarked = True
    opens_last = True
    way_out = "declare the price under another key, with another SKU"
    unseen = ("position",)
    # Nothing of a product is taken apart while it can be bought, or be bought at another price.
    retires_after = frozenset({"bigcommerce.product"})
    who = "shoppers in the store"
    batch = 50

    def desired(self, catalog: Catalog, environment: Environment) -> Iterable[Resource[VariantSpec]]:
        for alias, sites in offers.stores(environment):
            currency = offers.currency_of(catalog, sites)
            records = offers.recorded(catalog, alias, sites)
            for item in offers.items(catalog, sites):
                for offer in item.offers:
                    # One amount of several that cannot be changed holds the others back with it.
                    after = (*offers.charged(offer), *records.get(offer.key, ()))
                    retail = None if offer.retail_price is None else Money(offer.retail_price, currency)
                    spec = VariantSpec.declare(
                        product=offers.product_ref(alias, item.key),
                        option=item.option,
                        label=offer.label,
                        sku=offer.sku,
                        price=offer.amount(currency),
                        retail_price=retail,
                        purchasable=True,
                        position=offer.position,
                    )
                    spec = spec.model_copy(update={"sale_price": None})
                    yield Resource(self.address(alias, offer.key), spec, offer.span, after)

    def natural_keys(self, spec: VariantSpec, address: Address) -> frozenset[str]:
        return frozenset({f"sku {spec.sku.strip().lower()}"})

    def crowded_out(self, spec: VariantSpec, others: tuple[str, ...]) -> tuple[str, str, str] | None:
        why = options.no_room(spec.option, others)
        return None if why is None else ("K048", why, options.WAY_OUT)

    def spot(self, spec: VariantSpec) -> Hashable:
        return spec.product, spec.label.strip().lower()

    def in_the_way(self, other: Live[VariantSpec]) -> tuple[str, str, str]:
        why = f"the variant {other.shown_id} of its product has the same label, and is not this catalog's"
        return "K051", why, "give this one another `label`, or the other one at BigCommerce"

    async def rows(self, client: Store) -> Iterable[Row]:
        return await client.variants()

    def identity(self, row: Row) -> str:
        return f"{row['product_id']}/{row['id']}"

    async def read(self, client: Store, row: Row, notes: Notes) -> VariantSpec:
        value = _value(row)
        return VariantSpec(
            product=found("product", row["product_id"]),
            option=str(value["option_display_name"]),
            label=str(value["label"]),
            sku=str(row["sku"]),
            price=None if row.get("price") is None else Money(number(row["price"]), client.currency),
            sale_price=amount(row.get("sale_price"), client.currency),
            retail_price=amount(row.get("retail_price"), client.currency),
            purchasable=not row.get("purchasing_disabled"),
            position=await self._position(client, row, notes),
        )

    def is_off(self, row: Row) -> bool:
        return bool(row.get("purchasing_disabled"))

    async def make(self, client: Store, write: Write[VariantSpec]) -> Row:
        choice = (await self._choices(client, [write]))[write.address]
        if isinstance(choice, Exception):
            raise choice
        return await self._make(client, write, choice)

    async def change(self, client: Store, identity: str, write: Write[VariantSpec]) -> Row | None:
        product, _, variant = identity.partition("/")
        await self._rename(client, identity, write)
        if body := _body(client, write):
            answer = await client.call(
                "PUT", f"/v3/catalog/products/{product}/variants/{variant}", body=body, accept={404, 409, 422}
            )
            if answer.status != 200:
                raise client.refused(answer, write.address)
        return None

    async def withdraw(self, client: Store, live: Live[VariantSpec], idempotency: str) -> None:
        product, _, variant = live.id.partition("/")
        path = f"/v3/catalog/products/{product}/variants/{variant}"
        answer = await client.call("PUT", path, body={"purchasing_disabled": True}, accept={404})
        if answer.status == 404:
            await client.marks.drop(self.short, live.id)
        elif live.mark is not None:
            await client.marks.annotate(self.short, live.id, live.mark.catalog, retired=True)

    async def bring_back(self, client: Store, identity: str, write: Write[VariantSpec]) -> None:
        await self.alter(client, identity, replace(write, fields=write.fields | {"purchasable"}))

    async def add_many(self, client: Store, writes: list[Write[VariantSpec]]) -> list[Made | Exception]:
        """Fifty in one request; where it is refused, one by one, so that each is told its own reason."""
        await self.announce(client, writes)
        choices = await self._choices(client, writes)
        bodies = [
            _creation(client, each, choice) for each in writes if isinstance(choice := choices[each.address], Choice)
        ]
        answer = Answer(0, None)
        if bodies:
            with suppress(LostAnswer):
                answer = await client.call("PUT", PATH, body=bodies, accept={207, 404, 409, 422})
        made = {_folded(row["sku"]): row for row in answer.rows()} if answer.status in (200, 207) else {}

        async def one(write: Write[VariantSpec]) -> Made:
            choice = choices[write.address]
            if isinstance(choice, Exception):
                await client.marks.retract(self.short, write.mark)
                raise choice
            row = made.get(_folded(write.spec.sku)) or await self._found(client, write)
            if row is None or not self.is_new(client, write, row):
                row = await self.make_announced(client, write, self._make(client, write, choice))
            return await self.made(client, write, row)

        return await settled(one(each) for each in writes)

    async def alter_many(self, client: Store, writes: list[tuple[str, Write[VariantSpec]]]) -> list[Exception | None]:
        """Fifty in one request; where it is refused, one by one."""
        bodies = [
            {"id": int(identity.rpartition("/")[2]), **body}
            for identity, write in writes
            if (body := _body(client, write))
        ]
        saved: set[int] = set()
        if bodies:
            answer = await client.call("PUT", PATH, body=bodies, accept={207, 404, 409, 422})
            saved = {int(row["id"]) for row in answer.rows()} if answer.status == 200 else set()

        async def one(identity: str, write: Write[VariantSpec]) -> None:
            if int(identity.rpartition("/")[2]) not in saved:
                await self.alter(client, identity, write)
                return
            await self._rename(client, identity, write)
            await self.mark(client, identity, write, None)

        return await settled(one(*each) for each in writes)

    async def _choices(self, client: Store, writes: list[Write[VariantSpec]]) -> dict[Address, Choice | Exception]:
        """The option value of each new variant, or why there is none."""
        groups: dict[tuple[int, str], list[Write[VariantSpec]]] = defaultdict(list)
        for write in writes:
            groups[int(write.id(write.spec.product)), write.spec.option].append(write)
        made: dict[Address, Choice | Exception] = {}
        for (product, option), group in groups.items():
            labels = {each.spec.label: each.spec.position for each in group}
            ours, subject = partial(_taken, client, product), group[0].address
            try:
                choices = await options.choices(client, product, option, labels=labels, ours=ours, subject=subject)
            except BillformError as problem:
                made |= dict.fromkeys((each.address for each in group), problem)
            else:
                made |= {each.address: choices[each.spec.label] for each in group}
        return made

    async def _make(self, client: Store, write: Write[VariantSpec], choice: Choice) -> Row:
        body = _creation(client, write, choice)
        path = f"/v3/catalog/products/{body.pop('product_id')}/variants"
        try:
            answer = await client.call("POST", path, body=body, accept={207, 404, 409, 422})
        except LostAnswer:
            if row := await self._found(client, write):
                return row
            answer = await client.call("POST", path, body=body, accept={207, 404, 409, 422})
        if answer.status not in (200, 207):
            raise client.refused(answer, write.address)
        return answer.row()

    async def _found(self, client: Store, write: Write[VariantSpec]) -> Row | None:
        """The product's variant of that SKU: after a write it is the one that was asked for, if it is new."""
        product, sku = int(write.id(write.spec.product)), _folded(write.spec.sku)
        rows = (await client.get(PATH, {"sku": write.spec.sku})).rows()
        there = (row for row in rows if row.get("option_values") and int(row["product_id"]) == product)
        return next((row for row in there if _folded(row["sku"]) == sku), None)

    async def _rename(self, client: Store, identity: str, write: Write[VariantSpec]) -> None:
        if not {"option", "label", "position"} & write.fields:
            return
        product, _, variant = identity.partition("/")
        row = (await client.get(f"/v3/catalog/products/{product}/variants/{variant}")).row()
        value = _value(row)
        choice = Choice(int(value["option_id"]), int(value["id"]))
        async with client.turn(f"options of {product}"):
            if "option" in write.fields and value["option_display_name"] != write.spec.option:
                await options.rename(client, int(product), choice.option, write.spec.option)
            if {"label", "position"} & write.fields:
                ours, spec = partial(_taken, client, int(product)), write.spec
                await options.change_value(
                    client, int(product), choice, label=spec.label, position=spec.position, ours=ours
                )

    async def _position(self, client: Store, row: Row, notes: Notes) -> int:
        """As last written; of a variant that was never marked, in a product that is ours, as the store has it."""
        if "position" in notes.unseen:
            return int(notes.unseen["position"])
        product = int(row["product_id"])
        if str(product) not in await client.marks.of("product"):
            return 0
        places = await client.once(f"positions of {product}", lambda: client.rows(options.path(product)))
        return options.positions(places).get(int(_value(row)["id"]), 0)


async def _taken(client: Store, product: int) -> Taken:
    """What the product's variants that bear this catalog's mark rest on."""
    marks = await client.marks.ours("variant")
    rows = await client.rows(f"/v3/catalog/products/{product}/variants")
    ours = [(row, _value(row)) for row in rows if row.get("option_values") and f"{product}/{row['id']}" in marks]
    return Taken(
        frozenset(int(value["option_id"]) for _, value in ours),
        {int(value["id"]): str(row["sku"]) for row, value in ours},
        frozenset(int(each["id"]) for row in rows for each in row.get("option_values") or ()),
    )


def _value(row: Row) -> Row:
    """The option value that stands for the variant: of its oldest option, should a merchant have added another."""
    value: Row = min(row["option_values"], key=lambda each: int(each["option_id"]))
    return value


def _body(client: Store, write: Write[VariantSpec]) -> dict[str, Any]:
    spec, body = write.spec, dict[str, Any]()
    for name in ("price", "sale_price", "retail_price"):
        if write.sends(name):
            money: Money | None = getattr(spec, name)
            if money is not None:
                client.demand_currency(money, write.address)
            body[name] = money.amount if money is not None else None
    if write.sends("sku"):
        body["sku"] = spec.sku
    if write.sends("purchasable"):
        body["purchasing_disabled"] = not spec.purchasable
    return body


def _creation(client: Store, write: Write[VariantSpec], choice: Choice) -> dict[str, Any]:
    return {
        **_body(client, write),
        "product_id": int(write.id(write.spec.product)),
        "sku": write.spec.sku,
        "option_values": [choice.body()],
    }


def _folded(sku: object) -> str:
    return str(sku).strip().lower()


KIND = VariantKind()
